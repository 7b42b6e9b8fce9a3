//! What the app asks of the browser besides the network: its clock, its attention, its address bar. Only ever called there.

use js_sys::{Function, Intl, Promise, Reflect};
use leptos::prelude::{document, request_animation_frame, window};
use model::Timestamp;
use std::pin::Pin;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, EventTarget, File, FileList, FormData, HtmlDocument, HtmlElement, HtmlFormElement,
    HtmlTextAreaElement, KeyboardEvent, UrlSearchParams, VisibilityState,
};

/// Now, by the browser's clock.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
pub fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as i64 * 1000)
}

/// A new id, UUID version 7 (RFC 9562). The crate's own maker counts within a millisecond, and is a kilobyte more to load.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds since 1970 fit")]
pub fn new_id() -> Uuid {
    let mut random = [0; 10];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    uuid::Builder::from_unix_timestamp_millis(js_sys::Date::now() as u64, &random).into_uuid()
}

/// Runs something until it is done, beside all else.
pub fn spawn_local(run: impl Future<Output = ()> + 'static) {
    // What comes after this is the same for all that is run, and is not made anew for each.
    fn start(run: Pin<Box<dyn Future<Output = ()>>>) {
        wasm_bindgen_futures::spawn_local(run);
    }
    start(Box::pin(run));
}

/// Waits.
pub async fn sleep(duration_ms: i32) {
    let promise = Promise::new(&mut |resolve: Function, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, duration_ms);
    });
    let _ = JsFuture::from(promise).await;
}

/// Calls `act` at each event of that name, for as long as the page lives.
pub fn listen(target: &EventTarget, name: &str, act: impl FnMut(Event) + 'static) {
    let act = Closure::<dyn FnMut(Event)>::new(act).into_js_value();
    let _ = target.add_event_listener_with_callback(name, act.unchecked_ref());
}

/// The files of a list.
pub fn files_of(files: Option<FileList>) -> Vec<File> {
    files.iter().flat_map(|files| (0..files.length()).filter_map(|index| files.get(index))).collect()
}

/// Shows on the tab's icon whether something is unread, and, where Bobbin is installed as an app, on that how much.
pub fn show_badge(count: usize) {
    let icon = if count == 0 { "/favicon.svg" } else { "/favicon-unread.svg" };
    if let Ok(Some(link)) = document().query_selector("link[rel=icon]") {
        let _ = link.set_attribute("href", icon);
    }
    let navigator = window().navigator();
    if let Ok(badge) = Reflect::get(&navigator, &"setAppBadge".into())
        && let Some(badge) = badge.dyn_ref::<Function>()
    {
        let _ = badge.call1(&navigator, &(count as f64).into());
    }
}

/// A text in small letters: the browser knows those of all scripts, and their table need not be loaded.
pub fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// Whether somebody can be looking: the page is shown and its window has the focus.
pub fn is_attended() -> bool {
    is_visible() && document().has_focus().unwrap_or(true)
}

/// Whether the page is shown.
pub fn is_visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Whether somebody probably types on keys, so that a focus brings up no keyboard over half the screen.
pub fn has_keyboard() -> bool {
    let query = window().match_media("(hover: hover) and (pointer: fine)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// What the `keydown` of an input method's key says in browsers that do not say `isComposing`.
const COMPOSING_KEY: u32 = 229;

/// Whether a key is for the input method, which is about to make a character of several keys.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == COMPOSING_KEY
}

/// Whether nothing on the page has the focus, so that it can be given without taking it from anything.
pub fn has_no_focus() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}

/// Whether somebody is writing in a field: it has the focus, and so has its window.
pub fn is_typed_in(field: &HtmlTextAreaElement) -> bool {
    is_attended() && document().active_element().as_ref() == Some(field.as_ref())
}

/// Sees to it that the page has another style sheet. Where it is still on its way, gives what ends when it is there, or cannot be had.
pub fn load_style(address: &str) -> Option<Promise> {
    let selector = ["link[href='", address, "']"].concat();
    let link = document().query_selector(&selector).ok().flatten().or_else(|| {
        let link = document().create_element("link").ok()?;
        link.set_attribute("rel", "stylesheet").ok()?;
        link.set_attribute("href", address).ok()?;
        document().document_element()?.append_child(&link).ok()?;
        Some(link)
    })?;
    let is_here = Reflect::get(&link, &"sheet".into()).is_ok_and(|sheet| sheet.is_object());
    (!is_here).then(|| {
        Promise::new(&mut |resolve: Function, _| {
            for end in ["load", "error"] {
                let _ = link.add_event_listener_with_callback(end, &resolve);
            }
        })
    })
}

