//! What the marks in a body mean: a safe part of Markdown (CommonMark with strikethrough and bare links), as HTML. comrak reads and writes
//! it, escaping all HTML that people wrote; ammonia then lets through only what is listed here.

use crate::mentions::Mention;
use ammonia::Builder;
use comrak::{
    Arena, Node, Options, format_html,
    nodes::{NodeLink, NodeValue},
    parse_document,
};
use model::mention::{Piece, pieces};
use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::LazyLock,
};

/// The body as HTML, or nothing if it is plain text that calls nobody, which needs none.
///
/// What people write is not to end who reads it, such as the writer of messages: where a parser panics, the body is shown as it is.
#[must_use]
pub fn html(body: &str, mentions: &[Mention]) -> Option<String> {
    catch_unwind(AssertUnwindSafe(|| formatted(body, mentions))).unwrap_or_else(|_| {
        tracing::error!("a message could not be formatted, and is shown as it was written");
        None
    })
}

fn formatted(body: &str, mentions: &[Mention]) -> Option<String> {
    if mentions.is_empty() && !may_be_formatted(body) {
        return None;
    }
    let arena = Arena::new();
    let root = parse_document(&arena, body, &OPTIONS);
    if mentions.is_empty() && is_plain(root, body) {
        return None;
    }
    // Gathered first: some go.
    Vec::from_iter(root.descendants()).into_iter().for_each(|node| simplify(&arena, node));
    if !mentions.is_empty() {
        Vec::from_iter(root.descendants()).into_iter().for_each(|node| mark(&arena, node, mentions));
    }
    let mut html = String::new();
    format_html(root, &OPTIONS, &mut html).ok()?;
    let html = SANITISER.clean(&html).to_string();
    // What is left may be nothing, as of a link without words.
    html.contains(|one: char| one.is_alphanumeric()).then(|| html.trim_end().into())
}

/// Where a link may lead.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    // A line of dashes below words separates; it does not make them a heading.
    options.parse.ignore_setext = true;
    options.render.hardbreaks = true;
    options.render.escape = true;
    options
});

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from([
            "a",
            "blockquote",
            "br",
            "code",
            "del",
            "em",
            "hr",
            "li",
            "mark",
            "ol",
            "p",
            "pre",
            "strong",
            "ul",
        ]))
        .generic_attributes(HashSet::new())
        .add_tag_attributes("a", ["href"])
        .add_tag_attributes("ol", ["start"])
        .url_schemes(HashSet::from(SCHEMES))
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank");
    for tag in ["p", "li", "pre", "blockquote"] {
        builder.set_tag_attribute_value(tag, "dir", "auto");
    }
    builder
});

/// Most messages have nothing that could be a mark, and are not even read.
fn may_be_formatted(body: &str) -> bool {
    body.contains(['*', '_', '~', '`', '[', '\\', '&', '<'])
        || body.lines().any(|line| {
            let line = line.trim_start_matches(' ');
            line.starts_with(['#', '>', '-', '+', '\t'])
                || line.starts_with(|first: char| first.is_ascii_digit())
        })
        || body.contains("\n    ")
}

/// Whether it says the same without any marks. Bare links are plain: the app finds them by itself.
fn is_plain<'a>(root: Node<'a>, body: &str) -> bool {
    let mut text = String::new();
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::Document | NodeValue::Paragraph | NodeValue::SoftBreak | NodeValue::LineBreak => {}
            NodeValue::Text(words) => text.push_str(words),
            NodeValue::Link(link) if is_bare(node, link) => {}
            _ => return false,
        }
    }
    let visible = |text: &str| text.chars().filter(|one| !one.is_whitespace()).collect::<String>();
    visible(&text) == visible(body)
}

fn is_bare<'a>(node: Node<'a>, link: &NodeLink) -> bool {
    let words: String = node
        .descendants()
        .filter_map(|node| match &node.data().value {
            NodeValue::Text(words) => Some(words.to_string()),
            _ => None,
        })
        .collect();
    link.url.ends_with(&words) && link.title.is_empty()
}

/// Takes out what a message has no use for: a heading becomes strong, an image the link that it is, and a link that leads nowhere good
/// becomes its words.
fn simplify<'a>(arena: &'a Arena<'a>, node: Node<'a>) {
    let value = node.data().value.clone();
    match value {
        NodeValue::Heading(_) => {
            let strong = arena.alloc(NodeValue::Strong.into());
            for child in node.children().collect::<Vec<_>>() {
                strong.append(child);
            }
            node.append(strong);
            node.data_mut().value = NodeValue::Paragraph;
        }
        NodeValue::Link(link) | NodeValue::Image(link) => {
            let scheme = link.url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
            if scheme.is_some_and(|scheme| SCHEMES.contains(&scheme.as_str())) {
                node.data_mut().value = NodeValue::Link(link);
            } else {
                for child in node.children().collect::<Vec<_>>() {
                    node.insert_before(child);
                }
                node.detach();
            }
        }
        _ => {}
    }
}

