//! Looks into images: takes out where they were taken, measures them, and makes the smaller version that a conversation shows. One that would take too
//! much memory to draw, here or in a reader's browser, is a file like any other.

use super::{
    kind::{Format, Sniffed, sniff},
    spool::{Spool, Spooled},
    strip,
};
use crate::error::{Error, Result};
use anyhow::Context;
use axum::body::Bytes;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, Limits, Rgba, RgbaImage,
    codecs::{
        gif::GifDecoder,
        jpeg::{JpegDecoder, JpegEncoder},
        png::PngDecoder,
        webp::{WebPDecoder, WebPEncoder},
    },
    imageops::overlay,
    metadata::Orientation,
};
use model::{
    FileKind, Refusal,
    picture::{Part, Size},
};
use std::{io::Cursor, sync::Arc, thread::available_parallelism};
use tokio::sync::Semaphore;

/// The largest image that is looked into, in bytes.
const MOST_BYTES: u64 = 128_000_000;
/// The largest image that is drawn, in pixels: what phones take at most in their highest mode.
const MOST_PIXELS: u64 = 50_000_000;
/// How much memory all images take at a time, in megabytes.
const MEMORY_MB: u32 = 640;
/// How long the longer side of the smaller version is, in pixels: sharp on a screen with two pixels to one.
const LONGEST_SIDE: f64 = 640.0;
/// How much longer than the other one side of it is at most; the rest is cut off.
const MOST_STRETCHED: f64 = 2.5;
/// An image that is no longer than this, in bytes, and not larger either, stands for itself.
const SMALL_BYTES: u64 = 150_000;
/// So does one that moves, up to this length.
const SMALL_MOVING_BYTES: u64 = 4_000_000;
const QUALITY: u8 = 80;

/// Where images are looked into: as many at a time as there are processors, and as there is memory for.
#[derive(Clone, Debug)]
pub struct Images {
    processors: Arc<Semaphore>,
    memory_mb: Arc<Semaphore>,
}

/// What an upload is to be stored as.
#[derive(Debug)]
pub struct Prepared {
    /// Its bytes.
    pub spooled: Spooled,
    /// How it is shown.
    pub kind: FileKind,
    /// Its smaller version.
    pub thumbnail: Option<Thumbnail>,
}

/// The smaller version of an image.
#[derive(Debug)]
pub struct Thumbnail {
    /// What it is.
    pub media_type: &'static str,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl Default for Images {
    fn default() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self {
            processors: Arc::new(Semaphore::new(processors)),
            memory_mb: Arc::new(Semaphore::new(MEMORY_MB as usize)),
        }
    }
}

impl Images {
    /// Prepares an upload for being stored.
    ///
    /// # Errors
    /// [`Refusal::ImageUnreadable`] if the place where it was taken cannot be taken out.
    pub async fn prepare(&self, spool: &Spool, spooled: Spooled, sniffed: Sniffed) -> Result<Prepared> {
        let plain = |spooled, kind| Ok(Prepared { spooled, kind, thumbnail: None });
        match sniffed {
            Sniffed::Audio => return plain(spooled, FileKind::Audio),
            Sniffed::Video => return plain(spooled, FileKind::Video),
            Sniffed::Other => return plain(spooled, FileKind::Other),
            Sniffed::Image(_) | Sniffed::OtherImage if spooled.size_bytes > MOST_BYTES => {
                return Err(Refusal::FileTooLarge { limit_mb: MOST_BYTES / 1_000_000 }.into());
            }
            Sniffed::Image(_) | Sniffed::OtherImage => {}
        }
        let pixels = match imagesize::size(spooled.path()) {
            Ok(size) => (size.width as u64).saturating_mul(size.height as u64),
            Err(_) => 0,
        };
        let need_mb = needed_mb(spooled.size_bytes, pixels);
        let _memory = self.memory_mb.acquire_many(need_mb).await.context("images are closed")?;
        let _processor = self.processors.acquire().await.context("images are closed")?;
        let spool = spool.clone();
        let done = tokio::task::spawn_blocking(move || match sniffed {
            Sniffed::Image(format) => look_into(&spool, spooled, format, pixels),
            _ => blank(&spool, spooled),
        });
        done.await.map_err(|panic| Error::Failed(panic.into()))?
    }
}

