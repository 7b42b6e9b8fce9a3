//! The log of a thread: a window of it, by days, from the bottom up, so that a browser starts at the newest message before any script.
//! It grows at both ends while one scrolls, and what one reads stays where it is.

mod edges;
mod gestures;

use super::{announcer::Announcer, icon::Icon, message::Message, notice, press, scroller::Scroller, touch};
use crate::{
    browser::{self, spawn_local},
    live::{Derived, derive, derive_from_last},
    route,
    rows::{Material, Row},
    shape::{Item, Part, act, follow, list, part, parts, text, view},
    store::{Goal, Store, Visit},
};
use gestures::Gestures;
pub use gestures::{follow_link, id_of};
use leptos::{ev, prelude::*};
use model::{Notice, Timeline};

/// Older and newer messages are loaded when the reader is this near to the edge, in pixels.
const NEAR_EDGE: i32 = 800;
/// Rows go when they are this far out of sight: so far that none has to come back for it.
const FAR: f64 = 1_000.0;

/// The messages of a visited thread.
#[component]
pub fn MessageList(visit: Visit, is_group: bool) -> Part {
    let store = expect_context::<Store>();
    let rows = rows(store, &visit);
    let of_notices = visit.timeline.clone();
    let notices = derive(move || {
        of_notices.with(|timeline| {
            timeline.as_ref().map(|timeline| timeline.notices().to_vec()).unwrap_or_default()
        })
    });
    // What happened before the first message.
    let beginning = list(move || {
        let is_begun = rows.with(|rows| rows.first().is_none_or(|row| row.look.peek(|look| look.seq) <= 1));
        if is_begun { notices.with(|notices| lines_after(notices, 0)) } else { Vec::new() }
    });
    let days = list(move || {
        let mut days: Vec<_> = rows.with(|rows| rows.iter().map(|row| row.day).collect());
        days.dedup();
        let item = |day: i64| {
            Item::new(u128::from(day.cast_unsigned()), move || day_part(day, rows, notices, is_group))
        };
        days.into_iter().map(item).collect()
    });
    let scroller = Scroller::new(edges::LIST);
    accompany(store, &visit, rows, scroller);
    let gestures = Gestures::new(store, visit.thread_id, scroller);
    let (on_press, on_swipe) = (gestures.on_press(), gestures.on_swipe());

    let scrolled = {
        let visit = visit.clone();
        act(move |_: ev::Event| {
            // Until what has come or gone is made up for, what is in sight is not what is read.
            if !visit.is_moving.get_now() {
                scroller.remember();
            }
            scroller.float_day();
            rest(store, &visit, scroller);
        })
    };
    let window = visit.timeline.clone();
    let blank = parts(move || {
        (rows.with(Vec::is_empty) && window.with(Option::is_some)).then(|| {
            part(view! {
                <div class="blank">
                    {Icon::BUBBLE.draw()}
                    <p>{words::message_list::empty()}</p>
                </div>
            })
        })
    });
    view! {
        <div class="message-list">
            {edges::to_unread(store, &visit)}
            <div
                class="message-list-scroller"
                id=edges::LIST
                role="region"
                aria-label=words::message_list::label()
                tabindex="0"
                on:scroll=scrolled
                on:click=act(move |event| gestures.click(&event))
                on:keydown=act(move |event| gestures.press(&event))
                on:contextmenu=press::menu(on_press.clone())
                on:touchstart=touch::begin(on_press, Some(on_swipe))
            >
                <div class="message-list-column">
                    {edges::older(store, &visit)}
                    <ol class="message-list-rows">{beginning}</ol>
                    {days}
                    <div class="message-list-rest"></div>
                    {edges::newer(store, &visit)}
                    {edges::read(store, &visit)}
                    {edges::waiting(store, &visit)}
                    {blank}
                </div>
            </div>
            {edges::to_end(store, &visit)}
            <Announcer visit />
        </div>
    }
}

