//! What the first HTML is drawn from, on the server, and again in the browser, which takes it over without asking for anything.

use crate::route::{After, Doing, Route};
use model::{
    Avatar, MessageId, Problem, Thread, Timestamp, User, UserId,
    page::{MemberPage, MessagePage, ThreadPage},
};
use serde::{Deserialize, Serialize};

/// All that a page shows, as its server knew it at one moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// Who looks at it.
    pub me: User,
    /// What was asked for.
    pub route: Route,
    /// The newest threads, unless `after` says otherwise.
    pub threads: ThreadPage,
    /// The newest archived threads, where the list shows them.
    pub archived: Option<ThreadPage>,
    /// What the list that is paged through goes on after.
    pub after: Option<After>,
    /// Stands for the state of `threads`. The first socket hands it back, and the server says `Resync` if it is not true any more.
    pub etag: String,
    /// The thread that the route names.
    pub open: Open,
    /// What is being done there.
    pub doing: Doing,
    /// Who was searched for.
    pub query: Option<String>,
    /// The people that the search found.
    pub found: Option<Vec<User>>,
    /// Why the form that led here was not carried out.
    pub refused: Option<Refused>,
    /// The largest file that is taken.
    pub max_file_bytes: u64,
    /// The server's clock, for "Today".
    pub now: Timestamp,
}

/// The thread beside the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Open {
    /// The route names none.
    Nothing,
    /// There is no such thread, or this user is not in it.
    Missing,
    /// It is here.
    Thread {
        /// Itself.
        thread: Box<Thread>,
        /// The page that the route asks for: the newest, unless there is a cursor.
        messages: MessagePage,
        /// The first members, for the details of a group.
        members: Option<MemberPage>,
    },
}

/// A form that was sent without scripts, and refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub problem: Problem,
    /// What was written: it is not lost.
    pub body: String,
    /// The picture that was chosen for a group.
    pub avatar: Option<Avatar>,
    /// The mark of the draft that the composer was drawn with, before anything was refused.
    pub draft: Option<String>,
    /// The form's id, if what it asked for may have been done after all: sent again, it is the same thing.
    pub form_id: Option<MessageId>,
}

/// A snapshot as it travels in the page.
#[derive(Serialize, Deserialize)]
pub(crate) struct Parcel {
    pub snapshot: Snapshot,
    /// The zone's steps that the page's times need.
    pub zone: Vec<(Timestamp, i32)>,
    /// The id of the message that the composer's form would send.
    pub message_id: MessageId,
}

impl Snapshot {
    /// Every moment that the page shows.
    #[cfg(feature = "ssr")]
    pub(crate) fn moments(&self) -> Vec<Timestamp> {
        let mut moments = vec![self.now];
        let archived = self.archived.iter().flat_map(|page| &page.threads);
        let threads = self.threads.threads.iter().chain(&self.threads.pinned).chain(archived);
        moments.extend(threads.map(|thread| thread.active_at));
        if let Open::Thread { thread, messages, .. } = &self.open {
            moments.push(thread.active_at);
            moments.extend(messages.messages.iter().map(|message| message.created_at));
        }
        moments
    }

    /// Whether somebody is the one who looks at it.
    #[must_use]
    pub fn is_me(&self, user_id: UserId) -> bool {
        self.me.user_id == user_id
    }
}
