//! Whom somebody blocks.

use super::super::acting;
use crate::{Route, options::Choice, view::avatar::Picture};
use leptos::prelude::*;
use model::{ThreadId, User};

/// Each, with the way to undo it. Nothing, if they block nobody.
#[component]
pub fn BlocksSection(blocks: Vec<(ThreadId, User)>) -> impl IntoView {
    if blocks.is_empty() {
        return None;
    }
    let rows = blocks.into_iter().map(|(thread_id, user)| {
        let address = format!("{}/options", Route::thread(thread_id).path());
        let label = words::grants::action(words::thread_options::unblock(), &user.display_name);
        view! {
            <li class="settings-row">
                <span inner_html=Picture::of_user(&user).drawn("avatar-small")></span>
                <div class="settings-row-main">
                    <p dir="auto">{user.display_name}</p>
                    <p class="settings-note">"@" {user.username}</p>
                </div>
                <form method="post" action=acting(&address)>
                    <button class="button" name="choice" value=Choice::Unblock.word() aria-label=label>
                        {words::thread_options::unblock()}
                    </button>
                </form>
            </li>
        }
    });
    Some(view! {
        <section class="settings-section" aria-labelledby="settings-blocks">
            <h2 id="settings-blocks">{words::privacy::blocks()}</h2>
            <div class="settings-list">
                <ul>{rows.collect_view()}</ul>
            </div>
        </section>
    })
}