/// Marks those in a text who are called.
fn mark<'a>(arena: &'a Arena<'a>, node: Node<'a>, mentions: &[Mention]) {
    let NodeValue::Text(text) = node.data().value.clone() else { return };
    let is_called = |name: &str| mentions.iter().any(|mention| mention.username.eq_ignore_ascii_case(name));
    let pieces = pieces(&text);
    if !pieces.iter().any(|piece| matches!(piece, Piece::Name(name) if is_called(name))) {
        return;
    }
    for piece in pieces {
        let words = |words: String| arena.alloc(NodeValue::Text(words.into()).into());
        node.insert_before(match piece {
            Piece::Words(text) => words(text.into()),
            Piece::Name(name) if is_called(name) => {
                let marked = arena.alloc(NodeValue::Highlight.into());
                marked.append(words(format!("@{name}")));
                marked
            }
            Piece::Name(name) => words(format!("@{name}")),
        });
    }
    node.detach();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(body: &str) -> String {
        let html = html(body, &[]).unwrap_or_else(|| panic!("{body:?} has marks"));
        html.replace(" dir=\"auto\"", "")
            .replace(" target=\"_blank\" rel=\"noopener noreferrer nofollow\"", "")
    }

    #[test]
    fn marks_become_what_they_mean() {
        for (body, expected) in [
            ("**bold** and *leaning*", "<p><strong>bold</strong> and <em>leaning</em></p>"),
            ("~~gone~~ `a < b`", "<p><del>gone</del> <code>a &lt; b</code></p>"),
            ("```rust\nlet a = \"<b>\";\n```", "<pre><code>let a = \"&lt;b&gt;\";\n</code></pre>"),
            ("> said\n\nanswered", "<blockquote>\n<p>said</p>\n</blockquote>\n<p>answered</p>"),
            ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
            ("3. three\n4. four", "<ol start=\"3\">\n<li>three</li>\n<li>four</li>\n</ol>"),
            ("[words](https://a.example/x)", "<p><a href=\"https://a.example/x\">words</a></p>"),
            ("# Loud", "<p><strong>Loud</strong></p>"),
            ("**one**\ntwo", "<p><strong>one</strong><br>\ntwo</p>"),
        ] {
            assert_eq!(inner(body), expected, "{body:?}");
        }
    }

    #[test]
    fn those_who_are_called_are_marked_wherever_they_stand_but_not_in_code() {
        let ada = [Mention { user_id: model::UserId::generate(), username: "ada".into() }];
        for (body, expected) in [
            ("Hi @ada!", "<p>Hi <mark>@ada</mark>!</p>"),
            ("one\n@ADA and @bob", "<p>one<br>\n<mark>@ADA</mark> and @bob</p>"),
            ("**@ada** `@ada`", "<p><strong><mark>@ada</mark></strong> <code>@ada</code></p>"),
            ("<b>@ada", "<p>&lt;b&gt;<mark>@ada</mark></p>"),
        ] {
            let html = html(body, &ada).unwrap().replace(" dir=\"auto\"", "");
            assert_eq!(html, expected, "{body:?}");
        }
    }

    #[test]
    fn plain_text_stays_plain() {
        for body in [
            "hello",
            "two\n\n\nlines",
            "see https://a.example/x_y_z?a=b&c=d and www.b.example",
            "write to ada@example.com",
            "snake_case_name and 2 * 3 * 4",
            "100 % of 5 people",
            "#1",
            "-5 degrees",
            "字_字",
            "a [b] c",
        ] {
            assert_eq!(html(body, &[]), None, "{body:?}");
        }
    }

    #[test]
    fn what_people_write_is_never_markup_or_script() {
        for body in [
            "**x** <script>alert(1)</script>",
            "**x** <img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1)) **b**",
            "![x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x](https://a.example \"onclick=alert(1)\")",
            "<https://a.example/\"onmouseover=alert(1)> *x*",
            "[x]: javascript:alert(1)\n\n[x] **b**",
            "`</code><script>alert(1)</script>`",
            "```</pre><script>\nalert(1)\n```",
            "<style>*{display:none}</style> *x*",
            "<div style=\"position:fixed\">*x*</div>",
        ] {
            for tag in tags(&html(body, &[]).unwrap_or_default()) {
                let (name, attributes) = tag.split_once(' ').unwrap_or((&tag, ""));
                let is_known =
                    ["p", "strong", "em", "code", "pre", "a", "br"].contains(&name.trim_start_matches('/'));
                let is_safe = attributes.is_empty()
                    || attributes == "dir=\"auto\""
                    || attributes.starts_with("href=\"https://a.example")
                        && attributes.matches('"').count() == 6;
                assert!(is_known && is_safe, "<{tag}> came out of {body:?}");
            }
        }
    }

    /// What stands between angle brackets; those that people wrote are escaped.
    fn tags(html: &str) -> Vec<String> {
        html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn deep_nesting_is_read_in_time() {
        for piece in ["> ", "- ", "*", "[", "`", "<", "_a", "![](", "1. "] {
            let body = piece.repeat(4_000 / piece.len());
            if let Some(html) = html(&body, &[]) {
                assert!(html.len() < 2_000_000, "{piece:?} became {} bytes", html.len());
            }
        }
    }
}
