//! The few words that events are made of, as they are stored.

use serde::{Deserialize, Serialize};

/// Why a request or bypass was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RevocationCause {
    /// An admin took it back.
    Withdrawn,
    /// The customer took it back.
    ByCustomer,
    /// The engine, or the operator of its machine, took it back.
    BySystem,
    /// A newer grant replaced it.
    Superseded,
    /// Five wrong issued codes.
    TooManyAttempts,
    /// The customer said "this wasn't me".
    Reported,
    /// The customer was erased.
    Erased,
}

/// How far a case has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Asked for; a second person must approve.
    AwaitingApproval,
    /// Granted, not yet redeemed.
    Granted,
    /// Redeemed: the customer is in.
    SignedIn,
    /// MFA is off.
    MfaDisabled,
    /// A new device is active; codes are still to be generated.
    DeviceEnrolled,
}

/// What a second factor is shown with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The code of an authenticator app.
    Totp,
    /// A saved recovery code.
    RecoveryCode,
}

/// What of the history somebody looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditSubject {
    /// One customer's timeline.
    Timeline,
    /// The register of cases.
    Register,
    /// One case.
    Case,
    /// A report.
    Report,
    /// An export of the ledger.
    Export,
    /// A verification of the ledger.
    Verification,
}

/// What an auditor thinks of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Accepted,
    /// Somebody must explain it. Why is private data.
    Questioned,
}
