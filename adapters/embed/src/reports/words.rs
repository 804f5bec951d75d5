//! What became of a case, in English words: for tables of people. Programs get the stored names.

use readmit_domain::assess::{CaseEnd, Shortfall};
use readmit_domain::{Profile, RevocationCause, Stage, Verdict};

/// How far a case has come.
pub const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::AwaitingApproval => "awaiting approval",
        Stage::Granted => "granted",
        Stage::SignedIn => "signed in",
        Stage::MfaDisabled => "MFA turned off",
        Stage::DeviceEnrolled => "device enrolled",
    }
}

/// How a case ended.
pub fn end(end: CaseEnd) -> String {
    match end {
        CaseEnd::Completed { codes: true } => "completed".to_owned(),
        CaseEnd::Completed { codes: false } => "completed without codes".to_owned(),
        CaseEnd::Denied => "denied".to_owned(),
        CaseEnd::Revoked { cause } => format!("revoked ({})", revoked(cause)),
        CaseEnd::Expired { stage } => format!("expired ({})", unfinished(stage)),
    }
}

/// What was left undone when a case ran out of time.
const fn unfinished(stage: Stage) -> &'static str {
    match stage {
        Stage::AwaitingApproval => "not approved",
        Stage::Granted => "never used",
        Stage::SignedIn => "MFA left as it was",
        Stage::MfaDisabled => "MFA off, no device",
        Stage::DeviceEnrolled => "device enrolled",
    }
}

const fn revoked(cause: RevocationCause) -> &'static str {
    match cause {
        RevocationCause::Withdrawn => "by an admin",
        RevocationCause::ByCustomer => "by the customer",
        RevocationCause::BySystem => "by the operator",
        RevocationCause::Superseded => "replaced",
        RevocationCause::TooManyAttempts => "too many wrong codes",
        RevocationCause::Reported => "reported by the customer",
        RevocationCause::Erased => "customer erased",
        _ => "for another reason",
    }
}

/// What a case lacks of a profile.
pub const fn shortfall(shortfall: Shortfall) -> &'static str {
    match shortfall {
        Shortfall::Reason => "reason",
        Shortfall::Ticket => "ticket",
        Shortfall::IdentityCheck => "identity check",
        Shortfall::Proof => "stronger proof",
        Shortfall::Lifetime => "lifetime within bounds",
        Shortfall::Uses => "fewer uses",
        Shortfall::SecondPerson => "second person",
        Shortfall::FreshSecondFactor => "fresh second factor",
        _ => "more than this version knows",
    }
}

/// The strictest profile that a case met.
pub const fn profile(profile: Option<Profile>) -> &'static str {
    match profile {
        Some(Profile::Strict) => "strict",
        Some(Profile::Standard) => "standard",
        None => "none",
    }
}

/// What an auditor said of a case.
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "in order",
        Verdict::Questioned => "questioned",
    }
}
