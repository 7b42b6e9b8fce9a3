//! Through which servers two browsers find a way to each other (RFC 8445): STUN tells them their addresses, and TURN carries what finds no
//! other way, still encrypted. Both are other programs than this one, such as coturn; without any, secret chats work within one network.

use crate::{
    auth::Auth,
    config::Introducing,
    error::Result,
    extract::{Json, Query},
    state::AppState,
};
use anyhow::Context;
use axum::extract::State;
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use model::{Problem, Refusal, SecretChatId, Timestamp, UserId, secret::IceServer};
use serde::Deserialize;
use sha1::Sha1;
use utoipa::IntoParams;

/// For how long a TURN server takes a name and a password that it was not told of, in seconds: until a chat has found its way. What it carries by then
/// it goes on carrying.
const TURN_S: i64 = 60 * 60;

/// What it is for.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// The secret chat in which two tabs are introduced to each other, one of them of who asks.
    chat_id: Option<SecretChatId>,
}

/// Through which servers one's browser finds a way to others; and, for a secret chat that both want, what lets it use those that carry it.
#[utoipa::path(get, path = "/api/v1/secret-chats/servers", tag = "live", params(Purpose), responses(
    (status = 200, body = Vec<IceServer>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<AppState>,
    auth: Auth,
    Query(Purpose { chat_id }): Query<Purpose>,
) -> Result<Json<Vec<IceServer>>> {
    let user_id = auth.user.user_id;
    if chat_id.is_some_and(|chat_id| !state.introductions.is_running(chat_id, user_id)) {
        return Err(Refusal::SecretChatGone.into());
    }
    Ok(Json(of(&state.introducing, chat_id.map(|_| user_id), Timestamp::now())?))
}

/// With credentials, if there is somebody whom they are for.
fn of(introducing: &Introducing, user_id: Option<UserId>, now: Timestamp) -> Result<Vec<IceServer>> {
    let Introducing { stun, turn, turn_secret } = introducing;
    let bare = |url: &String| IceServer { url: url.clone(), username: None, credential: None };
    let mut servers: Vec<_> = stun.iter().map(bare).collect();
    if let (false, Some(secret)) = (turn.is_empty(), turn_secret) {
        let Some(user_id) = user_id else {
            servers.extend(turn.iter().map(bare));
            return Ok(servers);
        };
        let username = format!("{}:{user_id}", now.0 / 1_000_000 + TURN_S);
        let credential = credential(secret, &username)?;
        servers.extend(turn.iter().map(|url| IceServer {
            url: url.clone(),
            username: Some(username.clone()),
            credential: Some(credential.clone()),
        }));
    }
    Ok(servers)
}

/// The password of a name that says until when it is good, as TURN servers check it that share a secret with whoever hands names out
/// (draft-uberti-behave-turn-rest-00, section 2.2; coturn's `use-auth-secret`).
fn credential(secret: &str, username: &str) -> Result<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).context("the secret of the TURN server")?;
    mac.update(username.as_bytes());
    Ok(BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_server_gets_a_name_with_an_end_and_its_hash() {
        // echo -n 1433895918:506 | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(credential("north", "1433895918:506").unwrap(), "s5LmbE7ECRvNooJppntkCvoj0Kg=");
        let introducing = Introducing {
            stun: vec!["stun:a.example".into()],
            turn: vec!["turn:b.example".into(), "turns:b.example".into()],
            turn_secret: Some("north".into()),
        };
        let user_id = UserId::generate();
        let servers = of(&introducing, Some(user_id), Timestamp(1_000_000_000)).unwrap();
        assert_eq!(servers.len(), 3);
        assert_eq!(servers[0].credential, None);
        assert_eq!(servers[2].username, Some(format!("{}:{user_id}", 1_000 + TURN_S)));
        let for_nobody = of(&introducing, None, Timestamp(0)).unwrap();
        assert_eq!(for_nobody.len(), 3);
        assert!(for_nobody.iter().all(|server| server.username.is_none() && server.credential.is_none()));
        let no_secret = Introducing { turn_secret: None, ..introducing };
        assert_eq!(of(&no_secret, Some(user_id), Timestamp(0)).unwrap().len(), 1);
    }
}
