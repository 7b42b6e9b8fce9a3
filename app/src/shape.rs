//! What a view is: data that says what stands in a part of the page, made by `view!` (`markup`). One interpreter draws it, as HTML on the server (`write`)
//! and in the page in the browser (`mount`). In Leptos's own views each element has a type, for which the compiler makes all the code that draws it; they
//! would make the app half as large again.

#[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
mod mount;
mod template;
#[cfg(feature = "ssr")]
mod write;

pub use markup::view;
#[cfg(feature = "hydrate")]
pub use mount::take_over;
pub use template::Template;

use leptos::prelude::*;
use std::borrow::Cow;

/// A closure whose result the page follows.
pub type Shown<T> = Box<dyn FnMut() -> T + Send>;

/// A text that follows what it is made from.
pub fn text(tell: impl FnMut() -> String + Send + 'static) -> Shown<String> {
    Box::new(tell)
}

/// An attribute that is there or not.
pub fn flag(tell: impl FnMut() -> bool + Send + 'static) -> Shown<bool> {
    Box::new(tell)
}

/// An attribute with one of a few values, or none.
pub fn word(tell: impl FnMut() -> Option<&'static str> + Send + 'static) -> Shown<Option<&'static str>> {
    Box::new(tell)
}

/// A part of the page that is there or not, or now one thing and now another.
pub fn parts(draw: impl FnMut() -> Option<Part> + Send + 'static) -> Part {
    Part(Kind::Shown(Box::new(draw)))
}

/// What is done at an event.
pub fn act<E>(act: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(act)
}

/// Does something in the browser now, and again whenever what it looked at changes.
pub fn follow(act: impl FnMut() + 'static) {
    // A closure's type has the type parameters of the function that it stands in: only where there are none is it one.
    fn start(mut act: Box<dyn FnMut()>) {
        Effect::new(move |_| act());
    }
    start(Box::new(act));
}

/// An item of a list: known by its key, and drawn when it is new.
pub struct Item {
    key: u128,
    draw: Box<dyn FnOnce() -> Part + Send>,
}

impl Item {
    /// An item. Those with the same key are the same one.
    pub fn new(key: u128, draw: impl FnOnce() -> Part + Send + 'static) -> Self {
        Self { key, draw: Box::new(draw) }
    }
}

/// A list whose items stay what they are while others come and go around them.
pub fn list(items: impl Fn() -> Vec<Item> + Send + 'static) -> Part {
    Part(Kind::List(Box::new(items)))
}

/// A part of the page, whatever it is made of.
pub struct Part(Kind);

enum Kind {
    Nothing,
    Text(Cow<'static, str>),
    /// A text that changes.
    Words(Shown<String>),
    Template(Template),
    Many(Vec<Part>),
    /// Now one thing and now another, put in its place as a whole.
    Shown(Shown<Option<Part>>),
    List(Box<dyn Fn() -> Vec<Item> + Send>),
}

impl Part {
    /// Several, one after the other.
    pub fn many(parts: Vec<Self>) -> Self {
        Self(Kind::Many(parts))
    }
}

impl From<Template> for Part {
    fn from(template: Template) -> Self {
        Self(Kind::Template(template))
    }
}

/// Anything as a part of the page.
pub fn part(content: impl IntoPart) -> Part {
    content.into_part()
}

/// What can stand in an element.
pub trait IntoPart {
    /// The same as a part.
    fn into_part(self) -> Part;
}

impl IntoPart for Part {
    fn into_part(self) -> Part {
        self
    }
}

impl IntoPart for &'static str {
    fn into_part(self) -> Part {
        Part(Kind::Text(Cow::Borrowed(self)))
    }
}

impl IntoPart for String {
    fn into_part(self) -> Part {
        Part(Kind::Text(Cow::Owned(self)))
    }
}

impl IntoPart for Shown<String> {
    fn into_part(self) -> Part {
        Part(Kind::Words(self))
    }
}

impl<T: IntoPart> IntoPart for Option<T> {
    fn into_part(self) -> Part {
        self.map_or(Part(Kind::Nothing), T::into_part)
    }
}

impl IntoPart for Vec<Part> {
    fn into_part(self) -> Part {
        Part::many(self)
    }
}
