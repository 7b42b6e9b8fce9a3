//! A translation file: areas of words, each a text, a list of texts, or the plural forms of one.

use super::{BTreeMap, Error, FORMS, Path, fs};

/// The words of a language, by area and key.
pub type File = BTreeMap<String, BTreeMap<String, Word>>;

/// A word of a file.
pub enum Word {
    /// Said as it is, but for its placeholders.
    Text(String),
    /// One of several, by its place.
    List(Vec<String>),
    /// By the form that a count takes.
    Plural(BTreeMap<String, String>),
}

/// The files of a folder, by their language's tag.
pub fn all(folder: &Path) -> Result<BTreeMap<String, File>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_words =
            path.extension().is_some_and(|ending| ending == "toml") && !path.ends_with("Cargo.toml");
        if let Some(tag) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_words) {
            let file = read(tag, &fs::read_to_string(&path)?)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            files.insert(tag.to_owned(), file);
        }
    }
    Ok(files)
}

fn read(tag: &str, text: &str) -> Result<File, Box<dyn Error>> {
    let table: toml::Table = text.parse()?;
    let mut file = File::new();
    for (area, words) in table {
        let toml::Value::Table(words) = words else { return Err(format!("{area} is not an area").into()) };
        let of_area = file.entry(area.clone()).or_default();
        for (key, value) in words {
            let word = Word::read(value)
                .ok_or_else(|| format!("{area}.{key} is no text, no list, and no plural"))?;
            of_area.insert(key, word);
        }
    }
    file.entry("language".into()).or_default().insert("tag".into(), Word::Text(tag.into()));
    Ok(file)
}

impl Word {
    fn read(value: toml::Value) -> Option<Self> {
        let text = |value| if let toml::Value::String(text) = value { Some(text) } else { None };
        match value {
            toml::Value::String(text) => Some(Self::Text(text)),
            toml::Value::Array(texts) => texts.into_iter().map(text).collect::<Option<_>>().map(Self::List),
            toml::Value::Table(forms) => {
                let forms = forms.into_iter().map(|(form, value)| {
                    let is_known = FORMS.contains(&form.as_str());
                    text(value).filter(|_| is_known).map(|text| (form, text))
                });
                let forms: BTreeMap<_, _> = forms.collect::<Option<_>>()?;
                forms.contains_key("other").then_some(Self::Plural(forms))
            }
            _ => None,
        }
    }

    /// How many lines of a table it takes.
    pub fn slots(&self) -> usize {
        match self {
            Self::Text(_) => 1,
            Self::List(texts) => texts.len(),
            Self::Plural(_) => FORMS.len(),
        }
    }

    /// What it is known by to whoever reads the code.
    pub fn first(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::List(texts) => texts.first().map_or("", String::as_str),
            Self::Plural(forms) => &forms["other"],
        }
    }

    /// The names of its placeholders, in the order in which they are written; a plural's `count` before the others.
    pub fn names(&self) -> Vec<&str> {
        let (mut names, texts): (Vec<_>, Vec<&str>) = match self {
            Self::Text(text) => (Vec::new(), vec![text]),
            Self::List(_) => return Vec::new(),
            Self::Plural(forms) => {
                (vec!["count"], FORMS.iter().filter_map(|form| Some(forms.get(*form)?.as_str())).collect())
            }
        };
        for part in texts.into_iter().flat_map(|text| text.split('{').skip(1)) {
            if let Some((name, _)) = part.split_once('}')
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }
}
