//! What a device asks for, and what it makes of the answers: asked again until something definite came of it, as the app does.

use super::{ANSWER_TIMEOUT, Actor, Pending};
use crate::{
    faults::{
        history::{Asked, Fate, Place},
        plan::Act,
    },
    person::Failure,
};
use model::{
    Avatar, FileId, Message, MessageId, ThreadId, Timeline,
    wire::{Answer, Command, Event},
};
use std::{sync::atomic::Ordering, time::Duration};
use tokio::time::Instant;

/// What people put under messages.
const EMOJI: [&str; 2] = ["👍", "🎉"];
/// How long to wait before asking again where the server names no time.
const PAUSE: Duration = Duration::from_millis(200);

impl Actor {
    /// Begins what comes next, as far as it need not wait for what is under way: messages go out several at a time, all else alone.
    pub(super) fn begin_acts(&mut self) {
        while let Some((act, message_id)) = self.part.acts.front().copied() {
            let is_message =
                |pending: &Pending| matches!(self.asked[pending.place].command, Command::SendMessage { .. });
            let has_room = match act {
                Act::Send(_) => self.pending.len() < self.part.window && self.pending.iter().all(is_message),
                _ => self.pending.is_empty(),
            };
            if !has_room {
                return;
            }
            self.part.acts.pop_front();
            if let Some(command) = self.command(act, message_id) {
                let (began, now) = (self.now(), Instant::now());
                let asked = Asked {
                    device: self.device,
                    command,
                    began,
                    ended: began,
                    fate: Fate::Unknown,
                    was_in_doubt: false,
                    was_put_off: false,
                };
                self.asked.push(asked);
                let place = self.asked.len() - 1;
                let file = match act {
                    Act::Attach(thread) => Some((self.stage.thread_ids[thread], FileId(message_id.0))),
                    _ => None,
                };
                self.pending.push_back(Pending {
                    place,
                    file,
                    under_way: None,
                    sent_at: now,
                    not_before: now,
                    put_off_by: None,
                });
            }
        }
        if self.pending.is_empty() && !std::mem::replace(&mut self.has_ended_part, true) {
            self.stage.progress.busy.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// What an act comes to, if there is anything to it.
    fn command(&self, act: Act, message_id: MessageId) -> Option<Command> {
        let thread = |thread: usize| self.stage.thread_ids[thread];
        let user_id = |person: usize| self.stage.people[person].user.user_id;
        Some(match act {
            Act::Send(number) => send_message(thread(number), message_id, Vec::new()),
            Act::Attach(number) => send_message(thread(number), message_id, vec![FileId(message_id.0)]),
            Act::Edit(number) => {
                let (thread_id, edited_id) = self.last_said(thread(number))?;
                let body = format!("It was meant to be {message_id}.");
                Command::EditMessage { thread_id, message_id: edited_id, body }
            }
            Act::Delete(number) => {
                let (thread_id, message_id) = self.last_said(thread(number))?;
                Command::DeleteMessage { thread_id, message_id }
            }
            Act::React(number) => {
                let (thread_id, chance) = (thread(number), chance(message_id));
                let message = self.one_of_the_newest(thread_id, chance)?;
                let emoji = EMOJI[chance / 4 % EMOJI.len()];
                let is_on = !message.reactions.iter().any(|known| known.emoji == emoji && known.is_mine);
                let message_id = message.message_id;
                Command::React { thread_id, message_id, emoji: emoji.into(), is_on }
            }
            Act::Pin(number) => {
                let thread_id = thread(number);
                let message = self.one_of_the_newest(thread_id, chance(message_id))?;
                let (message_id, is_pinned) = (message.message_id, !message.is_pinned);
                Command::PinMessage { thread_id, message_id, is_pinned }
            }
            Act::Forward(from, to) => {
                let (from_thread_id, thread_id) = (thread(from), thread(to));
                let newest = self.one_of_the_newest(from_thread_id, chance(message_id));
                // Whoever is in it no more still knows what they said there.
                let from_message_id = match newest {
                    Some(message) if message.forward.is_some() => return None,
                    Some(message) => message.message_id,
                    None => self.last_said(from_thread_id)?.1,
                };
                Command::ForwardMessage { message_id, thread_id, from_thread_id, from_message_id }
            }
            Act::Read(number) => {
                let window = self.view.windows.get(&thread(number))?;
                let created_at = window.timeline.as_ref().and_then(Timeline::newest_at)?;
                Command::MarkRead { thread_id: thread(number), created_at }
            }
            Act::Rename(number) => {
                let title = format!("Group {message_id}");
                Command::UpdateGroup { thread_id: thread(number), title, avatar: Avatar::default() }
            }
            Act::Remove(number, person) => {
                Command::RemoveMember { thread_id: thread(number), user_id: user_id(person) }
            }
            Act::Add(number, person) => {
                Command::AddMembers { thread_id: thread(number), user_ids: vec![user_id(person)] }
            }
        })
    }

    /// One of the last messages that are shown in a thread.
    fn one_of_the_newest(&self, thread_id: ThreadId, chance: usize) -> Option<&Message> {
        let newest = self.view.windows.get(&thread_id)?.timeline.as_ref()?.messages().iter().rev();
        newest.filter(|message| !message.is_deleted).nth(chance % 4)
    }

    fn last_said(&self, thread_id: ThreadId) -> Option<(ThreadId, MessageId)> {
        self.said.iter().rev().find(|(said_in, _)| *said_in == thread_id).copied()
    }

    /// Takes in what came of what left under this number.
    pub(super) fn answer(&mut self, id: u64, outcome: Result<Answer, Failure>) {
        let Some(position) = self.pending.iter().position(|pending| pending.under_way == Some(id)) else {
            return;
        };
        let pending = &mut self.pending[position];
        let asked = &mut self.asked[pending.place];
        // The message goes out once its file is there, and what comes of that says nothing of the message.
        let was_upload = pending.file.is_some();
        let fate = match outcome {
            Ok(Answer::Done) if was_upload => {
                (pending.file, pending.under_way) = (None, None);
                return;
            }
            Ok(Answer::Sent { message }) => {
                let place = Place::of(&message);
                self.stage.progress.acknowledged.fetch_add(1, Ordering::Relaxed);
                if message.forward.is_none() {
                    self.said.push((message.thread_id, message.message_id));
                }
                // The event comes too; whichever is first brings the message into the window.
                let sender = self.person.user.clone();
                let wants = self.view.apply(&Event::MessageSent { message, sender });
                self.want(wants);
                Fate::Acknowledged(Some(place))
            }
            Ok(Answer::Done | Answer::Opened { .. }) => Fate::Acknowledged(None),
            Err(Failure::Refused(problem)) if problem.is_passing() => {
                let pause = problem.retry_after_s.map_or(PAUSE, |s| Duration::from_secs(s.into()));
                asked.was_put_off = true;
                // It may be found when asked again.
                asked.was_in_doubt |= problem.status >= 500 && !was_upload;
                pending.not_before = Instant::now() + pause;
                pending.under_way = None;
                pending.put_off_by = Some(problem.detail);
                return;
            }
            Err(Failure::Refused(problem)) => Fate::Refused(problem.detail),
            Err(Failure::Lost) => {
                asked.was_in_doubt |= !was_upload;
                pending.not_before = Instant::now() + PAUSE;
                pending.under_way = None;
                return;
            }
        };
        let ended = self.now();
        if let Some(Pending { place, .. }) = self.pending.remove(position) {
            let asked = &mut self.asked[place];
            (asked.fate, asked.ended) = (fate, ended);
        }
    }

    /// The socket is gone: nobody knows what came of what was under way in it.
    pub(super) fn lose(&mut self) {
        if self.part.is_by_http {
            return;
        }
        for pending in &mut self.pending {
            // An upload goes on, and is begun once more beside it, as where a page was loaded anew.
            self.asked[pending.place].was_in_doubt |=
                pending.under_way.take().is_some() && pending.file.is_none();
        }
    }

    /// Whether an answer has not come for so long that the socket must be dead.
    pub(super) fn is_overdue(&self) -> bool {
        let is_overdue =
            |pending: &Pending| pending.under_way.is_some() && pending.sent_at.elapsed() > ANSWER_TIMEOUT;
        !self.part.is_by_http && self.pending.iter().any(is_overdue)
    }
}

/// A number that an act keeps: the last byte of an id is as good as random.
fn chance(message_id: MessageId) -> usize {
    usize::from(message_id.0.as_bytes()[15])
}

/// What a file holds: no two hold the same, and it takes more than one piece to send.
pub fn content(file_id: FileId) -> Vec<u8> {
    file_id.to_string().repeat(2_000).into_bytes()
}

/// Which file it is that holds this, if it is all of it.
pub fn file_of(content: &[u8]) -> Option<FileId> {
    let file_id: FileId = str::from_utf8(content.get(..36)?).ok()?.parse().ok()?;
    (self::content(file_id) == content).then_some(file_id)
}

fn send_message(thread_id: ThreadId, message_id: MessageId, file_ids: Vec<FileId>) -> Command {
    Command::SendMessage { message_id, thread_id, body: words(message_id), file_ids, reply_to: None }
}

/// What a message says: no two say the same, and some have marks.
fn words(message_id: MessageId) -> String {
    if message_id.0.as_bytes()[15].is_multiple_of(8) {
        format!("This is **{message_id}**, and `nothing` else.")
    } else {
        format!("This is {message_id}, and nothing else.")
    }
}
