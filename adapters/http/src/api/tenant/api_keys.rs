//! `GET /api-keys`

use axum::extract::State;
use readmit::{KeyId, KeyLabel, Role, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::app::AppState;
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// An API key, without its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct ApiKeyView {
    /// The key.
    #[schema(value_type = schema::KeyId)]
    key: KeyId,
    /// What it is for.
    #[schema(value_type = String)]
    label: KeyLabel,
    /// What it may do.
    #[schema(value_type = Vec<schema::Role>)]
    roles: Vec<Role>,
    /// Until when; until revoked if not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    until: Option<Timestamp>,
    /// Whether it was revoked.
    revoked: bool,
    /// When it was last used, to about a minute; not there if it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    last_used: Option<Timestamp>,
}

/// All API keys of the tenant.
#[derive(Serialize, ToSchema)]
pub(super) struct ApiKeys {
    /// The keys, in the order in which they were issued.
    items: Vec<ApiKeyView>,
}

/// Lists the API keys. They are few: there are no pages.
#[utoipa::path(get, path = "/api-keys", tag = "tenant",
    responses((status = 200, body = ApiKeys, description = "The keys")),
    security(("api_key" = ["auditor"]), ("session" = ["owner", "auditor"])))]
pub(super) async fn api_keys(
    caller: Caller,
    State(app): State<AppState>,
) -> Result<Answer<ApiKeys>, Problem> {
    let (state, version) = caller.tenant().versioned_state().await?;
    let ids: Vec<KeyId> = state.keys.keys().copied().collect();
    let last_used = app.web.last_used(&ids).await?;
    let items = state.keys.into_iter().map(|(key, known)| ApiKeyView {
        key,
        label: known.label,
        roles: known.roles,
        until: known.until,
        revoked: known.revoked,
        last_used: last_used.get(&key).copied(),
    });
    Ok(Answer::ok(ApiKeys { items: items.collect() }).version(version))
}
