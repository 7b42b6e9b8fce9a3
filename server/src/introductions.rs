//! Introducing two browsers to each other, which then speak directly (`model::secret`). What they say for that goes from one tab to the other; it
//! is in the memory of this process until one of the two tabs is gone, and nowhere else: not in the database, not in a log.

use crate::{
    auth::Auth,
    error::Result,
    live::hub::{Address, Delivery, Hub},
    state::AppState,
};
use model::{
    Refusal, SecretChatId, User, UserId,
    secret::{MAX_DETAIL_BYTES, MayAsk, RINGING_S, Step},
    wire::{Answer, Event},
};
use sqlx::PgPool;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a ring is taken for one. Tabs give up before that, and a little later than who asks.
const RINGING: Duration = Duration::from_secs(RINGING_S.unsigned_abs() as u64 + 5);

/// The secret chats that are beginning, or go on between tabs that are still here.
#[derive(Debug)]
pub struct Introductions {
    hub: Arc<Hub>,
    chats: Mutex<HashMap<SecretChatId, Chat>>,
    next_id: AtomicU64,
}

/// A connection whose tab may hold a secret chat. When it is dropped, those that it held are over for the server.
#[derive(Debug)]
pub struct Caller {
    introductions: Arc<Introductions>,
    id: u64,
    user: User,
    address: Address,
}

#[derive(Clone, Debug)]
struct Chat {
    asker: Party,
    asked: User,
    asked_at: Instant,
    /// Whether it rings. Who is busy and does not show that they are here is not rung, and who asks them hears no more than if they did not answer.
    is_heard: bool,
    /// The tab that took it up.
    accepter: Option<Party>,
}

#[derive(Clone, Debug)]
struct Party {
    connection: u64,
    user: User,
    address: Address,
}

/// A step that somebody takes.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// Of which chat.
    pub chat_id: SecretChatId,
    /// With whom.
    pub user_id: UserId,
    /// Which one.
    pub step: Step,
    /// What the other browser makes of it.
    pub detail: String,
}

impl Introductions {
    /// Nobody asks anybody yet.
    #[must_use]
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub, chats: Mutex::default(), next_id: AtomicU64::new(0) }
    }

    /// A connection that may ask and be asked. It hears of what began before it: that somebody rings, or that a chat is held by another tab.
    #[must_use]
    pub fn enter(self: &Arc<Self>, user: User, address: Address) -> Caller {
        for (chat_id, chat) in self.lock().iter() {
            let heard = match chat.accepter {
                None if chat.asked.user_id == user.user_id && chat.rings() => {
                    Some((&chat.asker.user, Step::Ask))
                }
                Some(_) => chat.other(user.user_id).map(|other| (other, Step::Elsewhere)),
                None => None,
            };
            if let Some((user, step)) = heard {
                let (chat_id, user) = (*chat_id, user.clone());
                address.send(&Event::Introduced { chat_id, user, step, detail: String::new() });
            }
        }
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        Caller { introductions: self.clone(), id, user, address }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SecretChatId, Chat>> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_all_tabs(&self, of: UserId, chat_id: SecretChatId, user: &User, step: Step) {
        let event = Event::Introduced { chat_id, user: user.clone(), step, detail: String::new() };
        self.hub.publish(Delivery::to_one(of, event));
    }

    /// Ends whatever there is between two people.
    pub fn part(&self, one: UserId, other: UserId) {
        let between: Vec<_> = {
            let chats = self.lock();
            let between = chats.iter().filter(|(_, chat)| chat.is_with(one) && chat.is_with(other));
            between.map(|(chat_id, _)| *chat_id).collect()
        };
        between.into_iter().for_each(|chat_id| self.end(chat_id, Step::End));
    }

    /// Forgets a chat, and tells every tab of both.
    fn end(&self, chat_id: SecretChatId, step: Step) {
        let ended = self.lock().remove(&chat_id);
        if let Some(Chat { asker, asked, is_heard, .. }) = ended {
            if is_heard {
                self.tell_all_tabs(asked.user_id, chat_id, &asker.user, step);
            }
            self.tell_all_tabs(asker.user.user_id, chat_id, &asked, step);
        }
    }
}

