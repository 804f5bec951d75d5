//! `DELETE /api-keys/{id}`

use readmit::{KeyId, RevokeApiKey};

use crate::answer::Answer;
use crate::extract::{How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// Revokes an API key. It commands nothing from this moment on, and reads nothing a second later.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "tenant",
    params(("id" = schema::KeyId, Path, description = "The key")),
    responses((status = 204, description = "Revoked")),
    security(("session" = ["owner"])))]
pub(super) async fn revoke_key(
    caller: Caller,
    PathOf(id): PathOf<KeyId>,
    how: How,
) -> Result<Answer<()>, Problem> {
    let done = caller.carry_out(&caller.actor(), RevokeApiKey::new(id), how).await?;
    Ok(Answer::nothing().of(&done))
}
