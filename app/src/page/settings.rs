//! One's own matters: who one is, the password, what else is signed in as oneself, and for the administrator who may join.

mod administration;
mod appearance;
mod blocks;
mod grants;
mod lock;
mod notifications;
mod privacy;
mod profile;
mod reports;

use super::{
    acting, document,
    field::{Field, FormProblem},
    language::LanguageSection,
    title,
};
use crate::Site;
pub(super) use administration::InviteLimits;
use administration::{AdministrationSections, ResetsSection};
use appearance::AppearanceSection;
use blocks::BlocksSection;
use grants::{Browsers, Tokens};
use leptos::prelude::*;
use lock::LockSection;
use model::{
    InviteId, MessageId, Privacy, Problem, SessionId, ThreadId, Timestamp, User, appearance::Appearance,
    refusal::MIN_PASSWORD_CHARS,
};
use notifications::NotificationsSection;
use privacy::PrivacySection;
use profile::ProfileSection;
use words::Language;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who looks at it.
    pub me: User,
    /// What they say of themselves.
    pub about: String,
    /// The server's clock.
    pub now: Timestamp,
    /// Browsers that are signed in, this one first.
    pub browsers: Vec<Grant>,
    /// Programs that hold a token.
    pub tokens: Vec<Grant>,
    /// For the administrator.
    pub administration: Option<Administration>,
    /// The language that was chosen, if it is not left to the browser.
    pub language: Option<Language>,
    /// How they want it to look.
    pub appearance: Appearance,
    /// After how many minutes their browsers can lock.
    pub lock_choices: Vec<i16>,
    /// After how many minutes their browsers lock.
    pub lock_minutes: Option<i16>,
    /// What others see of them.
    pub privacy: Privacy,
    /// Whom they block, and where they say so.
    pub blocks: Vec<(ThreadId, User)>,
    /// What was just done, in a sentence.
    pub done: Option<&'static str>,
    /// What is told this once.
    pub told: Option<Told>,
    /// What was just refused.
    pub trouble: Option<Trouble>,
}

/// A browser or a program that may act for somebody.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Which one.
    pub session_id: SessionId,
    /// What to know it by.
    pub label: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last did.
    pub last_used_at: Timestamp,
    /// Whether it is the browser that looks at the page.
    pub is_current: bool,
}

/// What the administrator decides.
#[derive(Clone, Debug)]
pub struct Administration {
    /// Whether everybody may make an account.
    pub is_open: bool,
    /// The invites that are still good.
    pub invites: Vec<Invite>,
    /// Whose accounts are closed.
    pub deactivated: Vec<User>,
    /// What was reported and not dealt with.
    pub reports: Vec<Reported>,
}

/// A message that somebody reported.
#[derive(Clone, Debug)]
pub struct Reported {
    /// What it is known by.
    pub thread_id: ThreadId,
    /// What it is known by.
    pub message_id: MessageId,
    /// Who wrote it.
    pub author: User,
    /// Who reported it.
    pub reporter: User,
    /// When.
    pub reported_at: Timestamp,
    /// What it said.
    pub excerpt: String,
    /// Why it was reported.
    pub reason: String,
}

/// An invite that is still good.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Which one.
    pub invite_id: InviteId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// How many people it still lets in.
    pub uses_left: i32,
}

/// A secret that is on the page this once.
#[derive(Clone, Debug)]
pub enum Told {
    /// A token, and its name.
    Token {
        /// What it was named.
        label: String,
        /// Itself.
        token: String,
    },
    /// An invite's link.
    Invite {
        /// Itself.
        url: String,
    },
    /// A link with which somebody chooses a new password.
    Reset {
        /// Itself.
        url: String,
    },
}

/// A form that was refused.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Where it stands.
    pub section: Section,
    /// Why.
    pub problem: Problem,
    /// What was typed, where it is no secret.
    pub typed: String,
}

/// The parts of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// Name, line and picture.
    Profile,
    /// The password.
    Password,
    /// Who is signed in.
    Browsers,
    /// Programs.
    Tokens,
    /// Who may join.
    Invites,
    /// Whose accounts are closed.
    Activity,
    /// Who forgot their password.
    Resets,
}

