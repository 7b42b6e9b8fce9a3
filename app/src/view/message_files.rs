//! The files of a message. Everything has its size before it is loaded, so that nothing moves when it comes; without scripts each is a link.

use super::icon::Icon;
use crate::shape::{Part, part};
use leptos::prelude::*;
use model::{File, FileKind, ThreadId};

/// The largest an image that stands alone is drawn, and the narrowest, in pixels.
const WIDEST: f64 = 360.0;
const HIGHEST: f64 = 400.0;
const NARROWEST: f64 = 96.0;

/// The images together, and then the others one below the other.
pub fn files(thread_id: ThreadId, files: &[File]) -> Vec<Part> {
    let images: Vec<_> = files.iter().filter(|file| file.is_image()).collect();
    let mut parts = Vec::new();
    if !images.is_empty() {
        let class = match images.len() {
            1 => "message-images",
            2 | 4 => "message-images message-images-2",
            _ => "message-images message-images-3",
        };
        let is_alone = images.len() == 1;
        let images: Vec<_> = images.into_iter().map(|file| image(thread_id, file, is_alone)).collect();
        parts.push(part(view! { <div class=class>{images}</div> }));
    }
    for file in files.iter().filter(|file| !file.is_image()) {
        parts.push(row(thread_id, file));
    }
    parts
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

fn image(thread_id: ThreadId, file: &File, is_alone: bool) -> Part {
    let (width, height) = match file.kind {
        FileKind::Image { width, height, .. } if is_alone => fit(width, height),
        _ => (WIDEST / 2.0, WIDEST / 2.0),
    };
    part(view! {
        <a class="message-image" href=file.path(thread_id) data-file=file.file_id.to_string() target="_blank">
            <img
                src=file.thumbnail_path(thread_id)
                width=width.to_string()
                height=height.to_string()
                alt=file.name.clone()
                loading="lazy"
                decoding="async"
            />
        </a>
    })
}

/// How large an image is drawn: in its own proportions, unless it would be a mere line.
fn fit(width: u32, height: u32) -> (f64, f64) {
    let (width, height) = (f64::from(width), f64::from(height));
    let scale = (WIDEST / width).min(HIGHEST / height).min(1.0);
    ((width * scale).round().max(NARROWEST), (height * scale).round().max(NARROWEST))
}

fn row(thread_id: ThreadId, file: &File) -> Part {
    let path = file.path(thread_id);
    let player = match file.kind {
        FileKind::Audio => Some(part(view! {
            <audio class="message-audio" controls preload="metadata" src=path.clone() aria-label=file.name.clone()></audio>
        })),
        FileKind::Video => Some(part(view! {
            <video class="message-video" controls playsinline preload="metadata" src=path.clone() aria-label=file.name.clone()></video>
        })),
        _ => None,
    };
    part(view! {
        {player}
        <a class="message-file" href=path download=file.name.clone() title=words::message_files::download()>
            <span class="message-file-icon">{Icon::File.draw()}</span>
            <span class="message-file-name" dir="auto">
                {file.name.clone()}
            </span>
            <span class="message-file-size">{size(file.size_bytes)}</span>
        </a>
    })
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
