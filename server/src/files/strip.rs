//! Takes out of images what cameras write into them: where they were taken, when, with what. The picture itself is not touched, bit by bit, and what
//! says how to draw it stays: which side is up, and its colours.

use super::kind::Format;
use axum::body::Bytes;
use img_parts::{
    ImageEXIF,
    jpeg::{Jpeg, JpegSegment, markers},
    png::Png,
    webp::{CHUNK_XMP, WebP},
};

/// The pieces of an image without what is not for others, or none if it is not whole. `orientation` is what Exif says of which side is up, from
/// 1, the side that is up anyway, to 8.
#[must_use]
pub fn strip(format: Format, content: &Bytes, orientation: u8) -> Option<Vec<Bytes>> {
    let exif = (orientation > 1).then(|| exif(orientation));
    match format {
        Format::Jpeg => {
            let mut jpeg = Jpeg::from_bytes(content.clone()).ok()?;
            jpeg.segments_mut().retain(is_for_drawing);
            jpeg.set_exif(exif);
            let mut pieces: Vec<_> = jpeg.encoder().collect();
            // The last piece is the rest of the file. Phones append further images, and films, each with a place of its own.
            let mut rest = pieces.pop()?;
            rest.truncate(end_of_jpeg(&rest));
            pieces.push(rest);
            Some(pieces)
        }
        Format::Png => {
            let mut png = Png::from_bytes(content.clone()).ok()?;
            let is_said = |kind: &[u8; 4]| matches!(kind, b"tEXt" | b"zTXt" | b"iTXt" | b"tIME" | b"caBX");
            png.chunks_mut().retain(|chunk| !is_said(&chunk.kind()));
            png.set_exif(exif);
            Some(png.encoder().collect())
        }
        Format::WebP => {
            let mut webp = WebP::from_bytes(content.clone()).ok()?;
            webp.remove_chunks_by_id(CHUNK_XMP);
            webp.set_exif(exif);
            Some(webp.encoder().collect())
        }
        Format::Gif => strip_gif(content),
    }
}

/// Whether a segment says how to draw the image. Of the application's own ones that are the JFIF header, the colour profile and Adobe's note on
/// how colours are coded.
fn is_for_drawing(segment: &JpegSegment) -> bool {
    let content = segment.contents();
    match segment.marker() {
        markers::APP0 => content.starts_with(b"JFIF\0"),
        markers::APP2 => content.starts_with(b"ICC_PROFILE\0"),
        markers::APP14 => true,
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    }
}

/// Where the image ends whose entropy-coded data begins here; at the end, if it was cut off.
fn end_of_jpeg(data: &[u8]) -> usize {
    let mut at = 0;
    while let [first, second, ..] = data.get(at..).unwrap_or_default() {
        at += match (*first, *second) {
            (markers::P, markers::EOI) => return at + 2,
            // A byte that only looks like a marker, a restart, or filling.
            (markers::P, markers::Z | markers::RST0..=markers::RST7) => 2,
            (markers::P, markers::P) => 1,
            (markers::P, _) => match data.get(at + 2..at + 4) {
                Some(length) => 2 + usize::from(u16::from_be_bytes([length[0], length[1]])),
                None => return data.len(),
            },
            _ => 1,
        };
    }
    data.len()
}

/// Exif that says which side is up, and nothing else.
fn exif(orientation: u8) -> Bytes {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif.into()
}

/// A GIF without comments and without what applications note in it, but for how often it is to be played.
fn strip_gif(content: &Bytes) -> Option<Vec<Bytes>> {
    let table_bytes = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let end_of_blocks = |mut at: usize| {
        loop {
            match *content.get(at)? {
                0 => return Some(at + 1),
                length => at += 1 + usize::from(length),
            }
        }
    };
    let mut at = 13 + table_bytes(*content.get(10)?);
    let mut pieces = vec![content.get(..at).map(|_| content.slice(..at))?];
    loop {
        let (end, is_kept) = match *content.get(at)? {
            0x3B => break,
            0x2C => (end_of_blocks(at + 11 + table_bytes(*content.get(at + 9)?))?, true),
            0x21 => {
                let is_kept = match content.get(at + 1)? {
                    0xFF => [b"NETSCAPE2.0", b"ANIMEXTS1.0"]
                        .iter()
                        .any(|name| content.get(at + 3..).is_some_and(|rest| rest.starts_with(*name))),
                    0xFE => false,
                    _ => true,
                };
                (end_of_blocks(at + 2)?, is_kept)
            }
            _ => return None,
        };
        if is_kept {
            pieces.push(content.slice(at..end));
        }
        at = end;
    }
    pieces.push(Bytes::from_static(&[0x3B]));
    Some(pieces)
}