/// An element of the page by its id.
pub fn element<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Gives the focus to an element, if what had it is gone after the next frame: until then the views follow, and the reader is moved.
pub fn focus(id: &'static str) {
    request_animation_frame(move || {
        request_animation_frame(move || {
            if let Some(element) = element::<HtmlElement>(id).filter(|_| has_no_focus()) {
                let _ = element.focus();
            }
        });
    });
}

/// Lets a field be as high as its text, where the style sheet cannot. The style sheet sets the limit.
pub fn fit_height(field: &HtmlTextAreaElement) {
    if !web_sys::css::supports_with_value("field-sizing", "content").unwrap_or(false) {
        let style = field.style();
        let _ = style.set_property("height", "auto");
        let _ = style.set_property("height", &format!("{}px", field.scroll_height() + 2));
    }
}

/// Puts something that floats at a place of the window, and back inside where it would stand out of it by less than a margin.
#[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
pub fn place(element: &HtmlElement, x: i32, y: i32, margin: i32) {
    let (window, rect) = (window(), element.get_bounding_client_rect());
    let inside = |at: i32, size: f64, room: Result<JsValue, JsValue>| {
        let room = room.ok().and_then(|room| room.as_f64()).unwrap_or_default() as i32;
        at.min(room - size as i32 - margin).max(margin)
    };
    let style = element.style();
    let (x, y) =
        (inside(x, rect.width(), window.inner_width()), inside(y, rect.height(), window.inner_height()));
    let _ = style.set_property("left", &format!("{x}px"));
    let _ = style.set_property("top", &format!("{y}px"));
}

/// The first moment of a day such as `2026-11-03`.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
pub fn start_of_day(day: &str) -> Option<Timestamp> {
    let at_ms = js_sys::Date::parse(&format!("{day}T00:00"));
    (!at_ms.is_nan()).then_some(Timestamp(at_ms as i64 * 1000))
}

/// What is filled in in a form, as it is sent.
pub fn fields(form: &HtmlFormElement) -> String {
    let fields = FormData::new_with_form(form).ok();
    let fields = fields.and_then(|fields| UrlSearchParams::new_with_str_sequence_sequence(&fields).ok());
    fields.map(|fields| fields.to_string().into()).unwrap_or_default()
}

/// Writes a text where the cursor of a field stands, as if it was typed.
pub fn write(field: &HtmlElement, text: &str) {
    let document: HtmlDocument = document().unchecked_into();
    if field.focus().is_ok() {
        let _ = document.exec_command_with_show_ui_and_value("insertText", false, text);
    }
}

/// Puts a text where the next paste takes it from, also where the page is not served by https, which the newer way asks for.
pub fn copy(text: &str) {
    let document: HtmlDocument = document().unchecked_into();
    let Ok(field) = document.create_element("textarea") else { return };
    let field: HtmlTextAreaElement = field.unchecked_into();
    field.set_value(text);
    if let Some(body) = document.body() {
        let before = document.active_element();
        let _ = body.append_child(&field);
        field.select();
        let _ = document.exec_command("copy");
        field.remove();
        if let Some(before) = before.and_then(|before| before.dyn_into::<HtmlElement>().ok()) {
            let _ = before.focus();
        }
    }
}

/// Whether the device says that it has a network.
pub fn has_network() -> bool {
    window().navigator().on_line()
}

/// The path and the part behind the question mark.
pub fn address() -> (String, String) {
    let location = window().location();
    let query = location.search().unwrap_or_default();
    (location.pathname().unwrap_or_default(), query.trim_start_matches('?').into())
}

/// Puts an address into the bar, as a step that "Back" undoes.
pub fn push_address(path: &str) {
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Whether an answer of that status says that the session has ended, or has locked.
pub fn is_shut_out(status: u16) -> bool {
    matches!(status, 401 | 423)
}

/// Leaves the app for the sign-in page, which leads back here.
pub fn sign_in() {
    let (path, _) = address();
    let path: String = js_sys::encode_uri_component(&path).into();
    let _ = window().location().assign(&format!("/sign-in?next={path}"));
}

/// Remembers where the reader is, so that the next page comes with the right digits.
pub fn remember_zone() {
    let format = Intl::DateTimeFormat::default().resolved_options();
    let Some(zone) = Reflect::get(&format, &"timeZone".into()).ok().and_then(|zone| zone.as_string()) else {
        return;
    };
    // With `__Host-` no neighbour under the same domain can put another one in its place.
    let is_secure = window().location().protocol().is_ok_and(|protocol| protocol == "https:");
    let (prefix, secure) = if is_secure { ("__Host-", "; secure") } else { ("", "") };
    let cookie = format!("{prefix}tz={zone}");
    let document: HtmlDocument = document().unchecked_into();
    if !document.cookie().unwrap_or_default().split(';').any(|known| known.trim_start() == cookie) {
        let _ = document.set_cookie(&format!("{cookie}; path=/; max-age=31536000; samesite=lax{secure}"));
    }
}
