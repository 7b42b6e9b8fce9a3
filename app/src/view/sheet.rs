//! A page of the server's, over the page: what is seldom looked at, and stands at an address of its own too.

use super::{icon::Icon, overlay};
use crate::{
    shape::{Part, act, part, view},
    store::Overlay,
};

/// The page's content, as the server drew it.
pub fn draw(label: String, html: String, overlay: &Overlay) -> Part {
    let content = part(view! {
        <button
            class="sheet-close icon-button"
            type="button"
            aria-label=words::sheet::close()
            title=words::sheet::close()
            on:click=act(|_| overlay::close())
        >
            {Icon::Close.draw()}
        </button>
        <div class="sheet-content" inner_html=html></div>
    });
    overlay::frame(overlay, "overlay sheet", label, |_| {}, content)
}
