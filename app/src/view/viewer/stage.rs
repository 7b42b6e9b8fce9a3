//! Where an image is looked at: how near it is and how far from the middle, by wheel, fingers, keys. The image itself is moved by the browser, so that nothing
//! is drawn anew.

use crate::{browser, live::Live};
use leptos::ev;
use model::{File, FileKind, ThreadId};
use web_sys::{Element, HtmlElement};

/// What the place is known by.
pub const STAGE: &str = "viewer-stage";
/// What the image is known by.
pub const IMAGE: &str = "viewer-image";
/// How near an image can be brought, compared with all of it.
const NEAREST: f64 = 8.0;
/// What a line of a wheel counts, in pixels.
const LINE: f64 = 16.0;
/// How much a pixel of a wheel brings it nearer, and of a pad on which two fingers are spread.
const BY_WHEEL: f64 = 0.002;
const BY_PAD: f64 = 0.01;

/// How it stands. It is copied freely: every copy is the same one.
#[derive(Clone, Copy)]
pub struct Stage(Live<Stand>);

struct Stand {
    scale: f64,
    /// How far its middle is from the stage's, in pixels.
    x: f64,
    y: f64,
    touches: Vec<Touch>,
    /// Where the first touch began, unless there was a second one since.
    began: Option<(f64, f64)>,
}

#[derive(Clone, Copy)]
struct Touch {
    id: i32,
    x: f64,
    y: f64,
}

impl Touch {
    fn of(event: &ev::PointerEvent) -> Self {
        Self { id: event.pointer_id(), x: f64::from(event.client_x()), y: f64::from(event.client_y()) }
    }
}

impl Stage {
    /// An empty one.
    pub fn new() -> Self {
        Self(Live::new(Stand { scale: 1.0, x: 0.0, y: 0.0, touches: Vec::new(), began: None }))
    }

    /// Another image has come: it has its size before it is loaded, and its smaller version stands for it.
    pub fn show(self, thread_id: ThreadId, file: &File) {
        let FileKind::Image { width, height, has_thumbnail } = file.kind else { return };
        let Some(image) = browser::element::<HtmlElement>(IMAGE) else { return };
        let style = image.style();
        let _ = style.set_property("--wide", &width.to_string());
        let _ = style.set_property("--high", &height.to_string());
        if has_thumbnail {
            let _ = style
                .set_property("background-image", &["url(", &file.thumbnail_path(thread_id), ")"].concat());
        }
        self.stand(|stand| (stand.scale, stand.x, stand.y) = (1.0, 0.0, 0.0));
    }

    /// Whether it is nearer than as a whole.
    pub fn is_near(self) -> bool {
        self.0.try_peek(|stand| stand.scale > 1.0) == Some(true)
    }

    /// Brings the middle nearer, by a factor; 0 shows all of it.
    pub fn zoom(self, factor: f64) {
        let (x, y) = middle().unwrap_or_default();
        self.zoom_at(factor, x, y);
    }

    /// Brings it nearer where a point of the window is, which stays where it is.
    pub fn zoom_at(self, factor: f64, x: f64, y: f64) {
        let Some(middle) = middle() else { return };
        let (x, y) = (x - middle.0, y - middle.1);
        self.stand(|stand| {
            let scale = (stand.scale * factor).clamp(1.0, NEAREST);
            let grown = scale / stand.scale;
            stand.x = x - (x - stand.x) * grown;
            stand.y = y - (y - stand.y) * grown;
            stand.scale = scale;
        });
    }

    /// Moves it.
    pub fn push(self, x: f64, y: f64) {
        self.stand(|stand| {
            stand.x += x;
            stand.y += y;
        });
    }

    /// A wheel.
    pub fn turn(self, event: &ev::WheelEvent) {
        event.prevent_default();
        let pixels = if event.delta_mode() == 0 { event.delta_y() } else { event.delta_y() * LINE };
        // A pad tells of spread fingers as of a wheel with a key held.
        let by = if event.ctrl_key() { BY_PAD } else { BY_WHEEL };
        self.zoom_at((-pixels * by).exp(), f64::from(event.client_x()), f64::from(event.client_y()));
    }

    /// A finger, or the button of a mouse.
    pub fn touch(self, event: &ev::PointerEvent) {
        if event.button() != 0 {
            return;
        }
        if let Some(stage) = browser::element::<Element>(STAGE) {
            let _ = stage.set_pointer_capture(event.pointer_id());
        }
        let touch = Touch::of(event);
        self.0.update_silently(|stand| {
            stand.touches.retain(|known| known.id != touch.id);
            stand.touches.push(touch);
            stand.began = (stand.touches.len() == 1).then_some((touch.x, touch.y));
        });
    }

    /// It moves: one moves the image that is near, two bring it nearer.
    pub fn drag(self, event: &ev::PointerEvent) {
        let touch = Touch::of(event);
        let moved = self.0.update_silently(|stand| {
            let place = stand.touches.iter().position(|known| known.id == touch.id)?;
            let before = std::mem::replace(&mut stand.touches[place], touch);
            let other = stand.touches.iter().find(|other| other.id != touch.id).copied();
            Some((before, other, stand.scale > 1.0))
        });
        match moved.flatten() {
            Some((before, Some(other), _)) => {
                let apart = |one: Touch| (one.x - other.x).hypot(one.y - other.y).max(1.0);
                let (x, y) = (f64::midpoint(touch.x, other.x), f64::midpoint(touch.y, other.y));
                self.push((touch.x - before.x) / 2.0, (touch.y - before.y) / 2.0);
                self.zoom_at(apart(touch) / apart(before), x, y);
            }
            Some((before, None, true)) => self.push(touch.x - before.x, touch.y - before.y),
            _ => {}
        }
    }

    /// It is let go. How far it came, if it was the only one and has moved nothing.
    pub fn let_go(self, event: &ev::PointerEvent) -> Option<(f64, f64)> {
        let touch = Touch::of(event);
        self.0
            .update_silently(|stand| {
                let known = stand.touches.len();
                stand.touches.retain(|known| known.id != touch.id);
                let (x, y) = stand.began.take_if(|_| stand.touches.len() < known)?;
                (stand.scale <= 1.0).then_some((touch.x - x, touch.y - y))
            })
            .flatten()
    }

    /// Changes how it stands: never so that the stage shows more beside the image than it must.
    fn stand(self, change: impl FnOnce(&mut Stand)) {
        let (Some(image), Some(stage)) =
            (browser::element::<HtmlElement>(IMAGE), browser::element::<HtmlElement>(STAGE))
        else {
            return;
        };
        let stood = self.0.update_silently(|stand| {
            change(stand);
            let room = |image: i32, stage: i32| {
                (f64::from(image) * stand.scale / 2.0 - f64::from(stage) / 2.0).max(0.0)
            };
            let (x, y) = (
                room(image.offset_width(), stage.client_width()),
                room(image.offset_height(), stage.client_height()),
            );
            stand.x = stand.x.clamp(-x, x);
            stand.y = stand.y.clamp(-y, y);
            (stand.scale, stand.x, stand.y)
        });
        let Some((scale, x, y)) = stood else { return };
        let _ = image.style().set_property("transform", &format!("translate({x}px,{y}px) scale({scale})"));
        let _ = stage.toggle_attribute_with_force("data-near", scale > 1.0);
    }
}

/// The middle of the stage in the window.
fn middle() -> Option<(f64, f64)> {
    let place = browser::element::<Element>(STAGE)?.get_bounding_client_rect();
    Some((place.left() + place.width() / 2.0, place.top() + place.height() / 2.0))
}
