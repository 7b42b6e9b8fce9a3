//! Who is here, and who wants to know. A connection says what is on its screen; it is told the presence of the people there, and of nobody
//! else, so that this costs what a screen holds, whatever somebody's threads and groups are.

mod screens;

use crate::{access, auth::Auth, error::Result, live::hub::Address, state::AppState};
use model::{
    Refusal, ThreadId, Timestamp, UserId,
    presence::MAX_FOLLOWED,
    wire::{Answer, Event},
};
use screens::{Screen, Screens};
use sqlx::PgPool;
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::sleep;

/// How long somebody is still here after their last screen has gone: from one page to the next is no absence.
const GRACE: Duration = Duration::from_secs(3);

/// Who is here, and what is on everybody's screen.
#[derive(Debug)]
pub struct Presences {
    db: PgPool,
    screens: Mutex<Screens>,
    next_id: AtomicU64,
}

/// What a connection says of its screen.
#[derive(Clone, Debug)]
pub struct Look {
    /// Whether somebody looks at it.
    pub is_here: bool,
    /// Whom it shows.
    pub user_ids: Vec<UserId>,
    /// The group whose members or readers it shows.
    pub thread_id: Option<ThreadId>,
}

/// A connection with a screen. When it is dropped, the screen is gone.
#[derive(Debug)]
pub struct Looker {
    presences: Arc<Presences>,
    id: u64,
    user_id: UserId,
    address: Address,
    /// Counts what it said, so that the last word stays the last.
    looks: AtomicU64,
}

impl Presences {
    /// Nobody is here yet.
    #[must_use]
    pub fn new(db: PgPool) -> Self {
        Self { db, screens: Mutex::default(), next_id: AtomicU64::new(0) }
    }

    /// A connection that may show something. Until it says so, nobody is here by it.
    #[must_use]
    pub fn enter(self: &Arc<Self>, user_id: UserId, address: Address) -> Looker {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        Looker { presences: self.clone(), id, user_id, address, looks: AtomicU64::new(0) }
    }

    /// Takes note of what happened: whoever is no longer in a group follows nobody in it, and whoever looks at its readers hears of them.
    pub fn note(&self, event: &Event) {
        match event {
            Event::MemberRemoved { thread_id, user_id, .. } => self.lock().part(*thread_id, *user_id),
            Event::ReadersChanged { thread_id } => self.lock().tell_readers(*thread_id, event),
            _ => {}
        }
    }

    /// Somebody does not let it be seen any more that they are here.
    pub fn hide(&self, user_id: UserId) {
        self.lock().hide(user_id);
    }

    /// Notes of everybody who is here that they were: the server stops.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn close(&self) -> Result<()> {
        let here = self.lock().everybody_here();
        keep(&self.db, here, Timestamp::now()).await
    }

    fn lock(&self) -> MutexGuard<'_, Screens> {
        self.screens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody came or went.
    fn follow_up(self: &Arc<Self>, step: Step) {
        let presences = self.clone();
        match step {
            Step::None => {}
            // So that they were here is known even if the server does not get to say when they went.
            Step::Came(user_id) => {
                tokio::spawn(async move { presences.seen(user_id, Timestamp::now()).await });
            }
            Step::Went { user_id, absence } => {
                tokio::spawn(async move {
                    sleep(GRACE).await;
                    let since = presences.lock().leave(user_id, absence);
                    if let Some(since) = since {
                        presences.seen(user_id, since).await;
                    }
                });
            }
        }
    }

    async fn seen(&self, user_id: UserId, at: Timestamp) {
        if let Err(error) = keep(&self.db, vec![user_id], at).await
            && !self.db.is_closed()
        {
            tracing::warn!("cannot note when somebody was here: {error:?}");
        }
    }
}

/// What is to be done after somebody's screens have changed.
#[derive(Clone, Copy, Debug)]
enum Step {
    None,
    Came(UserId),
    Went { user_id: UserId, absence: u64 },
}

impl Looker {
    /// Says what is on this connection's screen, in place of what it said before.
    ///
    /// # Errors
    /// [`Refusal::ThreadNotFound`] for a group one is not in, and [`Refusal::RequestInvalid`] beyond [`MAX_FOLLOWED`].
    pub async fn look(self: Arc<Self>, state: AppState, auth: Auth, look: Look) -> Result<Answer> {
        let number = self.looks.fetch_add(1, Ordering::Relaxed) + 1;
        let Look { is_here, user_ids, thread_id } = look;
        let user_ids = BTreeSet::from_iter(user_ids);
        if user_ids.len() > MAX_FOLLOWED {
            let detail = words::refusal::too_many_followed(MAX_FOLLOWED as u64);
            return Err(Refusal::RequestInvalid { detail }.into());
        }
        let me = auth.user.user_id;
        loop {
            let partings = self.presences.lock().partings();
            if let Some(thread_id) = thread_id {
                access::thread(&state.db, me, thread_id).await?;
            }
            let shows_presence: bool =
                sqlx::query_scalar("select shows_presence from account where user_id = $1")
                    .bind(me)
                    .fetch_one(&state.db)
                    .await?;
            let follows = if shows_presence && !user_ids.is_empty() {
                visible(&state.db, me, user_ids.clone(), thread_id).await?
            } else {
                Vec::new()
            };
            let step = {
                let mut screens = self.presences.lock();
                if self.looks.load(Ordering::Relaxed) != number {
                    return Ok(Answer::Done);
                }
                // Whoever was removed meanwhile may be the one who looks.
                if screens.partings() != partings {
                    continue;
                }
                let screen = Screen {
                    user_id: me,
                    address: self.address.clone(),
                    is_here: is_here && shows_presence,
                    follows: follows.iter().map(|(user_id, _)| *user_id).collect(),
                    thread_id,
                };
                screens.put(self.id, screen, &follows)
            };
            self.presences.follow_up(step);
            return Ok(Answer::Done);
        }
    }
}

impl Drop for Looker {
    fn drop(&mut self) {
        let step = self.presences.lock().take(self.id, self.user_id);
        self.presences.follow_up(step);
    }
}

/// Those of some people whose presence somebody may know, and when they were last seen: members of the group that is looked at, and those
/// who have written to one. Whoever was only written to shows nothing of themselves.
async fn visible(
    db: &PgPool,
    me: UserId,
    user_ids: BTreeSet<UserId>,
    thread_id: Option<ThreadId>,
) -> Result<Vec<(UserId, Option<Timestamp>)>> {
    Ok(sqlx::query_as(
        "select user_id, seen_at from account left join last_seen using (user_id)
            where user_id = any($2) and user_id <> $1 and shows_presence and (
                exists (
                    select from thread join member theirs using (thread_id)
                        where not has_block and direct_low = least(account.user_id, $1) and direct_high = greatest(account.user_id, $1)
                            and theirs.user_id = account.user_id and own_count > 0
                ) or exists (
                    select from member theirs where theirs.thread_id = $3 and theirs.user_id = account.user_id
                )
            )",
    )
    .bind(me)
    .bind(Vec::from_iter(user_ids))
    .bind(thread_id)
    .fetch_all(db)
    .await?)
}

/// Notes when some people were last here.
async fn keep(db: &PgPool, user_ids: Vec<UserId>, at: Timestamp) -> Result<()> {
    if user_ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into last_seen (user_id, seen_at) select user_id, $2 from unnest($1::uuid[]) user_id order by user_id
            on conflict on constraint last_seen_pkey do update set seen_at = greatest(last_seen.seen_at, excluded.seen_at)",
    )
    .bind(user_ids)
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}
