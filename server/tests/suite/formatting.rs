//! What the sender of a message sees at once is made by other code than what everybody sees later, and looks the same.

use model::UserId;
use server::{formatting::html, mentions::Mention};

/// What people write, so that the sender sees at once what the others will see.
#[test]
fn what_a_sender_sees_at_once_is_what_the_server_makes_of_it() {
    let called = ["ada", "ada_l"].map(|name| Mention { user_id: UserId::generate(), username: name.into() });
    let names: Vec<_> = called.iter().map(|mention| mention.username.clone()).collect();
    let differs = |body: &&str| {
        let called = if body.contains("@ada") { &called[..] } else { &[] };
        let (here, there) = (app::formatting::html(body, &names), html(body, called));
        (here != there).then(|| format!("{body:?}:\n{here:?}\n{there:?}"))
    };
    let bodies = [
        "**bold** and *leaning*",
        "~~gone~~ ~gone~ `a < b` ``a ` b``",
        "```rust\nlet a = \"<b>\";\n\n    b & c\n```\nafter",
        "```\nnever ended",
        "~~~\n```\n~~~",
        "> said\n> and said\ngoing on\n\nanswered",
        "> > deeper\n> back",
        "> - one\n> - two",
        "- one\n- two\n  and its second line\n- three",
        "* one\n  * inner\n  * inner two\n* two",
        "- one\n\n- two",
        "- [ ] not a box",
        "3. three\n4. four",
        "1) one\n2) two",
        "Words\n- a list\n- right below",
        "Words\n2. no list",
        "[words](https://a.example/x) [**bold** words](https://a.example/?a=b&c=d \"title\")",
        "[x](javascript:alert(1)) [y](/local) **z**",
        "![picture](https://a.example/p.png)",
        "<https://a.example/> *x*",
        "**see** https://a.example/x_y_z?a=b&c=d, and www.b.example.",
        "# Loud\n## Less loud ##\nwords",
        "#1 and **two**",
        "**one**\ntwo  \nthree",
        "one\n\n---\n\n*two*",
        "    indented\n    code",
        "\\*not leaning\\* but *this*",
        "5 * 3 * 2 and snake_case_name and **x**",
        "***both*** **a *b* c** *a **b** c*",
        "**open *and _never_ closed",
        "a*b*c _d_e_ __f__",
        "&lt;b&gt; *x* & y",
        "\"quoted\" 'words' **x**",
        "中文**粗体**文字 _斜_",
        "Hi @ada and @bob, **look**",
        "@ada",
        "`@ada` ada@ada",
        "Hi @ada_l, **@ada_l** and _@ada_",
        "[a] [b](c **d**",
        "[ **bold ](https://a.example) after**",
        "**x** < y > z",
        "plain words",
        "two\n\nparagraphs",
        "-5 degrees, 100 % of 5 people",
        "a [b] c",
        "1.",
        "one:\n\tcode",
        "- > quoted\n- # loud",
        "1. - inner\n   - second",
        "```never",
    ];
    let different: Vec<_> = bodies.iter().filter_map(differs).collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn deep_nesting_is_read_in_time_there_too() {
    for piece in ["> ", "- ", "*", "[", "`", "<", "_a", "![](", "1. ", "~", "@ada "] {
        let body = piece.repeat(4_000 / piece.len());
        if let Some(html) = app::formatting::html(&body, &["ada".into()]) {
            assert!(html.len() < 2_000_000, "{piece:?} became {} bytes", html.len());
        }
    }
}
