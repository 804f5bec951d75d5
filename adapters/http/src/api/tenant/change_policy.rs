//! `PUT /policy`

use readmit::{ChangePolicy, Policy};

use super::policy::PolicySchema;
use crate::answer::Answer;
use crate::extract::{Body, How};
use crate::identify::Caller;
use crate::problem::Problem;

/// Puts another policy in the place of the one before. Open bypasses keep their terms.
///
/// Give the `ETag` that the policy was read with as `If-Match`, so that nobody else's change is
/// overwritten unseen. It is that of all that concerns the tenant: admins and keys too.
#[utoipa::path(put, path = "/policy", tag = "tenant", request_body = PolicySchema,
    responses((status = 204, description = "Changed")),
    security(("session" = ["owner"])))]
pub(super) async fn change_policy(
    caller: Caller,
    how: How,
    Body(policy): Body<Policy>,
) -> Result<Answer<()>, Problem> {
    let done = caller.carry_out(&caller.actor(), ChangePolicy::new(policy), how).await?;
    Ok(Answer::nothing().of(&done))
}
