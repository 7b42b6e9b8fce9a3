//! The way between the two browsers: a WebRTC data channel, ordered and reliable (RFC 8831), opened as RFC 8829 says: one offers, the other
//! answers, and both tell ways to reach them as they find them (RFC 8838). DTLS encrypts it, and checks that the other end holds the certificate
//! whose fingerprint stands in its description.

use super::{attempt, device::handler, number::Fingerprint};
use js_sys::{Array, JsString, Object, Reflect, Uint8Array};
use model::secret::IceServer;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, MessageEvent, RtcCertificate, RtcConfiguration, RtcDataChannel, RtcDataChannelEvent,
    RtcDataChannelState, RtcDataChannelType, RtcIceCandidateInit, RtcIceTransportPolicy, RtcOfferOptions,
    RtcPeerConnection, RtcPeerConnectionIceEvent, RtcPeerConnectionState, RtcSdpType,
    RtcSessionDescriptionInit,
};

/// The most candidates that are kept for a description that has not come yet.
const MOST_EARLY: usize = 100;

/// The most characters of a frame.
const MOST_TEXT: u32 = 32_768;

/// What happens on it.
pub enum News {
    /// A way to reach this browser.
    Candidate(String),
    /// Both can speak.
    Open,
    /// The other one is gone for a moment.
    Paused,
    /// The browser looks for no way any more, until it is told of others.
    Failed,
    /// The other one is there again.
    Resumed,
    /// It is gone for good.
    Lost,
    /// A frame.
    Text(String),
    /// A piece of a file.
    Bytes(Uint8Array),
}

