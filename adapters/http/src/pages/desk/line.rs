//! A case as lists show it.

use readmit::reports::BypassException;
use readmit::{
    CaseEnd, CaseRecord, IdentityCheck, Profile, RecoveryId, Shortfall, Stage, Timestamp, Verdict,
};

use super::people::People;
use crate::pages::when::When;
use crate::pages::words::Words;
use crate::problem::Problem;

/// A row of a list of cases.
pub(super) struct Line {
    pub(super) recovery: RecoveryId,
    pub(super) account: String,
    pub(super) began: Option<When>,
    /// Who is answerable for it: who granted it, or who asked.
    pub(super) by: String,
    pub(super) reason: &'static str,
    pub(super) ticket: String,
    pub(super) identity_check: &'static str,
    pub(super) state: State,
    pub(super) met: &'static str,
    /// What it lacked of the next stricter profile, in the visitor's language.
    pub(super) missing: String,
    /// What an auditor said of it last, by its stored name; empty if nobody did.
    pub(super) signed_off: &'static str,
}

/// How a case ended or how far it has come: the name of it, and how a chip looks that tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) name: &'static str,
    pub(super) chip: &'static str,
}

impl Line {
    pub(super) async fn of(
        words: &Words,
        people: &mut People,
        case: &BypassException,
    ) -> Result<Self, Problem> {
        let record = &case.record;
        let terms = &record.terms;
        Ok(Self {
            recovery: record.recovery,
            account: people.account(record.account).await?,
            began: began(record).map(When),
            by: people.step(record.granted.or(record.requested)).await?,
            reason: terms.reason.map_or("none", readmit::Reason::name),
            ticket: terms.ticket.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
            identity_check: IdentityCheck::name(terms.identity_check),
            state: State::of(record),
            met: profile(case.profile_met),
            missing: missing(words, &case.missing),
            signed_off: case.signed_off.map(verdict).unwrap_or_default(),
        })
    }
}

impl State {
    pub(super) fn of(record: &CaseRecord) -> Self {
        let (name, chip) = match record.ended.map(|(_, end)| end) {
            Some(CaseEnd::Completed { codes: true }) => ("completed", "on"),
            Some(CaseEnd::Completed { codes: false }) => ("completed_without_codes", "on"),
            Some(CaseEnd::Denied) => ("denied", "no"),
            Some(CaseEnd::Revoked { .. }) => ("revoked", "no"),
            Some(CaseEnd::Expired { .. }) => ("expired", "erased"),
            None if record.stage == Stage::AwaitingApproval => ("awaiting_approval", "wait"),
            None => (stage(record.stage), "open"),
        };
        Self { name, chip }
    }
}

/// How far a case has come, by name.
pub(super) const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::AwaitingApproval => "awaiting_approval",
        Stage::Granted => "granted",
        Stage::SignedIn => "signed_in",
        Stage::MfaDisabled => "mfa_disabled",
        Stage::DeviceEnrolled => "device_enrolled",
    }
}

/// The strictest profile that a case met, by name.
pub(super) const fn profile(profile: Option<Profile>) -> &'static str {
    match profile {
        Some(Profile::Strict) => "strict",
        Some(Profile::Standard) => "standard",
        None => "none",
    }
}

/// A verdict by its stored name.
pub(super) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::Questioned => "questioned",
    }
}

/// What a case lacks, in the visitor's language.
pub(super) fn missing(words: &Words, missing: &[Shortfall]) -> String {
    let told = missing.iter().map(|it| words.say("desk-shortfall").text("what", shortfall(*it)));
    told.map(|told| told.to_string()).collect::<Vec<_>>().join(", ")
}

const fn shortfall(shortfall: Shortfall) -> &'static str {
    match shortfall {
        Shortfall::Reason => "reason",
        Shortfall::Ticket => "ticket",
        Shortfall::IdentityCheck => "identity_check",
        Shortfall::Proof => "proof",
        Shortfall::Lifetime => "lifetime",
        Shortfall::Uses => "uses",
        Shortfall::SecondPerson => "second_person",
        Shortfall::FreshSecondFactor => "fresh_second_factor",
        _ => "other",
    }
}

/// When a case began: a request comes before its grant.
pub(super) fn began(record: &CaseRecord) -> Option<Timestamp> {
    record.requested.or(record.granted).map(|step| step.at)
}