impl Caller {
    /// Takes a step. What it says reaches the one tab whom it concerns; that somebody is asked, or that it is over, reaches all of a person's.
    ///
    /// # Errors
    /// [`Refusal::SecretChatRefused`], [`Refusal::PersonOffline`], [`Refusal::PersonBusy`] for who asks, and [`Refusal::SecretChatGone`] for
    /// who takes up what is not there any more.
    pub async fn introduce(
        self: Arc<Self>,
        state: AppState,
        auth: Auth,
        step: Introduction,
    ) -> Result<Answer> {
        let Introduction { chat_id, user_id, step, detail } = step;
        if detail.len() > MAX_DETAIL_BYTES {
            return Err(Refusal::RequestTooLarge.into());
        }
        match step {
            Step::Ask => self.ask(&state, &auth, chat_id, user_id).await?,
            Step::Accept => self.accept(chat_id)?,
            Step::Offer | Step::Answer | Step::Candidate => {
                let (_, other) = self.side(chat_id)?;
                let other = other.ok_or(Refusal::SecretChatGone)?;
                other.address.send(&Event::Introduced { chat_id, user: self.user.clone(), step, detail });
            }
            Step::Decline | Step::End => {
                let is_of_it = self.introductions.lock().get(&chat_id).is_some_and(|chat| chat.is_of(&self));
                if is_of_it {
                    self.introductions.end(chat_id, step);
                }
            }
            Step::Elsewhere | Step::Gone => {
                let detail = words::refusal::no_step().into();
                return Err(Refusal::RequestInvalid { detail }.into());
            }
        }
        Ok(Answer::Done)
    }

    async fn ask(&self, state: &AppState, auth: &Auth, chat_id: SecretChatId, user_id: UserId) -> Result<()> {
        state.limits.may_ring(auth.user.user_id)?;
        let asked = may_ask(&state.db, auth.user.user_id, user_id).await?;
        let (asked, shows_presence) = asked.ok_or(Refusal::SecretChatRefused)?;
        if shows_presence && !self.introductions.hub.is_connected(user_id) {
            return Err(Refusal::PersonOffline.into());
        }
        let asker = Party { connection: self.id, user: self.user.clone(), address: self.address.clone() };
        let is_heard = {
            let mut chats = self.introductions.lock();
            let is_busy = chats.values().any(|chat| chat.occupies(user_id, self.user.user_id));
            if is_busy && shows_presence {
                return Err(Refusal::PersonBusy.into());
            }
            // Nobody waits for those any more.
            chats.retain(|_, chat| chat.accepter.is_some() || chat.asked_at.elapsed() < RINGING);
            let is_mine = |chat: &Chat| chat.asker.connection == self.id;
            if chats.contains_key(&chat_id) || chats.values().any(is_mine) {
                let detail = words::refusal::one_secret_chat().into();
                return Err(Refusal::RequestInvalid { detail }.into());
            }
            let (is_heard, asked_at) = (!is_busy, Instant::now());
            chats.insert(chat_id, Chat { asker, asked, asked_at, is_heard, accepter: None });
            is_heard
        };
        // Whoever was blocked just now had no chat yet that would have been ended.
        let still = may_ask(&state.db, auth.user.user_id, user_id).await;
        if !matches!(still, Ok(Some(_))) {
            self.introductions.lock().remove(&chat_id);
            return still.and(Err(Refusal::SecretChatRefused.into()));
        }
        if is_heard {
            self.introductions.tell_all_tabs(user_id, chat_id, &self.user, Step::Ask);
        }
        Ok(())
    }

    fn accept(&self, chat_id: SecretChatId) -> Result<()> {
        let me = Party { connection: self.id, user: self.user.clone(), address: self.address.clone() };
        let asker = {
            let mut chats = self.introductions.lock();
            let chat = chats
                .get_mut(&chat_id)
                .filter(|chat| chat.accepter.is_none() && chat.is_heard_by(self.user.user_id));
            let chat = chat.ok_or(Refusal::SecretChatGone)?;
            chat.accepter = Some(me);
            chat.asker.clone()
        };
        // First the others' tabs, so that none of them goes on ringing while the two begin.
        self.introductions.tell_all_tabs(self.user.user_id, chat_id, &asker.user, Step::Elsewhere);
        self.introductions.tell_all_tabs(asker.user.user_id, chat_id, &self.user, Step::Elsewhere);
        let event =
            Event::Introduced { chat_id, user: self.user.clone(), step: Step::Accept, detail: String::new() };
        asker.address.send(&event);
        Ok(())
    }

