//! The app's addresses. Both sides read them from here: the server to answer a request, the browser to follow a link.

use model::{MessageId, ThreadId, Timestamp, UserId, thread::Place, wire::USER_PARAMETER};
use serde::{Deserialize, Serialize};

/// What an address shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Route {
    /// `/`: the list of threads.
    Inbox,
    /// `/archive`: the threads that were put away.
    Archive,
    /// `/t/<thread_id>`: a conversation, at what was not read or at its end, unless a cursor says otherwise.
    Thread {
        /// Which one.
        thread_id: ThreadId,
        /// The page to show, for readers without scripts.
        cursor: Option<Cursor>,
    },
    /// `/t/<thread_id>/details`: who is in it.
    Details {
        /// Of which one.
        thread_id: ThreadId,
    },
    /// `/new`: begin a conversation. `?q=` is the search of a reader without scripts.
    New {
        /// What was searched for.
        query: Option<String>,
    },
    /// Nothing of the app's.
    Unknown,
}

/// The page of a thread's messages that an address asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Cursor {
    /// `?before=`: the page that ends before this moment.
    Before(Timestamp),
    /// `?after=`: the page that begins after this moment.
    After(Timestamp),
    /// `?around=`: the page with a few messages up to this moment and those after it.
    Around(Timestamp),
    /// `?at=end`: the newest page, also where it would be opened at what was not read.
    End,
}

/// What is being done on a page beside looking. A script opens it in place; without scripts it stands in the address as `?do=`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Doing {
    /// Nothing.
    #[default]
    Looking,
    /// People are added to a group.
    Adding,
    /// A group's title and avatar are changed.
    Editing,
    /// A group is left.
    Leaving,
    /// A group is made.
    Grouping,
}

impl Doing {
    /// What the address and the forms say.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Looking => "",
            Self::Adding => "add",
            Self::Editing => "edit",
            Self::Leaving => "leave",
            Self::Grouping => "group",
        }
    }

    /// What the part of an address behind its question mark says.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let word = parameter(query, "do").unwrap_or_default();
        let all = [Self::Adding, Self::Editing, Self::Leaving, Self::Grouping];
        all.into_iter().find(|doing| doing.word() == word).unwrap_or_default()
    }
}

/// Who is searched for, by the part of an address behind its question mark.
#[must_use]
pub fn search(query: &str) -> Option<String> {
    parameter(query, "q").and_then(decoded).filter(|text| !text.is_empty())
}

/// Where a list is gone on with: a reader without scripts sees it a page at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum After {
    /// The threads, or the archived ones, after this place.
    Place(Place),
    /// The members after this one.
    Member(UserId),
}

impl After {
    /// Where a page of members begins in the details, as the end of an address.
    pub const MEMBERS: &str = "#members";

    /// What the part of an address behind its question mark says.
    #[must_use]
    pub fn parse(query: &str) -> Option<Self> {
        if let Some(user_id) = parameter(query, "after_member") {
            return user_id.parse().ok().map(Self::Member);
        }
        let active_at = Timestamp(parameter(query, "before_at")?.parse().ok()?);
        Some(Self::Place(Place { active_at, thread_id: parameter(query, "before_id")?.parse().ok()? }))
    }

    /// The part of an address from its question mark on.
    #[must_use]
    pub fn query(self) -> String {
        match self {
            Self::Place(place) => at_place(place),
            Self::Member(user_id) => format!("?after_member={user_id}"),
        }
    }
}

/// The part of an address that goes on with threads after a place.
#[must_use]
pub fn at_place(place: Place) -> String {
    format!("?before_at={}&before_id={}", place.active_at.0, place.thread_id)
}

/// Where a form leads that does something: it says whose page it is on, so that it does nothing in the name of whoever has signed in since.
/// Every such form takes its address from here.
#[must_use]
pub fn acting(path: &str, user_id: UserId) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{USER_PARAMETER}={user_id}")
}

