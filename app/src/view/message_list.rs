//! The log of a thread: a window of it, by days, from the bottom up, so that a browser starts at the newest message before any script.
//! It grows at both ends while one scrolls, and what one reads stays where it is.

use super::{announcer::Announcer, icon::Icon, message::Message, scroller::Scroller};
use crate::{
    route::{Cursor, Route},
    rows::{Material, Row},
    store::{Goal, Store, Visit},
};
use leptos::{either::Either, html, prelude::*, task::spawn_local};
use model::{Thread, Timeline};

/// Older and newer messages are loaded when the reader is this near to the edge, in pixels.
const NEAR_EDGE: i32 = 800;

/// The messages of a visited thread.
#[component]
pub fn MessageList(visit: Visit, is_group: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let rows = rows(store, &visit);
    let days = Memo::new(move |_| {
        let mut days: Vec<_> = rows.with(|rows| rows.iter().map(|row| row.day).collect());
        days.dedup();
        days
    });
    let node = NodeRef::<html::Div>::new();
    let scroller = Scroller::new(node);
    follow(store, &visit, rows, scroller);

    let scrolled = {
        let visit = visit.clone();
        move |_| {
            scroller.remember();
            rest(store, &visit, scroller);
        }
    };
    let window = visit.timeline.clone();
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty) && window.with(Option::is_some));
    view! {
        <div class="message-list">
            {to_unread(store, &visit)}
            <div
                class="message-list-scroller"
                role="region"
                aria-label="Messages"
                tabindex="0"
                node_ref=node
                on:scroll=scrolled
            >
                <div class="message-list-column">
                    {older(store, &visit)}
                    <For each=move || days.get() key=|day| *day let:day>
                        <Day day rows is_group />
                    </For>
                    {newer(store, &visit)}
                    {waiting(store, &visit)}
                    <Show when=move || is_empty.get()>
                        <div class="blank">
                            {Icon::Bubble.draw()}
                            <p>"No messages yet. Write the first one."</p>
                        </div>
                    </Show>
                </div>
            </div>
            {to_end(store, &visit)}
            <Announcer visit />
        </div>
    }
}

/// A day's messages under its name.
#[component]
fn Day(day: i64, rows: Memo<Vec<Row>>, is_group: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let of_day =
        move || rows.with(|rows| rows.iter().filter(|row| row.day == day).cloned().collect::<Vec<_>>());
    let first = of_day().first().map(|row| row.look.clone());
    let name = move || {
        let at = first.as_ref().map(|look| look.with(|look| look.at));
        at.map(|at| store.clock.civil(at).day_name(&store.clock.today()))
    };
    view! {
        <section class="message-list-part">
            <h2 class="message-list-day">{name}</h2>
            <ol class="message-list-rows">
                <For each=of_day key=|row| row.message_id let:row>
                    {
                        let look = row.look.clone();
                        let is_first_unread = Memo::new(move |_| look.with(|look| look.is_first_unread));
                        view! {
                            <li class="message-list-row">
                                <Show when=move || is_first_unread.get()>
                                    <p class="message-list-unread">"New messages"</p>
                                </Show>
                                <Message row is_group />
                            </li>
                        }
                    }
                </For>
            </ol>
        </section>
    }
}

/// The window as rows. A row keeps its place in memory and on the screen for as long as its message is in the window.
fn rows(store: Store, visit: &Visit) -> Memo<Vec<Row>> {
    let me = store.me();
    let (timeline, unread_after) = (visit.timeline.clone(), visit.unread_after.clone());
    let thread_id = visit.thread_id;
    Memo::new_owning(move |before: Option<Vec<Row>>| {
        let unread_after = unread_after.get().map(|read_to| read_to.seq);
        let known = before.clone();
        let rows = timeline.with(|timeline| {
            let empty = Timeline::new(thread_id, model::page::MessagePage::default());
            store.outbox.with(|outbox| {
                let timeline = timeline.as_ref().unwrap_or(&empty);
                let material = Material { timeline, outbox, me: &me, unread_after };
                material.arrange(before.unwrap_or_default(), |at| store.clock.civil(at).day)
            })
        });
        let has_changed = known.is_none_or(|known| known != rows);
        (rows, has_changed)
    })
}

