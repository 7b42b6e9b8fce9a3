//! Files: what went up with a message is there with it, and comes down as it went up.

use super::{Kind, Sends, Violation};
use crate::faults::history::Fresh;
use model::wire::Command;

/// What is missing, or holds something else.
pub fn check(sends: &Sends, fresh: &Fresh) -> Vec<Violation> {
    let mut found = Vec::new();
    for message in fresh.logs.values().flatten() {
        let Some(asked) =
            sends.get(&(message.thread_id, message.message_id)).and_then(|copies| copies.first())
        else {
            continue;
        };
        let Command::SendMessage { file_ids, .. } = &asked.command else { continue };
        // What is deleted has none.
        let wanted = if message.is_deleted { &[][..] } else { file_ids };
        if !message.files.iter().map(|file| &file.file_id).eq(wanted) {
            let detail = format!("number {} has the files {:?}, of {wanted:?}", message.seq, message.files);
            found.push(Violation::new(Kind::Lost, message.thread_id, detail));
        }
        for file_id in wanted.iter().filter(|file_id| fresh.files.get(file_id) != Some(&true)) {
            let what =
                if fresh.files.contains_key(file_id) { "holds something else" } else { "is not there" };
            let detail = format!("the file {file_id} of number {} {what}", message.seq);
            found.push(Violation::new(Kind::Lost, message.thread_id, detail));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{
        Kind,
        forged::{World, finds},
    };
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
        world.fresh.files.extend(comes_down.map(|is_whole| (file_id, is_whole)));
        world.show();
    }

    #[test]
    fn a_file_that_is_not_there_or_not_whole_is_lost() {
        finds(|world| attach(world, true, Some(true)), &[]);
        finds(|world| attach(world, true, Some(false)), &[Kind::Lost]);
        finds(|world| attach(world, true, None), &[Kind::Lost]);
        finds(|world| attach(world, false, Some(true)), &[Kind::Lost]);
    }
}
