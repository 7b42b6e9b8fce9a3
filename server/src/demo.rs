//! A believable world to look around in: people, threads and two years of messages, put into an empty database the way that real ones
//! get there. Nobody is connected yet, so that nobody is told.

mod afterwards;
mod corpus;
mod past;
mod people;
mod threads;

use crate::{
    accounts,
    error::{Error, Result as FeatureResult},
    groups,
    messages::writer::{Draft, Outcome},
    reads,
    state::AppState,
    threads::open_direct,
};
use anyhow::{Context, anyhow, bail};
use model::{
    Avatar, DisplayName, Message, MessageBody, MessageId, Problem, Role, ThreadId, Timestamp, User, Username,
    wire::Answer,
};
use past::Line;
use people::PEOPLE;
use rand::{Rng, SeedableRng, rngs::StdRng};
use sqlx::PgPool;
use std::{
    collections::{HashMap, VecDeque},
    time::Instant,
};
use threads::{PLOTS, Plot};
use tokio::sync::oneshot;

/// Everybody's password.
pub const PASSWORD: &str = "bobbin-demo";

/// How many members a group is made with; the others are added.
const FIRST_MEMBERS: usize = 8;

/// Fills an empty database and prints how to sign in. If it was filled before, only the latter.
///
/// # Errors
/// When the database holds anything else.
pub async fn fill(state: &AppState) -> anyhow::Result<()> {
    if is_empty(&state.db).await? {
        println!("Filling the database with a world to look around in.");
        let begun = Instant::now();
        let count = settle(state).await?;
        let (people, threads, seconds) = (PEOPLE.len(), PLOTS.len(), begun.elapsed().as_secs_f32());
        println!("{people} people have written {count} messages in {threads} threads, in {seconds:.1} s.");
    }
    let [first, others @ ..] = PEOPLE.map(|person| person.username);
    println!("Sign in as {first} with the password {PASSWORD}; the others are {}.", others.join(", "));
    Ok(())
}

/// Whether there is nothing yet, or else all of the demo's world.
async fn is_empty(db: &PgPool) -> anyhow::Result<bool> {
    let (accounts, known): (i64, i64) =
        sqlx::query_as("select count(*), count(*) filter (where username = any($1)) from account")
            .bind(PEOPLE.map(|person| person.username))
            .fetch_one(db)
            .await?;
    if accounts == 0 {
        return Ok(true);
    }
    if usize::try_from(known)? < PEOPLE.len() {
        bail!(
            "the database has accounts already, and the demo needs an empty one: choose another with --data or --database-url"
        );
    }
    let messages: i64 =
        sqlx::query_scalar("select coalesce(sum(last_seq), 0)::bigint from thread").fetch_one(db).await?;
    if usize::try_from(messages)? < PLOTS.iter().map(|plot| plot.messages).sum() {
        bail!(
            "a demo was begun in this database and not finished: choose an empty one with --data or --database-url"
        );
    }
    Ok(false)
}

/// Makes everything, and gives the number of messages.
async fn settle(state: &AppState) -> anyhow::Result<usize> {
    let people = sign_up(state).await?;
    let past = past::write(Timestamp::now());
    let mut thread_ids = Vec::with_capacity(PLOTS.len());
    for (index, plot) in PLOTS.iter().enumerate() {
        let first = past.iter().find(|line| line.thread == index).context("a thread without messages")?;
        thread_ids.push(open(&state.db, plot, &people, first.at).await?);
    }
    let count = past.len();
    let log = send(state, past, &people, &thread_ids).await?;
    for (plot, thread_id) in PLOTS.iter().zip(thread_ids) {
        let messages = log.get(&thread_id).context("a thread without messages")?;
        read(&state.db, plot, &people, messages).await?;
        afterwards::happen(state, plot, &people, messages).await?;
    }
    Ok(count)
}

/// Everybody gets an account. One hash of the one password does for all.
async fn sign_up(state: &AppState) -> anyhow::Result<Vec<User>> {
    let password_hash = done(state.passwords.hash(PASSWORD.into()).await)?;
    let mut tx = state.db.begin().await?;
    let mut people = Vec::with_capacity(PEOPLE.len());
    for person in PEOPLE {
        let username = done(Username::new(person.username).map_err(Error::from))?;
        let display_name = done(DisplayName::new(person.display_name).map_err(Error::from))?;
        let is_administrator = people.is_empty();
        let stored =
            accounts::store(&mut tx, &username, &display_name, &password_hash, is_administrator).await;
        people.push(done(stored)?);
    }
    tx.commit().await?;
    Ok(people)
}

