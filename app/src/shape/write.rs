//! Parts as HTML, on the server. Where the browser's parser would not see where one text ends and the next begins, or where something may come later, an
//! empty comment stands: `mount` finds its way by them.

use super::{
    Kind, Part,
    template::{Step, Template, Value},
};
use crate::html::escape;
use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        view::{Position, PositionState, add_attr::AddAnyAttr},
    },
};
use std::borrow::Cow;

/// What marks a place.
const MARK: &str = "<!>";

/// Elements without content, by the HTML standard, section 13.1.2.
const VOID: [&str; 3] = ["br", "img", "input"];

impl Part {
    /// The HTML.
    pub fn html(self) -> String {
        let mut html = String::new();
        write(self, &mut html, &mut false);
        html
    }
}

/// Writes a part. `is_after_text` tells whether a text was the last thing written.
fn write(part: Part, html: &mut String, is_after_text: &mut bool) {
    match part.0 {
        Kind::Nothing => {}
        Kind::Text(text) => write_text(&text, html, is_after_text),
        Kind::Words(mut tell) => {
            let text = tell();
            if text.is_empty() {
                separate(html, is_after_text);
                html.push_str(MARK);
            }
            write_text(&text, html, is_after_text);
        }
        Kind::Template(template) => {
            write_template(template, html);
            *is_after_text = false;
        }
        Kind::Many(parts) => parts.into_iter().for_each(|part| write(part, html, is_after_text)),
        Kind::Shown(mut draw) => {
            if let Some(part) = draw() {
                write(part, html, is_after_text);
            }
            html.push_str(MARK);
            *is_after_text = false;
        }
        Kind::List(items) => {
            for item in items() {
                write((item.draw)(), html, is_after_text);
            }
            html.push_str(MARK);
            *is_after_text = false;
        }
    }
}

fn separate(html: &mut String, is_after_text: &mut bool) {
    if *is_after_text {
        html.push_str(MARK);
    }
    *is_after_text = false;
}

fn write_text(text: &str, html: &mut String, is_after_text: &mut bool) {
    if !text.is_empty() {
        separate(html, is_after_text);
        html.push_str(&escaped(text));
        *is_after_text = true;
    }
}

/// An element that is not closed yet.
struct Open {
    tag: &'static str,
    /// What stands in it instead of parts.
    content: Option<Cow<'static, str>>,
    has_begun: bool,
    is_after_text: bool,
}

impl Open {
    /// Ends the tag that opens it, when its attributes are known.
    fn begin(&mut self, html: &mut String) {
        if !std::mem::replace(&mut self.has_begun, true) {
            html.push('>');
            html.push_str(self.content.as_deref().unwrap_or_default());
        }
    }

    fn set(&mut self, name: &str, value: Cow<'static, str>, html: &mut String) {
        if name == "inner_html" {
            self.content = Some(value);
        } else if !name.starts_with("prop:") {
            *html += &[" ", name, "=\"", &escaped(&value), "\""].concat();
        }
    }
}

fn write_template(template: Template, html: &mut String) {
    let mut open: Vec<Open> = Vec::new();
    for step in template.steps() {
        if let Step::Open(tag) = step {
            if let Some(parent) = open.last_mut() {
                parent.begin(html);
                parent.is_after_text = false;
            }
            *html += &["<", tag].concat();
            open.push(Open { tag, content: None, has_begun: false, is_after_text: false });
            continue;
        }
        let Some(element) = open.last_mut() else { return };
        match step {
            Step::Open(_) | Step::Listen(_) | Step::Value(_, Value::Absent) => {}
            Step::Fixed(name, value) => element.set(name, Cow::Borrowed(value), html),
            Step::Value(name, Value::Text(value)) => element.set(name, value, html),
            Step::Value(name, Value::Shown(mut tell)) => {
                if let Some(value) = tell() {
                    element.set(name, value, html);
                }
            }
            Step::Text(text) => {
                element.begin(html);
                write_text(text, html, &mut element.is_after_text);
            }
            Step::Part(part) => {
                element.begin(html);
                write(part, html, &mut element.is_after_text);
            }
            Step::Close => {
                element.begin(html);
                if !VOID.contains(&element.tag) {
                    *html += &["</", element.tag, ">"].concat();
                }
                open.pop();
            }
        }
    }
}

/// Tools that look for where a tag ends find it, too.
fn escaped(text: &str) -> String {
    escape(text).replace('>', "&gt;")
}

/// In the pages that only the server draws, parts stand among Leptos's views.
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
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
        write(self, html, &mut false);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) {
        unreachable!("pages that only the server draws are never taken over")
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl Render for Part {
    type State = ();

    fn build(self) {}

    fn rebuild(self, (): &mut ()) {}
}

impl AddAnyAttr for Part {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}
