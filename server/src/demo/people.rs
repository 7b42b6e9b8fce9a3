//! The people of the demo's world.

/// A language that somebody may speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    Arabic,
    Chinese,
    English,
}

/// Somebody who lives in the demo's world.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub username: &'static str,
    pub display_name: &'static str,
    /// What friends say instead of the whole name.
    pub called: &'static str,
    /// The same, among friends who write Chinese.
    pub called_in_chinese: &'static str,
    pub speaks: &'static [Language],
}

/// Everybody. The first is the one to sign in as, and the instance's administrator.
pub const PEOPLE: [Person; 16] = [
    person("alice", "Alice Moreau", "Alice", "阿丽", BOTH),
    person("bob", "Bob Lindqvist", "Bob", "Bob", ENGLISH),
    person("carol", "Carol 🌻 Whitfield", "Carol", "Carol", ENGLISH),
    person("hugo", "Hugo Moreau", "Hugo", "Hugo", ENGLISH),
    person("elodie", "Élodie Moreau", "Élodie", "Élodie", ENGLISH),
    person("xiaoyu", "林晓雨", "Xiaoyu", "晓雨", BOTH),
    person("wei", "伟", "Wei", "阿伟", BOTH),
    person("zhangmin", "张敏", "Min", "敏敏", BOTH),
    person("jianguo", "陈建国", "Mr Chen", "陈老师", &[Language::Chinese]),
    person("meiling", "Meiling Chan 陈美玲", "Meiling", "美玲", BOTH),
    person("yasmin", "ياسمين حداد", "Yasmin", "Yasmin", &[Language::Arabic, Language::English]),
    person("tomasz", "Tomasz Wiśniewski", "Tomasz", "Tomasz", ENGLISH),
    person("max", "Maximiliane Theodora Hohenfeld-Brunnthaler von der Oberen Mühle", "Max", "Max", ENGLISH),
    person("ravi", "Ravi Subramaniam", "Ravi", "Ravi", ENGLISH),
    person("oksana", "Оксана Мельник", "Oksana", "Oksana", ENGLISH),
    person("jun", "佐藤 潤", "Jun", "阿润", BOTH),
];

const ENGLISH: &[Language] = &[Language::English];
const BOTH: &[Language] = &[Language::English, Language::Chinese];

const fn person(
    username: &'static str,
    display_name: &'static str,
    called: &'static str,
    called_in_chinese: &'static str,
    speaks: &'static [Language],
) -> Person {
    Person { username, display_name, called, called_in_chinese, speaks }
}

impl Person {
    /// Whether an exchange in these languages is one that this person can take part in.
    #[must_use]
    pub fn speaks_all(&self, languages: &[Language]) -> bool {
        languages.iter().all(|language| self.speaks.contains(language))
    }
}
