//! A template: markup that is always the same, as one text, and what fills its holes.

use super::{IntoPart, Part, Shown};
use leptos::ev::EventDescriptor;
use std::{borrow::Cow, vec::IntoIter};
#[cfg(feature = "hydrate")]
use wasm_bindgen::JsCast;

/// An element, with what stands in it, that is not drawn yet.
pub struct Template {
    steps: &'static str,
    holes: Vec<Hole>,
}

/// What is not the same in every element of a template.
enum Hole {
    Value(Value),
    #[cfg(feature = "hydrate")]
    Listener(Listener),
    Part(Part),
}

#[cfg(feature = "hydrate")]
pub(super) type Listener = Box<dyn FnMut(web_sys::Event)>;

/// The value of an attribute: of one with `inner_html` as its name, the content instead, and after `prop:` the element's property.
pub enum Value {
    /// It is not there.
    Absent,
    /// It is always the same.
    Text(Cow<'static, str>),
    /// It changes, or it may not be there.
    Shown(Shown<Option<Cow<'static, str>>>),
}

/// What is done next with the element that was opened last and is not closed yet.
pub(super) enum Step {
    /// A new one is opened in it.
    Open(&'static str),
    /// It has an attribute that is always the same.
    Fixed(&'static str, &'static str),
    /// It has an attribute.
    Value(&'static str, Value),
    /// At an event something is done. On the server nothing ever is.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
    Listen(&'static str, #[cfg(feature = "hydrate")] Listener),
    /// There is a text in it.
    Text(&'static str),
    /// There is something in it.
    Part(Part),
    /// It is closed.
    Close,
}

impl Template {
    /// What `markup::view` makes: a line a step, which begins with a sign for what it does.
    pub fn new(steps: &'static str) -> Self {
        Self { steps, holes: Vec::new() }
    }

    /// Fills the next hole with the value of an attribute.
    pub fn set(&mut self, value: impl IntoValue) {
        self.holes.push(Hole::Value(value.into_value()));
    }

    /// Fills the next hole with what is done at an event.
    #[cfg(feature = "hydrate")]
    pub fn on<E>(&mut self, _: E, mut act: Box<dyn FnMut(E::EventType)>)
    where
        E: EventDescriptor,
        E::EventType: JsCast + 'static,
    {
        self.holes.push(Hole::Listener(Box::new(move |event| act(event.unchecked_into()))));
    }

    /// Does nothing: no event comes to the server.
    #[cfg(not(feature = "hydrate"))]
    #[expect(clippy::unused_self, reason = "what the browser's does not have either")]
    pub fn on<E: EventDescriptor>(&mut self, _: E, _: Box<dyn FnMut(E::EventType)>) {}

    /// Fills the next hole with something that stands there.
    pub fn add(&mut self, child: impl IntoPart) {
        self.holes.push(Hole::Part(child.into_part()));
    }

    pub(super) fn steps(self) -> Steps {
        Steps { lines: self.steps.lines(), holes: self.holes.into_iter() }
    }
}

/// The steps of a template, in order.
pub(super) struct Steps {
    lines: std::str::Lines<'static>,
    holes: IntoIter<Hole>,
}

impl Iterator for Steps {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let line = self.lines.next()?;
        let (sign, rest) = line.split_at_checked(1)?;
        Some(match sign {
            "<" => Step::Open(rest),
            "=" => {
                let (name, value) = rest.split_once(' ')?;
                Step::Fixed(name, value)
            }
            "@" => match self.holes.next()? {
                Hole::Value(value) => Step::Value(rest, value),
                _ => return None,
            },
            #[cfg(feature = "hydrate")]
            "!" => match self.holes.next()? {
                Hole::Listener(listener) => Step::Listen(rest, listener),
                _ => return None,
            },
            #[cfg(not(feature = "hydrate"))]
            "!" => Step::Listen(rest),
            "\"" => Step::Text(rest),
            "{" => match self.holes.next()? {
                Hole::Part(part) => Step::Part(part),
                _ => return None,
            },
            _ => Step::Close,
        })
    }
}

/// What can be the value of an attribute.
pub trait IntoValue {
    /// The same as a value.
    fn into_value(self) -> Value;
}

impl IntoValue for &'static str {
    fn into_value(self) -> Value {
        Value::Text(Cow::Borrowed(self))
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::Text(Cow::Owned(self))
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        if self { Value::Text(Cow::Borrowed("")) } else { Value::Absent }
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Absent, T::into_value)
    }
}

impl IntoValue for Shown<String> {
    fn into_value(mut self) -> Value {
        Value::Shown(Box::new(move || Some(Cow::Owned(self()))))
    }
}

impl IntoValue for Shown<bool> {
    fn into_value(mut self) -> Value {
        Value::Shown(Box::new(move || self().then_some(Cow::Borrowed(""))))
    }
}

impl IntoValue for Shown<Option<&'static str>> {
    fn into_value(mut self) -> Value {
        Value::Shown(Box::new(move || self().map(Cow::Borrowed)))
    }
}
