//! What is said on a live stream, and what is heard there, without reading more of a frame than is needed: at a hundred thousand frames a second
//! whoever reads JSON measures themselves.

use memchr::memmem;
use model::{
    MessageId, ThreadId,
    wire::{Command, Request},
};

/// What a frame says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// One's own message is stored.
    Acknowledged(u64),
    /// A message, one's own among them.
    Message(u64),
    /// Something was not done.
    Refused,
    /// Events were dropped.
    Resync,
    /// Anything else.
    Other,
}

/// A message that tells its number, of 100 bytes.
pub fn send(number: u64, thread_id: ThreadId) -> anyhow::Result<String> {
    request(
        number,
        Command::SendMessage {
            message_id: MessageId::generate(),
            thread_id,
            body: format!("{number:012} {:x<87}", "what people say "),
            file_ids: Vec::new(),
            reply_to: None,
        },
    )
}

/// A command that is answered under its number.
pub fn request(number: u64, command: Command) -> anyhow::Result<String> {
    Ok(serde_json::to_string(&Request { id: number, command })?)
}

/// What a frame says.
pub fn hear(frame: &[u8]) -> Heard {
    if frame.starts_with(br#"{"event":{"message_sent":"#) {
        return after(frame, br#""body":""#).map_or(Heard::Other, Heard::Message);
    }
    if frame.starts_with(br#"{"answer":"#) {
        return after(frame, br#""id":"#).map_or(Heard::Other, Heard::Acknowledged);
    }
    match frame {
        br#""resync""# => Heard::Resync,
        _ if frame.starts_with(br#"{"problem":"#) => Heard::Refused,
        _ => Heard::Other,
    }
}

/// The number behind a mark.
fn after(frame: &[u8], mark: &[u8]) -> Option<u64> {
    let start = memmem::find(frame, mark)? + mark.len();
    let digits = frame.get(start..)?.iter().take_while(|byte| byte.is_ascii_digit());
    let mut number = None;
    for digit in digits {
        number = Some(number.unwrap_or(0_u64) * 10 + u64::from(digit - b'0'));
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{
        Message, Problem, Refusal, Timestamp, User, UserId,
        wire::{Answer, Event, Frame},
    };

    #[test]
    fn frames_are_heard_as_they_are_written() {
        let (thread_id, sender_id) = (ThreadId::generate(), UserId::generate());
        let Command::SendMessage { message_id, body, .. } =
            serde_json::from_str::<Request>(&send(123, thread_id).unwrap()).unwrap().command
        else {
            panic!("it sends a message")
        };
        assert_eq!(body.len(), 100);
        let message = Message::sent(message_id, thread_id, 7, Timestamp(9), sender_id, body);
        let sender = User {
            user_id: sender_id,
            username: "ann".parse().unwrap(),
            display_name: "Ann \"body\":\"5".parse().unwrap(),
            picture_id: None,
            change: 0,
            is_deactivated: false,
        };
        let heard = |frame: Frame| hear(serde_json::to_string(&frame).unwrap().as_bytes());
        let event = Event::MessageSent { message: message.clone(), sender };
        assert_eq!(heard(Frame::Event(event)), Heard::Message(123));
        assert_eq!(
            heard(Frame::Answer { id: 45, answer: Answer::Sent { message } }),
            Heard::Acknowledged(45)
        );
        assert_eq!(heard(Frame::Answer { id: 6, answer: Answer::Done }), Heard::Acknowledged(6));
        let problem = Problem::from(&Refusal::Blocked);
        assert_eq!(heard(Frame::Problem { id: Some(1), problem }), Heard::Refused);
        assert_eq!(heard(Frame::Resync), Heard::Resync);
        assert_eq!(heard(Frame::Ready), Heard::Other);
    }
}
