//! `POST /customers/{id}/unfreeze`

use readmit::{CustomerId, Note, UnfreezeAccount};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::extract::{Body, How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// Why a freeze is lifted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnfreezeBody {
    /// What the owner found out. Personal data.
    #[schema(value_type = schema::Note)]
    reason: Note,
}

/// Lifts a freeze, once an owner has looked.
#[utoipa::path(post, path = "/customers/{id}/unfreeze", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    request_body = UnfreezeBody,
    responses((status = 204, description = "No longer frozen")),
    security(("session" = ["owner"])))]
pub(super) async fn unfreeze(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
    Body(body): Body<UnfreezeBody>,
) -> Result<Answer<()>, Problem> {
    let command = UnfreezeAccount::new(id, body.reason);
    let done = caller.carry_out(&caller.actor(), command, how).await?;
    Ok(Answer::nothing().of(&done))
}
