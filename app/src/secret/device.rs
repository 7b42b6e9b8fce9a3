//! What this browser keeps for secret chats: the certificate by which others know it, whose key no script can read, and which certificates of others
//! were compared. It is in IndexedDB, which alone can keep such a key. Nothing that is said is ever there.

use super::known::Known;
use crate::browser;
use js_sys::{Array, Object, Promise, Reflect};
use leptos::prelude::window;
use model::{User, UserId};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransactionMode, RtcCertificate,
    RtcPeerConnection,
};

const DATABASE: &str = "bobbin-secret";
const KEPT: &str = "kept";
const DAY_MS: f64 = 86_400_000.0;
/// For how long a certificate is good: the most that browsers give is a year.
const CERTIFICATE_MS: f64 = 365.0 * DAY_MS;
/// It is renewed that long before it ends.
const RENEWED_MS: f64 = 30.0 * DAY_MS;

/// This browser's certificate, for one person. Where nothing can be kept, it is a new one each time.
pub async fn certificate(me: UserId) -> Option<RtcCertificate> {
    let key = format!("certificate.{me}");
    if let Some(kept) = read(&key).await.and_then(certificate_of) {
        return Some(kept);
    }
    // ECDSA with the one curve that all browsers have (RFC 8827, section 6.5).
    let algorithm = Object::new();
    for (name, value) in
        [("name", "ECDSA".into()), ("namedCurve", "P-256".into()), ("expires", JsValue::from(CERTIFICATE_MS))]
    {
        Reflect::set(&algorithm, &name.into(), &value).ok()?;
    }
    let made = JsFuture::from(RtcPeerConnection::generate_certificate_with_object(&algorithm).ok()?).await;
    let mut certificate: RtcCertificate = made.ok()?.unchecked_into();
    replace(&key, |kept| {
        // Another tab may have made one meanwhile.
        if let Some(kept) = certificate_of(kept) {
            certificate = kept;
        }
        certificate.clone().into()
    })
    .await;
    Some(certificate)
}

/// A certificate that was kept, if it is good for some time yet.
fn certificate_of(kept: JsValue) -> Option<RtcCertificate> {
    let kept = kept.dyn_into::<RtcCertificate>().ok()?;
    (kept.expires() - js_sys::Date::now() > RENEWED_MS).then_some(kept)
}

/// Which of somebody's browsers were compared. Where that cannot be read, none were.
pub async fn known(peer: &User) -> Known {
    read(&key_of(peer)).await.map(known_of).unwrap_or_default()
}

/// Keeps what else was compared, and gives all that was: another tab may have kept something meanwhile. Nothing, if it could not be kept.
pub async fn change_known(peer: &User, change: impl FnOnce(&Known) -> Known) -> Option<Known> {
    let mut known = Known::default();
    replace(&key_of(peer), |kept| {
        known = change(&known_of(kept));
        known.to_text().into()
    })
    .await?;
    Some(known)
}

fn known_of(kept: JsValue) -> Known {
    kept.as_string().map(|kept| Known::of_text(&kept)).unwrap_or_default()
}

/// By their username, which people see and nobody can change: under another id, which nobody sees, a server could have a person be somebody of whom
/// nothing was compared yet. One's own is not seen beside it, and is left out: signing out forgets all of this.
fn key_of(peer: &User) -> String {
    format!("verified.{}", peer.username)
}

async fn read(key: &str) -> Option<JsValue> {
    let request = store(IdbTransactionMode::Readonly).await?.get(&key.into()).ok()?;
    wait(&request).await
}

/// Makes of what is kept what is to be kept, in one transaction: what other tabs do is before it or after it. What cannot be read is not written over.
async fn replace(key: &str, make: impl FnOnce(JsValue) -> JsValue) -> Option<()> {
    let store = store(IdbTransactionMode::Readwrite).await?;
    let kept = wait(&store.get(&key.into()).ok()?).await?;
    // Nothing may be waited for in between: a transaction ends when nothing more is asked of it.
    wait(&store.put_with_key(&make(kept), &key.into()).ok()?).await.map(|_| ())
}

async fn store(mode: IdbTransactionMode) -> Option<IdbObjectStore> {
    let request: IdbOpenDbRequest = window().indexed_db().ok()??.open_with_u32(DATABASE, 1).ok()?;
    let own = request.clone();
    browser::listen(&request, "upgradeneeded", move |_| {
        if let Ok(database) = own.result() {
            let _ = database.unchecked_into::<IdbDatabase>().create_object_store(KEPT);
        }
    });
    let database: IdbDatabase = wait(&request).await?.unchecked_into();
    let transaction = database.transaction_with_str_sequence_and_mode(&Array::of1(&KEPT.into()), mode);
    transaction.ok()?.object_store(KEPT).ok()
}

async fn wait(request: &IdbRequest) -> Option<JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        // The browser frees these with the request.
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await.ok()?;
    request.result().ok()
}

/// A closure that the browser frees with what it is given to.
pub fn handler<E: wasm_bindgen::convert::FromWasmAbi + 'static>(
    act: impl FnMut(E) + 'static,
) -> js_sys::Function {
    Closure::<dyn FnMut(E)>::new(act).into_js_value().unchecked_into()
}