/// Keeps what is read in its place when rows come or go, takes the reader where they are to be taken, and tells what they have read.
fn follow(store: Store, visit: &Visit, rows: Memo<Vec<Row>>, scroller: Scroller) {
    let of_rows = visit.clone();
    Effect::new(move |_| {
        rows.track();
        let visit = of_rows.clone();
        // The rows are in the page by then, and it is not painted yet.
        request_animation_frame(move || {
            if !visit.is_at_end.get_untracked() {
                scroller.restore();
            }
            scroller.remember();
            rest(store, &visit, scroller);
        });
    });
    let of_goal = visit.clone();
    Effect::new(move |_| {
        let visit = of_goal.clone();
        if visit.timeline.with(Option::is_none) {
            return;
        }
        let Some(goal) = visit.goal.get() else { return };
        request_animation_frame(move || {
            visit.goal.set(None);
            match goal {
                Goal::End => scroller.to_end(),
                Goal::Unread => scroller.to_first(".message-list-unread"),
            }
            rest(store, &visit, scroller);
        });
    });
    let of_status = visit.clone();
    Effect::new(move |_| {
        store.connection.status.track();
        rest(store, &of_status, scroller);
    });
    if !cfg!(feature = "hydrate") {
        return;
    }
    let of_window = visit.clone();
    let attend = window_event_listener(leptos::ev::focus, move |_| rest(store, &of_window, scroller));
    let of_resize = visit.clone();
    let resize = window_event_listener(leptos::ev::resize, move |_| {
        // The end stays in sight by itself, also above a keyboard that comes up.
        if !of_resize.is_at_end.get_untracked() {
            scroller.restore();
        }
    });
    on_cleanup(move || {
        attend.remove();
        resize.remove();
    });
}

/// The reader has come to a place: loads what is near, and says what was read.
fn rest(store: Store, visit: &Visit, scroller: Scroller) {
    let Some(distance) = scroller.distance() else { return };
    let has_newer =
        visit.timeline.with_untracked(|timeline| timeline.as_ref().is_some_and(Timeline::has_newer));
    let is_at_end = !has_newer && distance.from_end < 40;
    if visit.is_at_end.get_untracked() != is_at_end {
        visit.is_at_end.set(is_at_end);
    }
    if distance.from_start < NEAR_EDGE {
        spawn_local(store.load_older(visit.clone()));
    }
    if has_newer && distance.from_end < NEAR_EDGE {
        spawn_local(store.load_newer(visit.clone()));
    }
    let timeline = visit.timeline.clone();
    store.mark_read(move || {
        let hidden = scroller.rows_below()?;
        timeline.try_with_untracked(|timeline| {
            let messages = timeline.as_ref()?.messages();
            messages.len().checked_sub(hidden + 1).and_then(|last| messages.get(last)).cloned()
        })?
    });
}

/// The way to what was written before, for whoever has no script.
fn older(store: Store, visit: &Visit) -> impl IntoView + use<> {
    let visit = visit.clone();
    let oldest_at = visit.timeline.clone();
    let oldest_at = Memo::new(move |_| {
        oldest_at.with(|timeline| {
            timeline.as_ref().filter(|timeline| timeline.has_older()).and_then(Timeline::oldest_at)
        })
    });
    move || {
        let visit = visit.clone();
        oldest_at.get().map(|at| {
            let cursor = Some(Cursor::Before(at));
            view! {
                <p class="message-list-older">
                    <a
                        class="button"
                        href=Route::Thread { thread_id: visit.thread_id, cursor }.path()
                        on:click=move |event| {
                            event.prevent_default();
                            spawn_local(store.load_older(visit.clone()));
                        }
                    >
                        "Earlier messages"
                    </a>
                </p>
            }
        })
    }
}