impl Route {
    /// The route of a path and of the part behind its question mark.
    #[must_use]
    pub fn parse(path: &str, query: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let words = (parts.next(), parts.next(), parts.next(), parts.next());
        match words {
            (None, ..) => Self::Inbox,
            (Some("archive"), None, ..) => Self::Archive,
            (Some("new"), None, ..) => Self::New { query: search(query) },
            (Some("t"), Some(thread_id), page, None) => match (thread_id.parse(), page) {
                (Ok(thread_id), None) => Self::Thread { thread_id, cursor: Cursor::parse(query) },
                (Ok(thread_id), Some("details")) => Self::Details { thread_id },
                _ => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }

    /// The address.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Inbox | Self::Unknown => "/".into(),
            Self::Thread { thread_id, cursor } => {
                format!("/t/{thread_id}{}", cursor.map(Cursor::query).unwrap_or_default())
            }
            Self::Archive => "/archive".into(),
            Self::Details { thread_id } => format!("/t/{thread_id}/details"),
            Self::New { .. } => "/new".into(),
        }
    }

    /// The end of a thread.
    #[must_use]
    pub fn thread(thread_id: ThreadId) -> Self {
        Self::Thread { thread_id, cursor: None }
    }

    /// The thread that it shows, if it shows one.
    #[must_use]
    pub fn thread_id(&self) -> Option<ThreadId> {
        match self {
            Self::Thread { thread_id, .. } | Self::Details { thread_id } => Some(*thread_id),
            Self::Inbox | Self::Archive | Self::New { .. } | Self::Unknown => None,
        }
    }

    /// What the style sheet knows it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            // On a phone, too, it is the list.
            Self::Inbox | Self::Archive => "inbox",
            Self::Thread { .. } => "thread",
            Self::Details { .. } => "details",
            Self::New { .. } => "new",
            Self::Unknown => "unknown",
        }
    }
}

/// The page of what can be done with a message, for readers without scripts. Its forms lead to what is below it.
#[must_use]
pub fn actions(thread_id: ThreadId, message_id: MessageId) -> String {
    format!("/t/{thread_id}/m/{message_id}")
}

/// The page of what a message said before it was edited. It is not the app's own: the server draws it.
#[must_use]
pub fn versions(thread_id: ThreadId, message_id: MessageId) -> String {
    format!("/t/{thread_id}/m/{message_id}/versions")
}

/// The sheet of all emoji, with hands in a tone. The last part stands for what is in it, so that it can be kept for good.
#[must_use]
pub fn emoji(tone: &str, version: &str) -> String {
    format!("/emoji/{}/{tone}/{version}", words::language::tag())
}

/// The page on which one chooses where to forward a message.
#[must_use]
pub fn forward(thread_id: ThreadId, message_id: MessageId) -> String {
    format!("/t/{thread_id}/m/{message_id}/forward")
}

/// The page of what is pinned in a thread.
#[must_use]
pub fn pins(thread_id: ThreadId) -> String {
    format!("/t/{thread_id}/pins")
}

/// Where a form goes that pins a message or unpins it.
#[must_use]
pub fn pin(thread_id: ThreadId, message_id: MessageId) -> String {
    format!("/t/{thread_id}/m/{message_id}/pin")
}

/// The page on which one says which date to go to in a thread.
#[must_use]
pub fn date(thread_id: ThreadId) -> String {
    format!("/t/{thread_id}/date")
}

/// The date that a thread is to be shown from, by the part of an address behind its question mark.
#[must_use]
pub fn wanted_date(query: &str) -> Option<String> {
    parameter(query, "date").map(Into::into)
}

/// The page of who has read a message of one's own.
#[must_use]
pub fn readers(thread_id: ThreadId, message_id: MessageId) -> String {
    format!("/t/{thread_id}/m/{message_id}/readers")
}

/// The page on which one reports a message.
#[must_use]
pub fn report(thread_id: ThreadId, message_id: MessageId) -> String {
    format!("/t/{thread_id}/m/{message_id}/report")
}

/// The page of what can be done by keys.
pub const SHORTCUTS: &str = "/shortcuts";

/// The page of who put what under a message, and where a form goes that does so.
#[must_use]
pub fn reactions(thread_id: ThreadId, message_id: MessageId) -> String {
    format!("/t/{thread_id}/m/{message_id}/reactions")
}

