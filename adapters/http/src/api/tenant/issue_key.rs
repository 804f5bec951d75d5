//! `POST /api-keys`

use readmit::{IssueApiKey, KeyId, KeyLabel, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::answer::Answer;
use crate::extract::{Body, How};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// A new API key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    /// What it is for.
    #[schema(value_type = String, min_length = 1, max_length = 64, example = "login service")]
    label: KeyLabel,
    /// What it may do.
    role: KeyRole,
    /// Until when; until revoked if not given.
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    until: Option<Timestamp>,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KeyRole {
    /// Speak for customers whose password the service has checked.
    Service,
    /// Read, verify, export.
    Auditor,
}

/// An API key that was issued.
#[derive(Serialize, ToSchema)]
pub(super) struct IssuedKey {
    /// The key's id.
    #[schema(value_type = schema::KeyId)]
    key: KeyId,
    /// The key itself. Shown this once: a repeated request does not show it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, pattern = "^rmk_[0-9a-hjkmnp-tv-z]+$")]
    token: Option<Zeroizing<String>>,
}

/// Issues an API key. Takes an owner who has just shown a second factor.
#[utoipa::path(post, path = "/api-keys", tag = "tenant", request_body = NewKey,
    responses((status = 201, body = IssuedKey, description = "The key, shown once")),
    security(("session" = ["owner"])))]
pub(super) async fn issue_key(
    caller: Caller,
    how: How,
    Body(body): Body<NewKey>,
) -> Result<Answer<IssuedKey>, Problem> {
    let mut command = IssueApiKey::new(body.label);
    if matches!(body.role, KeyRole::Auditor) {
        command = command.auditor();
    }
    if let Some(until) = body.until {
        command = command.until(until);
    }
    let done = caller.carry_out(&caller.actor(), command, how).await?;
    let token = done.token.as_ref().map(readmit::ApiKeyToken::expose);
    Ok(Answer::created(IssuedKey { key: done.key, token }).of(&done))
}
