//! Files of a secret chat: from one page to the other, in pieces, no faster than they leave and no faster than they are taken. What has come goes to a
//! file that its person chose, if it is large and the browser has that; else it is given to the browser as blobs, which it may keep outside of the
//! page's memory, and which are gone with the page.

use super::{
    chat::Chat,
    disk::{self, Choice, Disk},
    frame::{Frame, Place},
    link, send,
    state::{Entry, Progress, Transfer, is_picture},
};
use crate::browser;
use js_sys::{Array, Uint8Array};
use model::secret::SecretMessageId;
use std::cell::RefCell;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, Url};

/// A piece, in bytes. Every browser takes messages of 64 KiB (RFC 8831, section 6.6).
const PIECE: f64 = 60.0 * 1024.0;
/// Before a piece is the number of its message.
const HEAD: u32 = 4;
/// No more than this waits in the browser.
const MOST_WAITING: u32 = 1024 * 1024;
/// So much of a file becomes one blob, which is written at once.
const BLOB: u64 = 4 * 1024 * 1024;
/// Or so many pieces, if they are small.
const MOST_PIECES: u32 = 1_000;
/// A file is sent no further ahead of what the other one has put away.
const MOST_AHEAD: u64 = 4 * BLOB;
/// Files up to here are fetched at once; larger ones wait until somebody wants them, and says where.
const FETCHED: u64 = 10 * 1024 * 1024;
/// So much is fetched without being asked for, in one chat.
const MOST_FETCHED: u64 = 100 * 1024 * 1024;

thread_local! {
    static HELD: RefCell<Held> = const { RefCell::new(Held { outgoing: Vec::new(), incoming: Vec::new(), urls: Vec::new(), taken_at_once: 0 }) };
}

struct Held {
    outgoing: Vec<Outgoing>,
    incoming: Vec<Incoming>,
    /// What the page shows, to be taken back.
    urls: Vec<String>,
    /// How many bytes were fetched without being asked for.
    taken_at_once: u64,
}

struct Outgoing {
    number: u32,
    file: File,
    size: u64,
    /// How many bytes the other one has put away.
    taken: u64,
    is_begun: bool,
    is_sent: bool,
}

struct Incoming {
    number: u32,
    /// Where it goes, if not into blobs.
    disk: Option<Disk>,
    blobs: Array,
    pieces: Array,
    /// How many bytes are in `pieces`.
    gathered: u64,
    received: u64,
}

/// Whether a file that is offered is fetched without being asked for.
pub fn is_taken_at_once(chat: &Chat, size: u64) -> bool {
    let taken: u64 = HELD.with_borrow(|held| held.taken_at_once) + size;
    let is_taken = chat.is_open() && size <= FETCHED && taken <= MOST_FETCHED;
    if is_taken {
        HELD.with_borrow_mut(|held| held.taken_at_once = taken);
    }
    is_taken
}

/// Lets go of what belongs to messages that vanished or were deleted.
pub fn let_go_of_gone(chat: &Chat) {
    let shows = |entry: &Entry, url: &str| matches!(&entry.file, Some(Transfer { progress: Progress::Done(at), .. }) if at == url);
    let gone: Vec<String> = chat.entries.peek(|entries| {
        let is_gone = |url: &mut String| !entries.iter().any(|entry| entry.peek(|entry| shows(entry, url)));
        HELD.with_borrow_mut(|held| held.urls.extract_if(.., is_gone).collect())
    });
    for url in gone {
        let _ = Url::revoke_object_url(&url);
    }
}

/// Offers files to the other one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a size is a whole number below 2^53"
)]
pub fn offer(chat: &Chat, files: Vec<File>) {
    for file in files {
        let size = file.size() as u64;
        let (number, frame) = chat.offer(file.name(), size, file.type_(), browser::now());
        let outgoing = Outgoing { number, file, size, taken: 0, is_begun: false, is_sent: false };
        HELD.with_borrow_mut(|held| held.outgoing.push(outgoing));
        send(&frame);
    }
}

/// The other one wants a file.
pub fn begin(chat: Chat, number: u32) {
    // Once is enough.
    let file = HELD.with_borrow_mut(|held| {
        let outgoing = held.outgoing(number).filter(|outgoing| !outgoing.is_begun)?;
        outgoing.is_begun = true;
        Some(outgoing.file.clone())
    });
    if let Some(file) = file {
        browser::spawn_local(async move {
            let is_whole = transfer(&chat, number, &file).await.is_some();
            if chat.is_over() {
                return;
            }
            send(&Frame::Stop { file: Place::of(id(true, number)), is_whole });
            if is_whole {
                HELD.with_borrow_mut(|held| {
                    if let Some(outgoing) = held.outgoing(number) {
                        outgoing.is_sent = true;
                    }
                });
                deliver(&chat, number);
            } else {
                stop(&chat, id(true, number));
                forget(number);
            }
        });
    }
}