impl Images {
    /// Draws the square that stands for somebody or a group, small and large.
    ///
    /// # Errors
    /// [`Refusal::PictureInvalid`].
    pub async fn square(&self, content: Bytes, part: Part) -> Result<[Thumbnail; 2]> {
        let (Sniffed::Image(format), _) = sniff(&content) else { return Err(Refusal::PictureInvalid.into()) };
        let size = imagesize::blob_size(&content).map_err(|_| Refusal::PictureInvalid)?;
        let pixels = (size.width as u64).saturating_mul(size.height as u64);
        let need_mb = needed_mb(content.len() as u64, pixels);
        let _memory = self.memory_mb.acquire_many(need_mb).await.context("images are closed")?;
        let _processor = self.processors.acquire().await.context("images are closed")?;
        let done = tokio::task::spawn_blocking(move || {
            let (mut decoder, is_moving) = open(&content, format).ok()?;
            let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
            let drawn = draw(decoder, orientation, is_moving, pixels)?;
            Some([Size::Small, Size::Large].map(|size| cut_square(&drawn, part, size.side())))
        });
        let squares = done.await.map_err(|panic| Error::Failed(panic.into()))?;
        let [small, large] = squares.ok_or(Refusal::PictureInvalid)?;
        Ok([small?, large?])
    }
}

/// A square of an image, upright; what may be seen through lies on white.
fn cut_square(drawn: &Drawn, part: Part, side: u32) -> Result<Thumbnail> {
    let mut image = drawn.image.clone();
    image.apply_orientation(drawn.orientation);
    let (width, height) = (image.width(), image.height());
    let shorter = width.min(height);
    let at = |longer: u32| match part {
        Part::Start => 0,
        Part::Middle => (longer - shorter) / 2,
        Part::End => longer - shorter,
    };
    let square = image.crop_imm(at(width), at(height), shorter, shorter);
    let square = square.thumbnail_exact(side, side);
    let mut ground = RgbaImage::from_pixel(side, side, Rgba([u8::MAX; 4]));
    overlay(&mut ground, &square.to_rgba8(), 0, 0);
    let profile = drawn.profile.clone().filter(|profile| is_kept(profile));
    encode(&ground.into(), profile).context("a picture cannot be written").map_err(Error::Failed)
}

/// Whether a profile of colours holds for what the image was decoded to, and is short.
fn is_kept(profile: &[u8]) -> bool {
    profile.get(16..20) == Some(b"RGB ") && profile.len() < 64 * 1024
}

/// How much memory an image takes: its bytes twice, since the decoder keeps a copy, and its pixels, for which a progressive JPEG keeps nine bytes each.
fn needed_mb(size_bytes: u64, pixels: u64) -> u32 {
    let pixels = if pixels > MOST_PIXELS { 0 } else { pixels };
    let need_mb = (2 * size_bytes + 9 * pixels) / 1_000_000 + 1;
    u32::try_from(need_mb).unwrap_or(MEMORY_MB).min(MEMORY_MB)
}

fn read(spooled: &Spooled) -> Result<Vec<u8>> {
    std::fs::read(spooled.path()).map_err(super::objects::failed)
}

fn blank(spool: &Spool, spooled: Spooled) -> Result<Prepared> {
    let mut content = read(&spooled)?;
    let spooled = if strip::blank(&mut content) {
        spool.rewrite(&spooled, &[content.into()]).map_err(super::objects::failed)?
    } else {
        spooled
    };
    Ok(Prepared { spooled, kind: FileKind::Other, thumbnail: None })
}

fn look_into(spool: &Spool, spooled: Spooled, format: Format, pixels: u64) -> Result<Prepared> {
    let content = Bytes::from(read(&spooled)?);
    let (mut orientation, mut drawn) = (Orientation::NoTransforms, None);
    if let Ok((mut decoder, is_moving)) = open(&content, format) {
        orientation = decoder.orientation().unwrap_or(orientation);
        drawn = draw(decoder, orientation, is_moving, pixels);
    }
    let pieces = strip::strip(format, &content, orientation.to_exif()).ok_or(Refusal::ImageUnreadable)?;
    let spooled = spool.rewrite(&spooled, &pieces).map_err(super::objects::failed)?;
    drop((pieces, content));
    let Some(drawn) = drawn else { return Ok(Prepared { spooled, kind: FileKind::Other, thumbnail: None }) };
    let (width, height) = if orientation.to_exif() >= SIDEWAYS {
        (drawn.image.height(), drawn.image.width())
    } else {
        (drawn.image.width(), drawn.image.height())
    };
    let is_small = if drawn.is_moving {
        spooled.size_bytes <= SMALL_MOVING_BYTES
    } else {
        f64::from(width.max(height)) <= LONGEST_SIDE && spooled.size_bytes <= SMALL_BYTES
    };
    let thumbnail = if is_small { None } else { Some(shrink(drawn)?) };
    let kind = FileKind::Image { width, height, has_thumbnail: thumbnail.is_some() };
    Ok(Prepared { spooled, kind, thumbnail })
}

