//! An image over the page: as a whole, nearer, moved about, and the ones before and after it in what is loaded of its thread.

use super::{icon::Icon, overlay};
use crate::{
    lazy::{Loaded, wasm_split},
    live::{Live, derive},
    shape::{Part, act, flag, follow, part, parts, text, view},
    store::{Overlay, Store},
};
use leptos::{ev, prelude::*};
use model::{File, FileId, FileKind, Message, ThreadId, Timeline};
use stage::Stage;

mod stage;

/// How much nearer one press of a key or of a button brings it.
const STEP: f64 = 1.5;
/// How much nearer two clicks bring it.
const NEAR: f64 = 2.5;
/// How far a key moves it, in pixels.
const MOVE: f64 = 80.0;
/// What moves out of the middle on its way to the next image, in pixels.
const SWIPE: f64 = 64.0;

/// What is looked at.
#[derive(Clone, PartialEq)]
struct Seen {
    file: File,
    /// Who sent it, and when.
    told: String,
    /// Its place among all of them, from 1.
    place: usize,
    count: usize,
    before: Option<FileId>,
    after: Option<FileId>,
}

/// Shows an image of a thread.
#[wasm_split(viewer, fallible)]
pub fn draw(thread_id: ThreadId, file_id: FileId) -> Loaded {
    let store = expect_context::<Store>();
    let current = Live::new(Some(file_id.to_string()));
    let seen = derive(move || current.with(|current| see(store, thread_id, current.as_deref()?)));
    let stage = Stage::new();
    follow(move || {
        // Its message was deleted.
        if seen.with(Option::is_none) {
            overlay::close();
        }
    });
    let file = derive(move || seen.with(|seen| seen.as_ref().map(|seen| seen.file.clone())));
    follow(move || {
        let Some(file) = file.get() else { return };
        request_animation_frame(move || stage.show(thread_id, &file));
    });
    let go = move |tell: fn(&Seen) -> Option<FileId>| {
        if let Some(file_id) = seen.peek(|seen| seen.as_ref().and_then(tell)) {
            current.set(Some(file_id.to_string()));
        }
    };
    let image = parts(move || file.get().map(|file| image(thread_id, &file)));
    let caption = text(move || {
        let tell = |seen: &Seen| match seen.count {
            1 => seen.told.clone(),
            count => {
                let place =
                    words::viewer::place(&words::number(seen.place as u64), &words::number(count as u64));
                place + " · " + &seen.told
            }
        };
        seen.with(|seen| seen.as_ref().map(tell).unwrap_or_default())
    });
    let name =
        text(move || file.with(|file| file.as_ref().map(|file| file.name.clone()).unwrap_or_default()));
    let path =
        text(move || file.with(|file| file.as_ref().map(|file| file.path(thread_id)).unwrap_or_default()));
    let of_download =
        text(move || file.with(|file| file.as_ref().map(|file| file.name.clone()).unwrap_or_default()));
    let has_none = move |tell: fn(&Seen) -> Option<FileId>| {
        flag(move || seen.with(|seen| seen.as_ref().and_then(tell).is_none()))
    };
    let pointer_up = act(move |event: ev::PointerEvent| {
        let is_beside = event.target() == event.current_target();
        match stage.let_go(&event) {
            Some((x, y)) if x.abs() > SWIPE && x.abs() > y.abs() => {
                go(if x < 0.0 { |seen| seen.after } else { |seen| seen.before });
            }
            Some((_, y)) if y > SWIPE && event.pointer_type() != "mouse" => overlay::close(),
            Some((x, y)) if is_beside && x.abs() + y.abs() < 4.0 => overlay::close(),
            _ => {}
        }
    });
    let content = part(view! {
        <div class="viewer-content" on:keydown=act(move |event: ev::KeyboardEvent| {
            let is_done = match event.key().as_str() {
                _ if event.ctrl_key() || event.meta_key() || event.alt_key() => false,
                key => press(key, stage, go),
            };
            if is_done {
                event.prevent_default();
                event.stop_propagation();
            }
        })>
            <div
                class="viewer-stage"
                id=stage::STAGE
                tabindex="0"
                autofocus
                role="group"
                aria-label=words::viewer::label()
                on:wheel=act(move |event| stage.turn(&event))
                on:dblclick=act(move |event: ev::MouseEvent| {
                    let factor = if stage.is_near() { 0.0 } else { NEAR };
                    stage.zoom_at(factor, f64::from(event.client_x()), f64::from(event.client_y()));
                })
                on:pointerdown=act(move |event| stage.touch(&event))
                on:pointermove=act(move |event| stage.drag(&event))
                on:pointerup=pointer_up
                on:pointercancel=act(move |event| {
                    let _ = stage.let_go(&event);
                })
            >
                {image}
            </div>
            <header class="viewer-header">
                <p class="viewer-told" role="status">
                    <span class="viewer-name" dir="auto">{name}</span>
                    <span class="viewer-caption">{caption}</span>
                </p>
                {button(shape("M5 12h14"), words::viewer::farther(), move || stage.zoom(1.0 / STEP))}
                {button(part(Icon::PLUS.draw()), words::viewer::nearer(), move || stage.zoom(STEP))}
                <a
                    class="viewer-button"
                    href=path
                    download=of_download
                    aria-label=words::message_files::download()
                    title=words::message_files::download()
                >
                    {shape("M12 15V3m9 12v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4m4-5 5 5 5-5")}
                </a>
                {button(part(Icon::CLOSE.draw()), words::sheet::close(), overlay::close)}
            </header>
            <button
                class="viewer-button viewer-before"
                type="button"
                aria-label=words::viewer::before()
                title=words::viewer::before()
                hidden=has_none(|seen| seen.before)
                on:click=act(move |_| go(|seen| seen.before))
            >
                {shape("m15 18-6-6 6-6")}
            </button>
            <button
                class="viewer-button viewer-after"
                type="button"
                aria-label=words::viewer::after()
                title=words::viewer::after()
                hidden=has_none(|seen| seen.after)
                on:click=act(move |_| go(|seen| seen.after))
            >
                {shape("m9 18 6-6-6-6")}
            </button>
        </div>
    });
    let overlay = Overlay::Viewer { thread_id, file_id };
    Ok(overlay::frame(&overlay, "overlay viewer", words::viewer::label().into(), |_| {}, content))
}

