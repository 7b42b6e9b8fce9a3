//! A page of the server's, over the page: what is seldom looked at, and stands at an address of its own too.

use super::{icon::Icon, overlay};
use crate::{
    api,
    browser::{self, spawn_local},
    navigation,
    route::{Cursor, Route},
    shape::{Part, act, part, view},
    store::{Overlay, Store},
};
use leptos::{ev, prelude::*};
use model::{ThreadId, Timestamp};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlFormElement, Url};

/// The page's content, as the server drew it. Its forms are sent from here; what came of it is said, and it closes.
pub fn draw(label: String, html: String, overlay: &Overlay) -> Part {
    let store = expect_context::<Store>();
    let of_submit = overlay.clone();
    let submit = act(move |event: ev::SubmitEvent| {
        let Some(form) = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else {
            return;
        };
        // A button may turn what a form sends into a search in the same page. Enter in a box that is ticked presses the form's first one, too.
        let button = event.submitter().filter(|_| !is_box(document().active_element()));
        if let Some(address) = button.and_then(|button| button.get_attribute("formaction")) {
            event.prevent_default();
            let path = format!("{address}?{}", browser::fields(&form));
            spawn_local(search(store, path));
        } else if form.method() == "post" {
            event.prevent_default();
            spawn_local(send(store, of_submit.clone(), form));
        } else if let (Some(at), Some(thread_id)) = (wanted_day(&form), wanted_thread(&form)) {
            event.prevent_default();
            overlay::close();
            navigation::go(store, Route::Thread { thread_id, cursor: Some(Cursor::Around(at)) });
        }
    });
    // A link leads on in the page below.
    let leave = act(|event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| matches!(target.closest("a[href]"), Ok(Some(_)))) {
            overlay::close();
        }
    });
    let content = part(view! {
        <button
            class="sheet-close icon-button"
            type="button"
            aria-label=words::sheet::close()
            title=words::sheet::close()
            on:click=act(|_| overlay::close())
        >
            {Icon::CLOSE.draw()}
        </button>
        <div class="sheet-content" inner_html=html on:submit=submit on:click=leave></div>
    });
    overlay::frame(overlay, "overlay sheet", label, begin, content)
}

/// With a keyboard one begins at the first field, if there is one. On a phone it would bring up the keys.
fn begin(dialog: &HtmlDialogElement) {
    let field = dialog.query_selector("input:not([type=hidden]), textarea").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok())
        && browser::has_keyboard()
    {
        let _ = field.focus();
    }
}

fn is_box(element: Option<Element>) -> bool {
    element.is_some_and(|element| element.get_attribute("type").as_deref() == Some("checkbox"))
}

/// Puts what the server finds in the place of what is there.
async fn search(store: Store, path: String) {
    let Some(content) = overlay::dialog().and_then(|dialog| dialog.query_selector(".sheet-content").ok()?)
    else {
        return;
    };
    match api::fragment(&path).await {
        Ok(found) => {
            content.set_inner_html(&found);
            overlay::dialog().iter().filter(|_| content.is_connected()).for_each(begin);
        }
        Err(failure) => store.note.set(Some(failure.sentence())),
    }
}

/// Sends a form, and says what came of it. Where it was refused, it stays.
async fn send(store: Store, open: Overlay, form: HtmlFormElement) {
    let said = form.get_attribute("data-done").unwrap_or_default();
    match api::submit(form.action(), browser::fields(&form)).await {
        Ok(()) => {
            if store.overlay.peek(|known| known.as_ref() == Some(&open)) {
                overlay::close();
            }
            store.note.set(Some(said));
        }
        Err(failure) => store.note.set(Some(failure.sentence())),
    }
}

/// The first moment of the day that a form asks for, by the browser's calendar.
fn wanted_day(form: &HtmlFormElement) -> Option<Timestamp> {
    let fields = browser::fields(form);
    browser::start_of_day(fields.strip_prefix("date=")?)
}

/// The thread whose address a form leads to.
fn wanted_thread(form: &HtmlFormElement) -> Option<ThreadId> {
    Route::parse(&Url::new(&form.action()).ok()?.pathname(), "").thread_id()
}
