//! The history in sentences. All of them stand here.

mod query;
mod table;

use readmit_domain::event::{
    BypassExpired, BypassGranted, BypassRequested, BypassRevoked, DeviceEnrolled, MfaDisabled,
};
use readmit_domain::{
    Event, Method, Proof, RecoveryId, RevocationCause, Stage, StreamId, Terms, Timestamp, Verdict,
    Who,
};
use readmit_runtime::Envelope;
use serde::Serialize;

pub use query::TimelineQuery;
pub(crate) use query::timeline;
pub(crate) use table::{TABLES, VERSION, fold};

/// One line of history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// Where it stands in the ledger.
    pub position: u64,
    /// The stored name of the event.
    pub event: &'static str,
    /// Whose history it belongs to.
    pub stream: StreamId,
    /// Who acted.
    pub who: Who,
    /// The case it belongs to.
    pub recovery: Option<RecoveryId>,
    /// What happened, in one sentence without names of people.
    pub summary: String,
}

impl From<&Envelope> for TimelineEntry {
    fn from(event: &Envelope) -> Self {
        Self {
            at: event.at,
            position: event.position,
            event: event.event.name(),
            stream: event.stream,
            who: event.who,
            recovery: event.recovery,
            summary: sentence(&event.event),
        }
    }
}

/// What happened, in one sentence without names of people.
pub fn sentence(event: &Event) -> String {
    match event {
        Event::CustomerRegistered(_) => "The customer was registered.".into(),
        Event::BypassRequested(data) => requested(data),
        Event::BypassGranted(data) => granted(data),
        Event::BypassDenied(_) => "The request was denied.".into(),
        Event::BypassRevoked(data) => revoked(data),
        Event::BypassUsed(data) => format!(
            "Signed in with the bypass (use {}); the recovery session lasts until {}.",
            data.use_number, data.session_until
        ),
        Event::BypassCodeRejected(data) => {
            format!("A wrong issued code was entered; {} tries remain.", data.attempts_left)
        }
        Event::BypassExpired(data) => expired(data),
        Event::RecoveryCompleted(data) if data.codes => "The recovery is complete.".into(),
        Event::RecoveryCompleted(_) => {
            "The recovery is complete, without new recovery codes.".into()
        }
        Event::MfaDisabled(data) => disabled(data),
        Event::EnrolmentStarted(data) => {
            format!("Setting up a new device; it must be confirmed by {}.", data.until)
        }
        Event::EnrolmentCodeRejected(data) => format!(
            "A wrong code was entered while setting up a device; {} tries remain.",
            data.attempts_left
        ),
        Event::DeviceEnrolled(DeviceEnrolled { device, .. }) => {
            format!("The device {device} was set up and is active.")
        }
        Event::DeviceRemoved(data) => format!("The device {} was removed.", data.device),
        Event::CodesRegenerated(data) => {
            format!("{} new recovery codes were generated; older ones are void.", data.count)
        }
        Event::SecondFactorVerified(_) => "A code of the authenticator app was accepted.".into(),
        Event::RecoveryCodeUsed(data) => {
            format!("A recovery code was used; {} remain.", data.left)
        }
        Event::SecondFactorRejected(data) => format!(
            "A wrong {} was entered, number {} in a row.",
            match data.method {
                Method::Totp => "code of the authenticator app",
                Method::RecoveryCode => "recovery code",
            },
            data.failures
        ),
        Event::AccountLocked(data) => data.until.map_or_else(
            || "The account was locked until an admin unlocks it.".into(),
            |until| format!("The account was locked until {until}."),
        ),
        Event::AccountUnlocked(_) => "The account was unlocked.".into(),
        Event::AccountFrozen(_) => {
            "The customer said \"this wasn't me\": the account is frozen.".into()
        }
        Event::AccountUnfrozen(_) => "The freeze was lifted.".into(),
        Event::CustomerErased(_) => "Personal data, secrets and keys were destroyed.".into(),
        other => tenant_sentence(other),
    }
}