impl Settings {
    fn problem(&self, section: Section) -> Option<Problem> {
        self.trouble
            .as_ref()
            .filter(|trouble| trouble.section == section)
            .map(|trouble| trouble.problem.clone())
    }
}

/// The page.
#[must_use]
pub fn settings(site: &Site, page: Settings) -> String {
    let problem = |section| page.problem(section);
    let (profile, activity, resets, password, browsers, tokens, invites) = (
        problem(Section::Profile),
        problem(Section::Activity),
        problem(Section::Resets),
        problem(Section::Password),
        problem(Section::Browsers),
        problem(Section::Tokens),
        problem(Section::Invites),
    );
    let mut typed = page.trouble.map(|trouble| trouble.typed).unwrap_or_default();
    let forgotten = if resets.is_some() { std::mem::take(&mut typed) } else { Default::default() };
    let (mut token, mut link, mut reset) = (None, None, None);
    match page.told {
        Some(Told::Token { label, token: secret }) => token = Some((label, secret)),
        Some(Told::Invite { url }) => link = Some(url),
        Some(Told::Reset { url }) => reset = Some(url),
        None => {}
    }
    let is_administrator = page.administration.is_some();
    let (script, notifications) = (site.picture, site.notifications);
    document(site, &title(words::thread_list::settings()), move || {
        provide_context(page.me.user_id);
        view! {
            <main class="settings">
                <header class="settings-header">
                    <a class="icon-button" href="/" aria-label=words::settings::back()>
                        <svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
                            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
                            <path d="m12 19-7-7 7-7M19 12H5"/>
                        </svg>
                    </a>
                    <h1 class="settings-title">{words::thread_list::settings()}</h1>
                </header>
                {page.done.map(|done| view! { <p class="notice settings-done" role="status">{done}</p> })}
                <Account me=page.me.clone() is_administrator=is_administrator/>
                <ProfileSection script=script me=page.me.clone() about=page.about problem=profile/>
                <LanguageSection chosen=page.language/>
                <AppearanceSection appearance=page.appearance/>
                <NotificationsSection script=notifications user_id=page.me.user_id/>
                <PrivacySection privacy=page.privacy/>
                <BlocksSection blocks=page.blocks/>
                <LockSection choices=page.lock_choices chosen=page.lock_minutes/>
                <Password username=page.me.username problem=password/>
                <Browsers browsers=page.browsers now=page.now problem=browsers/>
                <Tokens tokens=page.tokens now=page.now problem=tokens typed=typed token=token/>
                {page.administration.map(|administration| view! {
                    <AdministrationSections administration=administration now=page.now problem=invites activity=activity link=link/>
                    <ResetsSection problem=resets username=forgotten link=reset/>
                })}
            </main>
        }
    })
}

#[component]
fn Account(me: User, is_administrator: bool) -> impl IntoView {
    view! {
        <section class="settings-section" aria-labelledby="settings-account">
            <h2 id="settings-account">{words::settings::account()}</h2>
            <div class="settings-row">
                <div class="settings-row-main">
                    <p dir="auto">{me.display_name}</p>
                    <p class="settings-note">
                        "@" {me.username} {is_administrator.then(|| format!(" · {}", words::settings::is_administrator()))}
                    </p>
                </div>
                <form method="post" action=acting("/sign-out")>
                    <button class="button">{words::settings::sign_out()}</button>
                </form>
            </div>
        </section>
    }
}

#[component]
fn Password(username: String, problem: Option<Problem>) -> impl IntoView {
    let hint = words::settings::password_hint(MIN_PASSWORD_CHARS as u64);
    view! {
        <section class="settings-section" aria-labelledby="settings-password">
            <h2 id="settings-password">{words::sign_in::password()}</h2>
            <form class="settings-form" method="post" action=acting("/settings/password")>
                <FormProblem problem=problem.clone()/>
                // Tells password managers whose password it is.
                <input type="text" name="username" value=username autocomplete="username" readonly hidden/>
                <Field
                    form="password" name="current_password" label=words::settings::present_password() kind="password"
                    autocomplete="current-password" problem=problem.clone()
                />
                <Field
                    form="password" name="password" label=words::settings::new_password() kind="password" autocomplete="new-password"
                    hint=hint problem=problem
                />
                <button class="button">{words::settings::change_password()}</button>
            </form>
        </section>
    }
}
