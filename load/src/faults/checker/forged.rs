//! Histories that never happened: one in which all is well, and for each kind of violation one in which a single thing is not.

use super::{Kind, check};
use crate::faults::{
    history::{Asked, Deed, Device, Diary, Fate, Fresh, Heard, Moment, Place},
    view::{Loaded, View},
};
use model::{
    Avatar, Inbox, Member, Message, MessageId, Pins, Role, Thread, ThreadId, ThreadKind, Timestamp, User,
    UserId,
    page::{ChangePage, MemberPage, MessagePage, ThreadPage},
    thread::LastMessage,
    wire::Command,
};

/// Alice and Bob, who write in turn in a group of theirs; every message takes 10 µs, and then there is a pause of 10.
pub(super) struct World {
    pub(super) thread_id: ThreadId,
    pub(super) users: [User; 2],
    pub(super) diaries: Vec<Diary>,
    pub(super) fresh: Fresh,
    /// What stands on top of the thread.
    pub(super) pins: Option<Pins>,
}

impl World {
    pub(super) fn new() -> Self {
        let thread_id = ThreadId::generate();
        let users = ["alice", "bob"].map(|name| User::new(UserId::generate(), name.into(), name.into()));
        let members = users.iter().map(|user| Member { user: user.clone(), role: Role::Member }).collect();
        let mut fresh = Fresh::default();
        fresh.members.insert(thread_id, members);
        let mut world = Self { thread_id, diaries: Vec::new(), fresh, users, pins: None };
        let log = (1..=6).map(|seq| world.message(seq)).collect();
        world.fresh.logs.insert(thread_id, log);
        world.finish();
        world
    }

    pub(super) fn message(&self, seq: u64) -> Message {
        let sender_id = self.users[seq as usize % 2].user_id;
        let created_at = Timestamp(seq.cast_signed() * 1_000);
        Message::sent(
            MessageId::generate(),
            self.thread_id,
            seq,
            created_at,
            sender_id,
            format!("words {seq}"),
        )
    }

    pub(super) fn log(&mut self) -> &mut Vec<Message> {
        self.fresh.logs.get_mut(&self.thread_id).unwrap()
    }

    /// Lets everybody have done, heard and shown what the log says.
    fn finish(&mut self) {
        let log = self.log().clone();
        self.diaries.clear();
        for number in 0..2 {
            let user = self.users[number].clone();
            let device = Device { user_id: user.user_id, number: 0 };
            let asked = log.iter().filter(|message| message.sender_id == user.user_id).map(|message| {
                asked(device, send(message), message.seq * 20, Fate::Acknowledged(Some(Place::of(message))))
            });
            let heard = log.iter().map(|message| Heard {
                at: message.seq * 20 + 9,
                thread_id: self.thread_id,
                deed: Deed::Sent(message.message_id),
                place: Some(Place::of(message)),
            });
            let (asked, heard) = (asked.collect(), heard.collect());
            self.diaries.push(Diary {
                device,
                pending: Vec::new(),
                asked,
                heard,
                view: View::new(user),
                connections: 1,
                resyncs: 0,
            });
        }
        self.show();
    }

    /// Lets everybody show what the server says.
    pub(super) fn show(&mut self) {
        let log = self.log().clone();
        let members = self.fresh.members[&self.thread_id].clone();
        let pages = log.iter().map(|message| (message.message_id, Place::of(message))).collect();
        self.fresh.pages.insert(self.thread_id, pages);
        for (diary, user) in self.diaries.iter_mut().zip(&self.users) {
            let count = log.iter().filter(|message| message.sender_id == user.user_id).count() as u64;
            let thread = Thread {
                thread_id: self.thread_id,
                kind: ThreadKind::Group {
                    title: "Two".into(),
                    avatar: Avatar::default(),
                    role: Role::Member,
                    member_count: 2,
                },
                last_seq: log.last().unwrap().seq,
                change: 0,
                active_at: log.last().unwrap().created_at,
                last_message: Some(LastMessage::of(log.last().unwrap(), self.users[0].clone())),
                pins: self.pins.clone(),
                read_seq: 0,
                read_at: None,
                own_count: count,
                own_read_count: 0,
                mention_count: 0,
                mention_read_count: 0,
                seen_seq: None,
                about: String::new(),
                request_count: 0,
                options: model::Options::default(),
            };
            let page = ThreadPage { threads: vec![thread], ..ThreadPage::default() };
            self.fresh.inboxes.insert(user.user_id, Inbox::new(user.clone(), page.clone()));
            let mut view = View::new(user.clone());
            let mut wants = view.resync();
            while let Some(want) = wants.pop() {
                use crate::faults::view::Want;
                let loaded = match want {
                    Want::Inbox => Loaded::Inbox(vec![page.clone()]),
                    Want::Messages(key, _) => {
                        let page = MessagePage { messages: log.clone(), ..MessagePage::default() };
                        Loaded::Messages(key, page)
                    }
                    Want::Changes(key, _) => Loaded::Changes(key, ChangePage::default()),
                    Want::Members(key) => {
                        let page = MemberPage { members: members.clone(), ..MemberPage::default() };
                        Loaded::Members(key, page)
                    }
                    Want::Pause(_) | Want::Thread(_) => continue,
                };
                wants.extend(view.load(loaded));
            }
            diary.view = view;
        }
    }