/// Makes a thread, a moment before its first message.
async fn open(db: &PgPool, plot: &Plot, people: &[User], first_at: Timestamp) -> anyhow::Result<ThreadId> {
    let members = members(plot, people)?;
    let ids: Vec<_> = members.iter().map(|user| user.user_id).collect();
    let me = ids[0];
    let effect = if plot.title.is_empty() {
        done(open_direct(db, me, ids[1]).await)?
    } else {
        let avatar = Avatar { hue: plot.hue, glyph: plot.glyph.into(), picture_id: None };
        let (first, later) = ids.split_at(ids.len().min(FIRST_MEMBERS));
        let effect =
            done(groups::create(db, me, ThreadId::generate(), plot.title, avatar, first[1..].into()).await)?;
        if let Answer::Opened { thread } = &effect.answer
            && !later.is_empty()
        {
            done(groups::add(db, me, thread.thread_id, later.into()).await)?;
            done(groups::set_role(db, me, thread.thread_id, ids[1], Role::Admin).await)?;
        }
        effect
    };
    let Answer::Opened { thread } = effect.answer else { bail!("no thread was opened") };
    // The writer puts no message before the making of its thread, which was just now.
    sqlx::query("update thread set active_at = $2 where thread_id = $1")
        .bind(thread.thread_id)
        .bind(Timestamp(first_at.0 - 1_000_000))
        .execute(db)
        .await?;
    Ok(thread.thread_id)
}

fn members<'a>(plot: &Plot, people: &'a [User]) -> anyhow::Result<Vec<&'a User>> {
    let find = |username: &&str| {
        people.iter().find(|user| user.username == *username).with_context(|| format!("nobody is {username}"))
    };
    plot.members.iter().map(find).collect()
}

/// Sends all messages in order, without waiting for more before the next than for what it answers, and gives what was stored, by thread.
async fn send(
    state: &AppState,
    past: Vec<Line>,
    people: &[User],
    thread_ids: &[ThreadId],
) -> anyhow::Result<HashMap<ThreadId, Vec<Message>>> {
    let (mut coming, mut stored) = (VecDeque::new(), Vec::with_capacity(past.len()));
    let answered = afterwards::answers(&past);
    for (line, answered) in past.into_iter().zip(answered) {
        while answered.is_some_and(|answered| answered >= stored.len()) {
            stored.push(next(&mut coming).await?);
        }
        let draft = Draft {
            message_id: MessageId::generate(),
            thread_id: thread_ids[line.thread],
            sender: people[line.sender].clone(),
            body: done(MessageBody::new(&line.body).map_err(Error::from))?,
            file_ids: Vec::new(),
            reply_to: answered.map(|answered| stored[answered].message_id),
            forward: None,
            html: None,
            given_at: Some(line.at),
        };
        coming.push_back(state.writer.submit(draft).await);
    }
    while !coming.is_empty() {
        stored.push(next(&mut coming).await?);
    }
    let mut log: HashMap<_, Vec<_>> = HashMap::new();
    for message in stored {
        log.entry(message.thread_id).or_default().push(message);
    }
    Ok(log)
}

/// What became of the message that was sent first of those that nobody has asked after.
async fn next(coming: &mut VecDeque<oneshot::Receiver<Outcome>>) -> anyhow::Result<Message> {
    let stored = coming.pop_front().context("all messages are stored")?;
    done(stored.await?.map_err(Error::from))
}

/// Everybody has read what they answered to, and most of them the rest.
async fn read(db: &PgPool, plot: &Plot, people: &[User], messages: &[Message]) -> anyhow::Result<()> {
    let mut random = StdRng::seed_from_u64(messages.len() as u64);
    for user in members(plot, people)? {
        let unread = match random.random_range(0..20) {
            _ if user.user_id == people[0].user_id => plot.unread,
            0..15 => 0,
            unread => unread - 14,
        };
        let answered = messages.iter().rposition(|message| message.sender_id == user.user_id);
        let count = messages.len().saturating_sub(unread).max(answered.map_or(0, |index| index + 1));
        if let Some(last) = messages[..count].last() {
            done(reads::mark(db, user.user_id, last.thread_id, last.created_at).await)?;
        }
    }
    Ok(())
}

/// A feature's outcome where nobody is there to be told of a refusal.
fn done<T>(outcome: FeatureResult<T>) -> anyhow::Result<T> {
    outcome.map_err(|error| match error {
        Error::Refused(refusal) => anyhow!(Problem::from(&refusal).detail),
        Error::Failed(error) => error,
    })
}
