//! Event-sourced recovery of multi-factor authentication (MFA).
//!
//! A customer of a managed service provider has lost their MFA device. An admin
//! grants *that customer only* a short **bypass**: the customer signs in with
//! name and password, turns MFA off, sets up a new device, generates new
//! recovery codes; the bypass ends by itself. Every step is one event in an
//! append-only, Merkle-hashed ledger.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let url = format!("sqlite://{}", dir.path().join("readmit.db").display());
//! use readmit::{Actor, Engine, RegisterCustomer, SignIn};
//!
//! let engine = Engine::open(&url).await?; // such as sqlite://readmit.db
//! let msp = engine.tenant("acme-msp").await?;
//! let service = Actor::system();
//! let alice = msp.execute(&service, RegisterCustomer::new("alice@example.com")).await?.customer;
//!
//! // After YOUR password check:
//! match msp.sign_in(&alice).await? {
//!     SignIn::SecondFactor(methods) => println!("ask for a code: {methods:?}"),
//!     SignIn::Bypass(offer) => println!("offer the bypass until {}", offer.until),
//!     SignIn::EnrolmentOnly => println!("let them set up MFA, nothing else"),
//!     SignIn::Refused(why) => println!("no: {why}"),
//!     SignIn::Allowed => println!("welcome"),
//!     _ => {}
//! }
//! # engine.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! | to … | use |
//! |---|---|
//! | open a database, choose key and clock | [`Engine`], [`EngineBuilder`] |
//! | ask a tenant for something | [`Tenant::execute`] with a command, such as [`GrantBypass`] |
//! | know what a correct password is worth | [`Tenant::sign_in`] |
//! | read state and history | [`Tenant::customer`], [`Tenant::timeline`], [`Tenant::recoveries`], [`Tenant::follow`] |
//! | check that nothing was changed | [`Tenant::verify`] |
//! | test your own rules around it | [`testing`] |
//!
//! **Refusals are values.** [`Error::Refused`] holds a [`Refusal`] with a stable
//! [`kind`](Refusal::kind); everything else in [`Error`] is a failure.

mod engine;
mod execute;
mod key_file;
mod outcome;
mod tenant;
pub mod testing;

pub use engine::{Engine, EngineBuilder, OpenError};
pub use execute::{Done, Executing};
pub use key_file::KeyFileError;
pub use outcome::{
    Answers, Authorised, Checked, Enrolled, Enrolment, Execute, Grant, GrantState, KeyIssued,
    NewCodes, Redeemed, Registered,
};
pub use readmit_domain::account::{
    Account, ApproveBypass, BypassOffer, Case, CheckSecondFactor, CodeSet, ConfirmEnrolment,
    DenyBypass, Device, DisableMfa, EraseCustomer, ExpireBypass, GrantBypass, Lock, Methods, Mfa,
    OpenBypass, Presented, Progress, RedeemBypass, RegenerateCodes, RegisterCustomer, RemoveDevice,
    ReportUnrecognised, RequestBypass, RevokeBypass, SecretId, SignIn, StartEnrolment,
    UnfreezeAccount, UnlockAccount,
};
pub use readmit_domain::assess::{CaseEnd, CaseRecord, Shortfall, Step, assess};
pub use readmit_domain::command::{AccountCommand, TenantCommand};
pub use readmit_domain::tenant::{
    Admin, ApiKey, AuthoriseAdmin, ChangePolicy, IssueApiKey, LiftLegalHold, PlaceLegalHold,
    RecordAuditAccess, RevokeApiKey, SignOffReview, SuspendAdmin, Tenant as TenantState,
};
pub use readmit_domain::{
    AccountId, Actor, AdminId, AuditSubject, BypassId, CheckedBy, CodeSetId, Command, CommandId,
    CustomerId, Demands, DeviceId, Event, IdentityCheck, IntoText, IssuedCode, KeyId, KeyLabel,
    LedgerId, LifetimePolicy, LockoutPolicy, Login, Method, MfaPolicy, NewEvent, Note, Origin,
    ParseCodeError, ParseIdError, ParseIdentityCheckError, ParseProofError, ParseReasonError,
    ParseRoleError, ParseTimestampError, Permission, PersonName, Policy, PolicyError, Profile,
    Proof, Reason, Recorded, RecoveryCode, RecoveryId, RecoverySession, Refusal, RevocationCause,
    Role, SecondFactor, SecondPerson, Seconds, Stage, StreamId, TenantId, TenantName, Terms,
    TextError, Ticket, Timestamp, TotpCode, Verdict, Who, event,
};
pub use readmit_projections::{TimelineEntry, Until, sentence};
pub use readmit_runtime::ports::store::LedgerHead;
pub use readmit_runtime::ports::{
    Clock, Entropy, EntropyError, LocalMasterKey, MasterKey, MasterKeyError, OsEntropy, StoreError,
    StoreErrorKind, SystemClock,
};
pub use readmit_runtime::{
    Discrepancy, Envelope, EnvelopeError, ExecuteError as Error, Failure, Follower, Hash,
    OtpauthError, PrivateData, TotpSecret, Verified, VerifyError,
};
pub use tenant::{AccountRecord, Tenant};
