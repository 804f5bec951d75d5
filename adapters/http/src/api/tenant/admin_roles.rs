//! `PUT /admins/{id}/roles`

use readmit::{AdminId, AuthoriseAdmin, Role};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::extract::{Body, How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// What an admin may do from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RolesBody {
    /// All their roles: any but `service`.
    #[schema(value_type = Vec<schema::Role>, min_items = 1, max_items = 5)]
    roles: Vec<Role>,
}

/// Gives an admin exactly these roles; lifts a suspension.
#[utoipa::path(put, path = "/admins/{id}/roles", tag = "tenant",
    params(("id" = schema::AdminId, Path, description = "The admin")),
    request_body = RolesBody,
    responses((status = 204, description = "The admin holds these roles, and no others")),
    security(("session" = ["owner"])))]
pub(super) async fn admin_roles(
    caller: Caller,
    PathOf(id): PathOf<AdminId>,
    how: How,
    Body(body): Body<RolesBody>,
) -> Result<Answer<()>, Problem> {
    let command = AuthoriseAdmin::known(id, body.roles);
    let done = caller.carry_out(&caller.actor(), command, how).await?;
    Ok(Answer::nothing().of(&done))
}