    /// Somebody asks for something.
    pub(super) fn ask(&mut self, number: usize, command: Command, began: Moment, fate: Fate) {
        let diary = &mut self.diaries[number];
        diary.asked.push(asked(diary.device, command, began, fate));
    }
}

fn asked(device: Device, command: Command, began: Moment, fate: Fate) -> Asked {
    Asked { device, command, began, ended: began + 10, fate, was_in_doubt: false, was_put_off: false }
}

pub(super) fn send(message: &Message) -> Command {
    Command::SendMessage {
        message_id: message.message_id,
        thread_id: message.thread_id,
        body: message.body.clone(),
        file_ids: Vec::new(),
        reply_to: None,
    }
}

/// Forges a history, and compares what is found with what should be.
#[track_caller]
pub(super) fn finds(forge: impl FnOnce(&mut World), expected: &[Kind]) {
    let mut world = World::new();
    forge(&mut world);
    let mut found: Vec<_> =
        check(&world.diaries, &world.fresh).into_iter().map(|violation| violation.kind).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, expected);
}

#[test]
fn a_history_in_which_all_is_well_has_no_violation() {
    finds(|_| {}, &[]);
}

#[test]
fn an_acknowledged_message_that_is_gone_is_lost() {
    let forge = |world: &mut World| {
        let message = world.message(7);
        world.ask(0, send(&message), 200, Fate::Acknowledged(Some(Place::of(&message))));
    };
    finds(forge, &[Kind::Lost]);
}

#[test]
fn a_message_that_nobody_knows_of_may_be_there_or_not() {
    let forge = |world: &mut World| {
        let message = world.message(7);
        world.ask(0, send(&message), 200, Fate::Unknown);
        world.diaries[1].asked[0].fate = Fate::Unknown;
    };
    finds(forge, &[]);
}

#[test]
fn a_message_that_is_there_twice_is_doubled() {
    let forge = |world: &mut World| {
        let double = Message { seq: 7, created_at: Timestamp(7_000), ..world.log()[3].clone() };
        world.log().push(double);
        world.show();
    };
    // It is also not where it was acknowledged.
    finds(forge, &[Kind::Doubled, Kind::Reordered]);
}

#[test]
fn a_missing_number_is_a_gap() {
    let forge = |world: &mut World| {
        world.log().iter_mut().skip(3).for_each(|message| message.seq += 1);
        world.finish();
    };
    // What is unread is counted by the numbers, and is wrong, too.
    finds(forge, &[Kind::Gap, Kind::Diverged]);
}

#[test]
fn two_messages_that_changed_places_are_reordered() {
    let forge = |world: &mut World| {
        let log = world.log();
        let (one, other) = (log[1].clone(), log[3].clone());
        log[1] = Message { seq: one.seq, created_at: one.created_at, ..other.clone() };
        log[3] = Message { seq: other.seq, created_at: other.created_at, ..one };
        world.show();
    };
    finds(forge, &[Kind::Reordered]);
}

#[test]
fn a_message_before_one_that_was_acknowledged_before_it_was_sent_is_reordered() {
    let forge = |world: &mut World| {
        // The second message was sent when the third was acknowledged already.
        let asked = &mut world.diaries[0].asked[0];
        (asked.began, asked.ended) = (75, 79);
    };
    finds(forge, &[Kind::Reordered]);
}

#[test]
fn messages_of_one_device_that_changed_places_are_reordered_unless_one_was_put_off() {
    fn swap(world: &mut World) {
        // Both were under way at the same time, so that only their order of sending tells.
        for asked in &mut world.diaries[0].asked {
            (asked.began, asked.ended) = (1, 300);
        }
        world.diaries[0].asked.swap(0, 1);
    }
    finds(swap, &[Kind::Reordered]);
    let put_off = |world: &mut World| {
        swap(world);
        world.diaries[0].asked[0].was_put_off = true;
    };
    finds(put_off, &[]);
}

#[test]
fn a_refused_message_that_is_there_is_noticed_unless_a_copy_was_in_doubt() {
    let refused = || Fate::Refused("No.".into());
    finds(
        |world| world.diaries[0].asked[0].fate = refused(),
        &[Kind::RefusedButStored, Kind::RefusedWrongly],
    );
    let in_doubt = |world: &mut World| {
        let device = world.diaries[0].device;
        let removal = Command::RemoveMember { thread_id: world.thread_id, user_id: device.user_id };
        world.ask(1, removal, 500, Fate::Refused("Not an admin.".into()));
        let asked = &mut world.diaries[0].asked[0];
        (asked.fate, asked.was_in_doubt) = (refused(), true);
    };
    finds(in_doubt, &[]);
}

