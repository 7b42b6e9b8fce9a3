//! Introducing two browsers to each other, which then speak directly (`model::secret`). What they say for that goes from one tab to the other; it
//! is in the memory of this process until both tabs are gone, and nowhere else: not in the database, not in a log.

mod chat;
mod ended;

use crate::{
    auth::Auth,
    error::Result,
    live::hub::{Address, Delivery, Hub},
    state::AppState,
};
use chat::{Chat, Tab};
use ended::Ended;
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
    /// Locked while `chats` is, or alone.
    ended: Mutex<Ended>,
    next_id: AtomicU64,
}

/// A connection whose tab may hold a secret chat. When it is dropped, those that it asked for are over, and those that go on are without that tab until
/// it is connected anew and says so.
#[derive(Debug)]
pub struct Caller {
    introductions: Arc<Introductions>,
    id: u64,
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
        Self { hub, chats: Mutex::default(), ended: Mutex::default(), next_id: AtomicU64::new(0) }
    }

    /// A connection that may ask and be asked. It hears of what began before it: that somebody rings, or that a chat is held by another tab.
    #[must_use]
    pub fn enter(self: &Arc<Self>, user: User, address: Address) -> Caller {
        for (chat_id, chat) in self.lock().iter() {
            let step = match chat {
                chat if chat.is_held_by(user.user_id) => Some(Step::Elsewhere),
                chat if chat.asked.user_id == user.user_id && chat.rings() => Some(Step::Ask),
                _ => None,
            };
            if let Some((user, step)) = chat.other(user.user_id).zip(step) {
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

    fn ended(&self) -> MutexGuard<'_, Ended> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_all_tabs(&self, of: UserId, chat_id: SecretChatId, user: &User, step: Step) {
        let event = Event::Introduced { chat_id, user: user.clone(), step, detail: String::new() };
        self.hub.publish([Delivery::to_one(of, event)]);
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

    /// Whether two tabs are introduced to each other just now, of which this person has one.
    #[must_use]
    pub fn is_running(&self, chat_id: SecretChatId, user_id: UserId) -> bool {
        self.lock().get(&chat_id).is_some_and(|chat| chat.is_running_for(user_id))
    }

    /// Forgets a chat, and tells every tab of both.
    fn end(&self, chat_id: SecretChatId, step: Step) {
        let ended = {
            let mut chats = self.lock();
            let ended = chats.remove(&chat_id);
            // Tabs that are gone may be connected anew, and go on.
            if ended.is_some() && step != Step::Gone {
                self.ended().add(chat_id, Instant::now());
            }
            ended
        };
        if let Some(Chat { asker, asked, is_heard, .. }) = ended {
            if is_heard {
                self.tell_all_tabs(asked.user_id, chat_id, &asker, step);
            }
            self.tell_all_tabs(asker.user_id, chat_id, &asked, step);
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
            Step::Hold => self.hold(&state, chat_id, user_id).await?,
            Step::Offer | Step::Answer | Step::Candidate => {
                let other = self.across(chat_id).ok_or(Refusal::SecretChatGone)?;
                self.tell(&other, chat_id, step, detail);
            }
            Step::Decline | Step::End => {
                let may_end = |chat: &Chat| chat.may_end(self.id, self.user.user_id);
                let is_of_it = self.introductions.lock().get(&chat_id).is_some_and(may_end);
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
        let is_heard = {
            let mut chats = self.introductions.lock();
            let is_busy = chats.values().any(|chat| chat.occupies(user_id, self.user.user_id));
            if is_busy && shows_presence {
                return Err(Refusal::PersonBusy.into());
            }
            // Nobody waits for those any more.
            chats.retain(|_, chat| chat.is_accepted || chat.is_asked());
            let is_mine = |chat: &Chat| chat.asking_tab().is_some_and(|tab| tab.connection == self.id);
            if chats.contains_key(&chat_id) || chats.values().any(is_mine) {
                let detail = words::refusal::one_secret_chat().into();
                return Err(Refusal::RequestInvalid { detail }.into());
            }
            chats.insert(chat_id, Chat::asking(self.user.clone(), self.tab(), asked, !is_busy));
            !is_busy
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
        let (asker, asking_tab) = {
            let mut chats = self.introductions.lock();
            let chat = chats
                .get_mut(&chat_id)
                .filter(|chat| !chat.is_accepted && chat.is_heard_by(self.user.user_id));
            let chat = chat.ok_or(Refusal::SecretChatGone)?;
            chat.is_accepted = true;
            chat.seat(self.user.user_id, self.tab());
            (chat.asker.clone(), chat.asking_tab().cloned())
        };
        // First the others' tabs, so that none of them goes on ringing while the two begin.
        self.introductions.tell_all_tabs(self.user.user_id, chat_id, &asker, Step::Elsewhere);
        self.introductions.tell_all_tabs(asker.user_id, chat_id, &self.user, Step::Elsewhere);
        if let Some(tab) = asking_tab {
            self.tell(&tab, chat_id, Step::Accept, String::new());
        }
        Ok(())
    }

    /// This tab holds a chat that goes on, and is connected anew; to a server, perhaps, that has started since and knows nothing of it. This
    /// person's other tabs hear of it, and, if the other one's tab is there, each of the two that the other is: that they are is for them to say. Until
    /// then nobody but this person hears of it, since it may be that nobody else is in it.
    async fn hold(&self, state: &AppState, chat_id: SecretChatId, user_id: UserId) -> Result<()> {
        let me = self.user.user_id;
        let known = find(&state.db, me, user_id).await?.ok_or(Refusal::SecretChatGone)?;
        if !self.introductions.lock().contains_key(&chat_id) {
            // It is as much as to ask for one. Which of the two did so at the beginning is not known any more.
            state.limits.may_ring(me)?;
            let may_be = known.takes() || find(&state.db, user_id, me).await?.is_some_and(|me| me.takes());
            if !may_be {
                return Err(Refusal::SecretChatGone.into());
            }
        }
        let across = {
            let mut chats = self.introductions.lock();
            if self.introductions.ended().has(chat_id, Instant::now()) {
                return Err(Refusal::SecretChatGone.into());
            }
            let has_another = chats.iter().any(|(id, chat)| *id != chat_id && chat.holds(self.id));
            let is_between = |chat: &Chat| chat.is_accepted && chat.is_with(me) && chat.is_with(user_id);
            if has_another || chats.get(&chat_id).is_some_and(|chat| !is_between(chat)) {
                return Err(Refusal::SecretChatGone.into());
            }
            let under_way = || Chat::under_way(self.user.clone(), known.user.clone());
            let chat = chats.entry(chat_id).or_insert_with(under_way);
            chat.seat(me, self.tab());
            chat.is_heard |= chat.tab_across(me).is_some();
            chat.tab_across(me).cloned()
        };
        // Whoever was blocked just now had no chat yet that would have been ended.
        let still = find(&state.db, me, user_id).await;
        if !matches!(still, Ok(Some(_))) {
            self.introductions.end(chat_id, Step::End);
            return still.and(Err(Refusal::SecretChatGone.into()));
        }
        self.introductions.tell_all_tabs(me, chat_id, &known.user, Step::Elsewhere);
        if let Some(tab) = across {
            self.tell(&tab, chat_id, Step::Hold, String::new());
            let (user, detail) = (known.user, String::new());
            self.address.send(&Event::Introduced { chat_id, user, step: Step::Hold, detail });
        }
        Ok(())
    }

    /// This tab is not connected any more. What goes on does so in the other one, whose person's other tabs know where it is.
    fn leave(&self, chat_id: SecretChatId) {
        let left = {
            let mut chats = self.introductions.lock();
            // Another connection of theirs may hold it since.
            let Some(chat) = chats.get_mut(&chat_id).filter(|chat| chat.holds(self.id)) else { return };
            chat.leave(self.id);
            let other = chat.other(self.user.user_id).cloned();
            chat.tab_across(self.user.user_id).cloned().filter(|_| chat.is_accepted).zip(other)
        };
        let Some((tab, other)) = left else { return self.introductions.end(chat_id, Step::Gone) };
        self.introductions.tell_all_tabs(self.user.user_id, chat_id, &other, Step::Gone);
        self.tell(&tab, chat_id, Step::Gone, String::new());
    }

    /// One tab hears of a step of this one.
    fn tell(&self, tab: &Tab, chat_id: SecretChatId, step: Step, detail: String) {
        tab.address.send(&Event::Introduced { chat_id, user: self.user.clone(), step, detail });
    }

    fn tab(&self) -> Tab {
        Tab { connection: self.id, address: self.address.clone() }
    }

    /// The other tab of a chat that this one holds.
    fn across(&self, chat_id: SecretChatId) -> Option<Tab> {
        let chats = self.introductions.lock();
        chats.get(&chat_id).filter(|chat| chat.holds(self.id))?.tab_across(self.user.user_id).cloned()
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let held: Vec<_> = {
            let chats = self.introductions.lock();
            chats.iter().filter(|(_, chat)| chat.holds(self.id)).map(|(chat_id, _)| *chat_id).collect()
        };
        held.into_iter().for_each(|chat_id| self.leave(chat_id));
    }
}

/// The other one of a direct thread.
#[derive(sqlx::FromRow)]
struct Known {
    #[sqlx(flatten)]
    user: User,
    shows_presence: bool,
    secret_from: MayAsk,
    has_written: bool,
}

impl Known {
    /// Whether they take secret chats from the one for whom they are the other one.
    fn takes(&self) -> bool {
        match self.secret_from {
            MayAsk::Everyone => true,
            MayAsk::Contacts => self.has_written,
            MayAsk::Nobody => false,
        }
    }
}

/// The other one of a direct thread, if they take secret chats from somebody; and whether it may be seen that they are here: as in `presence`, by whom they
/// have written to, and who shows it, too. Blocked people, strangers and those who are not taken are told the same.
async fn may_ask(db: &PgPool, me: UserId, user_id: UserId) -> Result<Option<(User, bool)>> {
    let known = find(db, me, user_id).await?.filter(Known::takes);
    Ok(known.map(|known| (known.user, known.shows_presence)))
}

async fn find(db: &PgPool, me: UserId, user_id: UserId) -> Result<Option<Known>> {
    Ok(sqlx::query_as(
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
    .await?)
}
