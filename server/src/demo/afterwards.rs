//! What becomes of the demo's messages: some are answered, some get reactions, and in some lively groups one is pinned.

use super::{done, members, past::Line, threads::Plot};
use crate::{pins, reactions, state::AppState};
use model::{Message, User};
use rand::{
    Rng, SeedableRng,
    rngs::StdRng,
    seq::{IndexedRandom, SliceRandom},
};

const EMOJI: [&str; 8] = ["👍", "❤️", "😂", "🎉", "🙏", "👏", "👍", "❤️"];
/// How many of a thread's last messages people still react to.
const RECENT: usize = 40;
/// One in so many messages answers an earlier one by name, and one in so many gets reactions.
const ANSWERS: u32 = 16;
const REACTS: u32 = 8;
/// One in so many lively groups has something pinned.
const PINS: u32 = 4;
const HOUR_US: i64 = 3_600_000_000;

/// Which earlier line each line answers, if any: one of somebody else's, of the same thread and hour, and not the last.
pub fn answers(past: &[Line]) -> Vec<Option<usize>> {
    let mut random = StdRng::seed_from_u64(past.len() as u64);
    let mut of_thread: Vec<Vec<usize>> = Vec::new();
    let mut answers = Vec::with_capacity(past.len());
    for (index, line) in past.iter().enumerate() {
        of_thread.resize(of_thread.len().max(line.thread + 1), Vec::new());
        let before = &mut of_thread[line.thread];
        let fits = |earlier: &&usize| {
            let earlier = &past[**earlier];
            earlier.sender != line.sender && line.at.0 - earlier.at.0 < HOUR_US
        };
        let candidates: Vec<_> = before.iter().rev().skip(1).take(5).filter(fits).copied().collect();
        let is_answer = random.random_ratio(1, ANSWERS);
        answers.push(candidates.choose(&mut random).copied().filter(|_| is_answer));
        before.push(index);
    }
    answers
}

/// Reactions to a thread's last messages, and a pin.
pub async fn happen(
    state: &AppState,
    plot: &Plot,
    people: &[User],
    messages: &[Message],
) -> anyhow::Result<()> {
    let mut random = StdRng::seed_from_u64(messages.len() as u64);
    let mut members = members(plot, people)?;
    let maker = members[0].user_id;
    let recent = &messages[messages.len().saturating_sub(RECENT)..];
    for message in recent {
        if !random.random_ratio(1, REACTS) {
            continue;
        }
        members.shuffle(&mut random);
        let others = members.iter().filter(|member| member.user_id != message.sender_id);
        let count = random.random_range(1..=4);
        for member in others.take(count) {
            let emoji = EMOJI.choose(&mut random).copied().unwrap_or(EMOJI[0]);
            let place = (message.thread_id, message.message_id);
            done(reactions::react(state, member.user_id, place, emoji, true).await)?;
        }
    }
    let longest = recent.iter().max_by_key(|message| message.body.chars().count());
    let is_lively = !plot.title.is_empty() && recent.len() == RECENT;
    if let Some(longest) = longest.filter(|_| is_lively && random.random_ratio(1, PINS)) {
        done(pins::set(state, maker, longest.thread_id, longest.message_id, true).await)?;
    }
    Ok(())
}