/// Blanks the place where an image was taken that is of a format we do not take apart: HEIC, AVIF, TIFF and what cameras call raw. Nothing in it moves.
/// Whether there was any.
pub fn blank(content: &mut [u8]) -> bool {
    // What is blanked may have hidden what tells a place, where somebody made them lie upon each other.
    (0..MOST_PASSES).take_while(|_| blank_once(content)).count() > 0
}

/// Whether there was anything to blank.
fn blank_once(content: &mut [u8]) -> bool {
    let mut has_blanked = false;
    for at in 0..content.len().saturating_sub(8) {
        let is_exif = matches!(&content[at..at + 4], b"II*\0" | b"MM\0*");
        if is_exif {
            has_blanked |= blank_exif(&mut content[at..]);
        } else if content[at..].starts_with(b"<x:xmpmeta") {
            has_blanked |= blank_xmp(&mut content[at..]).unwrap_or(false);
        }
    }
    has_blanked
}

/// Fills what is there. Whether it was anything else.
fn fill(bytes: &mut [u8], with: u8) -> bool {
    let is_filled = bytes.iter().all(|byte| *byte == with);
    bytes.fill(with);
    !is_filled
}

/// The tag of the directory that tells the place by coordinates, and those of texts that may tell it by name.
const PLACE: u16 = 0x8825;
const TEXTS: [u16; 2] = [0x02BC, 0x83BB];
/// How many directories follow one another in a file at most, and how long one is.
const MOST_DIRECTORIES: usize = 16;
const MOST_ENTRIES: usize = 512;
/// How often it is looked again. A file that was not made to deceive is done at the first look.
const MOST_PASSES: usize = 16;

/// Whether there was anything to blank, also if the rest cannot be read.
fn blank_exif(exif: &mut [u8]) -> bool {
    let mut reader = Exif { is_little: exif.first() == Some(&b'I'), has_blanked: false };
    let _ = reader.blank(exif);
    reader.has_blanked
}

/// Reads numbers in the order of bytes that a file has, and blanks what tells a place.
struct Exif {
    is_little: bool,
    has_blanked: bool,
}

impl Exif {
    fn short(&self, exif: &[u8], at: usize) -> Option<u16> {
        let bytes = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn long(&self, exif: &[u8], at: usize) -> Option<usize> {
        let bytes = exif.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let number = if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
        usize::try_from(number).ok()
    }

    /// Goes through the directories, as far as they can be read.
    fn blank(&mut self, exif: &mut [u8]) -> Option<()> {
        let mut directory = self.long(exif, 4)?;
        for _ in 0..MOST_DIRECTORIES {
            let count = usize::from(self.short(exif, directory)?);
            if directory == 0 || count > MOST_ENTRIES {
                break;
            }
            for entry in (0..count).map(|index| directory + 2 + 12 * index) {
                let tag = self.short(exif, entry)?;
                if tag == PLACE {
                    let place = self.long(exif, entry + 8)?;
                    // At 0 the header stands: what pointed to a directory may have been blanked with it.
                    if place != 0 {
                        let _ = self.blank_directory(exif, place);
                    }
                } else if TEXTS.contains(&tag) {
                    let _ = self.blank_value(exif, entry);
                }
            }
            directory = self.long(exif, directory + 2 + 12 * count)?;
        }
        Some(())
    }

    fn blank_directory(&mut self, exif: &mut [u8], directory: usize) -> Option<()> {
        let count = usize::from(self.short(exif, directory)?).min(MOST_ENTRIES);
        for entry in (0..count).map(|index| directory + 2 + 12 * index) {
            let _ = self.blank_value(exif, entry);
        }
        self.has_blanked |= fill(exif.get_mut(directory..directory + 2 + 12 * count)?, 0);
        Some(())
    }

    /// A value of up to four bytes stands in its entry, a longer one where the entry says.
    fn blank_value(&mut self, exif: &mut [u8], entry: usize) -> Option<()> {
        let unit = match self.short(exif, entry + 2)? {
            3 | 8 => 2,
            4 | 9 | 11 => 4,
            5 | 10 | 12 => 8,
            _ => 1,
        };
        let length = self.long(exif, entry + 4)?.checked_mul(unit)?;
        let start = if length <= 4 { entry + 8 } else { self.long(exif, entry + 8)? };
        self.has_blanked |= fill(exif.get_mut(start..start.checked_add(length)?)?, 0);
        Some(())
    }
}

fn blank_xmp(content: &mut [u8]) -> Option<bool> {
    const END: &[u8] = b"</x:xmpmeta>";
    let start = content.iter().position(|byte| *byte == b'>')? + 1;
    let end = content.windows(END.len()).position(|window| window == END)?;
    Some(fill(content.get_mut(start..end)?, b' '))
}
