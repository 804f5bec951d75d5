//! The rules of MFA recovery, pure.
//!
//! A command is decided from what is known, and what was decided is folded
//! into what is known:
//!
//! - [`Command`] + [`Account`] (or [`Tenant`]) + [`Context`] → events, or a [`Refusal`];
//! - [`Account::evolve`] and [`Tenant::evolve`]: state + event → state.
//!
//! | module | what it holds |
//! |---|---|
//! | [`account`] | an account's state, its fold, [`SignIn`](account::SignIn), one file for each command |
//! | [`tenant`] | policy, admins, keys and holds, and the commands that change them |
//! | [`event`] | every event by its stored name |
//! | [`command`] | every command, and the one way to have it decided |
//! | [`assess`](mod@assess) | one case from its first event to its end, and which profile it met |
//! | [`testing`] | given–when–then for rules |
//! | others | words that events, commands and policy are made of |
//!
//! **Invariant: no IO, no clock, no randomness, no async.** Time, ids, and what
//! look-ups and code checks found come in as [`Context`].
//!
//! **Invariant: no fold reads private data.** Erasing a customer changes no state.
//!
//! **Invariant: expiry is a comparison.** Every rule compares times itself; the
//! `BypassExpired` event is for history and never what ends a bypass.
//!
//! **Invariant: an answer of "no" may leave a trace.** A wrong code is recorded
//! *and* refused; [`Refusal::recorded_by`] reads the refusal from the events, so
//! that a repeated command gets the same answer.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod account;
mod actor;
pub mod assess;
pub mod command;
mod context;
pub mod event;
mod id;
mod policy;
mod refusal;
mod role;
mod secret;
pub mod tenant;
mod terms;
pub mod testing;
mod text;
mod time;

pub use account::Account;
pub use actor::{Actor, CheckedBy, Origin, RecoverySession, SecondFactor, Who};
pub use command::Command;
pub use context::{Context, Findings, FreshId, IssuedCodeCheck, RecoveryCodeMatch, TotpMatch};
pub use event::{
    AuditSubject, DecodeEventError, Event, Method, NewEvent, Recorded, RevocationCause, Stage,
    Verdict,
};
pub use id::{
    AccountId, AdminId, BypassId, CodeSetId, CommandId, CustomerId, DeviceId, KeyId, LedgerId,
    ParseIdError, RecoveryId, StreamId, TenantId,
};
pub use policy::{
    Demands, LifetimePolicy, LockoutPolicy, MfaPolicy, Policy, PolicyError, Profile, SecondPerson,
};
pub use refusal::Refusal;
pub use role::{ParseRoleError, Permission, Role};
pub use secret::{IssuedCode, ParseCodeError, RecoveryCode, TotpCode};
pub use tenant::Tenant;
pub use terms::{
    IdentityCheck, ParseIdentityCheckError, ParseProofError, ParseReasonError, Proof, Reason, Terms,
};
pub use text::{IntoText, KeyLabel, Login, Note, PersonName, TenantName, TextError, Ticket};
pub use time::{ParseTimestampError, Seconds, Timestamp};
