//! What stands at the ends of the log and over them: the ways to what is not loaded, and what is shown until something is.

use crate::{
    browser::{self, spawn_local},
    live::{Derived, derive},
    route::{Cursor, Route},
    shape::{Part, act, part, parts, text, view},
    store::{Goal, Store, Visit},
    view::{bones, icon::Icon},
};
use leptos::ev;
use model::{Thread, Timeline, Timestamp};

/// What the scrolling element is known by: the focus goes there from a button that goes.
pub const LIST: &str = "messages";

/// The way to what was written before, for whoever has no script.
pub fn older(store: Store, visit: &Visit) -> Part {
    let oldest_at =
        end(visit, |visit, timeline| timeline.oldest_at().filter(|_| visit.has_more_above(timeline)));
    let visit = visit.clone();
    parts(move || {
        let cursor = Cursor::Before(oldest_at.get()?);
        let of_click = visit.clone();
        let load = move || {
            // They may be here, and just not in the page.
            let start = |timeline: &Timeline| of_click.mounted_now(timeline).start;
            match of_click.timeline.peek(|timeline| timeline.as_ref().map_or(0, start)) {
                0 => spawn_local(store.load_older(of_click.clone())),
                _ => of_click.go_along(isize::MIN),
            }
        };
        Some(way(&visit, cursor, words::message_list::earlier(), load))
    })
}

/// The way to what was written after, for whoever has no script.
pub fn newer(store: Store, visit: &Visit) -> Part {
    let newest_at = end(visit, |_, timeline| timeline.newest_at().filter(|_| timeline.has_newer()));
    let visit = visit.clone();
    parts(move || {
        let cursor = Cursor::After(newest_at.get()?);
        let of_click = visit.clone();
        let load = move || spawn_local(store.load_newer(of_click.clone()));
        Some(way(&visit, cursor, words::message_list::later(), load))
    })
}

/// Where the log goes on, if it does.
fn end(visit: &Visit, tell: fn(&Visit, &Timeline) -> Option<Timestamp>) -> Derived<Option<Timestamp>> {
    let visit = visit.clone();
    derive(move || {
        visit.timeline.with(|timeline| timeline.as_ref().and_then(|timeline| tell(&visit, timeline)))
    })
}

fn way(visit: &Visit, cursor: Cursor, words: &'static str, load: impl Fn() + 'static) -> Part {
    let load = act(move |event: ev::MouseEvent| {
        event.prevent_default();
        load();
    });
    let route = Route::Thread { thread_id: visit.thread_id, cursor: Some(cursor) };
    part(view! {
        <p class="message-list-older">
            <a class="button" href=route.path() on:click=load>
                {words}
            </a>
        </p>
    })
}

/// What stands here until there is something, or if there cannot be.
pub fn waiting(store: Store, visit: &Visit) -> Part {
    let visit = visit.clone();
    let timeline = visit.timeline.clone();
    let is_waiting = derive(move || timeline.with(Option::is_none));
    parts(move || {
        if !is_waiting.get() {
            return None;
        }
        if !visit.has_failed.get() {
            return Some(part(bones()));
        }
        let visit = visit.clone();
        let load = act(move |_| spawn_local(store.load_first(visit.clone())));
        Some(part(view! {
            <div class="blank" role="alert">
                <p>{words::message_list::failed()}</p>
                <button class="button" type="button" on:click=load>
                    {words::connection_banner::again()}
                </button>
            </div>
        }))
    })
}

/// The way to say that one has read this, for whoever has no script.
pub fn read(store: Store, visit: &Visit) -> Part {
    let (thread_id, timeline) = (visit.thread_id, visit.timeline.clone());
    let unread = store.thread(thread_id).peek(|thread| thread.as_ref().map_or(0, Thread::unread));
    let newest_at = timeline.peek(|timeline| timeline.as_ref().and_then(Timeline::newest_at));
    let newest_at = newest_at.filter(|_| unread > 0 && !store.is_started());
    part(newest_at.map(|at| {
        view! {
            <form
                class="message-list-read plain"
                method="post"
                action=store.acting(&format!("{}/read", Route::thread(thread_id).path()))
            >
                <input type="hidden" name="created_at" value=at.0.to_string() />
                <button class="button" type="submit">
                    {words::message_list::mark_read()}
                </button>
            </form>
        }
    }))
}

/// The button that leads down again, with how much is new there.
pub fn to_end(store: Store, visit: &Visit) -> Part {
    let visit = visit.clone();
    let thread = store.thread(visit.thread_id);
    parts(move || {
        if visit.is_at_end.get() {
            return None;
        }
        // The button stays while the number changes: somebody may be pressing it.
        let thread = thread.clone();
        let count = text(move || match thread.with(|thread| thread.as_ref().map_or(0, Thread::unread)) {
            0 => String::new(),
            unread => words::message_list::new_count(unread),
        });
        let visit = visit.clone();
        let to_end = Route::Thread { thread_id: visit.thread_id, cursor: None };
        let go = act(move |event: ev::SubmitEvent| {
            event.prevent_default();
            let visit = visit.clone();
            spawn_local(async move {
                let is_here =
                    visit.timeline.peek(|timeline| timeline.as_ref().is_some_and(|it| !it.has_newer()));
                if is_here || store.load_end(visit.clone()).await {
                    visit.goal.set(Some(Goal::End));
                }
                browser::focus(LIST);
            });
        });
        Some(part(view! {
            <form method="get" action=to_end.path() on:submit=go>
                <input type="hidden" name="at" value="end" />
                <button class="message-list-newer" type="submit">
                    {Icon::DOWN.draw()} <span>{count}</span>
                    <span class="visually-hidden">{words::message_list::newest()}</span>
                </button>
            </form>
        }))
    })
}

/// The button that leads up to what was not read yet, when that is farther than what is loaded.
pub fn to_unread(store: Store, visit: &Visit) -> Part {
    let visit = visit.clone();
    let (timeline, unread_after) = (visit.timeline.clone(), visit.unread_after.clone());
    let is_far = derive(move || {
        let Some(read_to) = unread_after.get() else { return false };
        timeline.with(|timeline| {
            let first = timeline.as_ref().and_then(|timeline| timeline.messages().first());
            first.is_some_and(|first| first.seq > read_to.seq + 1)
        })
    });
    parts(move || {
        let visit = visit.clone();
        let load = act(move |_| {
            let visit = visit.clone();
            spawn_local(async move {
                store.load_unread(visit).await;
                browser::focus(LIST);
            });
        });
        is_far.get().then(|| {
            part(view! {
                <button class="message-list-first-unread" type="button" on:click=load>
                    {Icon::UP.draw()}
                    {words::message_list::to_unread()}
                </button>
            })
        })
    })
}