/// An image as it was drawn, not yet turned.
struct Drawn {
    image: DynamicImage,
    orientation: Orientation,
    is_moving: bool,
    profile: Option<Vec<u8>>,
}

/// The first of Exif's numbers for images that lie on a side.
const SIDEWAYS: u8 = 5;

/// Reads an image's beginning. Whether it moves, too.
fn open(content: &Bytes, format: Format) -> image::ImageResult<(Box<dyn ImageDecoder>, bool)> {
    let cursor = Cursor::new(content.clone());
    Ok(match format {
        Format::Jpeg => (Box::new(JpegDecoder::new(cursor)?), false),
        Format::Png => (Box::new(PngDecoder::with_limits(cursor, limits())?), false),
        Format::Gif => (Box::new(GifDecoder::new(cursor)?), true),
        Format::WebP => {
            let decoder = WebPDecoder::new(cursor)?;
            let is_moving = decoder.has_animation();
            (Box::new(decoder), is_moving)
        }
    })
}

/// What a decoder may take, whatever the image says of itself.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_PIXELS * 8 + MOST_BYTES);
    limits
}

/// Draws an image that has no more pixels than there is memory set aside for.
fn draw(
    mut decoder: Box<dyn ImageDecoder>,
    orientation: Orientation,
    is_moving: bool,
    pixels: u64,
) -> Option<Drawn> {
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > pixels.min(MOST_PIXELS) {
        return None;
    }
    decoder.set_limits(limits()).ok()?;
    let profile = decoder.icc_profile().unwrap_or(None);
    let image = DynamicImage::from_decoder(decoder).ok()?;
    Some(Drawn { image, orientation, is_moving, profile })
}

/// The smaller version: of an image that is far longer than wide, or wider than long, its middle.
fn shrink(drawn: Drawn) -> Result<Thumbnail> {
    let Drawn { image, orientation, profile, .. } = drawn;
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    let (cut_width, cut_height) = (width.min(height * MOST_STRETCHED), height.min(width * MOST_STRETCHED));
    let image = if cut_width < width || cut_height < height {
        let (left, top) = ((width - cut_width) / 2.0, (height - cut_height) / 2.0);
        image.crop_imm(pixels(left), pixels(top), pixels(cut_width), pixels(cut_height))
    } else {
        image
    };
    let scale = (LONGEST_SIDE / cut_width.max(cut_height)).min(1.0);
    let mut image = image.thumbnail_exact(pixels(cut_width * scale), pixels(cut_height * scale));
    image.apply_orientation(orientation);
    // A profile of other colours than red, green and blue is of what the image was before it was decoded.
    let profile = profile.filter(|profile| is_kept(profile));
    encode(&image, profile).context("a thumbnail cannot be written").map_err(Error::Failed)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sides of images fit")]
fn pixels(side: f64) -> u32 {
    side.round().max(1.0) as u32
}

fn encode(image: &DynamicImage, profile: Option<Vec<u8>>) -> image::ImageResult<Thumbnail> {
    let mut content = Vec::new();
    let (width, height) = (image.width(), image.height());
    let is_seen_through =
        image.color().has_alpha() && image.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX);
    let media_type = if is_seen_through {
        let encoder = WebPEncoder::new_lossless(&mut content);
        write(encoder, profile, image.to_rgba8().as_raw(), width, height, ExtendedColorType::Rgba8)?;
        "image/webp"
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut content, QUALITY);
        write(encoder, profile, image.to_rgb8().as_raw(), width, height, ExtendedColorType::Rgb8)?;
        "image/jpeg"
    };
    Ok(Thumbnail { media_type, content })
}

fn write(
    mut encoder: impl ImageEncoder,
    profile: Option<Vec<u8>>,
    pixels: &[u8],
    width: u32,
    height: u32,
    colours: ExtendedColorType,
) -> image::ImageResult<()> {
    if let Some(profile) = profile {
        // Without it the colours are a little paler.
        let _ = encoder.set_icc_profile(profile);
    }
    encoder.write_image(pixels, width, height, colours)
}
