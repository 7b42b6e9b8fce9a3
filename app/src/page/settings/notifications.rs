//! Desktop notifications: a matter of the browser, so that its script keeps what is chosen (`app/public/notifications.js`).

use leptos::prelude::*;
use model::UserId;

/// The two boxes.
#[component]
pub fn NotificationsSection(script: &'static str, user_id: UserId) -> impl IntoView {
    view! {
        <section
            class="settings-section notifications"
            aria-labelledby="settings-notifications"
            data-user=user_id.to_string()
            data-missing=words::notifications::missing()
            data-denied=words::notifications::denied()
        >
            <h2 id="settings-notifications">{words::notifications::title()}</h2>
            <div class="settings-form">
                <noscript>{words::notifications::scripts()}</noscript>
                <div class="settings-choices">
                    <label class="settings-choice">
                        <input class="notifications-on" type="checkbox" disabled/>
                        {words::notifications::on()}
                    </label>
                    <label class="settings-choice">
                        <input class="notifications-words" type="checkbox" disabled/>
                        {words::notifications::with_words()}
                    </label>
                </div>
                <p class="settings-note">{words::notifications::note()}</p>
                <p class="notifications-state" aria-live="polite"></p>
            </div>
            <script type="module" src=script></script>
        </section>
    }
}
