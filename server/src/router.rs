//! Every URL of the server on one screen. The tests compare the ones under `/api` with the OpenAPI document.

use crate::{
    accounts, appearance, assets, auth, changes, deactivation, dispatch, edits, emoji, error::Error, files,
    group_invites, ice_servers, invites, language, limits, live, members, mentions, messages, openapi,
    origin, page, pictures, privacy, reactions, receipts, sessions, state::AppState, threads, users,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{Extensions, HeaderMap, StatusCode, Version, header::CONTENT_TYPE},
    middleware,
    routing::{delete, get, post, put},
};
use model::{Refusal, picture::MAX_BYTES, wire::MAX_FRAME_BYTES};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, Predicate, predicate::SizeAbove},
    trace::TraceLayer,
};

/// The whole server as one service.
pub fn router(state: AppState) -> Router {
    Router::new()
        // What is asked for by people.
        .route("/", get(page::messenger::show))
        .route("/archive", get(page::messenger::show))
        .route("/new", get(page::messenger::show).post(page::groups::begin))
        .route("/t/{thread_id}", get(page::messenger::show))
        .route("/t/{thread_id}/details", get(page::messenger::show).post(page::groups::change))
        .route("/t/{thread_id}/options", post(page::options::choose))
        .route("/t/{thread_id}/send", post(page::messenger::send))
        .route("/t/{thread_id}/read", post(page::messenger::mark_read))
        .route("/files/{thread_id}/{file_id}", get(files::download::original))
        .route("/files/{thread_id}/{file_id}/thumbnail", get(files::download::thumbnail))
        .route("/t/{thread_id}/m/{message_id}", get(page::actions::show))
        .route("/t/{thread_id}/m/{message_id}/reply", post(page::actions::reply))
        .route("/t/{thread_id}/m/{message_id}/edit", post(page::actions::edit))
        .route("/t/{thread_id}/m/{message_id}/delete", post(page::actions::delete))
        .route("/t/{thread_id}/m/{message_id}/versions", get(page::versions::show))
        .route("/t/{thread_id}/pins", get(page::pins::show))
        .route("/t/{thread_id}/date", get(page::date::show))
        .route("/t/{thread_id}/m/{message_id}/pin", post(page::pins::set))
        .route("/t/{thread_id}/m/{message_id}/forward", get(page::forwards::show))
        .route("/t/{thread_id}/m/{message_id}/forward", post(page::forwards::forward))
        .route("/t/{thread_id}/m/{message_id}/reactions", get(page::reactions::show))
        .route("/t/{thread_id}/m/{message_id}/reactions", post(page::reactions::react))
        .route("/t/{thread_id}/m/{message_id}/readers", get(page::readers::show))
        .route("/t/{thread_id}/m/{message_id}/report", get(page::reports::show).post(page::reports::report))
        .route("/help/chats", get(page::chats::show))
        .route("/shortcuts", get(page::shortcuts::show))
        .route("/emoji/{language}/{tone}/{version}", get(emoji::show))
        .route("/pictures/{picture_id}", get(pictures::small))
        .route("/pictures/{picture_id}/large", get(pictures::large))
        .route("/t/{thread_id}/invites", get(page::joining::show).post(page::joining::change))
        .route("/join/{thread_id}/{secret}", get(page::joining::invitation).post(page::joining::join))
        .route("/t/{thread_id}/picture", get(page::pictures::show).post(page::pictures::change))
        .route("/sign-in", get(page::accounts::sign_in_form).post(page::accounts::sign_in))
        .route("/sign-up", get(page::accounts::sign_up_form).post(page::accounts::sign_up))
        .route("/sign-out", post(page::accounts::sign_out))
        .route("/reset/{secret}", get(page::resets::show).post(page::resets::redeem))
        .route("/lock", get(page::locks::show).post(page::locks::unlock))
        .route("/lock/now", post(page::locks::lock))
        .route("/lock/stay", post(page::locks::stay))
        .route("/language", post(page::language::choose))
        .route("/settings", get(page::settings::show))
        .route("/settings/profile", post(page::profile::set))
        .route("/settings/appearance", post(page::appearance::choose))
        .route("/settings/lock", post(page::locks::choose))
        .route("/settings/privacy", post(page::privacy::set))
        .route("/settings/password", post(page::settings::change_password))
        .route("/settings/sessions/end", post(page::settings::end_session))
        .route("/settings/sessions/end-others", post(page::settings::end_other_sessions))
        .route("/settings/tokens", post(page::settings::create_token))
        .route("/settings/registration", post(page::settings::set_registration))
        .route("/settings/activity", post(page::settings::set_activity))
        .route("/settings/resets", post(page::resets::create))
        .route("/settings/reports/done", post(page::settings::settle_report))
        .route("/settings/invites", post(page::settings::create_invite))
        .route("/settings/invites/revoke", post(page::settings::revoke_invite))
        // What is asked for by programs, the browser's among them.
        .route("/api/v1/openapi.json", get(openapi::document))
        .route("/api/v1/accounts", post(accounts::create))
        .route("/api/v1/accounts/{username}/activity", put(deactivation::set))
        .route("/api/v1/me", get(accounts::me))
        .route("/api/v1/password", put(accounts::change_password))
        .route("/api/v1/sessions", get(sessions::list).post(sessions::create).delete(sessions::end_others))
        .route("/api/v1/sessions/{session_id}", delete(sessions::end))
        .route("/api/v1/tokens", post(sessions::create_token))
        .route("/api/v1/registration", get(invites::registration).put(invites::set_registration))
        .route("/api/v1/invites", get(invites::list).post(invites::create))
        .route("/api/v1/invites/{invite_id}", delete(invites::revoke))
        .route("/api/v1/threads/{thread_id}/messages/{message_id}/readers", get(receipts::page))
        .route("/api/v1/privacy", get(privacy::show).put(privacy::set))
        .route("/api/v1/pictures", post(pictures::upload).layer(DefaultBodyLimit::max(MAX_BYTES)))
        .route("/api/v1/users", get(users::find))
        .route("/api/v1/threads", get(threads::page))
        .route("/api/v1/threads/search", get(threads::search))
        .route("/api/v1/threads/{thread_id}", get(threads::one))
        .route("/api/v1/threads/{thread_id}/messages", get(messages::page))
        .route("/api/v1/threads/{thread_id}/changes", get(changes::page))
        .route("/api/v1/threads/{thread_id}/messages/{message_id}/versions", get(edits::versions))
        .route("/api/v1/threads/{thread_id}/messages/{message_id}/reactions", get(reactions::page))
        .route("/api/v1/threads/{thread_id}/members/search", get(mentions::search))
        .route("/api/v1/threads/{thread_id}/members", get(members::page))
        .route("/api/v1/threads/{thread_id}/invites", get(group_invites::list).post(group_invites::create))
        .route("/api/v1/threads/{thread_id}/invites/{invite_id}", delete(group_invites::revoke))
        .route("/api/v1/threads/{thread_id}/files/{file_id}", put(files::upload::upload))
        .route("/api/v1/commands", post(dispatch::over_http))
        .route("/api/v1/secret-chats/servers", get(ice_servers::list))
        .route("/api/v1/live", get(live::open))
        .route("/api/v1/live/{connection_id}", get(live::polling::poll).post(live::polling::command))
        // What is asked for by machines.
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(page::ready))
        .fallback(page::not_found)
        .method_not_allowed_fallback(async || Error::from(Refusal::MethodNotAllowed))
        .layer(middleware::from_fn_with_state(state.clone(), page::typed::keep))
        .layer(middleware::from_fn_with_state(state.clone(), origin::check))
        .layer(middleware::from_fn(auth::renew))
        .layer(middleware::from_fn_with_state(state.clone(), limits::check))
        .merge(assets::router())
        .layer(DefaultBodyLimit::max(MAX_FRAME_BYTES))
        .layer(CatchPanicLayer::custom(page::panicked))
        .layer(middleware::from_fn(page::problem::for_people))
        .layer(middleware::from_fn_with_state(state.clone(), language::speak))
        .layer(middleware::from_fn_with_state(state.clone(), appearance::wear))
        .layer(middleware::from_fn_with_state(state.clone(), origin::headers))
        .layer(compression())
        .layer(TraceLayer::new_for_http())
        .with_state(state)
}

/// Compresses pages and JSON. The site's own files lie there compressed, and what people share is mostly compressed by itself.
fn compression() -> CompressionLayer<impl Predicate> {
    // The length of a compressed answer tells a listener whether what a foreign page put into the request also stands elsewhere in the answer
    // (BREACH). Ours carry no secret that a second request would show again: sessions are in a cookie, tokens and invites are shown once,
    // forms are guarded by `origin` instead of by a secret, and a cookie that is `SameSite=Lax` lets no foreign page ask again and again.
    let is_text = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        ["text/html", "application/json", "application/problem+json"]
            .iter()
            .any(|text| kind.starts_with(text))
    };
    // A conversation takes 2 ms. Two steps less save one of them and weigh a kilobyte more; the next one takes several times as long.
    CompressionLayer::new()
        .quality(CompressionLevel::Precise(6))
        .compress_when(SizeAbove::new(1024).and(is_text))
}
