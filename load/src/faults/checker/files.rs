//! Files: what went up with a message is there with it, and comes down as it went up.

use super::{Kind, Sends, Violation};
use crate::faults::history::Fresh;
use model::{FileId, MessageId, ThreadId, wire::Command};

/// What is missing, or holds something else. What was forwarded has what the message had that it was made of.
pub fn check(sends: &Sends, fresh: &Fresh) -> Vec<Violation> {
    let mut found = Vec::new();
    for message in fresh.logs.values().flatten() {
        let Some(wanted) = went_up(sends, message.thread_id, message.message_id) else { continue };
        // What is deleted has none.
        let wanted = if message.is_deleted { &[][..] } else { wanted };
        if message.files.len() != wanted.len() {
            let detail = format!("number {} has the files {:?}, of {wanted:?}", message.seq, message.files);
            found.push(Violation::new(Kind::Lost, message.thread_id, detail));
        }
        for (file, wanted) in message.files.iter().zip(wanted) {
            let what = match fresh.files.get(&file.file_id) {
                Some(Some(file_id)) if file_id == wanted => continue,
                Some(_) => "holds something else",
                None => "is not there",
            };
            let detail = format!("the file {wanted} of number {} {what}", message.seq);
            found.push(Violation::new(Kind::Lost, message.thread_id, detail));
        }
    }
    found
}

/// The files that went up with a message, or with the one that it was made of.
fn went_up<'a>(sends: &Sends<'a>, thread_id: ThreadId, message_id: MessageId) -> Option<&'a [FileId]> {
    match &sends.get(&(thread_id, message_id))?.first()?.command {
        Command::SendMessage { file_ids, .. } => Some(file_ids),
        Command::ForwardMessage { from_thread_id, from_message_id, .. } => {
            went_up(sends, *from_thread_id, *from_message_id)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Kind,
        forged::{World, finds},
    };
    use crate::faults::history::{Fate, Place};
    use model::{File, FileId, FileKind, wire::Command};

    /// Alice sends a file with her first message.
    fn attach(world: &mut World, is_listed: bool, comes_down: Option<bool>) {
        let file_id = FileId::generate();
        let Command::SendMessage { file_ids, message_id, .. } = &mut world.diaries[0].asked[0].command else {
            panic!("the first thing that Alice does is to send a message")
        };
        file_ids.push(file_id);
        let message_id = *message_id;
        if is_listed {
            let kind = FileKind::Other;
            let file =
                File { file_id, name: "a".into(), media_type: "text/plain".into(), size_bytes: 1, kind };
            let message = world.log().iter_mut().find(|message| message.message_id == message_id);
            message.unwrap().files.push(file);
        }
        world.fresh.files.extend(comes_down.map(|is_whole| (file_id, is_whole.then_some(file_id))));
        world.show();
    }

    #[test]
    fn a_file_that_is_not_there_or_not_whole_is_lost() {
        finds(|world| attach(world, true, Some(true)), &[]);
        finds(|world| attach(world, true, Some(false)), &[Kind::Lost]);
        finds(|world| attach(world, true, None), &[Kind::Lost]);
        finds(|world| attach(world, false, Some(true)), &[Kind::Lost]);
    }

    #[test]
    fn a_forwarded_file_that_is_not_the_one_that_went_up_is_lost() {
        let forwards = |comes_down: fn(FileId) -> Option<FileId>| {
            move |world: &mut World| {
                attach(world, true, Some(true));
                let (thread_id, source) = (world.thread_id, world.log()[1].clone());
                let copy = FileId::generate();
                let mut message = world.message(7);
                message.sender_id = world.users[0].user_id;
                message.body.clone_from(&source.body);
                message.files = vec![File { file_id: copy, ..source.files[0].clone() }];
                let forward = Command::ForwardMessage {
                    message_id: message.message_id,
                    thread_id,
                    from_thread_id: thread_id,
                    from_message_id: source.message_id,
                };
                world.ask(0, forward, 200, Fate::Acknowledged(Some(Place::of(&message))));
                world.fresh.files.insert(copy, comes_down(source.files[0].file_id));
                world.log().push(message);
                world.show();
            }
        };
        finds(forwards(Some), &[]);
        finds(forwards(|_| Some(FileId::generate())), &[Kind::Lost]);
        finds(forwards(|_| None), &[Kind::Lost]);
    }
}