/// A file goes out no more.
fn forget(number: u32) {
    HELD.with_borrow_mut(|held| held.outgoing.retain(|outgoing| outgoing.number != number));
}

/// A file that went out as a whole has arrived once the other one has put all of it away.
fn deliver(chat: &Chat, number: u32) {
    let is_there = |one: &mut Outgoing| one.number == number && one.is_sent && one.taken >= one.size;
    let arrived: Vec<_> = HELD.with_borrow_mut(|held| held.outgoing.extract_if(.., is_there).collect());
    for Outgoing { file, .. } in arrived {
        let url = if is_picture(&file.type_(), &file.name()) { keep(&file) } else { String::new() };
        advance(chat, id(true, number), Progress::Done(url));
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a size is a whole number below 2^53"
)]
async fn transfer(chat: &Chat, number: u32, file: &File) -> Option<()> {
    let (size, mut at) = (file.size(), 0.0);
    let step = (size / 100.0).max(PIECE);
    let mut told = 0.0;
    while at < size {
        loop {
            if is_stopped(chat, id(true, number)) {
                return None;
            }
            let taken = HELD.with_borrow_mut(|held| held.outgoing(number).map(|outgoing| outgoing.taken))?;
            if link::waiting()? <= MOST_WAITING && at as u64 <= taken + MOST_AHEAD {
                break;
            }
            browser::sleep(5).await;
        }
        let end = (at + PIECE).min(size);
        let piece = file.slice_with_f64_and_f64(at, end).ok()?;
        let piece = Uint8Array::new(&JsFuture::from(piece.array_buffer()).await.ok()?);
        let bytes = Uint8Array::new_with_length(HEAD + piece.length());
        bytes.set(&Uint8Array::from(&number.to_be_bytes()[..]), 0);
        bytes.set(&piece, HEAD);
        // Reading takes time, in which another chat may have begun.
        if is_stopped(chat, id(true, number)) || !link::send_bytes(&bytes) {
            return None;
        }
        at = end;
        if at - told >= step {
            told = at;
            advance(chat, id(true, number), Progress::Coming(at as u64));
        }
    }
    Some(())
}

/// The other one has put so many bytes of a file away.
pub fn taken(chat: &Chat, number: u32, bytes: u64) {
    HELD.with_borrow_mut(|held| {
        if let Some(outgoing) = held.outgoing(number) {
            outgoing.taken = bytes;
        }
    });
    deliver(chat, number);
}

/// One wants a file that was offered, and chooses where it goes if the browser can ask. To be called while a click is answered.
pub fn receive(chat: &Chat, number: u32) {
    let chat = chat.clone();
    let name = of(&chat, number, |file| file.name.clone());
    browser::spawn_local(async move {
        match disk::choose(&name.unwrap_or_default()).await {
            Choice::Chosen(disk) => fetch(&chat, number, Some(disk)),
            Choice::NotAsked => fetch(&chat, number, None),
            Choice::Declined => {}
        }
    });
}

/// One wants a file that was offered.
pub fn fetch(chat: &Chat, number: u32, disk: Option<Disk>) {
    // It may have been taken back while one chose a place.
    if !chat.is_open() || of(chat, number, |file| file.progress.clone()) != Some(Progress::Offered) {
        disk.into_iter().for_each(Disk::abort);
        return;
    }
    let (blobs, pieces) = (Array::new(), Array::new());
    let incoming = Incoming { number, disk, blobs, pieces, gathered: 0, received: 0 };
    HELD.with_borrow_mut(|held| held.incoming.push(incoming));
    advance(chat, id(false, number), Progress::Coming(0));
    send(&Frame::Fetch { number });
}

/// A piece has come.
pub fn take(chat: &Chat, bytes: &Uint8Array) {
    let mut head = [0; HEAD as usize];
    if bytes.length() <= HEAD || f64::from(bytes.length() - HEAD) > PIECE {
        return;
    }
    bytes.subarray(0, HEAD).copy_to(&mut head);
    let (number, piece) = (u32::from_be_bytes(head), bytes.slice(HEAD, bytes.length()));
    let size = size_of(chat, number);
    let received = HELD.with_borrow_mut(|held| {
        let incoming = held.incoming.iter_mut().find(|incoming| incoming.number == number)?;
        incoming.pieces.push(&piece);
        incoming.gathered += u64::from(piece.length());
        incoming.received += u64::from(piece.length());
        if incoming.gathered >= BLOB || incoming.pieces.length() >= MOST_PIECES {
            incoming.gather(chat);
        }
        Some(incoming.received)
    });
    match received {
        // More than was said is nothing that was asked for.
        Some(received) if received > size => give_up(chat, id(false, number)),
        Some(received) if received % (size / 100).max(1) < u64::from(piece.length()) => {
            advance(chat, id(false, number), Progress::Coming(received));
        }
        _ => {}
    }
}