fn tenant_sentence(event: &Event) -> String {
    match event {
        Event::TenantCreated(data) => format!("The tenant {} was created.", data.name.as_str()),
        Event::PolicyChanged(_) => "The policy was changed.".into(),
        Event::AdminAuthorised(data) => {
            let roles: Vec<&str> = data.roles.iter().map(|role| role.name()).collect();
            format!("The admin {} holds the roles {}.", data.admin, roles.join(", "))
        }
        Event::AdminSuspended(data) => format!("The admin {} was suspended.", data.admin),
        Event::ApiKeyIssued(data) => {
            format!("The API key {} was issued for {}.", data.key, data.label.as_str())
        }
        Event::ApiKeyRevoked(data) => format!("The API key {} was revoked.", data.key),
        Event::SigningKeyRotated(_) => "Checkpoints are signed by a new key.".into(),
        Event::AuditAccessed(_) => "History was looked at.".into(),
        Event::ReviewSignedOff(data) => format!(
            "The recovery {} was {}.",
            data.reviewed,
            match data.verdict {
                Verdict::Accepted => "reviewed and accepted",
                Verdict::Questioned => "reviewed and questioned",
            }
        ),
        Event::LegalHoldPlaced(data) => {
            format!("A legal hold was placed on {}.", data.customer)
        }
        Event::LegalHoldLifted(data) => {
            format!("The legal hold on {} was lifted.", data.customer)
        }
        other => format!("{}.", other.name()),
    }
}

fn requested(data: &BypassRequested) -> String {
    format!(
        "A bypass for {} was asked for{}; it awaits a second person until {}.",
        data.terms.lifetime_seconds,
        because(&data.terms),
        data.until
    )
}

fn granted(data: &BypassGranted) -> String {
    let proof = match data.terms.proof {
        Proof::PasswordAndIssuedCode => " and the issued code",
        _ => " alone",
    };
    format!(
        "A bypass was granted{}: with the password{proof}, {} time(s) until {}.",
        because(&data.terms),
        data.terms.max_uses,
        data.until
    )
}

fn because(terms: &Terms) -> String {
    let reason = terms.reason.map(|reason| reason.name().replace('_', " "));
    let ticket = terms.ticket.as_ref().map(|ticket| format!("ticket {}", ticket.as_str()));
    let parts: Vec<String> = [reason, ticket].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

fn revoked(data: &BypassRevoked) -> String {
    let why = match data.cause {
        RevocationCause::Withdrawn => "by an admin",
        RevocationCause::ByCustomer => "by the customer",
        RevocationCause::BySystem => "by the system",
        RevocationCause::Superseded => "since a newer grant replaces it",
        RevocationCause::TooManyAttempts => "after too many wrong codes",
        RevocationCause::Reported => "since the customer did not recognise it",
        RevocationCause::Erased => "since the customer was erased",
        _ => "for another reason",
    };
    format!("The bypass was taken back {why}.")
}

fn expired(data: &BypassExpired) -> String {
    let state = match data.stage {
        Stage::AwaitingApproval => "nobody had approved it",
        Stage::Granted => "it was never used",
        Stage::SignedIn => "MFA was left as it was",
        Stage::MfaDisabled => "MFA is off and no device is set up",
        Stage::DeviceEnrolled => "a new device is set up",
    };
    format!("The bypass ended by itself: {state}.")
}

fn disabled(data: &MfaDisabled) -> String {
    let codes = if data.codes.is_some() { ", and the recovery codes" } else { "" };
    format!("MFA was turned off: {} device(s) ended for good{codes}.", data.devices.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use readmit_domain::event::{BypassDenied, CodesRegenerated};

    #[test]
    fn sentences_say_what_happened_and_name_nobody() {
        let expired = sentence(&BypassExpired { stage: Stage::Granted }.into());
        assert_eq!(expired, "The bypass ended by itself: it was never used.");
        assert_eq!(sentence(&BypassDenied {}.into()), "The request was denied.");
        let set = "set_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let codes = sentence(&CodesRegenerated { set, count: 10 }.into());
        assert_eq!(codes, "10 new recovery codes were generated; older ones are void.");
    }
}
