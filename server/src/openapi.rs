//! The description of the HTTP interface, made from the handlers themselves.

use crate::{
    accounts, changes, deactivation, dispatch, edits, files, group_invites, ice_servers, invites, live,
    members, mentions, messages, pictures, privacy, reactions, receipts, sessions, threads, users,
};
use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// Everything under `/api/v1` but this document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bobbin",
        description = "A messenger for your own server. What is asked once goes by HTTP; what happens arrives on the live socket. Errors are \
            problem details (RFC 9457)."
    ),
    paths(
        accounts::create,
        accounts::me,
        deactivation::set,
        accounts::change_password,
        sessions::create,
        sessions::list,
        sessions::end,
        sessions::end_others,
        sessions::create_token,
        invites::registration,
        invites::set_registration,
        invites::list,
        invites::create,
        invites::revoke,
        privacy::show,
        privacy::set,
        users::find,
        threads::page,
        threads::search,
        threads::one,
        messages::page,
        changes::page,
        edits::versions,
        reactions::page,
        receipts::page,
        members::page,
        mentions::search,
        group_invites::list,
        group_invites::create,
        group_invites::revoke,
        pictures::upload,
        files::upload::upload,
        dispatch::over_http,
        ice_servers::list,
        live::open,
        live::polling::poll,
        live::polling::command,
    ),
    components(schemas(model::picture::Part)),
    modifiers(&Security),
    security(("cookie" = []), ("token" = []))
)]
pub struct Api;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            "bobbin_session",
            "A browser's session, from signing in. Over https its name is `__Host-bobbin_session`.",
        ));
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A program's token, made in the settings."))
            .build();
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
        components.add_security_scheme("token", SecurityScheme::Http(token));
    }
}

/// The document.
pub async fn document() -> Json<Document> {
    Json(Api::openapi())
}
