//! `POST /bypasses/{id}/approve`

use readmit::{ApproveBypass, BypassId, IdentityCheck};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{GrantView, case_of};
use crate::answer::Answer;
use crate::extract::{Body, How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// What the approver adds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApproveBody {
    /// How the approver made sure of the customer, in the place of what the request says.
    #[schema(value_type = Option<schema::IdentityCheck>, nullable = false)]
    identity_check: Option<IdentityCheck>,
}

/// Approves what somebody else asked for. Takes an approver who has just shown a second factor.
#[utoipa::path(post, path = "/bypasses/{id}/approve", tag = "bypasses",
    params(("id" = schema::BypassId, Path, description = "The bypass that was asked for")),
    request_body = ApproveBody,
    responses((status = 200, body = GrantView, description = "Granted")),
    security(("session" = ["owner", "approver"])))]
pub(super) async fn approve(
    caller: Caller,
    PathOf(id): PathOf<BypassId>,
    how: How,
    Body(body): Body<ApproveBody>,
) -> Result<Answer<GrantView>, Problem> {
    let case = case_of(&caller, id).await?.record;
    let mut approve = ApproveBypass::new(case.account, case.recovery);
    if let Some(check) = body.identity_check {
        approve = approve.identity_check(check);
    }
    let done = caller.carry_out(&caller.actor(), approve, how).await?;
    Ok(Answer::ok(GrantView::from(&done.outcome)).of(&done))
}
