//! `POST /recovery/devices`

use crate::answer::Answer;
use crate::api::customers::{EnrolmentView, start};
use crate::extract::How;
use crate::identify::Caller;
use crate::problem::Problem;

/// Begins to set up the new device; an earlier set-up that is not finished ends.
#[utoipa::path(post, path = "/recovery/devices", tag = "recovery",
    responses((status = 201, body = EnrolmentView, description = "It awaits its first code")),
    security(("recovery_session" = [])))]
pub(super) async fn start_device(
    caller: Caller,
    how: How,
) -> Result<Answer<EnrolmentView>, Problem> {
    let (customer, _) = caller.recovering()?;
    start(&caller, &caller.actor(), customer, how).await
}
