//! Parts in the page of a browser: new ones, and those that the server drew, which are taken over as they stand. What changes is followed by an effect that
//! lives as long as its part.

use super::{
    Item, Kind, Part, Shown,
    template::{Step, Template, Value},
};
use leptos::prelude::{Owner, RenderEffect, document, untrack};
use std::{
    any::Any,
    borrow::Cow,
    cell::{OnceCell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Node, Text};

/// The names of SVG's elements belong to it.
const SVG: &str = "http://www.w3.org/2000/svg";

/// Takes over what the server drew in an element. It is kept for as long as the page.
#[cfg(feature = "hydrate")]
pub fn take_over(root: &Node, draw: impl FnOnce() -> Part) {
    fn start(root: &Node, part: Part) {
        std::mem::forget(mount(part, Some(&Cursor::in_front_of(root.first_child()))));
    }
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new_root(None);
    owner.with(|| start(root, draw()));
    std::mem::forget(owner);
}

/// A part in the page, or on its way there. What it follows is not followed any more once this is dropped.
enum Mounted {
    Nothing,
    One { node: Node, _parts: Vec<Mounted>, _kept: Vec<Kept> },
    Many(Vec<Mounted>),
    Shown { _effect: RenderEffect<()>, content: Rc<RefCell<Mounted>>, end: Node },
    List { _effect: RenderEffect<()>, rows: Rc<RefCell<Vec<Row>>>, end: Node },
}

/// What an element needs as long as it is there: dropped, it ends.
type Kept = Box<dyn Any>;

/// An item of a list.
struct Row {
    key: u128,
    mounted: Mounted,
    owner: Owner,
}

impl Drop for Row {
    fn drop(&mut self) {
        self.owner.cleanup();
    }
}

impl Mounted {
    /// Puts it into an element, before one of its children or at the end.
    fn place(&self, parent: &Node, before: Option<&Node>) {
        let put = |node: &Node| {
            let _ = parent.insert_before(node, before);
        };
        match self {
            Self::Nothing => {}
            Self::One { node, .. } => put(node),
            Self::Many(parts) => parts.iter().for_each(|part| part.place(parent, before)),
            Self::Shown { content, end, .. } => {
                content.borrow().place(parent, before);
                put(end);
            }
            Self::List { rows, end, .. } => {
                rows.borrow().iter().for_each(|row| row.mounted.place(parent, before));
                put(end);
            }
        }
    }

    /// Takes it out of the page.
    fn remove(&self) {
        let take = |node: &Node| {
            if let Some(parent) = node.parent_node() {
                let _ = parent.remove_child(node);
            }
        };
        match self {
            Self::Nothing => {}
            Self::One { node, .. } => take(node),
            Self::Many(parts) => parts.iter().for_each(Self::remove),
            Self::Shown { content, end, .. } => {
                content.borrow().remove();
                take(end);
            }
            Self::List { rows, end, .. } => {
                rows.borrow().iter().for_each(|row| row.mounted.remove());
                take(end);
            }
        }
    }

    /// Where it begins.
    fn first(&self) -> Option<Node> {
        match self {
            Self::Nothing => None,
            Self::One { node, .. } => Some(node.clone()),
            Self::Many(parts) => parts.iter().find_map(Self::first),
            Self::Shown { content, end, .. } => content.borrow().first().or_else(|| Some(end.clone())),
            Self::List { rows, end, .. } => {
                rows.borrow().first().and_then(|row| row.mounted.first()).or_else(|| Some(end.clone()))
            }
        }
    }
}

/// A place among the nodes that the server drew.
#[derive(Clone)]
struct Cursor(Rc<RefCell<Position>>);

struct Position {
    next: Option<Node>,
    is_after_text: bool,
}

impl Cursor {
    fn in_front_of(next: Option<Node>) -> Self {
        Self(Rc::new(RefCell::new(Position { next, is_after_text: false })))
    }

    /// The next node, which has to be there.
    fn take(&self) -> Node {
        let mut position = self.0.borrow_mut();
        position.is_after_text = false;
        let Some(node) = position.next.take() else { panic!("the page is not what the server drew") };
        position.next = node.next_sibling();
        node
    }

    /// The next node as an element or a comment of its own.
    fn take_as<T: JsCast>(&self) -> T {
        self.take()
            .dyn_into()
            .unwrap_or_else(|node| panic!("{} is not what the server drew", node.node_name()))
    }

    /// The next text. An empty one has a mark in its place.
    fn take_text(&self) -> Text {
        if self.0.borrow().is_after_text {
            self.take();
        }
        let node = self.take();
        match node.dyn_into::<Text>() {
            Ok(text) => {
                self.0.borrow_mut().is_after_text = true;
                text
            }
            Err(mark) => {
                let text = document().create_text_node("");
                if let Some(parent) = mark.parent_node() {
                    let _ = parent.replace_child(&text, &mark);
                }
                text
            }
        }
    }
}

/// Makes a part, or takes over the one at the cursor.
fn mount(part: Part, drawn: Option<&Cursor>) -> Mounted {
    match part.0 {
        Kind::Nothing => Mounted::Nothing,
        Kind::Text(text) if text.is_empty() => Mounted::Nothing,
        Kind::Text(text) => Mounted::One {
            node: drawn.map_or_else(|| create_text(&text), |drawn| drawn.take_text().into()),
            _parts: Vec::new(),
            _kept: Vec::new(),
        },
        Kind::Words(tell) => mount_words(tell, drawn),
        Kind::Template(template) => mount_template(template, drawn),
        Kind::Many(parts) => Mounted::Many(parts.into_iter().map(|part| mount(part, drawn)).collect()),
        Kind::Shown(draw) => mount_shown(draw, drawn),
        Kind::List(items) => mount_list(items, drawn),
    }
}

fn mount_words(mut tell: Shown<String>, drawn: Option<&Cursor>) -> Mounted {
    let node = drawn.map_or_else(|| document().create_text_node(""), Cursor::take_text);
    let mut shown = drawn.is_none().then(String::new);
    let text = node.clone();
    let effect = RenderEffect::new(move |_| {
        let words = tell();
        // What the server drew is right, and what is the same already is left alone: it may be selected.
        if shown.as_ref().is_some_and(|shown| *shown != words) {
            text.set_data(&words);
        }
        shown = Some(words);
    });
    Mounted::One { node: node.into(), _parts: Vec::new(), _kept: vec![Box::new(effect)] }
}

/// An element that is not closed yet, and where one is among what the server drew in it.
type Open = (web_sys::Element, Option<Cursor>);

fn mount_template(template: Template, drawn: Option<&Cursor>) -> Mounted {
    let is_new = drawn.is_none();
    let mut open: Vec<Open> = Vec::new();
    let (mut parts, mut kept) = (Vec::new(), Vec::<Kept>::new());
    for step in template.steps() {
        if let Step::Open(tag) = step {
            let (parent, inside) =
                open.last().map_or((None, drawn), |(node, inside)| (Some(node), inside.as_ref()));
            let node = inside.map_or_else(|| create(tag), Cursor::take_as);
            if let Some(parent) = parent.filter(|_| is_new) {
                let _ = parent.append_child(&node);
            }
            let inside = drawn.map(|_| Cursor::in_front_of(node.first_child()));
            open.push((node, inside));
            continue;
        }
        let Some((node, inside)) = open.last() else { break };
        match step {
            Step::Fixed(name, value) if is_new => set(node, name, Some(value)),
            Step::Value(name, Value::Text(value)) if is_new => set(node, name, Some(&value)),
            Step::Value(name, Value::Shown(tell)) => {
                kept.push(Box::new(mount_value(node, name, tell, is_new)))
            }
            #[cfg(feature = "hydrate")]
            Step::Listen(name, listener) => {
                let listener = wasm_bindgen::closure::Closure::wrap(listener);
                let _ = node.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
                kept.push(Box::new(listener));
            }
            Step::Text(text) => match inside {
                Some(inside) => drop(inside.take_text()),
                None => drop(node.append_child(&create_text(text))),
            },
            Step::Part(part) => {
                let part = mount(part, inside.as_ref());
                if is_new {
                    part.place(node, None);
                }
                parts.push(part);
            }
            Step::Close if open.len() == 1 => {
                return Mounted::One { node: node.clone().into(), _parts: parts, _kept: kept };
            }
            Step::Close => drop(open.pop()),
            _ => {}
        }
    }
    Mounted::Nothing
}

fn create_text(text: &str) -> Node {
    document().create_text_node(text).into()
}

fn create(tag: &str) -> web_sys::Element {
    let element = match tag {
        "svg" | "path" => document().create_element_ns(Some(SVG), tag),
        _ => document().create_element(tag),
    };
    element.unwrap_or_else(|_| panic!("{tag} is no element"))
}

fn set(node: &web_sys::Element, name: &str, value: Option<&str>) {
    if name == "inner_html" {
        node.set_inner_html(value.unwrap_or_default());
    } else if let Some(property) = name.strip_prefix("prop:") {
        let _ = js_sys::Reflect::set(node, &property.into(), &value.map_or(JsValue::NULL, JsValue::from_str));
    } else if let Some(value) = value {
        let _ = node.set_attribute(name, value);
    } else {
        let _ = node.remove_attribute(name);
    }
}

fn mount_value(
    node: &web_sys::Element,
    name: &'static str,
    mut tell: Shown<Option<Cow<'static, str>>>,
    is_new: bool,
) -> RenderEffect<()> {
    let node = node.clone();
    // The server writes no properties.
    let mut shown = (is_new || name.starts_with("prop:")).then_some(None);
    RenderEffect::new(move |_| {
        let value = tell();
        if shown.as_ref().is_some_and(|shown| *shown != value) {
            set(&node, name, value.as_deref());
        }
        shown = Some(value);
    })
}

/// The place after something that changes: a mark.
fn mark() -> Node {
    document().create_comment("").into()
}

fn mount_shown(mut draw: Shown<Option<Part>>, drawn: Option<&Cursor>) -> Mounted {
    let content = Rc::new(RefCell::new(Mounted::Nothing));
    let end = Rc::new(OnceCell::<Node>::new());
    let mut first = drawn.cloned();
    let effect = {
        let (content, end) = (Rc::clone(&content), Rc::clone(&end));
        RenderEffect::new(move |_| {
            let new = draw().map_or(Mounted::Nothing, |part| mount(part, first.take().as_ref()));
            first = None;
            if let Some(end) = end.get()
                && let Some(parent) = end.parent_node()
            {
                new.place(&parent, Some(end));
            }
            content.replace(new).remove();
        })
    };
    let end = end.get_or_init(|| drawn.map_or_else(mark, Cursor::take)).clone();
    Mounted::Shown { _effect: effect, content, end }
}

fn mount_list(items: Box<dyn Fn() -> Vec<Item> + Send>, drawn: Option<&Cursor>) -> Mounted {
    let rows = Rc::new(RefCell::new(Vec::<Row>::new()));
    let end = Rc::new(OnceCell::<Node>::new());
    // Items outlive the changes of the list: they do not belong to the effect, which is cleaned up at each.
    let parent = Owner::current().unwrap_or_default();
    let mut first = drawn.cloned();
    let effect = {
        let (rows, end) = (Rc::clone(&rows), Rc::clone(&end));
        RenderEffect::new(move |_| {
            let first = first.take();
            let draw = |item: Item| {
                let owner = parent.with(Owner::new);
                let mounted = owner.with(|| untrack(|| mount((item.draw)(), first.as_ref())));
                Row { key: item.key, mounted, owner }
            };
            let old = rows.take();
            let new = match end.get().and_then(|end| Some((end.parent_node()?, end))) {
                Some((parent, end)) => arrange(old, items(), draw, &parent, end),
                None => items().into_iter().map(draw).collect(),
            };
            rows.replace(new);
        })
    };
    let end = end.get_or_init(|| drawn.map_or_else(mark, Cursor::take)).clone();
    Mounted::List { _effect: effect, rows, end }
}

/// Brings a list into another order: those with known keys stay what they are, of which few are moved, and what is not wanted any more goes.
fn arrange(
    old: Vec<Row>,
    items: Vec<Item>,
    draw: impl Fn(Item) -> Row,
    parent: &Node,
    end: &Node,
) -> Vec<Row> {
    let mut old: Vec<Option<Row>> = old.into_iter().map(Some).collect();
    for row in &mut old {
        if row.as_ref().is_some_and(|row| !items.iter().any(|item| item.key == row.key)) {
            row.take().inspect(|row| row.mounted.remove());
        }
    }
    let mut new = Vec::with_capacity(items.len());
    let mut passed = 0;
    for item in items {
        let next = |from: usize| (from..old.len()).find(|place| old[*place].is_some());
        let is_it = |place: &usize| old[*place].as_ref().is_some_and(|row| row.key == item.key);
        let here = next(passed);
        // One that goes further down lets the others stay.
        let after = here.and_then(|here| next(here + 1));
        if let Some(place) = here.into_iter().chain(after).find(is_it) {
            passed = place + 1;
            new.extend(old[place].take());
            continue;
        }
        let before = here.and_then(|here| old[here].as_ref()?.mounted.first());
        let row = match (0..old.len()).find(is_it) {
            Some(place) => old[place].take(),
            None => None,
        };
        let row = row.unwrap_or_else(|| draw(item));
        row.mounted.place(parent, Some(before.as_ref().unwrap_or(end)));
        new.push(row);
    }
    new
}
