//! Images: measured, made smaller, freed of where they were taken, and never a danger to whoever looks into them.

use crate::harness::{Person, TestServer, assert_refused};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use img_parts::{Bytes, ImageEXIF, jpeg::Jpeg, jpeg::JpegSegment, png::Png, png::PngChunk, webp::WebP};
use model::{File, FileKind, Refusal, ThreadId};
use reqwest::Method;
use std::{io::Cursor, time::Instant};

/// What must not be found again: a latitude, as Exif writes it, and as a text.
const LATITUDE: &[u8] = b"\x35\0\0\0\x01\0\0\0\x21\0\0\0\x01\0\0\0\xC3\x0B\0\0\x64\0\0\0";
const WORDS: &[u8] = b"Hamburg, 53.5511 N";

/// Exif with an orientation and a place.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    exif.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
    exif.extend([0, 0, 0, 0]);
    // The directory of the place: north, and the latitude behind it.
    exif.extend([
        2, 0, 1, 0, 2, 0, 2, 0, 0, 0, b'N', 0, 0, 0, 2, 0, 5, 0, 3, 0, 0, 0, 68, 0, 0, 0, 0, 0, 0, 0,
    ]);
    assert_eq!(exif.len(), 68);
    exif.extend(LATITUDE);
    exif
}

/// A picture that no compression makes small, so that it has a smaller version.
pub fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let noise = x.wrapping_mul(2_654_435_761).wrapping_add(y.wrapping_mul(40_503)) >> 13;
        Rgb([(x % 256) as u8, (y % 256) as u8, noise as u8])
    })
}

pub fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut content = Cursor::new(Vec::new());
    image.into().write_to(&mut content, format).unwrap();
    content.into_inner()
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}

async fn download(person: &Person, path: &str) -> (String, Vec<u8>) {
    let response = person.request(Method::GET, path).send().await.unwrap();
    assert!(response.status().is_success(), "{path}: {}", response.status());
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, response.bytes().await.unwrap().to_vec())
}

/// Uploads a file and downloads it again.
async fn round_trip(person: &Person, thread_id: ThreadId, name: &str, content: &[u8]) -> (File, Vec<u8>) {
    assert!(contains(content, LATITUDE) || contains(content, WORDS), "{name} has no place in it");
    let file = person.upload(thread_id, name, content).await.unwrap();
    let (_, stored) = download(person, &file.path(thread_id)).await;
    assert_eq!(stored.len() as u64, file.size_bytes);
    for part in [LATITUDE, WORDS] {
        assert!(!contains(&stored, part), "{name} still tells the place");
    }
    (file, stored)
}

async fn alone() -> (TestServer, Person, ThreadId) {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let thread_id = alice.group("Album", &[]).await.thread_id;
    (server, alice, thread_id)
}

#[tokio::test]
async fn a_photo_is_measured_upright_and_has_a_smaller_version() {
    let (_server, alice, thread_id) = alone().await;
    let plain = encoded(photo(1600, 1200), ImageFormat::Jpeg);
    let mut jpeg = Jpeg::from_bytes(plain.clone().into()).unwrap();
    // Held upright: the camera wrote it lying on its side.
    jpeg.set_exif(Some(exif(6).into()));
    let (file, stored) = round_trip(&alice, thread_id, "photo.jpg", &jpeg.encoder().bytes()).await;
    assert_eq!(file.kind, FileKind::Image { width: 1200, height: 1600, has_thumbnail: true });
    let left = Jpeg::from_bytes(stored.into()).unwrap();
    let orientation = left.exif().unwrap();
    assert!(orientation.len() < 40 && contains(&orientation, b"\x12\x01\x03\0\x01\0\0\0\x06"));
    // The picture itself is the same, bit by bit.
    let end = &plain[plain.len() - 50_000..];
    assert!(left.encoder().bytes().ends_with(end));

    let (kind, thumbnail) = download(&alice, &file.thumbnail_path(thread_id)).await;
    assert_eq!(kind, "image/jpeg");
    let drawn = image::load_from_memory(&thumbnail).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (480, 640));
    assert!(thumbnail.len() < 150_000, "{} bytes", thumbnail.len());
}

