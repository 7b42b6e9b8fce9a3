//! Forwarding: a message goes on to another thread, with its author's name, its words as they are, and its files, whose bytes are not copied. The
//! server reads the message itself, so that nobody puts words into somebody's mouth; whoever can read it can forward it to wherever they can write.

use crate::{
    access,
    auth::Auth,
    error::Result,
    files,
    messages::{self, writer::Draft},
    state::AppState,
    users,
};
use model::{FileId, Forward, Message, MessageBody, MessageId, Refusal, ThreadId};
use sqlx::types::Json;
use uuid::Uuid;

/// What is forwarded, and where to.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The thread of the message.
    pub from_thread_id: ThreadId,
    /// The message.
    pub from_message_id: MessageId,
    /// The thread that it goes to.
    pub thread_id: ThreadId,
    /// The message that it becomes there.
    pub message_id: MessageId,
}

/// Forwards a message. Whoever tries again, and cannot read or write there any more, hears that it was stored before.
///
/// # Errors
/// Those of [`draft`], and those of the writer.
pub async fn send(state: &AppState, auth: &Auth, route: Route) -> Result<Message> {
    match draft(state, auth, route).await {
        Ok(draft) => Ok(state.writer.submit(draft).await.await.map_err(|_| Refusal::Unavailable)??),
        Err(error) => {
            let Route { thread_id, message_id, .. } = route;
            let stored = messages::sent(&state.db, auth.user.user_id, thread_id, message_id).await?;
            stored.ok_or(error)
        }
    }
}

/// The draft of a forwarded message.
///
/// # Errors
/// `ThreadNotFound` for either thread, and `MessageNotFound`.
async fn draft(state: &AppState, auth: &Auth, route: Route) -> Result<Draft> {
    let Route { from_thread_id, from_message_id, thread_id, message_id } = route;
    let me = auth.user.user_id;
    let access = access::thread(&state.db, me, from_thread_id).await?;
    access::thread(&state.db, me, thread_id).await?;
    let row = messages::find(&state.db, access, from_message_id).await?;
    let forward = match row.forward {
        Some(Json(forward)) => forward,
        None => {
            let sender_name = users::by_id(&state.db, [row.sender_id]).await?.pop();
            let sender_name = sender_name.map(|sender| sender.display_name).unwrap_or_default();
            Forward { sender_id: row.sender_id, sender_name }
        }
    };
    // The same ids again where it is tried again.
    let new_id = |index: usize| FileId(Uuid::from_u128(message_id.0.as_u128() ^ (index as u128 + 1)));
    let shared = row.files.map(|Json(files)| files).unwrap_or_default();
    let shared: Vec<_> = (0..).zip(shared).map(|(index, file)| (file.file_id, new_id(index))).collect();
    files::share(&state.db, access, thread_id, &shared).await?;
    let file_ids: Vec<_> = shared.into_iter().map(|(_, file_id)| file_id).collect();
    let body = if file_ids.is_empty() {
        MessageBody::new(&row.body)?
    } else {
        MessageBody::beside_files(&row.body)?
    };
    Ok(Draft {
        message_id,
        thread_id,
        sender: auth.user.clone(),
        body,
        file_ids,
        reply_to: None,
        forward: Some(forward),
        html: None,
        given_at: None,
    })
}
