//! `POST /recovery/mfa-off`

use readmit::DisableMfa;

use crate::answer::Answer;
use crate::extract::How;
use crate::identify::Caller;
use crate::problem::Problem;

/// Turns MFA off: the old devices and recovery codes end for good.
#[utoipa::path(post, path = "/recovery/mfa-off", tag = "recovery",
    responses((status = 204, description = "MFA is off")),
    security(("recovery_session" = [])))]
pub(super) async fn mfa_off(caller: Caller, how: How) -> Result<Answer<()>, Problem> {
    let (customer, _) = caller.recovering()?;
    let done = caller.carry_out(&caller.actor(), DisableMfa::new(customer), how).await?;
    Ok(Answer::nothing().of(&done))
}
