//! What becomes of a chat as the two speak.

use super::*;
use crate::secret::state::End;
use model::UserId;

pub(in crate::secret) fn pair() -> (Chat, Chat) {
    // The first one keeps the timer.
    let (alice, bob) = (UserId::generate(), UserId::generate());
    let chat_id = SecretChatId::generate();
    let chat = |me, peer, name: &str| {
        let peer = User::new(peer, name.into(), name.into());
        Chat::new(chat_id, me, peer, Phase::Connected, Timestamp(0))
    };
    (chat(alice, bob, "bob"), chat(bob, alice, "alice"))
}

pub(in crate::secret) fn text(words: &str) -> SecretText {
    SecretText::new(words).unwrap()
}

pub(in crate::secret) fn words(chat: &Chat) -> Vec<(bool, String)> {
    let word = |entry: &ArcLive<Entry>| {
        entry.peek(|Entry { message, .. }| {
            let text = message.text.as_ref().map_or("-", SecretText::between_the_two);
            (message.id.is_mine, text.to_owned())
        })
    };
    chat.entries.peek(|entries| entries.iter().map(word).collect())
}

#[test]
fn both_see_the_same_whoever_said_it() {
    let (alice, bob) = pair();
    let said = alice.say(text("tea?"), None, Timestamp(1));
    let got = bob.hear(said, Timestamp(2)).unwrap().unwrap();
    assert_eq!(alice.hear(got, Timestamp(3)), Ok(None));
    let hers = SecretMessageId { is_mine: true, number: 1 };
    assert!(alice.entry(hers).unwrap().peek(|entry| entry.message.is_delivered));

    let there = SecretMessageId { is_mine: false, number: 1 };
    let answer = bob.say(text("please"), Some(there), Timestamp(4));
    alice.hear(answer, Timestamp(5)).unwrap();
    let reply_to = alice.entry(there).unwrap().peek(|entry| entry.message.reply_to);
    assert_eq!(reply_to, Some(hers));
    alice.hear(Frame::React { to: Place::of(there), emoji: Some("👍".into()) }, Timestamp(6)).unwrap();
    assert_eq!(
        alice.entry(hers).unwrap().peek(|entry| entry.message.reactions[1].clone()),
        Some("👍".into())
    );

    alice.edit(hers, text("coffee?"));
    bob.hear(Frame::Edit { number: 1, text: "coffee?".into() }, Timestamp(7)).unwrap();
    assert_eq!(words(&bob), [(false, "coffee?".into()), (true, "please".into())]);
    bob.hear(Frame::Delete { number: 1 }, Timestamp(8)).unwrap();
    assert_eq!(words(&bob), [(false, "-".into()), (true, "please".into())]);
}

#[test]
fn nobody_changes_what_the_other_one_said() {
    let (alice, bob) = pair();
    bob.hear(alice.say(text("mine"), None, Timestamp(1)), Timestamp(1)).unwrap();
    alice.hear(Frame::Edit { number: 1, text: "yours".into() }, Timestamp(2)).unwrap();
    alice.hear(Frame::Delete { number: 1 }, Timestamp(2)).unwrap();
    assert_eq!(words(&alice), [(true, "mine".into())]);
}

#[test]
fn what_no_bobbin_says_is_refused() {
    for frame in [
        Frame::Say { number: 2, text: "too soon".into(), reply_to: None, lasts: None },
        Frame::Say { number: 1, text: " ".into(), reply_to: None, lasts: None },
        Frame::Say { number: 1, text: "x".repeat(5_000), reply_to: None, lasts: None },
        Frame::Say { number: 1, text: "x".into(), reply_to: None, lasts: Some(1) },
        Frame::Edit { number: 1, text: String::new() },
        Frame::React { to: Place { is_mine: true, number: 1 }, emoji: Some("<b>".into()) },
        Frame::Propose { seconds: Some(1) },
        Frame::Timer { agreed: Some(5), proposed: None },
        Frame::File { number: 0, name: "a".into(), size: 1, kind: String::new(), lasts: None },
    ] {
        assert_eq!(pair().0.hear(frame.clone(), Timestamp(1)), Err(Malformed), "{frame:?}");
    }
}

#[test]
fn a_name_hides_no_ending() {
    let (alice, bob) = pair();
    let (_, frame) = alice.offer("a/invoice\u{202E}gpj.exe".into(), 1, String::new(), Timestamp(1));
    bob.hear(frame, Timestamp(1)).unwrap();
    let theirs = SecretMessageId { is_mine: false, number: 1 };
    let name = bob.entry(theirs).unwrap().peek(|entry| entry.file.as_ref().unwrap().name.clone());
    assert_eq!(name, "invoicegpj.exe");
}

#[test]
fn when_it_ends_what_was_said_is_gone() {
    let (alice, _) = pair();
    let _ = alice.say(text("between us"), None, Timestamp(1));
    alice.enter(Phase::Ended(End::ByThem), Timestamp(2));
    assert!(alice.is_over() && words(&alice).is_empty());
}
