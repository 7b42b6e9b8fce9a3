//! What a reply shows of the message that it answers, and the way to it. It is written as HTML, with what people wrote escaped.

use super::{avatar, thread_row::or_photo};
use crate::{html::escape, route};
use model::{Forward, Quote, ThreadId};

/// A quote. Without scripts it leads to the page around its message, and with them the list takes the reader there.
pub fn html(thread_id: ThreadId, quote: &Quote) -> String {
    let words = words_of(quote);
    let class = if quote.is_deleted { "quote-words quote-gone" } else { "quote-words" };
    [
        "<a class=\"quote hue-",
        &avatar::hue_of(quote.sender_id).to_string(),
        "\" href=\"",
        &route::message(thread_id, quote.created_at, quote.message_id),
        "\" data-at=\"",
        &quote.created_at.0.to_string(),
        "\"><span class=\"visually-hidden\">",
        words::quote::answers(),
        " </span><strong class=\"quote-name\" dir=\"auto\">",
        &escape(&quote.sender_name),
        "</strong> <span class=\"",
        class,
        "\" dir=\"auto\">",
        &escape(&words),
        "</span></a>",
    ]
    .concat()
}

/// Whose words a forwarded message brings along.
pub fn forward(forward: &Forward) -> String {
    let name = escape(&forward.sender_name);
    ["<p class=\"quote-forward\" dir=\"auto\">", &words::forward::from(&name), "</p>"].concat()
}

/// The first words of what is quoted, or what is said where there are none.
pub fn words_of(quote: &Quote) -> String {
    if quote.is_deleted { words::message::deleted().into() } else { or_photo(quote.excerpt.clone()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{MessageId, Timestamp, UserId};

    #[test]
    fn nothing_in_a_quote_is_markup() {
        let quote = Quote {
            message_id: MessageId::generate(),
            created_at: Timestamp(7),
            sender_id: UserId::generate(),
            sender_name: "<b>\"Al\"</b>".into(),
            excerpt: "<img src=x onerror=\"alert('&')\">".into(),
            is_deleted: false,
            change: 0,
        };
        let html = html(ThreadId::generate(), &quote);
        assert!(!html.contains("<b>") && !html.contains("<img") && html.contains("&lt;img src=x"), "{html}");
    }
}
