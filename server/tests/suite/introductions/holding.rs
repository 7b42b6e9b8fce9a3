//! Holding a chat that goes on while tabs are connected anew: what comes of it, and that nobody is drawn into one by it.

use super::*;

#[tokio::test]
async fn a_tab_that_is_connected_anew_holds_its_chat_again() {
    let server = TestServer::start().await;
    let (chat_id, [(alice, hers), (bob, mut his), (_, mut doras)]) = speaking(&server).await;
    let mut her_other = alice.live().await;
    assert_eq!(told(&mut her_other).await.0, Step::Elsewhere);
    drop(hers);
    assert_eq!(told(&mut her_other).await.0, Step::Gone);
    assert_eq!(told(&mut his).await.0, Step::Gone);
    let nobody = his.command(step(chat_id, alice.user.user_id, Step::Offer, "")).await;
    assert_refused(nobody, &Refusal::SecretChatGone);
    // He is in it still, and she may be asked.
    let ask = |whom: &Person| step(SecretChatId::generate(), whom.user.user_id, Step::Ask, "");
    assert_refused(doras.command(ask(&bob)).await, &Refusal::PersonBusy);
    let other = SecretChatId::generate();
    take(&mut doras, other, &alice, Step::Ask, "").await;
    assert_eq!(told(&mut her_other).await.0, Step::Ask);
    take(&mut doras, other, &alice, Step::End, "").await;
    assert_eq!(told(&mut her_other).await.0, Step::End);

    let mut again = alice.live().await;
    take(&mut again, chat_id, &bob, Step::Hold, "").await;
    assert_eq!(told(&mut her_other).await.0, Step::Elsewhere);
    assert_eq!(told(&mut his).await.0, Step::Hold);
    assert_refused(doras.command(ask(&alice)).await, &Refusal::PersonBusy);
    take(&mut again, chat_id, &bob, Step::Offer, "another way").await;
    assert_eq!(told(&mut his).await, (Step::Offer, "another way".into()));
    take(&mut his, chat_id, &alice, Step::Answer, "mine").await;
    let mut heard = vec![told(&mut again).await];
    while heard.last().is_some_and(|(step, _)| *step != Step::Answer) {
        heard.push(told(&mut again).await);
    }
    let before = [(Step::Elsewhere, String::new()), (Step::Hold, String::new())];
    let (answer, before_it) = heard.split_last().unwrap();
    assert_eq!(*answer, (Step::Answer, "mine".into()));
    assert!(before.ends_with(before_it), "{heard:?}");
    take(&mut again, chat_id, &bob, Step::End, "").await;
    for live in [&mut his, &mut her_other] {
        assert_eq!(told(live).await.0, Step::End);
    }
}

#[tokio::test]
async fn a_server_that_has_started_since_is_told_by_each_side_and_by_nobody_else() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let dora = server.person("dora").await;
    let thread_id = dora.direct(&bob).await.thread_id;
    bob.send(thread_id, "hello").await;
    let (mut hers, mut his, mut doras) = (alice.live().await, bob.live().await, dora.live().await);
    let mut his_other = bob.live().await;
    let chat_id = SecretChatId::generate();
    take(&mut hers, chat_id, &bob, Step::Hold, "").await;
    // What she says makes him neither busy nor reachable.
    let alone = hers.command(step(chat_id, bob.user.user_id, Step::Offer, "")).await;
    assert_refused(alone, &Refusal::SecretChatGone);
    let ask = || step(SecretChatId::generate(), bob.user.user_id, Step::Ask, "");
    doras.command(ask()).await.expect("he is not in it yet");
    drop(doras);
    let mut doras = dora.live().await;
    for whom in [&bob, &alice] {
        let foreign = doras.command(step(chat_id, whom.user.user_id, Step::Hold, "")).await;
        assert_refused(foreign, &Refusal::SecretChatGone);
    }
    take(&mut his, chat_id, &alice, Step::Hold, "").await;
    let mut heard = vec![told(&mut his_other).await.0];
    while heard.last() != Some(&Step::Elsewhere) {
        heard.push(told(&mut his_other).await.0);
    }
    assert!(heard.iter().all(|step| matches!(step, Step::Ask | Step::Gone | Step::Elsewhere)), "{heard:?}");
    assert_refused(doras.command(ask()).await, &Refusal::PersonBusy);
    take(&mut hers, chat_id, &bob, Step::Candidate, "a way").await;
    while told(&mut his).await != (Step::Candidate, "a way".into()) {}
    // One tab holds one.
    let second = hers.command(step(SecretChatId::generate(), bob.user.user_id, Step::Hold, "")).await;
    assert_refused(second, &Refusal::SecretChatGone);
}

