//! How it stands with somebody: a dot at their picture, and words at their name; and what is written just now.

use crate::{
    shape::{Part, part, parts, view},
    store::Store,
};
use model::{Thread, ThreadId, ThreadKind, Timestamp, UserId, presence::Presence};

const MINUTE_US: i64 = 60_000_000;

/// A dot at the picture of somebody who is here.
pub fn dot(store: Store, user_id: impl Fn() -> Option<UserId> + Send + 'static) -> Part {
    parts(move || {
        let is_online = user_id().and_then(|user_id| store.presence(user_id)) == Some(Presence::Online);
        is_online.then(|| {
            part(view! {
                <span class="presence-dot">
                    <span class="visually-hidden">{words::presence::online()}</span>
                </span>
            })
        })
    })
}

/// The other one of a direct thread.
pub fn peer(thread: Option<&Thread>) -> Option<UserId> {
    match &thread?.kind {
        ThreadKind::Direct { peer } => Some(peer.user_id),
        ThreadKind::Group { .. } | ThreadKind::Notes => None,
    }
}

/// Whether somebody is here, or when they last were; nothing, if that is not to be known.
pub fn words_of(store: Store, user_id: UserId) -> Option<String> {
    match store.presence(user_id)? {
        Presence::Online => Some(words::presence::online().into()),
        Presence::Seen(at) => Some(seen(store, at)),
        Presence::Hidden => None,
    }
}

fn seen(store: Store, at: Timestamp) -> String {
    let minutes = (store.clock.minute.get().0 - at.0).max(0) / MINUTE_US;
    let (then, today) = (store.clock.civil(at), store.clock.today());
    match minutes {
        0 => words::presence::just_now().into(),
        1..60 => words::presence::minutes_ago(minutes.cast_unsigned()),
        60..1_440 => words::presence::hours_ago((minutes / 60).cast_unsigned()),
        _ if today.day - then.day <= 1 => words::presence::yesterday().into(),
        _ => words::presence::on(&then.date_name(&today)),
    }
}

/// Who is writing in a thread; nothing, if nobody is.
pub fn typing(store: Store, thread_id: ThreadId, is_group: bool) -> Option<String> {
    let typists = store.typists(thread_id);
    Some(match typists.as_slice() {
        [] => return None,
        _ if !is_group => words::presence::typing().into(),
        [one] => words::presence::one_types(&one.display_name),
        [one, other] => words::presence::two_type(&one.display_name, &other.display_name),
        many => words::presence::many_type(many.len() as u64),
    })
}
