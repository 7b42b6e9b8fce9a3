//! Profiles: who is told how somebody is called and shown, and what becomes of the pictures that are uploaded.

use crate::harness::{Person, TestServer, answer, assert_refused};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use img_parts::{Bytes, ImageEXIF, jpeg::Jpeg};
use model::{
    Avatar, PictureId, Problem, Refusal, ThreadKind,
    picture::{Size, path},
    wire::{Answer, Command, Event},
};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use std::io::Cursor;

impl Person {
    /// Uploads a picture.
    pub async fn picture(&self, content: Vec<u8>, part: &str) -> Result<PictureId, Problem> {
        #[derive(Deserialize)]
        struct Uploaded {
            picture_id: PictureId,
        }
        let path = format!("/api/v1/pictures?part={part}");
        let response = self.request(Method::POST, &path).body(content).send().await.unwrap();
        answer(response).await.map(|Uploaded { picture_id }| picture_id)
    }

    /// Says how this person is called and shown from here on.
    pub async fn profile(
        &self,
        display_name: &str,
        about: &str,
        picture_id: Option<PictureId>,
    ) -> Result<Answer, Problem> {
        let (display_name, about) = (display_name.into(), about.into());
        self.command(&Command::UpdateProfile { display_name, about, picture_id }).await
    }
}

/// A photo whose top is red, middle green, and bottom blue, and which tells something of itself.
pub fn photo(format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(100, 300, |_, y| match y / 100 {
        0 => Rgb([250, 0, 0]),
        1 => Rgb([0, 250, 0]),
        _ => Rgb([0, 0, 250]),
    });
    let mut content = Cursor::new(Vec::new());
    DynamicImage::from(image).write_to(&mut content, format).unwrap();
    content.into_inner()
}

async fn download(
    person: &Person,
    picture_id: PictureId,
    size: Size,
) -> (reqwest::header::HeaderMap, Vec<u8>) {
    let response = person.request(Method::GET, &path(picture_id, size)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    (response.headers().clone(), response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_change_is_told_to_whoever_has_a_thread_with_somebody_and_to_nobody_else() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let (mut hers, mut his, mut theirs) = tokio::join!(alice.live(), bob.live(), carol.live());
    alice.profile("Alice Liddell", "In a  hole\n", None).await.unwrap();
    for live in [&mut hers, &mut his] {
        let Event::UserChanged { user, about } = live.event().await else { panic!("something else came") };
        assert_eq!((user.display_name.as_str(), about.as_str()), ("Alice Liddell", "In a hole"));
    }
    let thread = bob.thread(thread_id).await.unwrap();
    assert_eq!((thread.title(), thread.about.as_str()), ("Alice Liddell", "In a hole"));
    assert_eq!(bob.find("liddell").await, ["alice"]);
    // What she says over a connection that is older than her name bears the new one.
    hers.command(alice.message(thread_id, "hello")).await.unwrap();
    let Event::MessageSent { sender, .. } = his.event().await else { panic!("no message came") };
    assert_eq!(sender.display_name, "Alice Liddell");
    // The next thing that the stranger hears is the one that concerns her.
    carol.direct(&bob).await;
    assert!(matches!(theirs.event().await, Event::ThreadJoined { .. }));
    assert_refused(alice.profile(" ", "", None).await, &Refusal::DisplayNameInvalid);
    assert_refused(alice.profile("Alice", &"字".repeat(141), None).await, &Refusal::AboutTooLong);
}

#[tokio::test]
async fn a_picture_is_a_square_in_which_nothing_of_the_file_is_left() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let mut jpeg = Jpeg::from_bytes(Bytes::from(photo(ImageFormat::Jpeg))).unwrap();
    // Lying on its side, and with a word in it.
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0Hamburg".to_vec();
    jpeg.set_exif(Some(exif.into()));
    let upright = jpeg.encoder().bytes().to_vec();
    for (content, part, colour) in [
        (photo(ImageFormat::Png), "start", 0),
        (photo(ImageFormat::Png), "middle", 1),
        (photo(ImageFormat::WebP), "end", 2),
        // Turned upside down by what it tells.
        (upright, "start", 2),
    ] {
        let picture_id = alice.picture(content, part).await.unwrap();
        for size in [Size::Small, Size::Large] {
            let (headers, content) = download(&bob, picture_id, size).await;
            assert_eq!(headers["content-type"], "image/jpeg");
            assert!(headers["cache-control"].to_str().unwrap().contains("immutable"));
            assert!(!content.windows(7).any(|window| window == b"Hamburg"));
            let image = image::load_from_memory(&content).unwrap().to_rgb8();
            assert_eq!(image.dimensions(), (size.side(), size.side()));
            let Rgb(pixel) = *image.get_pixel(size.side() / 2, size.side() / 2);
            assert!(pixel[colour] > 200, "{part} of it is {pixel:?}");
        }
    }
}

#[tokio::test]
async fn a_picture_is_shown_to_who_is_signed_in_and_what_is_none_is_refused() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let picture_id = alice.picture(photo(ImageFormat::Png), "middle").await.unwrap();
    let url = server.url(&path(picture_id, Size::Small));
    let signed_out = server.client.get(url).send().await.unwrap();
    assert!(!signed_out.status().is_success(), "{}", signed_out.status());
    for content in [
        b"hello".to_vec(),
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(),
        photo(ImageFormat::Png)[..200].to_vec(),
        Vec::new(),
    ] {
        assert_refused(alice.picture(content, "middle").await, &Refusal::PictureInvalid);
    }
    assert_refused(bob.profile("Bob", "", Some(picture_id)).await, &Refusal::PictureInvalid);
    alice.profile("Alice", "", Some(picture_id)).await.unwrap();
    // It is hers by now, and the same again is no other one.
    alice.profile("Alice", "with a line", Some(picture_id)).await.unwrap();
    assert_refused(bob.profile("Bob", "", Some(picture_id)).await, &Refusal::PictureInvalid);
    let group = alice.group("Hatters", &[&bob]).await;
    let update = |picture_id| Command::UpdateGroup {
        thread_id: group.thread_id,
        title: "Hatters".into(),
        avatar: Avatar { picture_id, ..Avatar::default() },
    };
    assert_refused(alice.command(&update(Some(picture_id))).await, &Refusal::PictureInvalid);
    let other = alice.picture(photo(ImageFormat::Png), "middle").await.unwrap();
    alice.done(&update(Some(other))).await;
    let shown = bob.thread(group.thread_id).await.unwrap().kind;
    assert!(matches!(shown, ThreadKind::Group { avatar, .. } if avatar.picture_id == Some(other)));
    alice.done(&update(None)).await;
    // Screens that were away may still ask for what was there.
    download(&bob, other, Size::Large).await;
}