/// A day's messages under its name.
fn day_part(day: i64, rows: Derived<Vec<Row>>, notices: Derived<Vec<Notice>>, is_group: bool) -> Part {
    let store = expect_context::<Store>();
    let first = rows.peek(|rows| rows.iter().find(|row| row.day == day).cloned());
    let to_date = first.as_ref().map(|first| route::date(first.thread_id));
    let first = first.map(|first| first.look);
    let name = text(move || {
        let at = first.as_ref().map(|look| look.with(|look| look.at));
        at.map(|at| store.clock.civil(at).day_name(&store.clock.today())).unwrap_or_default()
    });
    let rows = list(move || {
        let item = |row: &Row| {
            let row = row.clone();
            Item::new(row.key(), move || row_part(row, is_group))
        };
        let mut items = Vec::new();
        notices.with(|notices| {
            rows.with(|rows| {
                for row in rows.iter().filter(|row| row.day == day) {
                    items.push(item(row));
                    let seq = row.look.peek(|look| look.seq);
                    if seq > 0 {
                        items.extend(lines_after(notices, seq));
                    }
                }
            });
        });
        items
    });
    part(view! {
        <section class="message-list-part">
            <h2 class="message-list-day">
                <a href=to_date data-sheet="" title=words::date::title()>
                    {name}
                </a>
            </h2>
            <ol class="message-list-rows">{rows}</ol>
        </section>
    })
}

/// What happened after a message, a line each.
fn lines_after(notices: &[Notice], seq: u64) -> Vec<Item> {
    let after = notices.iter().filter(|notice| notice.after_seq == seq);
    let item = |notice: &Notice| {
        let notice = notice.clone();
        // No message has such an id.
        Item::new(u128::from(notice.change), move || notice::line(&notice))
    };
    after.map(item).collect()
}

/// A message, under the line "New messages" if it is the first that was not read.
fn row_part(row: Row, is_group: bool) -> Part {
    let (look, id) = (row.look.clone(), id_of(row.message_id));
    let line = parts(move || {
        let is_first_unread = look.with(|look| look.is_first_unread);
        is_first_unread
            .then(|| part(view! { <p class="message-list-unread">{words::message_list::new()}</p> }))
    });
    part(view! {
        <li class="message-list-row" id=id>
            {line} <Message row is_group />
        </li>
    })
}

/// The window as rows. A row keeps its place in memory and on the screen for as long as its message is in the window.
fn rows(store: Store, visit: &Visit) -> Derived<Vec<Row>> {
    let me = store.me();
    let (timeline, unread_after) = (visit.timeline.clone(), visit.unread_after.clone());
    let thread_id = visit.thread_id;
    let thread = store.thread(thread_id);
    let visit = visit.clone();
    let seen_seq =
        derive(move || thread.with(|thread| thread.as_ref().and_then(|thread| thread.seen_seq).unwrap_or(0)));
    derive_from_last(move |last: Option<&Vec<Row>>| {
        let unread_after = unread_after.get().map(|read_to| read_to.seq);
        timeline.with(|timeline| {
            let empty = Timeline::new(thread_id, model::page::MessagePage::default());
            store.outbox.with(|outbox| {
                let timeline = timeline.as_ref().unwrap_or(&empty);
                let (mounted, seen_seq) = (visit.mounted(timeline), seen_seq.get());
                let material = Material { timeline, mounted, outbox, me: &me, seen_seq, unread_after };
                material.arrange(last.cloned().unwrap_or_default(), |at| store.clock.civil(at).day)
            })
        })
    })
}

