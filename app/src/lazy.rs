//! Parts of the page whose code is not loaded before it is wanted. A function with `#[wasm_split(<chunk>, fallible)]` lies in a file of its
//! own, which `scripts/build` cuts off the app; where the server draws, it is simply called.

use crate::{
    browser::{self, spawn_local},
    live::Live,
    shape::{Part, act, part, parts, view},
};
use js_sys::Promise;
use leptos::prelude::document;
use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};
use wasm_bindgen_futures::JsFuture;
pub use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// What a split function gives: its part, or that its code could not be loaded.
pub type Loaded = Result<Part, SplitLoaderError>;

type Drawing = Pin<Box<dyn Future<Output = Loaded>>>;

/// How far the loading is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loading {
    Untried,
    Succeeded,
    Failed,
}

/// A part whose code the browser may have to load first. Nothing is shown until then; if it cannot be loaded, that is said, with a button
/// to try again.
pub fn lazy<F: Future<Output = Loaded> + 'static>(draw: impl Fn() -> F + Send + 'static) -> Part {
    fn start(draw: Box<dyn Fn() -> Drawing + Send>) -> Part {
        let loading = Live::new(Loading::Untried);
        parts(move || {
            if loading.get() == Loading::Failed {
                return Some(failed(loading));
            }
            let mut drawing = draw();
            match drawing.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Ok(part)) => Some(part),
                Poll::Ready(Err(_)) => Some(failed(loading)),
                Poll::Pending => {
                    spawn_local(async move {
                        let is_loaded = drawing.await.is_ok();
                        loading.set(if is_loaded { Loading::Succeeded } else { Loading::Failed });
                    });
                    None
                }
            }
        })
    }
    start(Box::new(move || Box::pin(with_style(Box::pin(draw())))))
}

/// The style of all such parts is a sheet of its own, which is loaded with the first of them if the page does not have it yet.
async fn with_style(drawing: Drawing) -> Loaded {
    let coming = if cfg!(feature = "hydrate") { load_style() } else { None };
    let part = drawing.await;
    if let Some(coming) = coming {
        let _ = JsFuture::from(coming).await;
    }
    part
}

fn load_style() -> Option<Promise> {
    let address = document().get_element_by_id("app")?.get_attribute("data-later")?;
    browser::load_style(&address)
}

fn failed(loading: Live<Loading>) -> Part {
    let try_again = act(move |_| loading.set(Loading::Untried));
    part(view! {
        <div class="blank" role="alert">
            <p>{words::connection_banner::lost()}</p>
            <button class="button" type="button" on:click=try_again>
                {words::connection_banner::again()}
            </button>
        </div>
    })
}
