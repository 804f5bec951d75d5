//! `POST /bypasses/{id}/deny`

use readmit::{BypassId, DenyBypass};

use super::case_of;
use crate::answer::Answer;
use crate::extract::{How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// Denies what somebody else asked for.
#[utoipa::path(post, path = "/bypasses/{id}/deny", tag = "bypasses",
    params(("id" = schema::BypassId, Path, description = "The bypass that was asked for")),
    responses((status = 204, description = "Denied")),
    security(("session" = ["owner", "approver"])))]
pub(super) async fn deny(
    caller: Caller,
    PathOf(id): PathOf<BypassId>,
    how: How,
) -> Result<Answer<()>, Problem> {
    let case = case_of(&caller, id).await?.record;
    let command = DenyBypass::new(case.account, case.recovery);
    let done = caller.carry_out(&caller.actor(), command, how).await?;
    Ok(Answer::nothing().of(&done))
}
