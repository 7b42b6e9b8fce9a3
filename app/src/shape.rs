//! One type for each kind of closure and of view. The compiler makes the code behind a closure or a view anew for each type, and every
//! closure and every element has its own; here they lose them, and the app three quarters of its size.

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Mountable, Position, PositionState, add_attr::AddAnyAttr},
    },
};

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
pub fn parts(draw: impl FnMut() -> Option<Part> + Send + 'static) -> Shown<Option<Part>> {
    Box::new(draw)
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

/// A value that is made from others, and tells only when it is another.
pub fn derive<T: PartialEq + Send + Sync + 'static>(make: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    fn start<T: PartialEq + Send + Sync + 'static>(make: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
        Memo::new(move |_| make())
    }
    start(Box::new(make))
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
pub fn list(items: impl Fn() -> Vec<Item> + Send + 'static) -> impl IntoView {
    fn start(items: Box<dyn Fn() -> Vec<Item> + Send>) -> impl IntoView {
        view! { <For each=items key=|item| item.key children=|item| (item.draw)() /> }
    }
    start(Box::new(items))
}

/// A part of the page, whatever it is made of. It is put in the place of another as a whole.
pub struct Part(Box<dyn Draw>);

/// A view becomes a part.
pub fn part<V>(view: V) -> Part
where
    V: RenderHtml + 'static,
    V::State: 'static,
{
    Part(Box::new(view))
}

trait Draw: Send {
    fn build(self: Box<Self>) -> Box<dyn Mountable>;
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Box<dyn Mountable>;
    #[cfg(feature = "ssr")]
    fn write(self: Box<Self>, html: &mut String, position: &mut Position, escape: bool);
}

impl<V> Draw for V
where
    V: RenderHtml + 'static,
    V::State: 'static,
{
    fn build(self: Box<Self>) -> Box<dyn Mountable> {
        Box::new(Render::build(*self))
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Box<dyn Mountable> {
        Box::new(RenderHtml::hydrate::<true>(*self, cursor, position))
    }

    #[cfg(feature = "ssr")]
    fn write(self: Box<Self>, html: &mut String, position: &mut Position, escape: bool) {
        self.to_html_with_buf(html, position, escape, false, Vec::new());
    }
}

/// A part in the page.
pub struct Drawn(Box<dyn Mountable>);

impl Render for Part {
    type State = Drawn;

    fn build(self) -> Drawn {
        Drawn(self.0.build())
    }

    fn rebuild(self, drawn: &mut Drawn) {
        let mut new = self.0.build();
        drawn.0.insert_before_this(&mut *new);
        drawn.0.unmount();
        drawn.0 = new;
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl RenderHtml for Part {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
        #[cfg(feature = "ssr")]
        self.0.write(html, position, escape);
        #[cfg(not(feature = "ssr"))]
        let _ = (html, position, escape);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        Drawn(self.0.hydrate(cursor, position))
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl AddAnyAttr for Part {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}