#[tokio::test]
async fn no_format_tells_where_an_image_was_taken() {
    let (_server, alice, thread_id) = alone().await;
    let small = || photo(64, 48);

    let mut jpeg = Jpeg::from_bytes(encoded(small(), ImageFormat::Jpeg).into()).unwrap();
    jpeg.set_exif(Some(exif(1).into()));
    for marker in [0xE1, 0xED, 0xFE] {
        let text = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), WORDS].concat();
        jpeg.segments_mut().insert(1, JpegSegment::new_with_contents(marker, text.into()));
    }
    // A second image behind the first one, as phones append it, and a short film.
    let mut content = jpeg.encoder().bytes().to_vec();
    content.extend([&content.clone(), WORDS].concat());
    let (file, stored) = round_trip(&alice, thread_id, "a.jpg", &content).await;
    assert_eq!(file.kind, FileKind::Image { width: 64, height: 48, has_thumbnail: false });
    assert!(stored.len() < content.len() / 2 && stored.ends_with(&[0xFF, 0xD9]));

    let mut png = Png::from_bytes(encoded(small(), ImageFormat::Png).into()).unwrap();
    png.set_exif(Some(exif(1).into()));
    for kind in [*b"tEXt", *b"iTXt"] {
        png.chunks_mut().insert(1, PngChunk::new(kind, Bytes::from_static(WORDS)));
    }
    let (file, stored) = round_trip(&alice, thread_id, "a.png", &png.encoder().bytes()).await;
    assert_eq!(file.kind, FileKind::Image { width: 64, height: 48, has_thumbnail: false });
    assert_eq!(image::load_from_memory(&stored).unwrap().to_rgb8(), small());

    let mut webp = WebP::from_bytes(encoded(small(), ImageFormat::WebP).into()).unwrap();
    webp.set_exif(Some(exif(1).into()));
    let (file, stored) = round_trip(&alice, thread_id, "a.webp", &webp.encoder().bytes()).await;
    assert_eq!(file.kind, FileKind::Image { width: 64, height: 48, has_thumbnail: false });
    assert_eq!(image::load_from_memory(&stored).unwrap().to_rgb8(), small());

    let mut gif = encoded(small(), ImageFormat::Gif);
    let comment = [&[0x21, 0xFE, u8::try_from(WORDS.len()).unwrap()], WORDS, &[0]].concat();
    let after_table = 13 + (3 << ((gif[10] & 7) + 1)) * usize::from(gif[10] >> 7);
    gif.splice(after_table..after_table, comment);
    let (file, stored) = round_trip(&alice, thread_id, "a.gif", &gif).await;
    assert_eq!(file.kind, FileKind::Image { width: 64, height: 48, has_thumbnail: false });
    image::load_from_memory(&stored).unwrap();

    // What we do not draw is not taken apart either, but blanked where it is.
    let xmp = [b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>".as_slice(), WORDS, b"</x:xmpmeta>"].concat();
    let heic =
        [b"\0\0\0\x14ftypheic\0\0\0\0heic".as_slice(), b"Exif\0\0", &exif(6), &xmp, &[7; 900]].concat();
    let tiff = [exif(1), xmp, vec![7; 900]].concat();
    for (name, content) in [("a.heic", heic), ("a.tiff", tiff)] {
        let (file, stored) = round_trip(&alice, thread_id, name, &content).await;
        assert_eq!((file.kind, stored.len()), (FileKind::Other, content.len()), "{name}");
        assert!(stored.ends_with(&[7; 900]) && contains(&stored, b"\x12\x01\x03\0\x01\0\0\0"), "{name}");
    }
}

#[tokio::test]
async fn what_can_be_seen_through_stays_so_and_what_moves_is_shown_moving() {
    let (_server, alice, thread_id) = alone().await;
    let glass = RgbaImage::from_fn(900, 300, |x, y| Rgba([x as u8, y as u8, 0, (x % 255) as u8]));
    let file = alice.upload(thread_id, "glass.png", &encoded(glass, ImageFormat::Png)).await.unwrap();
    let (kind, thumbnail) = download(&alice, &file.thumbnail_path(thread_id)).await;
    let drawn = image::load_from_memory(&thumbnail).unwrap();
    assert_eq!((kind.as_str(), drawn.width(), drawn.color().has_alpha()), ("image/webp", 640, true));

    let gif = encoded(photo(800, 600), ImageFormat::Gif);
    let file = alice.upload(thread_id, "film.gif", &gif).await.unwrap();
    assert_eq!(file.kind, FileKind::Image { width: 800, height: 600, has_thumbnail: false });

    // Of something very long, the middle.
    let long = encoded(photo(300, 6_000), ImageFormat::Jpeg);
    let file = alice.upload(thread_id, "long.jpg", &long).await.unwrap();
    let (_, thumbnail) = download(&alice, &file.thumbnail_path(thread_id)).await;
    let drawn = image::load_from_memory(&thumbnail).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (256, 640));
}

#[tokio::test]
async fn an_image_that_would_fill_the_memory_is_a_file_like_any_other() {
    let (_server, alice, thread_id) = alone().await;
    // 50,000 times 50,000 pixels, in a few bytes.
    let mut png = Png::from_bytes(encoded(RgbImage::new(1, 1), ImageFormat::Png).into()).unwrap();
    let side = 50_000_u32.to_be_bytes();
    let header = [&side, &side, &png.chunks()[0].contents()[8..]].concat();
    png.chunks_mut()[0] = PngChunk::new(*b"IHDR", header.into());
    let png = png.encoder().bytes().to_vec();
    let mut jpeg = encoded(RgbImage::new(16, 16), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xFF);
    let mut gif = encoded(RgbImage::new(1, 1), ImageFormat::Gif);
    gif[6..10].fill(0xFF);
    let began = Instant::now();
    for (name, content) in [("bomb.png", png), ("bomb.jpg", jpeg), ("bomb.gif", gif)] {
        let file = alice.upload(thread_id, name, &content).await.unwrap();
        assert_eq!(file.kind, FileKind::Other, "{name}");
        let (kind, _) = download(&alice, &file.path(thread_id)).await;
        assert_eq!(kind, "application/octet-stream", "{name}");
    }
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_damaged_image_is_refused_or_only_a_download_and_never_a_fault() {
    let (_server, alice, thread_id) = alone().await;
    let whole = encoded(photo(200, 100), ImageFormat::Png);
    let refused = alice.upload(thread_id, "cut.png", &whole[..whole.len() / 2]).await;
    assert_refused(refused, &Refusal::ImageUnreadable);
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
        let whole = encoded(photo(90, 60), format);
        for step in 1..24 {
            let mut content = whole.clone();
            let at = 12 + step * (whole.len() - 12) / 24;
            match step % 3 {
                0 => content.truncate(at),
                1 => content[at..].iter_mut().take(7).for_each(|byte| *byte = !*byte),
                _ => drop(content.splice(at..at, [0xFF, 0xD9, 0x21, 0, 0, 0, 0])),
            }
            if let Err(problem) = alice.upload(thread_id, "damaged", &content).await {
                assert_eq!(problem.status, 422, "{format:?} {step}: {problem:?}");
            }
        }
    }
}
