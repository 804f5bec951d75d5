//! `GET /recovery`

use readmit::{CustomerId, Stage, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::{Mfa, schema};

/// How far a recovery has come.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryProgress {
    /// Whose it is.
    #[schema(value_type = schema::CustomerId)]
    customer: CustomerId,
    /// How far it has come; not there once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Stage>, nullable = false)]
    stage: Option<Stage>,
    /// Whether the customer has a second factor.
    mfa: Mfa,
    /// Until when this session lives.
    #[schema(value_type = schema::Timestamp)]
    until: Timestamp,
    /// What to do next; not there once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<NextStep>,
}

/// What comes next in a recovery.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum NextStep {
    /// `POST /recovery/mfa-off`
    MfaOff,
    /// `POST /recovery/devices`, then its confirmation
    Device,
    /// `POST /recovery/codes`
    Codes,
}

/// Says how far the recovery has come, and what comes next.
#[utoipa::path(get, path = "/recovery", tag = "recovery",
    responses((status = 200, body = RecoveryProgress, description = "How far it has come")),
    security(("recovery_session" = [])))]
pub(super) async fn show(caller: Caller) -> Result<Answer<RecoveryProgress>, Problem> {
    let (customer, until) = caller.recovering()?;
    let account = caller.tenant().account(customer).await?;
    let now = caller.tenant().latest().await?;
    let stage = account.case.as_ref().filter(|case| now < case.due()).map(readmit::Case::stage);
    let next = stage.map(|stage| match stage {
        Stage::AwaitingApproval | Stage::Granted | Stage::SignedIn => NextStep::MfaOff,
        Stage::MfaDisabled => NextStep::Device,
        Stage::DeviceEnrolled => NextStep::Codes,
    });
    let mfa = Mfa::from(&account);
    Ok(Answer::ok(RecoveryProgress { customer, stage, mfa, until, next }))
}
