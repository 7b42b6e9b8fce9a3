//! What the server says when it is asked anew, past everything that disturbs.

use super::{
    device::{Stage, asking, loading},
    history::{Fresh, Place},
};
use crate::person::{Person, Site};
use anyhow::anyhow;
use futures_util::{StreamExt, TryStreamExt, stream};
use model::{
    File, FileId, Inbox, Member, Message, ThreadId,
    page::{MemberPage, MessagePage},
};
use serde::de::DeserializeOwned;
use std::{collections::BTreeMap, time::Duration};
use tokio::time::timeout;

/// How many questions are asked at a time.
const AT_ONCE: usize = 8;
/// How long an answer is waited for: a crowd may be asking, too.
const PATIENCE: Duration = Duration::from_secs(60);

/// Loads everybody's inbox, and each thread by one of its members.
pub async fn load(site: &Site, stage: &Stage) -> anyhow::Result<Fresh> {
    let inboxes = stream::iter(&stage.people).map(async |person| {
        let mut pages = loading::inbox(person, site).await.into_iter();
        let mut inbox = Inbox::new(person.user.clone(), pages.next().unwrap_or_default());
        pages.for_each(|page| inbox.extend(page));
        (person.user.user_id, inbox)
    });
    let inboxes: BTreeMap<_, _> = inboxes.buffer_unordered(AT_ONCE).collect().await;
    let threads = stream::iter(&stage.thread_ids).map(async |thread_id| {
        let is_in = |person: &&Person| inboxes[&person.user.user_id].thread(*thread_id).is_some();
        let reader = stage.people.iter().find(is_in).ok_or_else(|| anyhow!("nobody is in {thread_id}"))?;
        let (log, members) = (log(site, reader, *thread_id).await?, members(site, reader, *thread_id).await?);
        let files = files(site, reader, &log).await;
        anyhow::Ok((*thread_id, log, members, files))
    });
    let threads: Vec<_> = threads.buffer_unordered(AT_ONCE).try_collect().await?;
    let mut fresh = Fresh { inboxes, ..Fresh::default() };
    for (thread_id, log, members, files) in threads {
        fresh.files.extend(files);
        fresh.logs.insert(thread_id, log);
        fresh.members.insert(thread_id, members);
    }
    Ok(fresh)
}

async fn log(site: &Site, reader: &Person, thread_id: ThreadId) -> anyhow::Result<Vec<Message>> {
    let (mut log, mut after) = (Vec::new(), 0);
    loop {
        let page: MessagePage =
            get(site, reader, &format!("threads/{thread_id}/messages?after={after}")).await?;
        after = page.messages.last().map_or(after, |message: &Message| message.created_at.0);
        log.extend(page.messages);
        if !page.has_newer {
            return Ok(log);
        }
    }
}

/// Each thread once more, by another of its members if there is one, from the newest page back to the first.
pub async fn pages(site: &Site, stage: &Stage, fresh: &mut Fresh) -> anyhow::Result<()> {
    for (thread_id, members) in &fresh.members {
        let is_in =
            |person: &&Person| members.iter().any(|member| member.user.user_id == person.user.user_id);
        let reader =
            stage.people.iter().rev().find(is_in).ok_or_else(|| anyhow!("nobody is in {thread_id}"))?;
        let mut pages = Vec::new();
        let mut before = String::new();
        loop {
            let path = format!("threads/{thread_id}/messages{before}");
            let page: MessagePage = get(site, reader, &path).await?;
            let first = page.messages.first().map(|message| message.created_at.0);
            pages.push(page.messages);
            match first {
                Some(first) if page.has_older => before = format!("?before={first}"),
                _ => break,
            }
        }
        let messages = pages.iter().rev().flatten();
        let places = messages.map(|message| (message.message_id, Place::of(message))).collect();
        fresh.pages.insert(*thread_id, places);
    }
    Ok(())
}

/// The files of messages, as far as they come down, and as which ones they had gone up.
async fn files(site: &Site, reader: &Person, log: &[Message]) -> BTreeMap<FileId, Option<FileId>> {
    let mut found = BTreeMap::new();
    for message in log {
        for File { file_id, .. } in &message.files {
            if let Ok(content) = reader.download(site, message.thread_id, *file_id).await {
                found.insert(*file_id, asking::file_of(&content));
            }
        }
    }
    found
}

async fn members(site: &Site, reader: &Person, thread_id: ThreadId) -> anyhow::Result<Vec<Member>> {
    let page: MemberPage = get(site, reader, &format!("threads/{thread_id}/members")).await?;
    Ok(page.members)
}

async fn get<T: DeserializeOwned>(site: &Site, reader: &Person, path: &str) -> anyhow::Result<T> {
    let answer = timeout(PATIENCE, loading::until_definite(reader, site, path)).await;
    let answer = answer.map_err(|_| anyhow!("{path}: no answer, though all is well again"))?;
    answer.ok_or_else(|| anyhow!("{path}: refused to a member"))
}
