//! A message and its body.

use crate::{File, Forward, MessageId, Quote, Reaction, Refusal, ThreadId, Timestamp, UserId, name};
use serde::{Deserialize, Serialize};

/// One message of a thread's log. `(thread_id, created_at)` is its key, and `seq` its number, from 1 without a gap.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Made by the sender's client.
    pub message_id: MessageId,
    /// The thread that it belongs to.
    pub thread_id: ThreadId,
    /// Its place in the thread, from 1.
    pub seq: u64,
    /// Strictly increasing within the thread: the cursor of every page.
    pub created_at: Timestamp,
    /// Who sent it.
    pub sender_id: UserId,
    /// What was written, with its marks. Empty once it is deleted; also where there are only files.
    pub body: String,
    /// The body as sanitised HTML, if it has marks (a part of Markdown): plain text needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Quote>,
    /// Whose words it brings along, if it was forwarded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward: Option<Forward>,
    /// What was sent along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
    /// What people put under it, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// Which members of its thread it calls by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    /// Whether it is pinned on top of its thread.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_pinned: bool,
    /// The thread's `change` that last touched it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<u64>,
    /// When it got the words that it has, if those are not its first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// Whether it was deleted: its place in the log stays, and nothing that was in it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_deleted: bool,
}

/// Words that a message had before it was edited.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Version {
    /// What was written.
    pub body: String,
    /// When.
    pub written_at: Timestamp,
}

impl Message {
    /// How many earlier versions are kept.
    pub const MAX_VERSIONS: usize = 50;

    /// A message to which nothing has happened since it was sent.
    #[must_use]
    pub fn sent(
        message_id: MessageId,
        thread_id: ThreadId,
        seq: u64,
        created_at: Timestamp,
        sender_id: UserId,
        body: String,
    ) -> Self {
        Self {
            message_id,
            thread_id,
            seq,
            created_at,
            sender_id,
            body,
            html: None,
            reply_to: None,
            forward: None,
            files: Vec::new(),
            reactions: Vec::new(),
            mentions: Vec::new(),
            is_pinned: false,
            change: None,
            edited_at: None,
            is_deleted: false,
        }
    }

    /// Without what others put to it since.
    #[must_use]
    pub fn into_sent(self) -> Self {
        Self { reactions: Vec::new(), is_pinned: false, change: None, ..self }
    }

    /// What a thread's row shows of it: see [`excerpt_of`].
    #[must_use]
    pub fn excerpt(&self) -> String {
        match &self.html {
            Some(html) => excerpt_of(&words_of(html), &self.files),
            None => excerpt_of(&self.body, &self.files),
        }
    }
}

/// What a thread's row shows of a message: the first words, or the name of the first file. Of images without words nothing can be quoted: then it is
/// empty.
#[must_use]
pub fn excerpt_of(body: &str, files: &[File]) -> String {
    match files.iter().find(|file| !file.is_image()) {
        Some(file) if body.is_empty() => excerpt(&file.name),
        _ => excerpt(body),
    }
}

/// The words of a body's HTML, without its marks.
fn words_of(html: &str) -> String {
    let mut words = String::with_capacity(html.len());
    for piece in html.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("a", piece));
        // Marks within a line (a, code, del, em, mark, strong) join; all others part.
        if !tag.trim_start_matches('/').starts_with(['a', 'c', 'd', 'e', 'm', 's']) {
            words.push(' ');
        }
        for (place, text) in text.split('&').enumerate() {
            let (one, text) = match text.split_once(';') {
                _ if place == 0 => ("", text),
                Some(("lt", text)) => ("<", text),
                Some(("gt", text)) => (">", text),
                Some(("quot", text)) => ("\"", text),
                Some(("nbsp", text)) => (" ", text),
                Some(("amp", text)) => ("&", text),
                _ => ("&", text),
            };
            words += one;
            words += text;
        }
    }
    words
}

pub(crate) fn is_false(is: &bool) -> bool {
    !is
}

/// The text of a message: 1 to [`MessageBody::MAX_CHARS`] characters, at least one of them not blank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageBody(String);

