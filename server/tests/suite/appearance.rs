//! How somebody wants Bobbin to look: in the first HTML, in every browser of theirs, and in nobody else's.

use crate::{
    browser::Browser,
    harness::{PASSWORD, TestServer},
};

#[tokio::test]
async fn a_choice_is_in_the_first_html_and_kept_with_the_account() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut browser = Browser::of(&server, &alice);
    browser.open("/").await.assert_shows("<html lang=\"en\" dir=\"ltr\">");
    let chosen = browser.submit("/settings/appearance", &[("theme", "dark"), ("text_size", "large")]).await;
    assert_eq!(chosen.redirect(), "/settings?done=appearance");
    let cookie = chosen.set_cookie().unwrap().split(';').next().unwrap().to_owned();
    let mut browser = Browser::of(&server, &alice).with("cookie", &cookie);
    for path in ["/", "/settings"] {
        let page = browser.open(path).await;
        page.assert_shows("<html lang=\"en\" dir=\"ltr\" data-theme=\"dark\" data-text-size=\"large\">");
    }
    browser.open("/settings").await.assert_shows("name=\"theme\" value=\"dark\" checked");

    let sign_in = [("username", "alice"), ("password", PASSWORD)];
    let elsewhere = Browser::new(&server).submit("/sign-in", &sign_in).await;
    let cookies: Vec<_> = elsewhere.headers.get_all("set-cookie").iter().collect();
    assert!(cookies.iter().any(|cookie| cookie.to_str().unwrap().starts_with("appearance=dark.large; ")));
    let bob = server.person("bob").await;
    Browser::of(&server, &bob).open("/").await.assert_shows("<html lang=\"en\" dir=\"ltr\">");
}

#[tokio::test]
async fn words_that_are_none_of_ours_choose_nothing_and_get_into_no_page() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let evil = "appearance=dark\"onload=x.<script>";
    let page = Browser::of(&server, &alice).with("cookie", evil).open("/").await;
    page.assert_shows("<html lang=\"en\" dir=\"ltr\">");
    let form = [("theme", "\"><script>"), ("text_size", "huge")];
    let chosen = Browser::of(&server, &alice).submit("/settings/appearance", &form).await;
    assert!(chosen.set_cookie().unwrap().starts_with("appearance=system.usual; "));
}
