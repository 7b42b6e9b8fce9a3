//! What was reported to the administrator.

use super::{
    super::{acting, ago::Ago},
    Reported,
};
use leptos::prelude::*;
use model::Timestamp;

/// Each report, with what can be done about it.
#[component]
pub fn ReportsSection(reports: Vec<Reported>, now: Timestamp) -> impl IntoView {
    let count = reports.len();
    let none = (count == 0).then(|| view! { <p class="settings-note">{words::reports::none()}</p> });
    let heading = if count == 0 {
        words::reports::all().to_owned()
    } else {
        format!("{} ({})", words::reports::all(), words::number(count as u64))
    };
    view! {
        <section class="settings-section" aria-labelledby="settings-reports">
            <h2 id="settings-reports">{heading}</h2>
            <div class="settings-list">
                {none}
                <ul>{reports.into_iter().map(|report| view! { <Row report=report now=now/> }).collect_view()}</ul>
            </div>
        </section>
    }
}

#[component]
fn Row(report: Reported, now: Timestamp) -> impl IntoView {
    let Reported { thread_id, message_id, author, reporter, reported_at, excerpt, reason } = report;
    let deactivate = (!author.is_deactivated).then(|| {
        let label = words::grants::action(words::activity::deactivate(), &author.display_name);
        view! {
            <form method="post" action=acting("/settings/activity")>
                <input type="hidden" name="is_active" value="false"/>
                <input type="hidden" name="username" value=author.username.clone()/>
                <button class="button button-danger" aria-label=label>{words::activity::deactivate()}</button>
            </form>
        }
    });
    view! {
        <li class="settings-row">
            <div class="settings-row-main">
                <p dir="auto">{words::reports::wrote(&author.display_name)} " (@" {author.username.clone()} ")"</p>
                <blockquote class="reports-excerpt" dir="auto">{excerpt}</blockquote>
                {(!reason.is_empty()).then(|| view! { <p dir="auto">{reason}</p> })}
                <p class="settings-note">
                    {words::reports::by(&reporter.display_name)} " · " <Ago at=reported_at now=now say=words::ago::made/>
                </p>
            </div>
            <div class="reports-actions">
                {deactivate}
                <form method="post" action=acting("/settings/reports/done")>
                    <input type="hidden" name="thread_id" value=thread_id.to_string()/>
                    <input type="hidden" name="message_id" value=message_id.to_string()/>
                    <button class="button">{words::reports::settle()}</button>
                </form>
            </div>
        </li>
    }
}
