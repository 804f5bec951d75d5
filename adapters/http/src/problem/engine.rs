//! What the engine says no with, or fails with, as problems.

use axum::http::{HeaderName, HeaderValue};
use readmit::{Error, Failure, Refusal, StoreErrorKind};
use serde_json::Value;

use super::Problem;
use crate::password::PasswordFailure;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(refusal.kind(), refusal.to_string());
        match &refusal {
            Refusal::SecondFactorNotFresh { within } => problem.with("within_seconds", within.0),
            Refusal::Locked { until: Some(until) } => problem.with("until", until.to_string()),
            Refusal::LifetimeOutsidePolicy { least, most } => {
                problem.with("least_seconds", least.0).with("most_seconds", most.0)
            }
            Refusal::PolicyInvalid { why } => problem.about(why.setting),
            Refusal::UsesOutsidePolicy { most } => problem.with("most", *most),
            Refusal::TooManyDevices { most } => problem.with("most", *most),
            Refusal::NotStarted { from } => problem.with("from", from.to_string()),
            Refusal::IssuedCodeWrong { attempts_left }
            | Refusal::EnrolmentCodeWrong { attempts_left } => {
                problem.with("attempts_left", *attempts_left)
            }
            Refusal::CodeWrong { failures } => problem.with("failures", *failures),
            _ => match missing_field(&refusal) {
                Some(field) => problem.about(field),
                None => problem,
            },
        }
    }
}

/// The field that a rule wants and the body does not give.
const fn missing_field(refusal: &Refusal) -> Option<&'static str> {
    Some(match refusal {
        Refusal::TicketMissing => "ticket",
        Refusal::ReasonMissing => "reason",
        Refusal::NoteMissing => "note",
        Refusal::IdentityCheckMissing => "identity_check",
        Refusal::ProofTooWeak => "proof",
        Refusal::IssuedCodeMissing => "code",
        Refusal::TooManyNetworks => "networks",
        Refusal::RolesInvalid => "roles",
        Refusal::AlreadyPast => "until",
        Refusal::LoginTaken => "login",
        _ => return None,
    })
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Changed { version } => {
                Self::new("changed", error.to_string()).with("version", version)
            }
            Error::Busy { retry_after } => {
                Self::new("busy", "Too much is waiting. Nothing was done.")
                    .retry_after(retry_after.as_secs())
            }
            Error::Unknown { command, why } => {
                tracing::error!(%command, error = %why, "the outcome of a command is not known");
                let detail = "The database went away in the middle: repeat it with the same key.";
                let problem = Self::new("outcome_unknown", detail).retry_after(1);
                match HeaderValue::try_from(command.to_string()) {
                    Ok(key) => problem.header(HeaderName::from_static("idempotency-key"), key),
                    Err(_) => problem,
                }
            }
            Error::Failed(failure) => failure.into(),
            other => internal(&other),
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match &failure {
            Failure::OtherList => Self::new("invalid_cursor", failure.to_string()).about("cursor"),
            Failure::ClockBehind { clock, ledger } => {
                tracing::error!(%failure, "the clock is behind");
                Self::new("clock_behind", "The server's clock is behind the ledger.")
                    .with("clock", Value::from(clock.to_string()))
                    .with("ledger", Value::from(ledger.to_string()))
                    .retry_after(30)
            }
            Failure::Proof(why) => Self::new("not_found", why.to_string()),
            Failure::TooLarge(why) => Self::new("invalid_body", why.clone()),
            Failure::Closed => Self::new("unavailable", "The server is stopping.").retry_after(1),
            Failure::Store(error) if error.kind() == StoreErrorKind::Unavailable => {
                tracing::error!(%failure, "the database does not answer");
                Self::new("unavailable", "The database does not answer.").retry_after(2)
            }
            _ => internal(&failure),
        }
    }
}

impl From<PasswordFailure> for Problem {
    fn from(failure: PasswordFailure) -> Self {
        match failure {
            PasswordFailure::Busy => {
                Self::new("busy", "Too many passwords are being checked.").retry_after(2)
            }
            PasswordFailure::Failed(failure) => failure.into(),
            other => internal(&other),
        }
    }
}

/// A failure is logged here, once; whoever asked learns no more than where to look.
pub(crate) fn internal(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "a request failed");
    Problem::new("internal", "Something failed on the server. Nothing was done.")
}