/// The way to what was written after, for whoever has no script.
fn newer(store: Store, visit: &Visit) -> impl IntoView + use<> {
    let visit = visit.clone();
    let newest_at = visit.timeline.clone();
    let newest_at = Memo::new(move |_| {
        newest_at.with(|timeline| {
            timeline.as_ref().filter(|timeline| timeline.has_newer()).and_then(Timeline::newest_at)
        })
    });
    move || {
        let visit = visit.clone();
        newest_at.get().map(|at| {
            let cursor = Some(Cursor::After(at));
            view! {
                <p class="message-list-older">
                    <a
                        class="button"
                        href=Route::Thread { thread_id: visit.thread_id, cursor }.path()
                        on:click=move |event| {
                            event.prevent_default();
                            spawn_local(store.load_newer(visit.clone()));
                        }
                    >
                        "Later messages"
                    </a>
                </p>
            }
        })
    }
}

/// What stands here until there is something, or if there cannot be.
fn waiting(store: Store, visit: &Visit) -> impl IntoView + use<> {
    let visit = visit.clone();
    let (timeline, has_failed) = (visit.timeline.clone(), visit.has_failed.clone());
    let state = Memo::new(move |_| timeline.with(Option::is_none).then(|| has_failed.get()));
    move || {
        let visit = visit.clone();
        state.get().map(|has_failed| {
            if has_failed {
                Either::Left(view! {
                    <div class="blank" role="alert">
                        <p>"The messages could not be loaded."</p>
                        <button
                            class="button"
                            type="button"
                            on:click=move |_| spawn_local(store.load_end(visit.clone()))
                        >
                            "Try again"
                        </button>
                    </div>
                })
            } else {
                let bones = (0..6).map(|_| view! { <div class="message-list-skeleton skeleton"></div> });
                Either::Right(bones.collect_view())
            }
        })
    }
}

/// The button that leads down again, with how much is new there.
fn to_end(store: Store, visit: &Visit) -> impl IntoView + use<> {
    let visit = visit.clone();
    let thread = store.thread(visit.thread_id);
    let is_at_end = visit.is_at_end.clone();
    let below = Memo::new(move |_| {
        let unread = thread.with(|thread| thread.as_ref().map_or(0, Thread::unread));
        (!is_at_end.get()).then_some(unread)
    });
    let go = move |_| {
        let visit = visit.clone();
        spawn_local(async move {
            if visit.timeline.with_untracked(|timeline| timeline.as_ref().is_none_or(Timeline::has_newer)) {
                store.load_end(visit.clone()).await;
            }
            visit.goal.set(Some(Goal::End));
        });
    };
    move || {
        let go = go.clone();
        below.get().map(|unread| {
            let words = match unread {
                0 => "Newest messages".into(),
                1 => "1 new message".into(),
                _ => format!("{unread} new messages"),
            };
            view! {
                <button class="message-list-newer" type="button" on:click=go>
                    {Icon::Down.draw()}
                    <span class:visually-hidden=unread == 0>{words}</span>
                </button>
            }
        })
    }
}

/// The button that leads up to what was not read yet, when that is farther than what is loaded.
fn to_unread(store: Store, visit: &Visit) -> impl IntoView + use<> {
    let visit = visit.clone();
    let (timeline, unread_after) = (visit.timeline.clone(), visit.unread_after.clone());
    let is_far = Memo::new(move |_| {
        let Some(read_to) = unread_after.get() else { return false };
        timeline.with(|timeline| {
            let first = timeline.as_ref().and_then(|timeline| timeline.messages().first());
            first.is_some_and(|first| first.seq > read_to.seq + 1)
        })
    });
    move || {
        let visit = visit.clone();
        is_far.get().then(|| {
            view! {
                <button
                    class="message-list-first-unread"
                    type="button"
                    on:click=move |_| spawn_local(store.load_unread(visit.clone()))
                >
                    {Icon::Up.draw()}
                    "Jump to first unread"
                </button>
            }
        })
    }
}
