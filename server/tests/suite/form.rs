//! The forms of a page, found in its HTML and filled in as a browser without scripts does.

/// A form, with what it sends by itself.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// `get` or `post`.
    pub method: String,
    /// Where it leads.
    pub action: String,
    /// What is in its fields.
    pub fields: Vec<(String, String)>,
    /// What each of its buttons adds.
    pub buttons: Vec<(String, String)>,
}

impl Form {
    /// All forms of a page that change something.
    pub fn acting(html: &str) -> Vec<Self> {
        Self::all(html).into_iter().filter(|form| form.method == "post").collect()
    }

    /// All forms of a page.
    pub fn all(html: &str) -> Vec<Self> {
        let html = html.split("<script type=\"application/json\"").next().unwrap();
        let mut forms = Vec::<(Option<String>, Self)>::new();
        let mut is_inside = false;
        let mut name_of_select = None;
        for (tag, text) in html.split('<').skip(1).filter_map(|rest| rest.split_once('>')) {
            let of = |name| attribute(tag, name);
            let owner = of("form");
            let current = match &owner {
                Some(id) => forms.iter_mut().find(|(known, _)| known.as_ref() == Some(id)),
                None if is_inside => forms.last_mut(),
                None => None,
            };
            match (tag.split([' ', '\n']).next().unwrap(), current) {
                ("form", _) => {
                    let (method, action) = (of("method").unwrap(), of("action").unwrap());
                    forms.push((of("id"), Self { method, action, ..Self::default() }));
                    is_inside = true;
                }
                ("/form", _) => is_inside = false,
                ("input", Some((_, form))) => {
                    let is_choice = matches!(of("type").as_deref(), Some("radio" | "checkbox"));
                    let is_chosen = !is_choice || of("checked").is_some();
                    if let Some(name) = of("name").filter(|_| is_chosen) {
                        form.fields.push((name, of("value").unwrap_or_default()));
                    }
                }
                ("textarea", Some((_, form))) => {
                    form.fields.push((of("name").unwrap(), unescaped(text).trim().into()))
                }
                ("select", Some((_, form))) => {
                    name_of_select = of("name");
                    form.fields.push((name_of_select.clone().unwrap(), String::new()));
                }
                ("option", Some((_, form))) if of("selected").is_some() => {
                    let select = name_of_select.clone().unwrap();
                    form.fields.iter_mut().filter(|(name, _)| *name == select).for_each(|(_, value)| {
                        *value = of("value").unwrap_or_default();
                    });
                }
                ("button", Some((_, form))) => {
                    if let Some(name) = of("name") {
                        form.buttons.push((name, of("value").unwrap_or_default()));
                    }
                }
                _ => {}
            }
        }
        forms.into_iter().map(|(_, form)| form).collect()
    }

    /// What a field holds.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Writes into a field.
    pub fn fill(&mut self, name: &str, value: &str) {
        match self.fields.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value.into(),
            None => panic!("no field {name} in {self:?}"),
        }
    }

    /// What is sent when a button with this value is pressed, or the one that has none.
    pub fn pressed(&self, value: Option<&str>) -> Vec<(&str, &str)> {
        let button = value.map(|value| {
            self.buttons
                .iter()
                .find(|(_, known)| known == value)
                .unwrap_or_else(|| panic!("no {value} in {self:?}"))
        });
        let all = self.fields.iter().chain(button);
        all.map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    while let Some(at) = rest.find(name) {
        let is_whole = rest[..at].ends_with([' ', '\n', '"']);
        rest = &rest[at + name.len()..];
        if is_whole {
            match rest.strip_prefix("=\"") {
                Some(value) => return Some(unescaped(value.split('"').next().unwrap())),
                None if rest.is_empty() || rest.starts_with([' ', '/', '\n']) => return Some(String::new()),
                None => {}
            }
        }
    }
    None
}

fn unescaped(text: &str) -> String {
    [("&quot;", "\""), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (written, read)| text.replace(written, read))
}
