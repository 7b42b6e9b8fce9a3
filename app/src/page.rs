//! The plain pages: the door, the settings, and what went wrong. Only the server draws them; links and forms are all they need.

mod actions;
mod ago;
mod chats;
mod date;
mod field;
mod forwards;
mod group_invites;
mod join;
mod language;
mod lock;
mod picture;
mod pinned;
mod problem;
mod reactions;
mod readers;
mod reports;
mod reset;
mod settings;
mod sheet;
mod shortcuts;
mod sign_in;
mod sign_up;
mod versions;

pub use actions::{Act, Actions, actions};
pub use chats::chats;
pub use date::{Asking, asking};
pub use forwards::{Forwarding, forwarding, not_forwarded};
pub use group_invites::{GroupInvite, GroupInvites, group_invites};
pub use join::{Join, join, join_path};
pub use lock::{Lock, lock};
pub use picture::{GroupPicture, group_picture};
pub use pinned::{Pinned, pinned};
pub use problem::problem;
pub use reactions::{Reactors, reactors};
pub use readers::{Readers, readers};
pub use reports::{Reporting, reporting};
pub use reset::{Reset, reset};
pub use settings::{Administration, Grant, Invite, Reported, Section, Settings, Told, Trouble, settings};
pub use shortcuts::shortcuts;
pub use sign_in::{SignIn, sign_in, with_next};
pub use sign_up::{Door, SignUp, sign_up};
pub use versions::{Versions, versions};

use crate::{Site, document};
use leptos::prelude::*;
use model::UserId;

/// Where a form of a page leads that does something, on a page that is somebody's: see [`crate::route::acting`].
fn acting(path: &str) -> String {
    use_context::<UserId>().map_or_else(|| path.into(), |user_id| crate::route::acting(path, user_id))
}

/// The title of a page's window.
fn title(of_page: &str) -> String {
    format!("{of_page} · Bobbin")
}

/// What stands in a page, for showing it over another.
fn fragment<V: IntoView>(draw: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(None);
    let html = owner.with(|| draw().to_html());
    owner.unset_with_forced_cleanup();
    html
}

/// The whole document around a page.
fn document<V: IntoView>(site: &Site, title: &str, draw: impl FnOnce() -> V) -> String {
    let (title, body) = (fragment(|| view! { <title>{title.to_owned()}</title> }), fragment(draw));
    let lock = document::lock(site);
    let (css, later, html) = (site.css, site.later, document::html(site.appearance));
    format!(
        r#"<!DOCTYPE html>
{html}
<head>
<meta charset="utf-8">
{title}
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{css}">
<link rel="stylesheet" href="{later}">{lock}
</head>
<body>
{body}
</body>
</html>
"#
    )
}
