//! Writes `site.rs`, a table of the site's files for the compiler, and `sizes.txt`, what each weighs, for `make size`.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Finds the parts that `make` built, compresses them, and writes the two files into `OUT_DIR`.
pub fn embed() -> Result<(), Box<dyn Error>> {
    // Asked while it runs: a build of this script may serve more than one folder.
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("..").canonicalize()?;
    println!("cargo::rerun-if-env-changed=BOBBIN_SITE");
    let built =
        std::env::var_os("BOBBIN_SITE").map_or_else(|| root.join("target/site-release"), PathBuf::from);
    let public = root.join("app/public");
    let style = root.join("style");

    let mut site =
        Site { out: std::env::var_os("OUT_DIR").ok_or("there is no OUT_DIR")?.into(), ..Site::default() };
    let app = site.add_app(&built)?;
    println!("cargo::rerun-if-changed={}", style.display());
    let css = site.add_hashed("bobbin.css", crate::style::bundle(&style.join("main.css"))?.into_bytes())?;
    let later = site.add_hashed("later.css", crate::style::bundle(&style.join("later.css"))?.into_bytes())?;
    let start = site.add_hashed("start.js", read(&public.join("start.js"))?)?;
    let picture = site.add_hashed("picture.js", read(&public.join("picture.js"))?)?;
    let lock = site.add_hashed("lock.js", read(&public.join("lock.js"))?)?;
    let notifications = site.add_hashed("notifications.js", read(&public.join("notifications.js"))?)?;
    println!("cargo::rerun-if-changed={}", public.display());
    for entry in fs::read_dir(&public)? {
        let name =
            entry?.file_name().into_string().map_err(|name| format!("{} is not text", name.display()))?;
        if !["start.js", "picture.js", "notifications.js", "lock.js"].contains(&&*name) {
            site.add(&format!("/{name}"), read(&public.join(&name))?)?;
        }
    }
    let [script, split, wasm] =
        ["bobbin.js", "__wasm_split.js", "bobbin.wasm"].map(|name| format!("{app}{name}"));
    let words = site.add_words("")?;
    let later_words = site.add_words(".later")?;
    let urls = format!(
        "Urls {{ script: {script:?}, picture: {picture:?}, notifications: {notifications:?}, lock: {lock:?}, split: {split:?}, wasm: {wasm:?}, css: {css:?}, later: {later:?}, start: {start:?}, words: &{words:?}, later_words: &{later_words:?} }}"
    );
    fs::write(
        site.out.join("site.rs"),
        format!("pub const URLS: Urls = {urls};\nconst FILES: &[File] = &[\n{}];\n", site.table),
    )?;
    fs::write(site.out.join("sizes.txt"), site.sizes)?;
    Ok(())
}

#[derive(Default)]
struct Site {
    out: PathBuf,
    table: String,
    sizes: String,
    count: usize,
}

impl Site {
    /// The app's files name each other, so they keep their names, in a folder that is named by the hash of them all. Gives its path.
    fn add_app(&mut self, built: &Path) -> Result<String, Box<dyn Error>> {
        let mut names = Vec::new();
        let folder = fs::read_dir(built).map_err(|error| {
            format!("{} cannot be read ({error}): `make run` builds the site first.", built.display())
        })?;
        println!("cargo::rerun-if-changed={}", built.display());
        for entry in folder {
            let name =
                entry?.file_name().into_string().map_err(|name| format!("{} is not text", name.display()))?;
            if name.ends_with(".js") || name.ends_with(".wasm") {
                names.push(name);
            }
        }
        names.sort();
        let mut contents = Vec::new();
        for name in names {
            let content = read(&built.join(&name))?;
            contents.push((name, content));
        }
        let place = |name| contents.iter().position(|(known, _)| known == name);
        if let (Some(wasm), Some(script), Some(split)) =
            (place("bobbin.wasm"), place("bobbin.js"), place("__wasm_split.js"))
        {
            let [(_, wasm), (_, script), (_, split)] = contents.get_disjoint_mut([wasm, script, split])?;
            let later = crate::glue::shorten(wasm, script)?;
            *split = crate::glue::tidy(&crate::later::bring(std::str::from_utf8(split)?)?).into_bytes();
            contents.push(("later.js".into(), later));
        }
        let mut hasher = DefaultHasher::new();
        contents.hash(&mut hasher);
        let folder = format!("/pkg/{:08x}/", hasher.finish() >> 32);
        for (name, content) in contents {
            self.add(&format!("{folder}{name}"), content)?;
        }
        Ok(folder)
    }

    /// Under `/pkg`, with a piece of the content's hash before the name's ending, so that browsers may keep it for ever.
    fn add_hashed(&mut self, name: &str, content: Vec<u8>) -> Result<String, Box<dyn Error>> {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        let (stem, ending) = name.rsplit_once('.').ok_or("a name without an ending")?;
        let path = format!("/pkg/{stem}.{:08x}.{ending}", hasher.finish() >> 32);
        self.add(&path, content)?;
        Ok(path)
    }

    /// A table of each language, as the build of `words` left it.
    fn add_words(&mut self, which: &str) -> Result<Vec<String>, Box<dyn Error>> {
        let folder = PathBuf::from(std::env::var("DEP_BOBBIN_WORDS_TABLES")?);
        let tags = std::env::var("DEP_BOBBIN_WORDS_TAGS")?;
        let table = |tag: &str| {
            let name = format!("{tag}{which}.txt");
            self.add_hashed(&format!("words.{name}"), read(&folder.join(name))?)
        };
        tags.split(',').map(table).collect()
    }

    fn add(&mut self, path: &str, content: Vec<u8>) -> Result<(), Box<dyn Error>> {
        let (plain, packed) = (format!("{}", self.count), format!("{}.br", self.count));
        self.count += 1;
        let brotli = compress(&content)?;
        writeln!(self.sizes, "{} {} {path}", content.len(), brotli.len())?;
        writeln!(
            self.table,
            "    File {{ path: {path:?}, plain: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{plain}\")), brotli: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{packed}\")) }},"
        )?;
        fs::write(self.out.join(plain), content)?;
        Ok(fs::write(self.out.join(packed), brotli)?)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", path.display());
    fs::read(path).map_err(|error| {
        format!("{} cannot be read ({error}): `make run` builds the site first.", path.display()).into()
    })
}

fn compress(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let (best, window_bits) = (11, 22);
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, best, window_bits);
    writer.write_all(content)?;
    writer.flush()?;
    Ok(writer.into_inner())
}
