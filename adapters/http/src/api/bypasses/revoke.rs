//! `POST /bypasses/{id}/revoke`

use readmit::{BypassId, RevokeBypass};

use super::case_of;
use crate::answer::Answer;
use crate::extract::{How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// Takes a request or a bypass back. A recovery session dies with it.
///
/// Whoever asked for it may take it back while it awaits approval.
#[utoipa::path(post, path = "/bypasses/{id}/revoke", tag = "bypasses",
    params(("id" = schema::BypassId, Path, description = "The bypass")),
    responses((status = 204, description = "Revoked")),
    security(("api_key" = ["service"]), ("session" = ["owner", "recovery_admin", "helpdesk"])))]
pub(super) async fn revoke(
    caller: Caller,
    PathOf(id): PathOf<BypassId>,
    how: How,
) -> Result<Answer<()>, Problem> {
    let case = case_of(&caller, id).await?.record;
    let command = RevokeBypass::new(case.account).only(case.recovery);
    let done = caller.carry_out(&caller.actor(), command, how).await?;
    Ok(Answer::nothing().of(&done))
}
