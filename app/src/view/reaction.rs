//! The reactions under a message, written as HTML: a button each, which a form sends without scripts.

use crate::html::escape;
use model::Reaction;

/// A message's reactions, and where their form leads; nothing, if there are none.
pub fn html(address: &str, reactions: &[Reaction]) -> String {
    if reactions.is_empty() {
        return String::new();
    }
    let mut html = ["<form class=\"reaction-list\" method=\"post\" action=\"", address, "\">"].concat();
    for Reaction { emoji, count, is_mine } in reactions {
        let (class, name, pressed) =
            if *is_mine { ("reaction reaction-own", "off", "true") } else { ("reaction", "on", "false") };
        let emoji = escape(emoji);
        html += &[
            "<button class=\"",
            class,
            "\" name=\"",
            name,
            "\" value=\"",
            &emoji,
            "\" aria-pressed=\"",
            pressed,
            "\" title=\"",
            words::reaction::hint(),
            "\"><span class=\"reaction-emoji\">",
            &emoji,
            "</span> <span class=\"reaction-count\">",
            &words::number(*count),
            "</span></button>",
        ]
        .concat();
    }
    html + "</form>"
}
