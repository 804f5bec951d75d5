//! `POST /recovery/codes`

use crate::answer::Answer;
use crate::api::customers::{NewCodesView, generate};
use crate::extract::How;
use crate::identify::Caller;
use crate::problem::Problem;

/// Generates new recovery codes, which completes the recovery.
#[utoipa::path(post, path = "/recovery/codes", tag = "recovery",
    responses((status = 201, body = NewCodesView, description = "To be saved by the customer")),
    security(("recovery_session" = [])))]
pub(super) async fn codes(caller: Caller, how: How) -> Result<Answer<NewCodesView>, Problem> {
    let (customer, _) = caller.recovering()?;
    generate(&caller, &caller.actor(), customer, how).await
}