impl MessageBody {
    /// Longest, in Unicode scalar values.
    pub const MAX_CHARS: usize = 4_000;

    /// The body in `text`: line breaks are kept and made `\n`, white space at the end and control characters are dropped.
    ///
    /// # Errors
    /// [`Refusal::BodyEmpty`] and [`Refusal::BodyTooLong`].
    pub fn new(text: &str) -> Result<Self, Refusal> {
        let body = clean(text);
        let length = body.chars().count();
        if !body.chars().any(name::is_visible) {
            Err(Refusal::BodyEmpty)
        } else if length > Self::MAX_CHARS {
            Err(Refusal::BodyTooLong { length })
        } else {
            Ok(Self(body))
        }
    }

    /// The body that accompanies files, which may as well be empty.
    ///
    /// # Errors
    /// [`Refusal::BodyTooLong`].
    pub fn beside_files(text: &str) -> Result<Self, Refusal> {
        match Self::new(text) {
            Err(Refusal::BodyEmpty) => Ok(Self(String::new())),
            body => body,
        }
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is kept.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// How many characters of a text count, as [`MessageBody`] counts them.
#[must_use]
pub fn length(text: &str) -> usize {
    clean(text).chars().count()
}

fn clean(text: &str) -> String {
    let mut body = String::with_capacity(text.len());
    let mut before = '\0';
    for one in text.chars() {
        match one {
            '\n' if before == '\r' => {}
            '\r' => body.push('\n'),
            '\n' | '\t' => body.push(one),
            _ if one.is_control() => {}
            _ => body.push(one),
        }
        before = one;
    }
    body.truncate(body.trim_end().len());
    body.drain(..body.len() - body.trim_start_matches('\n').len());
    body
}

/// The first words of a body on one line: what a thread's row shows. At most [`EXCERPT_CHARS`] characters.
#[must_use]
pub fn excerpt(body: &str) -> String {
    let mut excerpt = String::new();
    let mut length = 0;
    for word in body.split_whitespace() {
        if length > 0 {
            excerpt.push(' ');
            length += 1;
        }
        for character in word.chars() {
            if length == EXCERPT_CHARS {
                excerpt.push('…');
                return excerpt;
            }
            excerpt.push(character);
            length += 1;
        }
    }
    excerpt
}

/// How much of a message a thread's row can show, in characters.
pub const EXCERPT_CHARS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_keeps_its_lines_and_nothing_invisible() {
        let body = MessageBody::new("\r\none\r\n\n  two\u{0}\u{7}\tthree\rfour \n\n").unwrap();
        assert_eq!(body.as_str(), "one\n\n  two\tthree\nfour");
    }

    #[test]
    fn blank_and_oversized_bodies_are_refused() {
        assert_eq!(MessageBody::new(" \n\t"), Err(Refusal::BodyEmpty));
        assert_eq!(MessageBody::new("\u{200B}\u{3164} \u{202E}"), Err(Refusal::BodyEmpty));
        assert!(MessageBody::new(&"字".repeat(4_000)).is_ok());
        assert_eq!(MessageBody::new(&"字".repeat(4_001)), Err(Refusal::BodyTooLong { length: 4_001 }));
    }

    #[test]
    fn an_excerpt_has_no_marks() {
        for (html, words) in [
            ("<p dir=\"auto\"><strong>bold</strong>ly, <em>said</em></p>", "boldly, said"),
            ("<ul>\n<li dir=\"auto\">one</li>\n<li dir=\"auto\">two</li>\n</ul>", "one two"),
            ("<p>one<br>two <a href=\"https://a.example\">three</a>.</p>", "one two three."),
            ("<pre><code>a &lt; b &amp;&amp; &amp;lt;</code></pre>", "a < b && &lt;"),
        ] {
            assert_eq!(excerpt(&words_of(html)), words, "{html}");
        }
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt("one\n\n two"), "one two");
        let long = excerpt(&"字".repeat(200));
        assert_eq!(long.chars().count(), EXCERPT_CHARS + 1);
        assert!(long.ends_with('…'));
    }
}