thread_local! {
    static LINK: RefCell<Option<Link>> = const { RefCell::new(None) };
    /// Candidates that came before this page had a connection to add them to.
    static EARLY: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// One page has one.
struct Link {
    connection: RtcPeerConnection,
    channel: Option<RtcDataChannel>,
    /// Whether this browser is the one that offers.
    is_offering: bool,
    /// Candidates that came before the description that they belong to.
    early: Option<Vec<String>>,
    /// How often another description was to come.
    awaited: u32,
}

/// How to go about it.
pub struct Way {
    /// By which this browser is known.
    pub certificate: RtcCertificate,
    /// What helps to find a way.
    pub servers: Vec<IceServer>,
    /// Whether the other one must not learn one's address: only what a TURN server carries goes.
    pub hides_address: bool,
}

/// Begins. `tell` hears what happens from here on.
pub fn begin(way: Way, tell: fn(News)) -> Option<()> {
    let early = EARLY.take();
    close();
    let configuration = RtcConfiguration::new();
    Reflect::set(&configuration, &"certificates".into(), &Array::of1(&way.certificate)).ok()?;
    configuration.set_ice_servers(&described(way.servers)?);
    if way.hides_address {
        configuration.set_ice_transport_policy(RtcIceTransportPolicy::Relay);
    }
    let connection = RtcPeerConnection::new_with_configuration(&configuration).ok()?;
    let (own, mut has_found) = (connection.clone(), false);
    connection.set_onicecandidate(Some(&handler(move |event: RtcPeerConnectionIceEvent| {
        let candidate = event.candidate().map(|candidate| candidate.to_json());
        match candidate.and_then(|json| js_sys::JSON::stringify(&json).ok()) {
            Some(text) => {
                has_found = true;
                tell(News::Candidate(text.into()));
            }
            // It has looked everywhere, and browsers wait for the other one even so.
            None if !has_found && is_current(&own) => tell(News::Failed),
            None => {}
        }
    })));
    let own = connection.clone();
    connection.set_onconnectionstatechange(Some(&handler(move |_: Event| {
        if is_current(&own) {
            match own.connection_state() {
                RtcPeerConnectionState::Connected => tell(News::Resumed),
                RtcPeerConnectionState::Disconnected => tell(News::Paused),
                RtcPeerConnectionState::Failed => tell(News::Failed),
                RtcPeerConnectionState::Closed => tell(News::Lost),
                _ => {}
            }
        }
    })));
    connection.set_ondatachannel(Some(&handler(move |event: RtcDataChannelEvent| {
        // There is one; another one is no Bobbin's.
        match channel() {
            None => take_channel(event.channel(), tell),
            Some(_) => event.channel().close(),
        }
    })));
    LINK.set(Some(Link { connection, channel: None, is_offering: false, early: Some(early), awaited: 0 }));
    Some(())
}

/// The servers, as browsers want them.
fn described(servers: Vec<IceServer>) -> Option<JsValue> {
    let all = Array::new();
    for IceServer { url, username, credential } in servers {
        let server = Object::new();
        for (name, value) in [("urls", Some(url)), ("username", username), ("credential", credential)] {
            if let Some(value) = value {
                Reflect::set(&server, &name.into(), &value.into()).ok()?;
            }
        }
        all.push(&server);
    }
    Some(all.into())
}

/// Whether it has begun.
pub fn is_begun() -> bool {
    LINK.with_borrow(Option::is_some)
}

/// Describes this browser, and that it wants to speak.
pub async fn offer(tell: fn(News)) -> Option<String> {
    let connection = connection()?;
    take_channel(connection.create_data_channel("secret"), tell);
    with_link(|link| link.is_offering = true);
    let made = JsFuture::from(connection.create_offer()).await.ok()?;
    describe(&connection, &made, RtcSdpType::Offer).await
}

/// Whether it is this browser that offers, and so offers again.
pub fn is_offering() -> bool {
    LINK.with_borrow(|link| link.as_ref().is_some_and(|link| link.is_offering))
}

/// Describes this browser anew, for another way to the same one (RFC 8839, section 4.4.1.1.1): what the two have agreed on for DTLS stays.
pub async fn offer_again() -> Option<String> {
    let connection = connection()?;
    let options = RtcOfferOptions::new();
    options.set_ice_restart(true);
    let made = JsFuture::from(connection.create_offer_with_rtc_offer_options(&options)).await.ok()?;
    await_description();
    describe(&connection, &made, RtcSdpType::Offer).await
}

/// Keeps what candidates come from here on for the description that they belong to. Gives which one that is.
pub fn await_description() -> u32 {
    with_link(|link| {
        link.early.get_or_insert_default();
        link.awaited += 1;
    });
    awaited()
}

/// Which description is the one that candidates come for.
pub fn awaited() -> u32 {
    LINK.with_borrow(|link| link.as_ref().map_or(0, |link| link.awaited))
}

/// Takes other servers, from the next description on.
pub fn renew(servers: Vec<IceServer>) -> Option<()> {
    let connection = connection()?;
    let configuration = connection.get_configuration();
    configuration.set_ice_servers(&described(servers)?);
    connection.set_configuration_with_configuration(&configuration).ok()
}

/// Whether a description is of the browser that is at the other end already. Nothing if it is none.
pub fn is_of_other(sdp: &str) -> Option<bool> {
    let (_, other) = fingerprints()?;
    Some(Fingerprint::of_description(sdp)? == other)
}

/// Takes the offer that was awaited, and describes this browser in turn. Nothing, if another one is awaited by now: that one is answered.
pub async fn answer(offer: &str, which: u32) -> Option<String> {
    let is_awaited = || (awaited() == which).then_some(());
    let connection = connection()?;
    is_awaited()?;
    accept(&connection, offer, RtcSdpType::Offer).await?;
    is_awaited()?;
    add_early().await;
    let made = JsFuture::from(connection.create_answer()).await.ok()?;
    is_awaited()?;
    let answer = describe(&connection, &made, RtcSdpType::Answer).await?;
    Some(attempt::named(&answer, offer))
}

/// Takes the answer to what was offered last.
pub async fn finish(answer: &str) -> Option<()> {
    let connection = connection()?;
    let answer = attempt::to(answer, &connection.local_description()?.sdp())?;
    accept(&connection, answer, RtcSdpType::Answer).await?;
    add_early().await;
    Some(())
}

/// Takes a way to reach the other one.
pub async fn add_candidate(candidate: String) -> Option<()> {
    let Some(connection) = connection() else {
        EARLY.with_borrow_mut(|early| {
            if early.len() < MOST_EARLY {
                early.push(candidate);
            }
        });
        return None;
    };
    let candidate = LINK.with_borrow_mut(|link| match link.as_mut()?.early.as_mut() {
        Some(early) => {
            if early.len() < MOST_EARLY {
                early.push(candidate);
            }
            None
        }
        None => Some(candidate),
    })?;
    let parsed: RtcIceCandidateInit = js_sys::JSON::parse(&candidate).ok()?.unchecked_into();
    let added = connection.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&parsed));
    JsFuture::from(added).await.ok().map(|_| ())
}

