//! Choosing a picture by a form, for oneself or for a group, without a script: the file, and which part of it is shown.

use super::{acting, document, field::FormProblem, title};
use crate::{Route, Site, route, view::avatar::Picture};
use leptos::prelude::*;
use model::{Problem, Thread, ThreadKind, UserId};

/// What the page of a group's picture shows.
pub struct GroupPicture {
    /// Who looks at it.
    pub me: UserId,
    /// The group.
    pub thread: Thread,
    /// Why the last picture was not taken.
    pub problem: Option<Problem>,
}

/// The page.
#[must_use]
pub fn group_picture(site: &Site, page: GroupPicture) -> String {
    let GroupPicture { me, thread, problem } = page;
    let thread_id = thread.thread_id;
    let (name, back) = (thread.title().to_owned(), Route::Details { thread_id }.path());
    let has_picture = matches!(&thread.kind, ThreadKind::Group { avatar, .. } if avatar.picture_id.is_some());
    let shown = Picture::of_thread(&thread).drawn("avatar-large");
    let script = site.picture;
    document(site, &title(words::profile::group_picture()), move || {
        provide_context(me);
        view! {
            <main class="picture-page">
                <h1 class="picture-page-title">{words::profile::group_picture()}</h1>
                <p class="picture-page-of" dir="auto">{name}</p>
                <form
                    class="picture-page-form" method="post" enctype="multipart/form-data" action=acting(&route::picture(thread_id))
                >
                    <FormProblem problem=problem.clone()/>
                    <PictureFields script=script shown=shown has_picture=has_picture problem=problem/>
                    <div class="picture-page-actions">
                        <button class="button button-primary">{words::details::save()}</button>
                        <a class="button" href=back>{words::settings::back()}</a>
                    </div>
                </form>
            </main>
        }
    })
}

/// The picture as it is, a file to choose, which part of it is shown, and whether it is to go.
#[component]
pub fn PictureFields(
    /// Where the script is that lets one move it.
    script: &'static str,
    /// How it looks now.
    shown: String,
    /// Whether there is one to remove.
    has_picture: bool,
    /// What was refused, if anything was.
    problem: Option<Problem>,
) -> impl IntoView {
    let error = problem.filter(|problem| problem.field.as_deref() == Some("picture"));
    let (note_class, note) = match &error {
        Some(error) => ("field-error", error.detail.clone()),
        None => ("field-hint", words::profile::picture_hint().into()),
    };
    let choice = |value: &'static str, label: &'static str, is_chosen: bool| {
        view! { <option value=value selected=is_chosen>{label}</option> }
    };
    view! {
        <div class="picture">
            <div inner_html=shown></div>
            <div class="picture-fields">
                <label class="field-label" for="picture-file">{words::profile::picture()}</label>
                <input
                    class="picture-file" id="picture-file" type="file" name="picture" accept="image/jpeg,image/png,image/webp,image/gif"
                    aria-describedby="picture-note" aria-invalid=error.is_some().then_some("true") autofocus=error.is_some()
                />
                <p class=note_class id="picture-note">{note}</p>
                <div class="picture-crop" hidden>
                    <canvas
                        class="picture-canvas" width="512" height="512" tabindex="0" role="application" aria-label=words::profile::crop()
                    ></canvas>
                    <input
                        class="picture-zoom" type="range" min="1" max="8" step="any" value="1" aria-label=words::profile::zoom()
                    />
                </div>
                <div class="picture-of">
                    <label class="field-label" for="picture-part">{words::profile::part()}</label>
                    <select class="field-input picture-part" id="picture-part" name="part">
                        {choice("start", words::profile::start(), false)}
                        {choice("middle", words::profile::middle(), true)}
                        {choice("end", words::profile::end(), false)}
                    </select>
                </div>
                {has_picture.then(|| view! {
                    <label class="settings-choice">
                        <input type="checkbox" name="remove"/>
                        {words::profile::remove()}
                    </label>
                })}
            </div>
            <script type="module" src=script></script>
        </div>
    }
}
