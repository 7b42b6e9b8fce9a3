//! How one is called and shown, and what one says of oneself.

use super::super::{
    acting,
    field::{Field, FormProblem},
    picture::PictureFields,
};
use crate::view::avatar::Picture;
use leptos::prelude::*;
use model::{About, Problem, User};

/// The form. It shows what is kept.
#[component]
pub fn ProfileSection(
    script: &'static str,
    me: User,
    about: String,
    problem: Option<Problem>,
) -> impl IntoView {
    let hint = words::profile::about_hint(&words::number(About::MAX_CHARS as u64));
    let picture = me.picture_id;
    let shown = Picture::of_user(&me).drawn("avatar-large");
    view! {
        <section class="settings-section" aria-labelledby="settings-profile">
            <h2 id="settings-profile">{words::profile::title()}</h2>
            <form class="settings-form" method="post" enctype="multipart/form-data" action=acting("/settings/profile")>
                <FormProblem problem=problem.clone()/>
                <Field
                    form="profile" name="display_name" label=words::sign_up::name() autocomplete="name" value=me.display_name
                    problem=problem.clone()
                />
                <Field
                    form="profile" name="about" label=words::profile::about() value=about hint=hint problem=problem.clone()
                    is_required=false
                />
                <PictureFields script=script shown=shown has_picture=picture.is_some() problem=problem/>
                <button class="button">{words::details::save()}</button>
            </form>
        </section>
    }
}
