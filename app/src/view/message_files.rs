//! The files of a message. Everything has its size before it is loaded, so that nothing moves when it comes; without scripts each is a link.
//!
//! It is written as HTML, with what people wrote escaped, since it never changes: elements of which each has a type of its own would be ten times the code.

use super::icon::Icon;
use crate::html::escape;
use model::{File, FileKind, ThreadId};

/// The largest an image that stands alone is drawn, and the narrowest, in pixels.
const WIDEST: f64 = 360.0;
const HIGHEST: f64 = 400.0;
const NARROWEST: f64 = 96.0;
/// How much longer than the other one side of it is shown at most: the server's smaller version is cut to that.
const MOST_STRETCHED: f64 = 2.5;

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
                let box_of = (count == 1).then(|| fit(width, height));
                html += &image(thread_id, file, box_of);
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

/// An image. One that stands alone has a box of its own, an empty drawing of that size: the style sheet cannot know it, and what an image says of its size
/// stops counting when it is there, which then moves everything below it by what was rounded and cut.
fn image(thread_id: ThreadId, file: &File, fit: Option<Fit>) -> String {
    let sizer = fit.map(|Fit { width, height, .. }| {
        // The code that writes fractions would be a part of the app for this alone.
        #[expect(clippy::cast_possible_truncation, reason = "whole pixels")]
        let (width, height) = ((width as i32).to_string(), (height as i32).to_string());
        let view_box = ["0 0 ", &width, " ", &height].concat();
        [
            "<svg class=\"message-image-box\" width=\"",
            &width,
            "\" viewBox=\"",
            &view_box,
            "\" aria-hidden=\"true\"></svg>",
        ]
        .concat()
    });
    let is_whole = fit.is_some_and(|fit| fit.is_whole);
    [
        "<a class=\"message-image",
        if is_whole { " message-image-whole" } else { "" },
        "\" target=\"_blank\" href=\"",
        &file.path(thread_id),
        "\" data-file=\"",
        &file.file_id.to_string(),
        "\">",
        &sizer.unwrap_or_default(),
        "<img src=\"",
        &file.thumbnail_path(thread_id),
        "\" alt=\"",
        &escape(&file.name),
        "\" loading=\"lazy\" decoding=\"async\"></a>",
    ]
    .concat()
}

/// The box of an image that stands alone.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Fit {
    width: f64,
    height: f64,
    /// Whether the box is larger than the image, which then stands in its middle as it is, instead of filling it.
    is_whole: bool,
}

/// How large an image is drawn: in its own proportions, unless it would be a mere line. Then its middle is shown, as the server cuts it.
fn fit(width: u32, height: u32) -> Fit {
    let (width, height) = (f64::from(width), f64::from(height));
    let (width, height) = (width.min(height * MOST_STRETCHED), height.min(width * MOST_STRETCHED));
    let scale = (WIDEST / width).min(HIGHEST / height).min(1.0);
    let (width, height) = ((width * scale).round(), (height * scale).round());
    let is_whole = width < NARROWEST || height < NARROWEST;
    Fit { width: width.max(NARROWEST), height: height.max(NARROWEST), is_whole }
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
        &Icon::FILE.html(),
        "</span><span class=\"message-file-name\" dir=\"auto\">",
        &name,
        "</span><span class=\"message-file-size\">",
        &size(file.size_bytes),
        "</span></a>",
    ]
    .concat()
}

/// How long a file is, as people say it.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => words::message_files::kilobytes(&words::number(bytes.div_ceil(1000))),
        1_000_000..10_000_000 => {
            let tenths = bytes / 100_000;
            let number =
                words::number(tenths / 10) + words::message_files::point() + &words::number(tenths % 10);
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
        let fit = |width, height| {
            let Fit { width, height, is_whole } = fit(width, height);
            (width, height, is_whole)
        };
        assert_eq!(fit(4000, 3000), (360.0, 270.0, false));
        assert_eq!(fit(3000, 4000), (300.0, 400.0, false));
        assert_eq!(fit(200, 100), (200.0, 100.0, false));
        assert_eq!(fit(1600, 500), (360.0, 144.0, false));
        assert_eq!(fit(500, 1400), (160.0, 400.0, false));
        assert_eq!(fit(16, 16), (96.0, 96.0, true));
        assert_eq!(fit(100, 10_000), (100.0, 250.0, false));
        assert_eq!(fit(50, 300), (96.0, 125.0, true));
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