/// The link to a message: its thread, at the page around it. Its end tells a browser without scripts where on the page it is.
#[must_use]
pub fn message(thread_id: ThreadId, created_at: Timestamp, message_id: MessageId) -> String {
    let cursor = Some(Cursor::Around(created_at));
    format!("{}#m-{message_id}", Route::Thread { thread_id, cursor }.path())
}

/// The page of a group's links, which the server draws.
#[must_use]
pub fn invites(thread_id: ThreadId) -> String {
    format!("/t/{thread_id}/invites")
}

/// The page of a group's picture, which the server draws.
#[must_use]
pub fn picture(thread_id: ThreadId) -> String {
    format!("/t/{thread_id}/picture")
}

impl Cursor {
    /// The part of an address from its question mark on.
    #[must_use]
    pub fn query(self) -> String {
        match self {
            Self::Before(at) => format!("?before={}", at.0),
            Self::After(at) => format!("?after={}", at.0),
            Self::Around(at) => format!("?around={}", at.0),
            Self::End => "?at=end".into(),
        }
    }

    fn parse(query: &str) -> Option<Self> {
        let moment = |name| Some(Timestamp(parameter(query, name)?.parse().ok()?));
        moment("before")
            .map(Self::Before)
            .or_else(|| moment("after").map(Self::After))
            .or_else(|| moment("around").map(Self::Around))
            .or_else(|| (parameter(query, "at")? == "end").then_some(Self::End))
    }
}

/// A parameter's value, as it stands there.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

/// A value with `+` and percent signs read as forms write them.
fn decoded(value: &str) -> Option<String> {
    let value = value.replace('+', " ");
    #[cfg(feature = "ssr")]
    return percent_encoding::percent_decode_str(&value).decode_utf8().ok().map(Into::into);
    // The browser's own is not loaded.
    #[cfg(not(feature = "ssr"))]
    return js_sys::decode_uri_component(&value).ok().map(Into::into);
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "019a8b5c-0000-7000-8000-000000000001";

    #[test]
    fn every_route_is_found_at_its_own_address() {
        let thread_id = ID.parse().unwrap();
        for route in [
            Route::Inbox,
            Route::Archive,
            Route::thread(thread_id),
            Route::Thread { thread_id, cursor: Some(Cursor::Before(Timestamp(7))) },
            Route::Thread { thread_id, cursor: Some(Cursor::After(Timestamp(-7))) },
            Route::Thread { thread_id, cursor: Some(Cursor::Around(Timestamp(7))) },
            Route::Thread { thread_id, cursor: Some(Cursor::End) },
            Route::Details { thread_id },
            Route::New { query: None },
        ] {
            let address = route.path();
            let (path, query) = address.split_once('?').unwrap_or((&address, ""));
            assert_eq!(Route::parse(path, query), route);
        }
    }

    #[test]
    fn where_a_list_goes_on_is_found_in_its_own_address() {
        let place = Place { active_at: Timestamp(-7), thread_id: ID.parse().unwrap() };
        for after in [After::Place(place), After::Member(ID.parse().unwrap())] {
            assert_eq!(After::parse(after.query().trim_start_matches('?')), Some(after));
        }
        for query in ["", "after_member=x", "before_at=1", "before_at=1&before_id=x"] {
            assert_eq!(After::parse(query), None, "{query}");
        }
    }

    #[test]
    fn other_addresses_are_unknown() {
        for path in ["/t", "/t/x", "/t/1/details", "/news", &format!("/t/{ID}/details/more"), "/new/one"] {
            assert_eq!(Route::parse(path, ""), Route::Unknown, "{path}");
        }
    }

    #[test]
    fn a_search_is_read_as_forms_write_it() {
        assert_eq!(
            Route::parse("/new", "a=1&q=J%C3%BCrgen+M"),
            Route::New { query: Some("Jürgen M".into()) }
        );
        assert_eq!(Route::parse("/new", "q=%ff"), Route::New { query: None });
        assert_eq!(Route::parse("/new", "q="), Route::New { query: None });
    }
}
