//! A page of the server's, over the page: what is seldom looked at, and stands at an address of its own too.

use super::{icon::Icon, overlay};
use crate::{
    browser, navigation,
    route::{Cursor, Route},
    shape::{Part, act, part, view},
    store::{Overlay, Store},
};
use leptos::{ev, prelude::*};
use model::{ThreadId, Timestamp};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement, Url};

/// The page's content, as the server drew it. Its forms are sent from here; what came of it is said, and it closes.
pub fn draw(label: String, html: String, overlay: &Overlay) -> Part {
    let store = expect_context::<Store>();
    let of_search = label.clone();
    let submit = act(move |event: ev::SubmitEvent| {
        let Some(form) = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else {
            return;
        };
        // A button may turn what a form sends into a search in the same page.
        let button = event.submitter().filter(|button| button.has_attribute("formaction"));
        if let Some(address) = button.and_then(|button| button.get_attribute("formaction")) {
            event.prevent_default();
            store.open_sheet(of_search.clone(), format!("{address}?{}", browser::fields(&form)));
        } else if form.method() == "post" {
            event.prevent_default();
            let said = form.get_attribute("data-done").unwrap_or_default();
            store.submit(form.action(), browser::fields(&form), said);
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
    overlay::frame(overlay, "overlay sheet", label, |_| {}, content)
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