#[tokio::test]
async fn who_never_was_in_a_chat_hears_nothing_of_one_that_somebody_says_they_hold() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    for _ in 0..2 {
        let chat_id = SecretChatId::generate();
        take(&mut hers, chat_id, &bob, Step::Hold, "").await;
        take(&mut hers, chat_id, &bob, Step::End, "").await;
    }
    take(&mut hers, SecretChatId::generate(), &bob, Step::Hold, "").await;
    drop(hers);
    // What comes next is the first that he hears.
    let (mut again, chat_id) = (alice.live().await, SecretChatId::generate());
    take(&mut again, chat_id, &bob, Step::Ask, "").await;
    assert_eq!(told(&mut his).await.0, Step::Ask);
    take(&mut again, chat_id, &bob, Step::End, "").await;
    assert_eq!(told(&mut his).await.0, Step::End);

    // Once both have said so, each hears of its end.
    let both = SecretChatId::generate();
    take(&mut again, both, &bob, Step::Hold, "").await;
    take(&mut his, both, &alice, Step::Hold, "").await;
    take(&mut again, both, &bob, Step::End, "").await;
    while told(&mut his).await.0 != Step::End {}
}

#[tokio::test]
async fn to_hold_a_chat_that_nobody_knows_is_as_much_as_to_ask_for_one() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let mut hers = alice.live().await;
    let hold = || step(SecretChatId::generate(), bob.user.user_id, Step::Hold, "");
    let choose = async |person: &Person, secret_from: MayAsk| {
        let privacy = json!({ "shows_typing": true, "shows_presence": true, "shows_receipts": true, "secret_from": secret_from });
        let chosen = person.request(Method::PUT, "/api/v1/privacy").json(&privacy).send().await.unwrap();
        assert!(chosen.status().is_success());
    };
    for person in [&alice, &bob] {
        choose(person, MayAsk::Nobody).await;
    }
    assert_refused(hers.command(hold()).await, &Refusal::SecretChatGone);
    // He asked her, perhaps, whoever may ask him.
    choose(&alice, MayAsk::Contacts).await;
    let chat_id = SecretChatId::generate();
    take(&mut hers, chat_id, &bob, Step::Hold, "").await;
    take(&mut hers, chat_id, &bob, Step::End, "").await;
    let mut refused = None;
    for _ in 0..10 {
        let chat_id = SecretChatId::generate();
        match hers.command(step(chat_id, bob.user.user_id, Step::Hold, "")).await {
            Ok(_) => take(&mut hers, chat_id, &bob, Step::End, "").await,
            Err(problem) => refused = Some(problem),
        }
    }
    assert!(refused.expect("one may do so for ever").is("too-many-requests"));
}

#[tokio::test]
async fn to_hold_a_chat_that_the_server_knows_is_not_counted() {
    let server = TestServer::start().await;
    let (chat_id, [(alice, hers), (bob, _his), _]) = speaking(&server).await;
    drop(hers);
    for _ in 0..10 {
        let mut again = alice.live().await;
        take(&mut again, chat_id, &bob, Step::Hold, "").await;
    }
}

#[tokio::test]
async fn what_has_ended_is_not_held_back_into_being() {
    let server = TestServer::start().await;
    let (chat_id, [(alice, mut hers), (bob, his), (_, mut doras)]) = speaking(&server).await;
    let mut his_other = bob.live().await;
    assert_eq!(told(&mut his_other).await.0, Step::Elsewhere);
    // He is not connected while she ends it.
    drop(his);
    assert_eq!(told(&mut hers).await.0, Step::Gone);
    assert_eq!(told(&mut his_other).await.0, Step::Gone);
    take(&mut hers, chat_id, &bob, Step::End, "").await;
    assert_eq!(told(&mut his_other).await.0, Step::End);
    let mut again = bob.live().await;
    let late = again.command(step(chat_id, alice.user.user_id, Step::Hold, "")).await;
    assert_refused(late, &Refusal::SecretChatGone);
    // So he is not busy with it.
    let ask = step(SecretChatId::generate(), bob.user.user_id, Step::Ask, "");
    doras.command(ask).await.expect("he is held by a chat that ended");
    assert_eq!(told(&mut his_other).await.0, Step::Ask, "he hears of it again");
}

#[tokio::test]
async fn what_both_lost_the_server_over_is_held_again() {
    let server = TestServer::start().await;
    let (chat_id, [(alice, hers), (bob, his), _]) = speaking(&server).await;
    let mut her_other = alice.live().await;
    assert_eq!(told(&mut her_other).await.0, Step::Elsewhere);
    drop(his);
    drop(hers);
    assert_eq!(told(&mut her_other).await.0, Step::Gone);
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    take(&mut hers, chat_id, &bob, Step::Hold, "").await;
    take(&mut his, chat_id, &alice, Step::Hold, "").await;
    take(&mut hers, chat_id, &bob, Step::Candidate, "a way").await;
    while told(&mut his).await != (Step::Candidate, "a way".into()) {}
}
