//! `DELETE /recovery`

use readmit::RevokeBypass;

use crate::answer::Answer;
use crate::extract::How;
use crate::identify::Caller;
use crate::problem::Problem;

/// Gives the bypass back: the customer has found their device, or will not go on.
#[utoipa::path(delete, path = "/recovery", tag = "recovery",
    responses((status = 204, description = "Revoked by the customer")),
    security(("recovery_session" = [])))]
pub(super) async fn end(caller: Caller, how: How) -> Result<Answer<()>, Problem> {
    let (customer, _) = caller.recovering()?;
    let done = caller.carry_out(&caller.actor(), RevokeBypass::new(customer), how).await?;
    Ok(Answer::nothing().of(&done))
}
