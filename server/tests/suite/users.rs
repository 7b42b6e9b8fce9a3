//! Finding people.

use crate::harness::TestServer;

#[tokio::test]
async fn people_are_found_by_the_beginnings_of_their_names_whatever_their_accents() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    for (username, name) in [
        ("zoe_m", "Zoë Müller"),
        ("lukasz", "Łukasz Wiśniewski"),
        ("soren", "Søren Strauß"),
        ("pena", "Ñusta O'Peña-Ruiz"),
        ("olya", "Ольга Ёлкина"),
        ("akis", "Αχιλλέας"),
        ("moha", "محمّد"),
        ("jun", "佐藤 潤"),
        ("gaku", "がく"),
        ("minsu", "김민수"),
        ("decomposed", "Andre\u{301} Thi\u{1EBF}u"),
    ] {
        server.person_named(username, name).await;
    }
    for (text, username) in [
        ("zoe", "zoe_m"),
        ("ZOË", "zoe_m"),
        ("zoe\u{308}", "zoe_m"),
        ("mu\u{308}l zo", "zoe_m"),
        ("muller", "zoe_m"),
        ("luk", "lukasz"),
        ("Łuk", "lukasz"),
        ("wisn", "lukasz"),
        ("sor", "soren"),
        ("strauss", "soren"),
        ("STRAUSS", "soren"),
        ("strauß", "soren"),
        ("nust", "pena"),
        ("pena ruiz", "pena"),
        ("o'peñ", "pena"),
        ("елк", "olya"),
        ("αχιλλεα", "akis"),
        ("محمد", "moha"),
        ("佐", "jun"),
        ("潤", "jun"),
        ("がく", "gaku"),
        ("김민", "minsu"),
        ("andré", "decomposed"),
        ("andre thieu", "decomposed"),
        ("!zoe:*", "zoe_m"),
    ] {
        assert_eq!(alice.find(text).await, [username], "{text}");
    }
    for text in ["oe", "かく", "zoe lukasz", "", " ", "'", "\\", "zoe | luk", "%", "\u{0}"] {
        let found = alice.find(text).await;
        assert!(found.is_empty(), "{text:?} finds {found:?}");
    }
}
