//! The threads of the demo's world: who is in them, what they are about, and how lively they have been.

/// A thread to be made and filled.
#[derive(Clone, Copy, Debug)]
pub struct Plot {
    /// Empty for a direct thread.
    pub title: &'static str,
    pub hue: u8,
    pub glyph: &'static str,
    /// Usernames. The first one made it.
    pub members: &'static [&'static str],
    /// What is talked about, see [`super::corpus`].
    pub topics: &'static [&'static str],
    /// How many messages it has.
    pub messages: usize,
    /// How long ago the first one was written, about.
    pub days: i64,
    /// How long ago the last one was written.
    pub quiet_minutes: i64,
    /// How many of the last ones the main person has not read. None of these is her own.
    pub unread: usize,
}

const fn group(title: &'static str, hue: u8, glyph: &'static str, members: &'static [&'static str]) -> Plot {
    Plot { title, hue, glyph, members, topics: &[], messages: 0, days: 0, quiet_minutes: 0, unread: 0 }
}

const fn direct(members: &'static [&'static str; 2]) -> Plot {
    group("", 0, "", members)
}

impl Plot {
    const fn about(self, topics: &'static [&'static str]) -> Self {
        Self { topics, ..self }
    }

    const fn past(self, messages: usize, days: i64, quiet_minutes: i64) -> Self {
        Self { messages, days, quiet_minutes, ..self }
    }

    const fn unread(self, unread: usize) -> Self {
        Self { unread, ..self }
    }

    /// Whether it rests in the evening and at the weekend.
    #[must_use]
    pub fn is_work(&self) -> bool {
        self.topics.iter().any(|topic| matches!(*topic, "work" | "工作"))
    }
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Everything that is talked about.
pub const PLOTS: &[Plot] =
    &[
        group("Moreaus", 0, "🏡", &["elodie", "alice", "hugo", "bob"])
            .about(&["family", "cooking", "plans", "daily"])
            .past(320, 728, 3)
            .unread(3),
        group("Thursday climbers", 7, "🧗", &["tomasz", "alice", "bob", "oksana", "jun", "wei"])
            .about(&["climbing", "plans", "daily"])
            .past(410, 700, 14),
        group("Book club", 3, "📚", &["carol", "alice", "meiling", "ravi", "max", "yasmin"])
            .about(&["books", "plans", "films", "daily"])
            .past(290, 640, 47)
            .unread(12),
        group("Harbour Museum relaunch", 8, "⚓", &["ravi", "alice", "oksana", "zhangmin", "tomasz"])
            .about(&["work", "daily"])
            .past(500, 410, 26),
        group(
            "Everybody",
            10,
            "🎉",
            &[
                "bob", "alice", "carol", "hugo", "elodie", "xiaoyu", "wei", "zhangmin", "jianguo", "meiling",
                "yasmin", "tomasz", "max", "ravi", "oksana", "jun",
            ],
        )
        .about(&["daily", "plans", "films", "日常", "mixed", "arabic"])
        .past(520, 725, 9)
        .unread(120),
        group(
            "Alder Street 14, everyone who lives in the front building",
            4,
            "",
            &["max", "alice", "carol", "yasmin", "hugo"],
        )
        .about(&["neighbours", "plans"])
        .past(210, 690, 2 * HOUR + 8),
        group("晓风读书会", 2, "📖", &["xiaoyu", "alice", "wei", "zhangmin", "jianguo", "meiling"])
            .about(&["读书", "日常", "聚餐"])
            .past(330, 715, 38),
        group("火锅", 1, "🍲", &["wei", "alice", "xiaoyu", "meiling", "zhangmin"])
            .about(&["聚餐", "日常"])
            .past(180, 500, 5 * HOUR + 41),
        group("Language swap 语言交换", 6, "", &["alice", "xiaoyu", "wei", "jun", "meiling"])
            .about(&["mixed", "日常", "daily"])
            .past(130, 380, 27 * HOUR + 13)
            .unread(1),
        group("Kitchen", 5, "🫖", &["carol", "alice", "yasmin"])
            .about(&["home", "cooking", "daily"])
            .past(170, 450, 74),
        group("Allotment 27", 5, "🥕", &["oksana", "alice", "carol", "elodie"])
            .about(&["garden", "plans"])
            .past(140, 600, 31 * HOUR - 22),
        group("Altos", 9, "🎶", &["max", "alice", "yasmin", "carol"]).about(&["choir", "plans"]).past(
            100,
            660,
            2 * DAY + 90,
        ),
        group("Lofoten in June", 7, "⛰️", &["jun", "alice", "bob", "tomasz"]).about(&["trip", "plans"]).past(
            130,
            330,
            4 * DAY + 133,
        ),
        group("Film night", 11, "🎬", &["ravi", "alice", "carol", "jun", "hugo"])
            .about(&["films", "plans", "daily"])
            .past(90, 520, 3 * DAY + 200),
        group("周末爬山", 4, "⛰️", &["zhangmin", "alice", "wei", "xiaoyu", "jianguo"])
            .about(&["爬山", "日常"])
            .past(70, 260, 6 * DAY - 88),
        group("Grandma's 80th", 0, "🎂", &["hugo", "alice", "elodie"]).about(&["family", "plans"]).past(
            60,
            390,
            310 * DAY + 352,
        ),
        group(
            "Moving day: boxes, van, keys, who feeds the cat",
            2,
            "📦",
            &["alice", "bob", "carol", "tomasz", "wei"],
        )
        .about(&["plans", "home"])
        .past(56, 660, 610 * DAY + 451),
        group("Release checklist", 8, "", &["alice", "ravi", "oksana"]).about(&["work"]).past(
            40,
            200,
            88 * DAY + 19,
        ),
        group("Repair café", 3, "🔧", &["tomasz", "alice", "max", "meiling"]).about(&["neighbours"]).past(
            30,
            150,
            11 * DAY + 267,
        ),
        group("Q", 6, "", &["ravi", "alice", "zhangmin"]).about(&["work"]).past(14, 60, 8 * DAY + 104),
        direct(&["bob", "alice"])
            .about(&["between two", "plans", "daily", "cooking", "films"])
            .past(330, 730, 21),
        direct(&["alice", "xiaoyu"]).about(&["日常", "mixed", "聚餐", "daily"]).past(220, 620, 55),
        direct(&["carol", "alice"]).about(&["between two", "home", "plans", "daily"]).past(
            130,
            540,
            3 * HOUR + 26,
        ),
        direct(&["elodie", "alice"])
            .about(&["family", "between two", "cooking"])
            .past(110, 720, 6 * HOUR + 3)
            .unread(2),
        direct(&["hugo", "alice"]).about(&["family", "between two", "films"]).past(90, 710, 20 * HOUR + 37),
        direct(&["ravi", "alice"]).about(&["work", "daily"]).past(80, 400, 90),
        direct(&["alice", "meiling"]).about(&["books", "between two", "日常", "mixed"]).past(
            60,
            410,
            2 * DAY + 29,
        ),
        direct(&["wei", "alice"]).about(&["日常", "climbing"]).past(50, 480, 5 * DAY + 171),
        direct(&["yasmin", "alice"]).about(&["arabic", "between two", "cooking"]).past(
            45,
            300,
            30 * HOUR + 9,
        ),
        direct(&["tomasz", "alice"]).about(&["climbing", "plans"]).past(40, 500, 9 * DAY + 222),
        direct(&["zhangmin", "alice"]).about(&["工作", "日常"]).past(36, 350, 4 * DAY + 40),
        direct(&["alice", "jianguo"]).about(&["家人"]).past(28, 600, 3 * DAY + 77),
        direct(&["max", "alice"]).about(&["choir", "plans"]).past(21, 250, 16 * DAY - 51),
        direct(&["alice", "oksana"]).about(&["garden", "daily"]).past(11, 120, 33 * DAY + 73),
        direct(&["jun", "alice"]).about(&["plans"]).past(3, 45, 45 * DAY - 316),
        direct(&["bob", "tomasz"]).about(&["climbing", "between two"]).past(60, 400, 4 * HOUR + 16),
        direct(&["wei", "xiaoyu"]).about(&["日常", "聚餐"]).past(70, 500, 65),
        direct(&["max", "carol"]).about(&["neighbours", "choir"]).past(24, 280, 2 * DAY + 340),
        group("设计组", 9, "", &["zhangmin", "wei", "meiling"]).about(&["工作"]).past(40, 180, 7 * HOUR - 12),
        group("Élodie’s surprise party", 1, "🎈", &["bob", "alice", "hugo", "carol"])
            .about(&["plans", "family"])
            .past(22, 260, 205 * DAY + 77),
        group("Interview panel, exhibition designer", 8, "", &["ravi", "alice", "zhangmin"])
            .about(&["work"])
            .past(16, 300, 270 * DAY + 31),
        group("Sourdough", 3, "🍞", &["carol", "alice", "max", "yasmin"]).about(&["cooking", "home"]).past(
            26,
            420,
            140 * DAY + 205,
        ),
        group("Ticino, three days in the rain", 7, "🌧️", &["tomasz", "alice", "jun", "oksana"])
            .about(&["trip", "climbing"])
            .past(34, 480, 420 * DAY + 93),
        group("中秋节", 2, "🥮", &["meiling", "alice", "xiaoyu", "wei", "zhangmin"])
            .about(&["聚餐", "日常"])
            .past(24, 410, 402 * DAY + 14),
        group("Bike for sale, blue, one owner", 5, "🚲", &["alice", "max", "ravi"])
            .about(&["neighbours"])
            .past(12, 190, 171 * DAY + 248),
        group("Choir weekend", 9, "", &["max", "alice", "carol", "yasmin"]).about(&["choir", "trip"]).past(
            20,
            350,
            322 * DAY + 160,
        ),
        group("Who has the long ladder?", 4, "🪜", &["carol", "alice", "max", "oksana"])
            .about(&["neighbours", "garden"])
            .past(14, 230, 228 * DAY + 9),
        group("Loan negotiations: Trieste", 8, "⚓", &["ravi", "alice", "oksana"]).about(&["work"]).past(
            28,
            560,
            455 * DAY + 320,
        ),
        group("周三羽毛球", 6, "🏸", &["wei", "alice", "jun", "xiaoyu"]).about(&["日常"]).past(
            18,
            330,
            251 * DAY + 42,
        ),
        group("Hugo’s new flat", 0, "🔑", &["hugo", "alice", "elodie", "bob"])
            .about(&["family", "home"])
            .past(24, 300, 188 * DAY + 71),
        group("Films of the winter", 11, "", &["ravi", "alice", "jun"]).about(&["films"]).past(
            16,
            650,
            590 * DAY + 266,
        ),
        group("Knee surgery visits", 10, "🩼", &["oksana", "alice", "carol", "tomasz"])
            .about(&["plans", "daily"])
            .past(20, 520, 481 * DAY + 55),
        group("Jam day", 1, "🍓", &["elodie", "alice", "carol"]).about(&["cooking", "garden"]).past(
            15,
            480,
            472 * DAY + 118,
        ),
        group("Poster proofs", 9, "🖼️", &["zhangmin", "alice", "ravi"]).about(&["work"]).past(
            14,
            140,
            96 * DAY + 187,
        ),
        group("晓雨搬家", 2, "📦", &["xiaoyu", "alice", "wei"]).about(&["日常", "聚餐"]).past(
            17,
            290,
            243 * DAY + 29,
        ),
        group("New Year at the lake", 7, "🎆", &["bob", "alice", "tomasz", "oksana", "jun"])
            .about(&["plans", "trip"])
            .past(32, 380, 325 * DAY + 12),
        group("Piano, free to whoever carries it", 4, "🎹", &["max", "alice", "yasmin", "ravi"])
            .about(&["neighbours", "plans"])
            .past(18, 600, 566 * DAY + 230),
        group("Language swap, summer picnic", 6, "🧺", &["jun", "alice", "meiling", "xiaoyu"])
            .about(&["mixed", "日常"])
            .past(19, 520, 470 * DAY + 143),
        group("Seeds and cuttings", 5, "🌱", &["oksana", "alice", "max"]).about(&["garden"]).past(
            13,
            630,
            250 * DAY + 88,
        ),
    ];
