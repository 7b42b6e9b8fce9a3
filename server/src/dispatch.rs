//! One match: from a command to the feature that carries it out; then, after its commit, its events go to the hub. The socket and HTTP
//! both come through here.

use crate::{
    auth::Auth,
    blocks, edits,
    error::Result,
    extract::Json,
    forwards, groups, join_requests,
    live::{self, hub::Delivery},
    messages::writer::Draft,
    options, pins, profiles, reactions, reads,
    state::AppState,
    threads, typing,
};
use axum::extract::State;
use futures_util::future::BoxFuture;
use model::{
    MessageBody, Problem, Refusal, ThreadId, ThreadOption,
    file::MAX_FILES,
    wire::{Answer, Command},
};

/// What carrying out a command came to: the answer for whoever asked, and what others are told.
#[derive(Debug)]
pub struct Effect {
    /// For whoever asked.
    pub answer: Answer,
    /// In the order in which they are told.
    pub deliveries: Vec<Delivery>,
}

impl Effect {
    /// An answer, and nothing to tell.
    #[must_use]
    pub fn nothing(answer: Answer) -> Self {
        Self { answer, deliveries: Vec::new() }
    }
}

/// Carries out a command. `Answer` says what it came to; the events that follow from it arrive on the live stream.
#[utoipa::path(post, path = "/api/v1/commands", tag = "commands", request_body = Command, responses(
    (status = 200, body = Answer),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn over_http(
    State(state): State<AppState>,
    auth: Auth,
    Json(command): Json<Command>,
) -> Result<Json<Answer>> {
    begin(&state, &auth, command).await.await.map(Json)
}

/// Begins a command and gives what will become of it. Messages are handed to the writer before this returns, so that those of one
/// connection keep their order; and what has begun is carried through even if nobody waits for the answer.
pub async fn begin(state: &AppState, auth: &Auth, command: Command) -> BoxFuture<'static, Result<Answer>> {
    if let Err(refusal) = state.limits.may_command(auth.user.user_id, &command) {
        return Box::pin(async { Err(refusal.into()) });
    }
    match command {
        Command::SendMessage { message_id, thread_id, body, file_ids, reply_to } => {
            let body = match body_of(&body, file_ids.len()) {
                Ok(body) => body,
                Err(refusal) => return Box::pin(async { Err(refusal.into()) }),
            };
            let sender = auth.user.clone();
            let draft = Draft {
                message_id,
                thread_id,
                sender,
                body,
                file_ids,
                reply_to,
                forward: None,
                html: None,
                given_at: None,
            };
            let stored = state.writer.submit(draft).await;
            Box::pin(async {
                let message = stored.await.map_err(|_| Refusal::Unavailable)??;
                Ok(Answer::Sent { message })
            })
        }
        Command::ForwardMessage { message_id, thread_id, from_thread_id, from_message_id } => {
            let (state, auth) = (state.clone(), auth.clone());
            let route = forwards::Route { from_thread_id, from_message_id, thread_id, message_id };
            let done = tokio::spawn(async move {
                let message = forwards::send(&state, &auth, route).await?;
                Ok(Answer::Sent { message })
            });
            Box::pin(async { done.await.unwrap_or_else(|panic| Err(anyhow::Error::from(panic).into())) })
        }
        command => {
            let (state, auth) = (state.clone(), auth.clone());
            let done = tokio::spawn(async move {
                // Until its events are told, so that those of one thread are told in the order of their numbers.
                let _turn = match changed(&command) {
                    Some(thread_id) => Some(state.turns.take(thread_id).await),
                    None => None,
                };
                let effect = match carry_out(&state, &auth, command).await {
                    // Whether it was stored is unknown, and whoever tries again changes nothing that would be told.
                    Err(error) if error.is_passing() => {
                        live::resync_when_back(&state.db, &state.hub);
                        return Err(error);
                    }
                    effect => effect?,
                };
                tell(&state, effect.deliveries);
                Ok(effect.answer)
            });
            Box::pin(async { done.await.unwrap_or_else(|panic| Err(anyhow::Error::from(panic).into())) })
        }
    }
}

/// Tells what has happened to whom it concerns, in the order in which it did.
pub fn tell(state: &AppState, deliveries: Vec<Delivery>) {
    for delivery in &deliveries {
        state.presences.note(&delivery.event);
        state.newest.note(&delivery.event);
    }
    state.hub.publish(deliveries);
}