/// The fingerprints of both certificates: this browser's, and the other one's. Nothing until both descriptions are taken.
pub fn fingerprints() -> Option<(Fingerprint, Fingerprint)> {
    let connection = connection()?;
    let own = Fingerprint::of_description(&connection.local_description()?.sdp())?;
    let other = Fingerprint::of_description(&connection.remote_description()?.sdp())?;
    Some((own, other))
}

/// Whether something can be said.
pub fn is_open() -> bool {
    channel().is_some_and(|channel| channel.ready_state() == RtcDataChannelState::Open)
}

/// Says something. Whether it could be.
pub fn send(text: &str) -> bool {
    channel().is_some_and(|channel| channel.send_with_str(text).is_ok())
}

/// Sends a piece of a file. Whether it could be.
pub fn send_bytes(bytes: &Uint8Array) -> bool {
    channel().is_some_and(|channel| channel.send_with_js_u8_array(bytes).is_ok())
}

/// How many bytes wait in this browser; nothing once there is no channel.
pub fn waiting() -> Option<u32> {
    channel().map(|channel| channel.buffered_amount())
}

/// Lets go of it.
pub fn close() {
    EARLY.take();
    if let Some(link) = LINK.take() {
        if let Some(channel) = link.channel {
            channel.set_onclose(None);
            channel.close();
        }
        link.connection.close();
    }
}

fn connection() -> Option<RtcPeerConnection> {
    LINK.with_borrow(|link| link.as_ref().map(|link| link.connection.clone()))
}

fn channel() -> Option<RtcDataChannel> {
    LINK.with_borrow(|link| link.as_ref()?.channel.clone())
}

fn with_link(change: impl FnOnce(&mut Link)) {
    LINK.with_borrow_mut(|link| link.as_mut().map(change));
}

fn is_current(connection: &RtcPeerConnection) -> bool {
    LINK.with_borrow(|link| link.as_ref().is_some_and(|link| link.connection == *connection))
}

async fn describe(connection: &RtcPeerConnection, made: &JsValue, kind: RtcSdpType) -> Option<String> {
    let sdp = Reflect::get(made, &"sdp".into()).ok()?.as_string()?;
    let description = RtcSessionDescriptionInit::new(kind);
    description.set_sdp(&sdp);
    JsFuture::from(connection.set_local_description(&description)).await.ok()?;
    Some(sdp)
}

async fn accept(connection: &RtcPeerConnection, sdp: &str, kind: RtcSdpType) -> Option<()> {
    // A description without a certificate is none of a browser's, and one with another certificate is none of the browser that was there.
    let described = Fingerprint::of_description(sdp)?;
    if fingerprints().is_some_and(|(_, other)| other != described) {
        return None;
    }
    let description = RtcSessionDescriptionInit::new(kind);
    description.set_sdp(sdp);
    JsFuture::from(connection.set_remote_description(&description)).await.ok().map(|_| ())
}

async fn add_early() {
    let early = LINK.with_borrow_mut(|link| link.as_mut()?.early.take());
    for candidate in early.into_iter().flatten() {
        // One that is of no use leaves the others.
        let _ = add_candidate(candidate).await;
    }
}

fn take_channel(channel: RtcDataChannel, tell: fn(News)) {
    channel.set_binary_type(RtcDataChannelType::Arraybuffer);
    channel.set_onopen(Some(&handler(move |_: Event| tell(News::Open))));
    channel.set_onclose(Some(&handler(move |_: Event| tell(News::Lost))));
    channel.set_onmessage(Some(&handler(move |event: MessageEvent| {
        let data = event.data();
        // Nothing that a Bobbin says is as long, and it is not even copied.
        if data.dyn_ref::<JsString>().is_some_and(|text| text.length() > MOST_TEXT) {
            return tell(News::Text(String::new()));
        }
        match data.as_string() {
            Some(text) => tell(News::Text(text)),
            None => tell(News::Bytes(Uint8Array::new(&data))),
        }
    })));
    LINK.with_borrow_mut(|link| {
        if let Some(link) = link {
            link.channel = Some(channel);
        }
    });
}
