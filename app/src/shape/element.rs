//! An element of the page: what it is called, what it has, what stands in it.

use super::{IntoPart, Part, Shown};
use leptos::ev::EventDescriptor;
use std::borrow::Cow;
#[cfg(feature = "hydrate")]
use wasm_bindgen::JsCast;

/// An element that is not drawn yet.
pub struct Element {
    pub(super) tag: &'static str,
    /// Attributes that are always the same.
    pub(super) fixed: &'static [(&'static str, &'static str)],
    pub(super) values: Vec<(&'static str, Value)>,
    /// What is done at which event. On the server nothing ever is.
    #[cfg(feature = "hydrate")]
    pub(super) listeners: Vec<(Cow<'static, str>, Listener)>,
    pub(super) children: Vec<Part>,
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

impl Element {
    /// An element with these attributes.
    pub fn new(tag: &'static str, fixed: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            tag,
            fixed,
            values: Vec::new(),
            #[cfg(feature = "hydrate")]
            listeners: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Gives it an attribute.
    pub fn set(&mut self, name: &'static str, value: impl IntoValue) {
        self.values.push((name, value.into_value()));
    }

    /// Does something at an event.
    #[cfg(feature = "hydrate")]
    pub fn on<E>(&mut self, event: E, mut act: Box<dyn FnMut(E::EventType)>)
    where
        E: EventDescriptor,
        E::EventType: JsCast + 'static,
    {
        self.listeners.push((event.name(), Box::new(move |event| act(event.unchecked_into()))));
    }

    /// Does nothing: no event comes to the server.
    #[cfg(not(feature = "hydrate"))]
    #[expect(clippy::unused_self, reason = "what the browser's does not have either")]
    pub fn on<E: EventDescriptor>(&mut self, _: E, _: Box<dyn FnMut(E::EventType)>) {}

    /// Puts something at its end.
    pub fn add(&mut self, child: impl IntoPart) {
        self.children.push(child.into_part());
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