    /// This tab's side of a chat, and the other one's.
    fn side(&self, chat_id: SecretChatId) -> Result<(Party, Option<Party>)> {
        let chats = self.introductions.lock();
        let chat = chats.get(&chat_id).ok_or(Refusal::SecretChatGone)?;
        match (&chat.asker, &chat.accepter) {
            (asker, accepter) if asker.connection == self.id => Ok((asker.clone(), accepter.clone())),
            (asker, Some(accepter)) if accepter.connection == self.id => {
                Ok((accepter.clone(), Some(asker.clone())))
            }
            _ => Err(Refusal::SecretChatGone.into()),
        }
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let held: Vec<_> = {
            let chats = self.introductions.lock();
            let held = chats.iter().filter(|(_, chat)| chat.holds(self.id));
            held.map(|(chat_id, _)| *chat_id).collect()
        };
        held.into_iter().for_each(|chat_id| self.introductions.end(chat_id, Step::Gone));
    }
}

impl Chat {
    fn is_with(&self, user_id: UserId) -> bool {
        self.asker.user.user_id == user_id || self.asked.user_id == user_id
    }

    /// The other one of the two.
    fn other(&self, user_id: UserId) -> Option<&User> {
        let (asker, asked) = (&self.asker.user, &self.asked);
        match user_id {
            _ if user_id == asker.user_id => Some(asked),
            _ if user_id == asked.user_id => Some(asker),
            _ => None,
        }
    }

    fn is_heard_by(&self, user_id: UserId) -> bool {
        self.is_heard && self.asked.user_id == user_id
    }

    /// Whether tabs ring for it.
    fn rings(&self) -> bool {
        self.is_heard && self.accepter.is_none() && self.asked_at.elapsed() < RINGING
    }

    /// Whether it keeps somebody from being asked by another one. While two only ask each other, they may go on doing so: their tabs agree on one.
    fn occupies(&self, user_id: UserId, by: UserId) -> bool {
        let is_asking = self.asker.user.user_id == user_id && self.asked_at.elapsed() < RINGING;
        let is_rung = self.asked.user_id == user_id && self.rings();
        match self.accepter {
            Some(_) => self.is_with(user_id),
            None => (is_asking || is_rung) && !self.is_with(by),
        }
    }

    fn holds(&self, connection: u64) -> bool {
        let accepter = self.accepter.as_ref();
        self.asker.connection == connection || accepter.is_some_and(|party| party.connection == connection)
    }

    /// Whether somebody may say that it is over: from a tab that holds it, or, while it rings, from any of who is asked, and of who asks, whose tab may be
    /// connected anew.
    fn is_of(&self, caller: &Caller) -> bool {
        let user_id = caller.user.user_id;
        let is_ringing =
            self.accepter.is_none() && (self.is_heard_by(user_id) || self.asker.user.user_id == user_id);
        self.holds(caller.id) || is_ringing
    }
}

/// The other one of a direct thread, if they take secret chats from somebody; and whether it may be seen that they are here: as in `presence`, by whom they
/// have written to, and who shows it, too. Blocked people, strangers and those who are not taken are told the same.
async fn may_ask(db: &PgPool, me: UserId, user_id: UserId) -> Result<Option<(User, bool)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        user: User,
        shows_presence: bool,
        secret_from: MayAsk,
        has_written: bool,
    }
    let row: Option<Row> = sqlx::query_as(
        "select account.user_id, account.username, account.display_name, account.picture_id, account.profile_change, \
                false as is_deactivated, \
                account.shows_presence and asker.shows_presence and member.own_count > 0 as shows_presence, \
                account.secret_from, member.own_count > 0 as has_written \
            from thread join member on member.thread_id = thread.thread_id and member.user_id = $2 \
                join account on account.user_id = $2 join account asker on asker.user_id = $1 \
            where direct_low = least($1, $2) and direct_high = greatest($1, $2) and direct_low < direct_high \
                and not has_block and account.deactivated_at is null",
    )
    .bind(me)
    .bind(user_id)
    .fetch_optional(db)
    .await?;
    let takes = |row: &Row| match row.secret_from {
        MayAsk::Everyone => true,
        MayAsk::Contacts => row.has_written,
        MayAsk::Nobody => false,
    };
    Ok(row.filter(takes).map(|row| (row.user, row.shows_presence)))
}
