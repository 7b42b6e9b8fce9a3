//! Pages that the app shows over another, too: as a whole for those who open them, or only what stands in them.

use super::{document, fragment, title};
use crate::Site;
use leptos::prelude::*;

/// The page, with a way back, or, without a site, only its content.
pub fn sheet<V: IntoView>(
    site: Option<&Site>,
    class: &'static str,
    heading: &str,
    way_back: String,
    content: impl FnOnce() -> V,
) -> String {
    let Some(site) = site else {
        return fragment(|| view! { <div class=class>{content()}</div> });
    };
    document(site, &title(heading), || {
        view! {
            <main class=format!("{class} {class}-alone")>
                {content()}
                <a class="button" href=way_back>
                    {words::versions::back()}
                </a>
            </main>
        }
    })
}