#[test]
fn a_message_that_nobody_sent_is_forged_and_so_are_other_words() {
    let forge = |world: &mut World| {
        let message = world.message(7);
        world.log().push(message);
        world.show();
    };
    finds(forge, &[Kind::Forged, Kind::Diverged]);
    let forge = |world: &mut World| {
        world.log()[2].body = "something else".into();
        world.show();
    };
    finds(forge, &[Kind::Forged]);
}

/// Bob leaves at 130, and Alice says something at 160, which Bob hears of.
fn overhears(world: &mut World) {
    let (thread_id, bob) = (world.thread_id, world.diaries[1].device);
    world.ask(1, Command::RemoveMember { thread_id, user_id: bob.user_id }, 130, Fate::Acknowledged(None));
    let message = Message { sender_id: world.users[0].user_id, ..world.message(7) };
    world.ask(0, send(&message), 160, Fate::Acknowledged(Some(Place::of(&message))));
    let (deed, place) = (Deed::Sent(message.message_id), Some(Place::of(&message)));
    world.diaries[1].heard.push(Heard { at: 165, thread_id, deed, place });
    world.log().push(message);
    world.show();
}

#[test]
fn a_former_member_who_hears_of_a_later_message_is_noticed() {
    // He is also in it again, by what the server says.
    finds(overhears, &[Kind::SeenAfterLeaving, Kind::Undone]);
}

#[test]
fn a_former_member_who_is_let_in_again_may_hear_of_later_messages() {
    let forge = |world: &mut World| {
        overhears(world);
        let (thread_id, user_ids) = (world.thread_id, vec![world.users[1].user_id]);
        world.ask(0, Command::AddMembers { thread_id, user_ids }, 150, Fate::Acknowledged(None));
    };
    finds(forge, &[]);
}

fn edit(world: &mut World, body: &str) -> Command {
    let message_id = world.log()[1].message_id;
    Command::EditMessage { thread_id: world.thread_id, message_id, body: body.into() }
}

#[test]
fn an_edit_or_a_deletion_that_is_not_in_force_is_undone() {
    let forge = |world: &mut World| {
        let edit = edit(world, "better words");
        world.ask(0, edit, 200, Fate::Acknowledged(None));
    };
    finds(forge, &[Kind::Undone]);
    let forge = |world: &mut World| {
        let (thread_id, message_id) = (world.thread_id, world.log()[1].message_id);
        world.ask(0, Command::DeleteMessage { thread_id, message_id }, 200, Fate::Acknowledged(None));
    };
    finds(forge, &[Kind::Undone]);
}

#[test]
fn of_two_edits_the_later_one_is_in_force_unless_a_copy_of_the_earlier_was_under_way() {
    fn edit_twice(world: &mut World, stands: &str) {
        for (body, began) in [("better words", 200), ("the best words", 220)] {
            let edit = edit(world, body);
            world.ask(0, edit, began, Fate::Acknowledged(None));
        }
        world.log()[1].body = stands.into();
        world.show();
    }
    finds(|world| edit_twice(world, "the best words"), &[]);
    finds(|world| edit_twice(world, "better words"), &[Kind::Undone]);
    let in_doubt = |world: &mut World| {
        edit_twice(world, "better words");
        let count = world.diaries[0].asked.len();
        world.diaries[0].asked[count - 2].was_in_doubt = true;
    };
    finds(in_doubt, &[]);
}

#[test]
fn a_read_position_that_moved_back_is_undone() {
    let forge = |world: &mut World| {
        let created_at = world.log()[4].created_at;
        let command = Command::MarkRead { thread_id: world.thread_id, created_at };
        world.ask(0, command, 200, Fate::Acknowledged(None));
    };
    finds(forge, &[Kind::Undone]);
}

#[test]
fn a_device_that_shows_something_else_has_diverged() {
    // Its window ends before the last message.
    let forge = |world: &mut World| {
        let shown = World::new();
        world.diaries[0].view = View::new(shown.users[0].clone());
    };
    finds(forge, &[Kind::Diverged]);
    let forge = |world: &mut World| {
        let last = world.log().len() - 1;
        world.log()[last].html = Some("<b>words</b>".into());
    };
    finds(forge, &[Kind::Diverged]);
    let forge = |world: &mut World| {
        world.fresh.members.get_mut(&world.thread_id).unwrap()[0].role = Role::Admin;
    };
    finds(forge, &[Kind::Diverged]);
}

#[test]
fn what_is_never_answered_is_stuck() {
    finds(|world| world.diaries[1].pending.push("no answer came".into()), &[Kind::Stuck]);
}
