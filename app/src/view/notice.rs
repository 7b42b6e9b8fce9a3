//! A notice in the list of messages: what happened to the group, and by whom.

use crate::{
    html::join,
    shape::{Part, part, view},
};
use model::{Notice, NoticeKind};
use words::notices;

/// The line.
pub fn line(notice: &Notice) -> Part {
    part(view! {
        <li class="message-list-notice" dir="auto">
            {sentence(notice)}
        </li>
    })
}

/// What it says.
pub fn sentence(notice: &Notice) -> String {
    let Notice { kind, actor, names, more, .. } = notice;
    let names = join(names.iter().map(String::as_str), notices::and());
    match kind {
        NoticeKind::Created => notices::created(actor),
        NoticeKind::Renamed => notices::renamed(actor, &names),
        NoticeKind::Pictured => notices::pictured(actor),
        NoticeKind::Added if *more > 0 => notices::added_more(*more, actor, &names),
        NoticeKind::Added => notices::added(actor, &names),
        NoticeKind::Joined => notices::joined(actor),
        NoticeKind::LetIn => notices::let_in(actor, &names),
        NoticeKind::Left => notices::left(actor),
        NoticeKind::Removed => notices::removed(actor, &names),
        NoticeKind::Promoted => notices::promoted(actor, &names),
        NoticeKind::Demoted => notices::demoted(actor, &names),
        NoticeKind::Inherited => notices::inherited(&names),
        NoticeKind::Pinned => notices::pinned(actor),
    }
}