/// The body of a message with so many files.
fn body_of(text: &str, file_count: usize) -> std::result::Result<MessageBody, Refusal> {
    match file_count {
        0 => MessageBody::new(text),
        1..=MAX_FILES => MessageBody::beside_files(text),
        _ => Err(Refusal::TooManyFiles),
    }
}

async fn carry_out(state: &AppState, auth: &Auth, command: Command) -> Result<Effect> {
    let (db, me) = (&state.db, auth.user.user_id);
    match command {
        Command::SendMessage { .. } | Command::ForwardMessage { .. } => {
            unreachable!("messages go to the writer")
        }
        Command::EditMessage { thread_id, message_id, body } => {
            edits::edit(state, me, thread_id, message_id, &body).await
        }
        Command::DeleteMessage { thread_id, message_id } => {
            edits::delete(state, me, thread_id, message_id).await
        }
        Command::React { thread_id, message_id, emoji, is_on } => {
            reactions::react(state, me, (thread_id, message_id), &emoji, is_on).await
        }
        Command::PinMessage { thread_id, message_id, is_pinned } => {
            pins::set(state, me, thread_id, message_id, is_pinned).await
        }
        Command::MarkRead { thread_id, created_at } => reads::mark(db, me, thread_id, created_at).await,
        Command::OpenDirect { user_id } => threads::open_direct(db, me, user_id).await,
        Command::CreateGroup { thread_id, title, avatar, user_ids } => {
            groups::create(db, me, thread_id, &title, avatar, user_ids).await
        }
        Command::UpdateGroup { thread_id, title, avatar } => {
            groups::update(db, me, thread_id, &title, avatar).await
        }
        Command::AddMembers { thread_id, user_ids } => groups::add(db, me, thread_id, user_ids).await,
        Command::RemoveMember { thread_id, user_id } => groups::remove(db, me, thread_id, user_id).await,
        Command::SetRole { thread_id, user_id, role } => {
            groups::set_role(db, me, thread_id, user_id, role).await
        }
        Command::SetOption { thread_id, option: ThreadOption::Blocked(is_blocked) } => {
            auth.require_browser()?;
            let effect = options::set(db, me, thread_id, ThreadOption::Blocked(is_blocked)).await?;
            if is_blocked && let Some((one, other)) = blocks::between(db, thread_id).await? {
                state.introductions.part(one, other);
            }
            Ok(effect)
        }
        Command::SetOption { thread_id, option } => options::set(db, me, thread_id, option).await,
        Command::JoinGroup { thread_id, secret } => join_requests::join(db, me, thread_id, &secret).await,
        Command::AnswerRequest { thread_id, user_id, is_accepted } => {
            join_requests::answer(db, me, thread_id, user_id, is_accepted).await
        }
        Command::UpdateProfile { display_name, about, picture_id } => {
            profiles::update(db, me, &display_name, &about, picture_id).await
        }
        Command::Type { thread_id } => typing::tell(db, &auth.user, thread_id).await,
        // A live connection does that by itself.
        Command::Look { .. } | Command::Introduce { .. } => {
            Err(Refusal::RequestInvalid { detail: words::refusal::no_screen().into() }.into())
        }
    }
}

/// The thread whose `change` a command moves on.
fn changed(command: &Command) -> Option<ThreadId> {
    match command {
        Command::EditMessage { thread_id, .. }
        | Command::DeleteMessage { thread_id, .. }
        | Command::React { thread_id, .. }
        | Command::PinMessage { thread_id, .. }
        | Command::UpdateGroup { thread_id, .. }
        | Command::AddMembers { thread_id, .. }
        | Command::RemoveMember { thread_id, .. }
        | Command::JoinGroup { thread_id, .. }
        | Command::AnswerRequest { thread_id, .. }
        | Command::SetRole { thread_id, .. } => Some(*thread_id),
        Command::SendMessage { .. }
        | Command::ForwardMessage { .. }
        | Command::MarkRead { .. }
        | Command::OpenDirect { .. }
        | Command::CreateGroup { .. }
        | Command::SetOption { .. }
        | Command::UpdateProfile { .. }
        | Command::Type { .. }
        | Command::Look { .. }
        | Command::Introduce { .. } => None,
    }
}