/// No more of a file comes, or the other one does not want it any more.
pub fn end(chat: &Chat, id: SecretMessageId, is_whole: bool) {
    let incoming = HELD.with_borrow_mut(|held| if id.is_mine { None } else { held.let_go(id.number) });
    let Some(mut incoming) = incoming else {
        if id.is_mine {
            forget(id.number);
        }
        return stop(chat, id);
    };
    if !is_whole || incoming.received != size_of(chat, id.number) {
        incoming.discard();
        return stop(chat, id);
    }
    incoming.gather(chat);
    if let Some(disk) = incoming.disk {
        let chat = chat.clone();
        disk.close(move |is_there| {
            advance(&chat, id, if is_there { Progress::Done(String::new()) } else { Progress::Unsaved });
        });
        return;
    }
    let (kind, name) = of(chat, id.number, |file| (file.kind.clone(), file.name.clone())).unwrap_or_default();
    let options = BlobPropertyBag::new();
    options.set_type(if is_picture(&kind, &name) { &kind } else { "application/octet-stream" });
    if let Ok(blob) = Blob::new_with_blob_sequence_and_options(&incoming.blobs, &options) {
        advance(chat, id, Progress::Done(keep(&blob)));
    }
}

/// One does not want it any more, whichever way it goes.
pub fn give_up(chat: &Chat, id: SecretMessageId) {
    stop(chat, id);
    if id.is_mine {
        forget(id.number);
    } else {
        let incoming = HELD.with_borrow_mut(|held| held.let_go(id.number));
        incoming.into_iter().for_each(Incoming::discard);
    }
    send(&Frame::Stop { file: Place::of(id), is_whole: false });
}

/// Forgets all of it.
pub fn wipe() {
    let urls = HELD.with_borrow_mut(|held| {
        held.outgoing.clear();
        held.incoming.drain(..).for_each(Incoming::discard);
        held.taken_at_once = 0;
        std::mem::take(&mut held.urls)
    });
    for url in urls {
        let _ = Url::revoke_object_url(&url);
    }
}

impl Held {
    fn outgoing(&mut self, number: u32) -> Option<&mut Outgoing> {
        self.outgoing.iter_mut().find(|outgoing| outgoing.number == number)
    }

    fn let_go(&mut self, number: u32) -> Option<Incoming> {
        let place = self.incoming.iter().position(|incoming| incoming.number == number)?;
        Some(self.incoming.swap_remove(place))
    }
}

impl Incoming {
    /// Puts away what has come, and says so to the other one.
    fn gather(&mut self, chat: &Chat) {
        let pieces = std::mem::replace(&mut self.pieces, Array::new());
        let Ok(blob) = Blob::new_with_buffer_source_sequence(&pieces) else { return };
        self.gathered = 0;
        chat.moved_at.set(browser::now());
        let (number, taken) = (self.number, Frame::Taken { number: self.number, bytes: self.received });
        let Some(disk) = &self.disk else {
            self.blobs.push(&blob);
            send(&taken);
            return;
        };
        let chat = chat.clone();
        disk.write(&blob, move |is_written| {
            if chat.is_over() {
                return;
            }
            if is_written {
                send(&taken);
            } else {
                advance(&chat, id(false, number), Progress::Unsaved);
                give_up(&chat, id(false, number));
            }
        });
    }

    fn discard(self) {
        self.disk.into_iter().for_each(Disk::abort);
    }
}

fn id(is_mine: bool, number: u32) -> SecretMessageId {
    SecretMessageId { is_mine, number }
}

fn keep(blob: &Blob) -> String {
    let url = Url::create_object_url_with_blob(blob).unwrap_or_default();
    HELD.with_borrow_mut(|held| held.urls.push(url.clone()));
    url
}

/// How far a file is now, unless nothing comes of it any more.
fn advance(chat: &Chat, id: SecretMessageId, progress: Progress) {
    chat.with(id, |entry| {
        if let Some(file) = entry.file.as_mut().filter(|file| !file.progress.is_over()) {
            file.progress = progress;
        }
    });
}

fn stop(chat: &Chat, id: SecretMessageId) {
    advance(chat, id, Progress::Stopped);
}

fn is_stopped(chat: &Chat, id: SecretMessageId) -> bool {
    let entry = chat.entry(id);
    entry.is_none_or(|entry| {
        entry.peek(|entry| entry.file.as_ref().is_none_or(|file| file.progress.is_over()))
    })
}

fn size_of(chat: &Chat, number: u32) -> u64 {
    of(chat, number, |file| file.size).unwrap_or(0)
}

/// Something about a file of the other one.
fn of<T>(chat: &Chat, number: u32, what: impl FnOnce(&Transfer) -> T) -> Option<T> {
    chat.entry(id(false, number))?.peek(|entry| entry.file.as_ref().map(what))
}
