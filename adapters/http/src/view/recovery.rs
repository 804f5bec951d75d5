//! A recovery case, from its first event to its end.

use readmit::{
    AccountId, BypassId, CaseEnd, IdentityCheck, Profile, Proof, Reason, RecoveryId, RecoveryRow,
    Review, RevocationCause, Shortfall, Stage, Step, Ticket, Timestamp, Verdict,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::{WhoView, schema};

/// A recovery case.
#[derive(Serialize, ToSchema)]
#[schema(as = Recovery)]
pub(crate) struct RecoveryView {
    /// The case.
    #[schema(value_type = schema::RecoveryId)]
    recovery: RecoveryId,
    /// Its bypass.
    #[schema(value_type = schema::BypassId)]
    bypass: BypassId,
    /// Whose.
    #[schema(value_type = schema::AccountId)]
    account: AccountId,
    /// Whether it is open at the moment of the answer.
    open: bool,
    /// How far it has come.
    #[schema(value_type = schema::Stage)]
    stage: Stage,
    /// When it began.
    #[schema(value_type = schema::Timestamp)]
    opened_at: Timestamp,
    /// When it ends by itself, or would have.
    #[schema(value_type = schema::Timestamp)]
    due: Timestamp,
    /// Why the customer needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Reason>, nullable = false)]
    reason: Option<Reason>,
    /// The reference in the ticket system.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Ticket>, nullable = false)]
    ticket: Option<Ticket>,
    /// How the caller's identity was checked.
    #[schema(value_type = schema::IdentityCheck)]
    identity_check: IdentityCheck,
    /// What redeeming it takes.
    #[schema(value_type = schema::Proof)]
    proof: Proof,
    /// From its start to its end.
    lifetime_seconds: u32,
    /// How often it may be redeemed.
    max_uses: u8,
    /// Networks that it may be redeemed from; any if empty.
    #[schema(value_type = Vec<schema::Network>)]
    networks: Vec<ipnet::IpNet>,
    /// Who asked for it, where a second person had to approve.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    requested: Option<StepView>,
    /// Who granted or approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    granted: Option<StepView>,
    /// When it was redeemed, each time.
    #[schema(value_type = Vec<schema::Timestamp>)]
    used: Vec<Timestamp>,
    /// Who turned MFA off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    mfa_disabled: Option<StepView>,
    /// Who enrolled the new device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    device_enrolled: Option<StepView>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ended: Option<EndView>,
    /// The strictest profile that it met, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Profile>, nullable = false)]
    profile_met: Option<Profile>,
    /// What it lacks of the strict profile.
    #[schema(value_type = Vec<String>, example = json!(["ticket", "second_person"]))]
    missing: Vec<Shortfall>,
    /// What an auditor said of it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    review: Option<ReviewView>,
    /// The position of its first event in the ledger.
    opened_position: u64,
    /// The position of its last event in the ledger.
    last_position: u64,
}

/// Who did something, and when.
#[derive(Serialize, ToSchema)]
#[schema(as = Step)]
struct StepView {
    /// When.
    #[schema(value_type = schema::Timestamp)]
    at: Timestamp,
    /// Who.
    who: WhoView,
}

/// How a case ended, and when.
#[derive(Serialize, ToSchema)]
#[schema(as = End)]
struct EndView {
    /// When.
    #[schema(value_type = schema::Timestamp)]
    at: Timestamp,
    /// How.
    how: &'static str,
    /// Whether new recovery codes were generated too, if it was completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    codes: Option<bool>,
    /// Why, if it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    cause: Option<RevocationCause>,
    /// How far it had come, if it ran out of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Stage>, nullable = false)]
    stage: Option<Stage>,
}

/// What an auditor said of a case.
#[derive(Serialize, ToSchema)]
#[schema(as = Review)]
struct ReviewView {
    /// When.
    #[schema(value_type = schema::Timestamp)]
    at: Timestamp,
    /// Who.
    by: WhoView,
    /// What they think of it.
    #[schema(value_type = schema::Verdict)]
    verdict: Verdict,
    /// The position of the event that says so.
    position: u64,
}

impl From<Step> for StepView {
    fn from(step: Step) -> Self {
        Self { at: step.at, who: WhoView::from(&step.who) }
    }
}

impl From<(Timestamp, CaseEnd)> for EndView {
    fn from((at, end): (Timestamp, CaseEnd)) -> Self {
        let (how, codes, cause, stage) = match end {
            CaseEnd::Completed { codes } => ("completed", Some(codes), None, None),
            CaseEnd::Denied => ("denied", None, None, None),
            CaseEnd::Revoked { cause } => ("revoked", None, Some(cause), None),
            CaseEnd::Expired { stage } => ("expired", None, None, Some(stage)),
        };
        Self { at, how, codes, cause, stage }
    }
}

impl From<Review> for ReviewView {
    fn from(review: Review) -> Self {
        let Review { at, by, verdict, position, .. } = review;
        Self { at, by: WhoView::from(&by), verdict, position }
    }
}

impl RecoveryView {
    /// A case as it is at a moment.
    pub(crate) fn new(row: RecoveryRow, now: Timestamp) -> Self {
        let (open, profile_met, missing) = (row.is_open(now), row.profile_met(), row.missing());
        let RecoveryRow { record, opened_at, due, opened_position, last_position, review, .. } =
            row;
        let terms = record.terms;
        Self {
            recovery: record.recovery,
            bypass: record.bypass,
            account: record.account,
            open,
            stage: record.stage,
            opened_at,
            due,
            reason: terms.reason,
            ticket: terms.ticket,
            identity_check: terms.identity_check,
            proof: terms.proof,
            lifetime_seconds: terms.lifetime_seconds.0,
            max_uses: terms.max_uses,
            networks: terms.networks,
            requested: record.requested.map(Into::into),
            granted: record.granted.map(Into::into),
            used: record.used,
            mfa_disabled: record.mfa_disabled.map(Into::into),
            device_enrolled: record.device_enrolled.map(Into::into),
            ended: record.ended.map(Into::into),
            profile_met,
            missing,
            review: review.map(Into::into),
            opened_position,
            last_position,
        }
    }
}
