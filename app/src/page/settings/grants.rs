//! What may act for somebody: browsers, and programs with a token.

use super::{
    super::{
        acting,
        ago::Ago,
        field::{Field, FormProblem},
    },
    Grant,
};
use leptos::prelude::*;
use model::{Problem, Timestamp};

/// The browsers that are signed in.
#[component]
pub fn Browsers(browsers: Vec<Grant>, now: Timestamp, problem: Option<Problem>) -> impl IntoView {
    let has_others = browsers.len() > 1;
    view! {
        <section class="settings-section" aria-labelledby="settings-browsers">
            <h2 id="settings-browsers">{words::grants::browsers()}</h2>
            <div class="settings-list">
                <FormProblem problem=problem/>
                <ul>
                    {browsers.into_iter().map(|grant| view! { <GrantRow grant=grant now=now is_token=false/> }).collect_view()}
                </ul>
                {has_others.then(|| view! {
                    <form class="settings-form" method="post" action=acting("/settings/sessions/end-others")>
                        <button class="button button-danger">{words::grants::end_others()}</button>
                    </form>
                })}
            </div>
        </section>
    }
}

/// The tokens of programs, the new one on top, and the form for another.
#[component]
pub fn Tokens(
    tokens: Vec<Grant>,
    now: Timestamp,
    problem: Option<Problem>,
    typed: String,
    token: Option<(String, String)>,
) -> impl IntoView {
    view! {
        <section class="settings-section" aria-labelledby="settings-tokens">
            <h2 id="settings-tokens">{words::grants::tokens()}</h2>
            <div class="settings-list">
                <p class="settings-note">
                    {words::grants::about_tokens()} <a href="/api/v1/openapi.json">{words::grants::api()}</a>
                </p>
                {token.map(|(label, token)| view! {
                    <div class="notice settings-told" role="status">
                        <label class="field-label" for="settings-token"><bdi>{words::grants::token_of(&label)}</bdi></label>
                        <input class="field-input settings-secret" id="settings-token" value=token readonly autocomplete="off" autofocus/>
                        <p class="settings-note">{words::grants::copy_token()}</p>
                    </div>
                })}
                <ul>
                    {tokens.into_iter().map(|grant| view! { <GrantRow grant=grant now=now is_token=true/> }).collect_view()}
                </ul>
                <form class="settings-form" method="post" action=acting("/settings/tokens")>
                    <FormProblem problem=problem.clone()/>
                    <Field form="token" name="label" label=words::grants::token_name() value=typed problem=problem/>
                    <button class="button">{words::grants::create_token()}</button>
                </form>
            </div>
        </section>
    }
}

#[component]
fn GrantRow(grant: Grant, now: Timestamp, is_token: bool) -> impl IntoView {
    let Grant { session_id, label, created_at, last_used_at, is_current } = grant;
    let (begun, verb): (fn(&str) -> String, _) = if is_token {
        (words::ago::made, words::grants::revoke())
    } else {
        (words::ago::signed_in, words::settings::sign_out())
    };
    let action = words::grants::action(verb, &label);
    view! {
        <li class="settings-row">
            <div class="settings-row-main">
                <p dir="auto">{label}</p>
                <p class="settings-note">
                    {if is_current {
                        words::grants::this_browser().into_any()
                    } else if is_token && last_used_at == created_at {
                        words::grants::unused().into_any()
                    } else {
                        view! { <Ago at=last_used_at now=now say=words::ago::used/> }.into_any()
                    }}
                    " · " <Ago at=created_at now=now say=begun/>
                </p>
            </div>
            {(!is_current).then(|| view! {
                <form method="post" action=acting("/settings/sessions/end")>
                    <input type="hidden" name="session_id" value=session_id.to_string()/>
                    <button class="button button-danger" aria-label=action>{verb}</button>
                </form>
            })}
        </li>
    }
}