/// Keeps what is read in its place when rows come or go, takes the reader where they are to be taken, and tells what they have read.
fn accompany(store: Store, visit: &Visit, rows: Derived<Vec<Row>>, scroller: Scroller) {
    let of_rows = visit.clone();
    follow(move || {
        rows.with(|_| ());
        // Also what is loaded and not in the page yet.
        of_rows.timeline.with(|_| ());
        let visit = of_rows.clone();
        // The rows are in the page by then, and it is not painted yet.
        request_animation_frame(move || {
            visit.is_moving.set(false);
            // Whoever is to be taken somewhere else does not read here.
            if visit.goal.peek(Option::is_some) {
                return;
            }
            scroller.restore(visit.is_at_end.get_now(), is_whole_below(&visit));
            scroller.remember();
            rest_later(store, visit, scroller);
        });
    });
    let of_goal = visit.clone();
    follow(move || {
        let visit = of_goal.clone();
        if visit.timeline.with(Option::is_none) {
            return;
        }
        let Some(goal) = visit.goal.get() else { return };
        match goal {
            Goal::End => visit.mount_end(),
            Goal::Unread => {
                if let Some(read_to) = visit.unread_after.get_now() {
                    visit.mount(|message| message.seq > read_to.seq);
                }
            }
            Goal::Message(at) => visit.mount(|message| message.created_at >= at),
        }
        request_animation_frame(move || {
            visit.goal.set(None);
            scroller.drop_rest();
            match goal {
                Goal::End => scroller.to_end(),
                Goal::Unread => scroller.to_first(".message-list-unread"),
                Goal::Message(at) => {
                    let found = visit.timeline.peek(|timeline| {
                        timeline
                            .as_ref()
                            .and_then(|timeline| timeline.nearest(at))
                            .map(|found| found.message_id)
                    });
                    found.into_iter().for_each(|message_id| scroller.show(&id_of(message_id)));
                }
            }
            scroller.remember();
            rest_later(store, visit, scroller);
        });
    });
    let of_status = visit.clone();
    follow(move || {
        store.connection.status.with(|_| ());
        of_status.is_following.with(|_| ());
        rest(store, &of_status, scroller);
    });
    if !cfg!(feature = "hydrate") {
        return;
    }
    let of_window = visit.clone();
    let attend = window_event_listener(ev::focus, move |_| rest(store, &of_window, scroller));
    let of_resize = visit.clone();
    let resize = window_event_listener(ev::resize, move |_| {
        // The end stays in sight by itself, also above a keyboard that comes up.
        scroller.restore(of_resize.is_at_end.get_now(), is_whole_below(&of_resize));
        // There may be room for more.
        rest(store, &of_resize, scroller);
    });
    on_cleanup(move || {
        attend.remove();
        resize.remove();
    });
}

/// Whether the window's newest message is in the page.
fn is_whole_below(visit: &Visit) -> bool {
    visit.timeline.peek(|timeline| {
        timeline.as_ref().is_none_or(|timeline| visit.mounted_now(timeline).end == timeline.messages().len())
    })
}

/// The reader has come to a place: loads what is near, and says what was read.
fn rest(store: Store, visit: &Visit, scroller: Scroller) {
    // Whoever is to be taken somewhere else is not here.
    if visit.goal.peek(Option::is_some) {
        return;
    }
    let Some(distance) = scroller.distance() else { return };
    let Some((mounted, count, has_newer)) = visit.timeline.peek(|timeline| {
        let timeline = timeline.as_ref()?;
        Some((visit.mounted_now(timeline), timeline.messages().len(), timeline.has_newer()))
    }) else {
        return;
    };
    let is_following = visit.is_following.get_now();
    let is_whole_below = mounted.end == count;
    let is_here = distance.from_end > -40;
    let is_at_end = is_whole_below && (!has_newer || is_following) && is_here && distance.from_end < 40;
    visit.is_at_end.set_if_new(is_at_end);
    visit.fit(distance.view);
    if is_at_end {
        visit.mount_end();
    } else {
        visit.hold_mounted();
    }
    if distance.from_start < NEAR_EDGE {
        if mounted.start == 0 {
            spawn_local(store.load_older(visit.clone()));
        } else {
            visit.go_along(-scroller.rows_beyond(FAR, false).cast_signed());
        }
    }
    if distance.from_end < NEAR_EDGE && !is_following {
        if !is_whole_below {
            visit.go_along(scroller.rows_beyond(FAR, true).cast_signed());
        } else if has_newer {
            spawn_local(store.load_newer(visit.clone()));
        }
    }
    if !is_here {
        return;
    }
    let of_read = visit.clone();
    store.mark_read(move || {
        let hidden = scroller.rows_below()?;
        of_read.timeline.try_peek(|timeline| {
            let timeline = timeline.as_ref()?;
            let last = of_read.mounted_now(timeline).end.checked_sub(hidden + 1)?;
            timeline.messages().get(last).cloned()
        })?
    });
}

/// The same, once the frame that is being made has been painted: for rows that come or go meanwhile it would be made up in the next one only.
fn rest_later(store: Store, visit: Visit, scroller: Scroller) {
    spawn_local(async move {
        browser::sleep(0).await;
        rest(store, &visit, scroller);
    });
}
