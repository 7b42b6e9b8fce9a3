//! The files of a message. Everything has its size before it is loaded, so that nothing moves when it comes; without scripts each is a link.
//!
//! It is written as HTML, with what people wrote escaped, since it never changes: elements of which each has a type of its own would be ten times the code.

use super::icon::Icon;
use model::{File, FileKind, ThreadId};

/// The largest an image that stands alone is drawn, and the narrowest, in pixels.
const WIDEST: f64 = 360.0;
const HIGHEST: f64 = 400.0;
const NARROWEST: f64 = 96.0;

/// The images together, and then the others one below the other.
pub fn html(thread_id: ThreadId, files: &[File]) -> String {
    let count = files.iter().filter(|file| file.is_image()).count();
    let mut html = String::new();
    if count > 0 {
        let columns = match count {
            1 => "1",
            2 | 4 => "2",
            _ => "3",
        };
        html += &["<div class=\"message-images message-images-", columns, "\">"].concat();
        for file in files {
            if let FileKind::Image { width, height, .. } = file.kind {
                let (width, height) = if count == 1 { fit(width, height) } else { (WIDEST, WIDEST) };
                html += &image(thread_id, file, width, height);
            }
        }
        html += "</div>";
    }
    for file in files {
        html += &match file.kind {
            FileKind::Image { .. } => continue,
            FileKind::Audio => player("audio", thread_id, file),
            FileKind::Video => player("video", thread_id, file),
            FileKind::Other => String::new(),
        };
        html += &row(thread_id, file);
    }
    html
}

/// What a bubble is called that holds files: images reach to its edges, and without words the time stands on the last of them.
pub fn bubble_class(body: &str, files: &[File]) -> &'static str {
    let has_images = files.iter().any(File::is_image);
    let has_others = files.iter().any(|file| !file.is_image());
    match (has_images, has_others || !body.is_empty()) {
        (true, false) => "message-bubble message-bubble-images message-bubble-wordless",
        (true, true) => "message-bubble message-bubble-images",
        (false, _) => "message-bubble",
    }
}

fn image(thread_id: ThreadId, file: &File, width: f64, height: f64) -> String {
    [
        "<a class=\"message-image\" target=\"_blank\" href=\"",
        &file.path(thread_id),
        "\" data-file=\"",
        &file.file_id.to_string(),
        "\"><img src=\"",
        &file.thumbnail_path(thread_id),
        "\" width=\"",
        &width.to_string(),
        "\" height=\"",
        &height.to_string(),
        "\" alt=\"",
        &escape(&file.name),
        "\" loading=\"lazy\" decoding=\"async\"></a>",
    ]
    .concat()
}

/// How large an image is drawn: in its own proportions, unless it would be a mere line.
fn fit(width: u32, height: u32) -> (f64, f64) {
    let (width, height) = (f64::from(width), f64::from(height));
    let scale = (WIDEST / width).min(HIGHEST / height).min(1.0);
    ((width * scale).round().max(NARROWEST), (height * scale).round().max(NARROWEST))
}

fn player(tag: &str, thread_id: ThreadId, file: &File) -> String {
    [
        "<",
        tag,
        " class=\"message-",
        tag,
        "\" controls playsinline preload=\"metadata\" src=\"",
        &file.path(thread_id),
        "\" aria-label=\"",
        &escape(&file.name),
        "\"></",
        tag,
        ">",
    ]
    .concat()
}

fn row(thread_id: ThreadId, file: &File) -> String {
    let name = escape(&file.name);
    [
        "<a class=\"message-file\" href=\"",
        &file.path(thread_id),
        "\" download=\"",
        &name,
        "\" title=\"",
        words::message_files::download(),
        "\"><span class=\"message-file-icon\">",
        &Icon::File.html(),
        "</span><span class=\"message-file-name\" dir=\"auto\">",
        &name,
        "</span><span class=\"message-file-size\">",
        &size(file.size_bytes),
        "</span></a>",
    ]
    .concat()
}

/// A text as it stands in HTML, also between quotation marks.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// How long a file is, as people say it.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => words::message_files::kilobytes(&words::number(bytes.div_ceil(1000))),
        1_000_000..10_000_000 => {
            let tenths = bytes / 100_000;
            let number =
                [words::number(tenths / 10), words::number(tenths % 10)].join(words::message_files::point());
            words::message_files::megabytes(&number)
        }
        _ => words::message_files::megabytes(&words::number(bytes / 1_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_keeps_its_proportions_and_is_never_a_line() {
        assert_eq!(fit(4000, 3000), (360.0, 270.0));
        assert_eq!(fit(3000, 4000), (300.0, 400.0));
        assert_eq!(fit(200, 100), (200.0, 100.0));
        assert_eq!(fit(16, 16), (96.0, 96.0));
        assert_eq!(fit(100, 10_000), (96.0, 400.0));
    }

    #[test]
    fn a_name_is_never_markup() {
        let file = |kind| File {
            file_id: model::FileId::generate(),
            name: "a\"><script>alert('&')</script>.png".into(),
            media_type: "image/png".into(),
            size_bytes: 1,
            kind,
        };
        let image = FileKind::Image { width: 1, height: 1, has_thumbnail: false };
        for kind in [image, FileKind::Audio, FileKind::Video, FileKind::Other] {
            let html = html(ThreadId::generate(), &[file(kind)]);
            assert!(!html.contains("<script") && html.contains("a&quot;>&lt;script"), "{html}");
        }
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (0, "0 kB"),
            (1, "1 kB"),
            (12_345, "13 kB"),
            (1_234_567, "1.2 MB"),
            (10_000_000, "10 MB"),
            (99_999_999, "99 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
