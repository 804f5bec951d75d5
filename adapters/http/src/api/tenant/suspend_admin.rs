//! `POST /admins/{id}/suspend`

use readmit::{AdminId, SuspendAdmin};

use crate::answer::Answer;
use crate::extract::{How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// Takes an admin's power away until they are authorised again. Their sessions end.
#[utoipa::path(post, path = "/admins/{id}/suspend", tag = "tenant",
    params(("id" = schema::AdminId, Path, description = "The admin")),
    responses((status = 204, description = "Suspended")),
    security(("session" = ["owner"])))]
pub(super) async fn suspend_admin(
    caller: Caller,
    PathOf(id): PathOf<AdminId>,
    how: How,
) -> Result<Answer<()>, Problem> {
    let done = caller.carry_out(&caller.actor(), SuspendAdmin::new(id), how).await?;
    Ok(Answer::nothing().of(&done))
}