/// An image among those of its thread's window.
fn see(store: Store, thread_id: ThreadId, file_id: &str) -> Option<Seen> {
    let timeline = store.timeline(thread_id)?;
    timeline.with(|timeline| {
        let timeline = timeline.as_ref()?;
        let all: Vec<(&Message, &File)> = timeline
            .messages()
            .iter()
            .filter(|message| !message.is_deleted)
            .flat_map(|message| message.files.iter().map(move |file| (message, file)))
            .filter(|(_, file)| file.is_image())
            .collect();
        let place = all.iter().position(|(_, file)| file.file_id.to_string() == file_id)?;
        let (message, file) = all[place];
        let id_at = |place: usize| all.get(place).map(|(_, file)| file.file_id);
        Some(Seen {
            file: file.clone(),
            told: sender(store, timeline, message) + " · " + &store.clock.civil(message.created_at).long(),
            place: place + 1,
            count: all.len(),
            before: place.checked_sub(1).and_then(id_at),
            after: id_at(place + 1),
        })
    })
}

fn sender(store: Store, timeline: &Timeline, message: &Message) -> String {
    if message.sender_id == store.my_id() {
        return words::message::you().into();
    }
    timeline.sender(message.sender_id).map(|sender| sender.display_name.clone()).unwrap_or_default()
}

fn image(thread_id: ThreadId, file: &File) -> Part {
    let FileKind::Image { width, height, .. } = file.kind else { return part("") };
    part(view! {
        <img
            class="viewer-image"
            id=stage::IMAGE
            src=file.path(thread_id)
            alt=file.name.clone()
            width=width.to_string()
            height=height.to_string()
            draggable="false"
        />
    })
}

fn press(key: &str, stage: Stage, go: impl Fn(fn(&Seen) -> Option<FileId>)) -> bool {
    let is_near = stage.is_near();
    match key {
        "+" | "=" => stage.zoom(STEP),
        "-" => stage.zoom(1.0 / STEP),
        "0" => stage.zoom(0.0),
        "ArrowLeft" if is_near => stage.push(MOVE, 0.0),
        "ArrowRight" if is_near => stage.push(-MOVE, 0.0),
        "ArrowUp" if is_near => stage.push(0.0, MOVE),
        "ArrowDown" if is_near => stage.push(0.0, -MOVE),
        "ArrowLeft" | "PageUp" => go(|seen| seen.before),
        "ArrowRight" | "PageDown" => go(|seen| seen.after),
        // Nothing for a list of buttons to go up and down in.
        "ArrowUp" | "ArrowDown" => {}
        _ => return false,
    }
    true
}

fn button(icon: Part, label: &'static str, act_on: impl Fn() + 'static) -> Part {
    part(view! {
        <button
            class="viewer-button"
            type="button"
            aria-label=label
            title=label
            on:click=act(move |_: ev::MouseEvent| act_on())
        >
            {icon}
        </button>
    })
}

/// An icon that nothing else needs, so that it comes with the viewer.
fn shape(path: &'static str) -> Part {
    part(view! {
        <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <path d=path />
        </svg>
    })
}
