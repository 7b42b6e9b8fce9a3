//! What a file is, by looking at how it begins; what its sender says of it counts for nothing. And what browsers may be given to show: a closed list of
//! things that cannot run.

/// Nothing is known of it.
pub const UNKNOWN: &str = "application/octet-stream";

/// What a file turned out to be, as far as its beginning tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sniffed {
    /// An image that every browser draws, and that is looked into further.
    Image(Format),
    /// An image that some browsers draw.
    OtherImage,
    /// Every browser plays it.
    Audio,
    /// Every browser plays it.
    Video,
    /// Anything else.
    Other,
}

/// The formats of images that every browser draws.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Photos.
    Jpeg,
    /// Screenshots.
    Png,
    /// Short films.
    Gif,
    /// All of these.
    WebP,
}

/// What begins like this, and its media type.
#[must_use]
pub fn sniff(head: &[u8]) -> (Sniffed, &'static str) {
    let Some(found) = infer::get(head) else { return (Sniffed::Other, UNKNOWN) };
    let sniffed = match found.mime_type() {
        "image/jpeg" => Sniffed::Image(Format::Jpeg),
        "image/png" => Sniffed::Image(Format::Png),
        // Three letters could be anybody's.
        "image/gif" if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") => {
            Sniffed::Image(Format::Gif)
        }
        "image/webp" if head.starts_with(b"RIFF") => Sniffed::Image(Format::WebP),
        "image/gif" | "image/webp" => return (Sniffed::Other, UNKNOWN),
        "audio/mpeg" => return (Sniffed::Audio, "audio/mpeg"),
        "audio/m4a" => return (Sniffed::Audio, "audio/mp4"),
        "audio/ogg" => return (Sniffed::Audio, "audio/ogg"),
        "audio/x-flac" => return (Sniffed::Audio, "audio/flac"),
        "audio/x-wav" => return (Sniffed::Audio, "audio/wav"),
        "video/mp4" | "video/x-m4v" => return (Sniffed::Video, "video/mp4"),
        "video/webm" => return (Sniffed::Video, "video/webm"),
        other if other.starts_with("image/") => Sniffed::OtherImage,
        _ => Sniffed::Other,
    };
    (sniffed, found.mime_type())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_never_shown() {
        for head in [
            "<!DOCTYPE html><script>alert(1)</script>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
            "<?xml version=\"1.0\"?><svg/>",
            "%PDF-1.7",
            "GIF is pronounced like this",
            "abcdefghWEBPabcdefgh",
            "plain words",
            "",
        ] {
            assert_eq!(sniff(head.as_bytes()).0, Sniffed::Other, "{head}");
        }
    }

    #[test]
    fn images_sound_and_film_are_known_by_their_beginning() {
        let ftyp = |brand: &[u8]| [b"\0\0\0\x14ftyp".as_slice(), brand, b"\0\0\0\0", brand, b"    "].concat();
        for (head, sniffed, media_type) in [
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF\0".to_vec(), Sniffed::Image(Format::Jpeg), "image/jpeg"),
            (b"\x89PNG\r\n\x1A\n".to_vec(), Sniffed::Image(Format::Png), "image/png"),
            (b"GIF89a\x01\0\x01\0".to_vec(), Sniffed::Image(Format::Gif), "image/gif"),
            (b"RIFF\x10\0\0\0WEBPVP8L".to_vec(), Sniffed::Image(Format::WebP), "image/webp"),
            (ftyp(b"heic"), Sniffed::OtherImage, "image/heif"),
            (ftyp(b"avif"), Sniffed::OtherImage, "image/avif"),
            (b"II*\0\x08\0\0\0\0\0".to_vec(), Sniffed::OtherImage, "image/tiff"),
            (b"ID3\x04\0\0\0\0".to_vec(), Sniffed::Audio, "audio/mpeg"),
            (b"OggS\0\x02\0\0\0\0".to_vec(), Sniffed::Audio, "audio/ogg"),
            (b"fLaC\0\0\0\x22".to_vec(), Sniffed::Audio, "audio/flac"),
            (b"RIFF\x10\0\0\0WAVEfmt ".to_vec(), Sniffed::Audio, "audio/wav"),
            (ftyp(b"M4A "), Sniffed::Audio, "audio/mp4"),
            (ftyp(b"isom"), Sniffed::Video, "video/mp4"),
        ] {
            assert_eq!(sniff(&head), (sniffed, media_type), "{}", head.escape_ascii());
        }
    }
}
