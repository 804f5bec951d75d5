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
//! A whole recovery, as the service that embeds the engine sees it:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let url = format!("sqlite://{}", dir.path().join("readmit.db").display());
//! use readmit::testing::TestClock;
//! use readmit::{
//!     Actor, AuthoriseAdmin, CheckSecondFactor, Clock as _, ConfirmEnrolment, DisableMfa, Engine,
//!     Error, GrantBypass, Reason, RedeemBypass, RegenerateCodes, RegisterCustomer, Role, Seconds,
//!     SignIn, StartEnrolment, SystemClock,
//! };
//!
//! let clock = TestClock::at(SystemClock.now());
//! let engine = Engine::builder(&url).clock(clock.clone()).open().await?;
//! let msp = engine.tenant("acme-msp").await?;
//! let bob = AuthoriseAdmin::new("bob@acme.example", [Role::RecoveryAdmin]);
//! let bob = msp.execute(&Actor::system(), bob).await?.admin;
//! let alice = RegisterCustomer::new("alice@example.com");
//! let alice = msp.execute(&Actor::system(), alice).await?.customer;
//! let as_alice = Actor::customer(alice);
//!
//! // A device: its secret is shown once, its first code makes it active.
//! let started = msp.execute(&as_alice, StartEnrolment::new(alice)).await?;
//! let uri = started.secret.as_ref().ok_or("shown once")?.otpauth_uri("Acme", "alice")?;
//! let phone = totp_rs::Totp::from_url(uri.as_str())?;
//! let code = phone.generate(clock.now().unix_seconds()).to_string().parse()?;
//! msp.execute(&as_alice, ConfirmEnrolment::new(alice, started.device, code)).await?;
//!
//! // A code is good once; what is refused is a value with a stable kind.
//! clock.advance(Seconds(30));
//! let code: readmit::TotpCode = phone.generate(clock.now().unix_seconds()).to_string().parse()?;
//! msp.execute(&as_alice, CheckSecondFactor::totp(alice, code.clone())).await?;
//! match msp.execute(&as_alice, CheckSecondFactor::totp(alice, code)).await {
//!     Err(Error::Refused(refusal)) => assert_eq!(refusal.kind(), "code_replayed"),
//!     other => panic!("{other:?}"),
//! }
//!
//! // The phone is lost. Bob has just shown a second factor of his own.
//! let bob = Actor::admin(bob).vouched_second_factor(engine.now());
//! let grant = GrantBypass::new(alice).for_minutes(30).reason(Reason::LostDevice);
//! msp.execute(&bob, grant).await?;
//! assert!(matches!(msp.sign_in(alice).await?, SignIn::Bypass(_)));
//!
//! // Alice: name and password, MFA off, a new device, new codes.
//! let redeemed = msp.execute(&as_alice, RedeemBypass::new(alice)).await?;
//! let recovering = as_alice.in_recovery(redeemed.session);
//! msp.execute(&recovering, DisableMfa::new(alice)).await?;
//! let started = msp.execute(&recovering, StartEnrolment::new(alice)).await?;
//! let uri = started.secret.as_ref().ok_or("shown once")?.otpauth_uri("Acme", "alice")?;
//! let phone = totp_rs::Totp::from_url(uri.as_str())?;
//! let code = phone.generate(clock.now().unix_seconds()).to_string().parse()?;
//! msp.execute(&recovering, ConfirmEnrolment::new(alice, started.device, code)).await?;
//! let codes = msp.execute(&recovering, RegenerateCodes::new(alice)).await?;
//! assert!(codes.completed.is_some() && codes.codes.len() == 10);
//!
//! // An auditor follows every event, and checks that all of it holds together.
//! let mut events = msp.follow(0);
//! while let Some(event) = events.next_stored().await? {
//!     println!("{} {}", event.at, event.event.name());
//! }
//! assert_eq!(msp.verify().await?.size, 13);
//! # engine.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! | to … | use |
//! |---|---|
//! | open a database, choose key and clock | [`Engine`], [`EngineBuilder`] |
//! | ask a tenant for something | [`Tenant::execute`] with a command, such as [`GrantBypass`] |
//! | know who comes with an API key | [`Engine::authenticate`], [`IssueApiKey`] |
//! | let a customer go on from page to page | [`Tenant::recovery_token`], [`Engine::recovering`] |
//! | know what a correct password is worth | [`Tenant::sign_in`] |
//! | read one account's state and history, as of now | [`Tenant::customer`], [`Tenant::timeline`], [`Tenant::follow`] |
//! | search, list, count | [`Tenant::views`] |
//! | read state as it was | [`Tenant::as_of`] |
//! | check that nothing was changed | [`Tenant::verify`], [`Tenant::verify_against`] |
//! | prove something to an outsider | [`Tenant::checkpoint`], [`Tenant::prove`], [`Tenant::consistency`] |
//! | know who could do what, and what was let pass | [`Tenant::access_report`], [`Tenant::exception_report`], [`Tenant::sample`] |
//! | know whether an engine can work | [`Engine::health`] |
//! | rotate the master key | [`Engine::rotate_key`], [`Engine::rewrap`], [`Engine::forget_old_keys`] |
//! | hand a ledger to an auditor, check what was handed over | [`bundle`] |
//! | have a checkpoint cosigned, or time-stamped | [`witness`], [`timestamp`] |
//! | test your own rules around it | [`testing`] |
//!
//! **Refusals are values.** [`Error::Refused`] holds a [`Refusal`] with a stable
//! [`kind`](Refusal::kind); everything else in [`Error`] is a failure.

mod as_of;
mod audit;
mod bearer;
pub mod bundle;
mod engine;
mod execute;
mod file_keys;
mod health;
mod key_file;
mod keys;
mod outcome;
mod read_models;
pub mod reports;
mod tenant;
pub mod testing;
pub mod timestamp;
pub mod witness;

pub use as_of::AsOf;
pub use bearer::{ApiKeyHolder, Recovering};
pub use engine::{Engine, EngineBuilder, OpenError};
pub use execute::{Done, Executing};
pub use health::{Check, Health, ReadModelsHealth};
pub use key_file::KeyFileError;
pub use keys::RotateError;
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
    RecordAuditAccess, RevokeApiKey, SIGNING_KEY_OVERLAP, SignOffReview, SigningKey, SuspendAdmin,
    Tenant as TenantState,
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
pub use readmit_projections::activity::{
    Activity, ActivityQuery, AdminActivity, Counted, DayOfReason, HourOfWeek, Took,
};
pub use readmit_projections::alerts::{Alert, AlertQuery, ParseRuleError, Rule, Severity};
pub use readmit_projections::customers::{
    CustomerQuery, CustomerRow, CustomerSort, CustomerStatus, ParseCustomerStatusError,
};
pub use readmit_projections::recoveries::{
    Ended, ParseEndedError, RecoveryQuery, RecoveryRow, Review,
};
pub use readmit_projections::timeline::TimelineQuery;
pub use readmit_projections::{
    Arg, Difference, ModelStatus, PAGE_ITEMS, PAGE_ITEMS_MAX, Page, PageCursor, ParseCursorError,
    ParseReadModelError, ReadModel, ReadPlace, Sentence, TimelineEntry, Until, Views, Wording,
    sentence,
};
pub use readmit_runtime::ports::store::LedgerHead;
pub use readmit_runtime::ports::{
    Clock, Entropy, EntropyError, KeyRing, LocalMasterKey, MasterKey, MasterKeyError, OsEntropy,
    StoreError, StoreErrorKind, SystemClock,
};
pub use readmit_runtime::{
    ApiKeyToken, Discrepancy, Envelope, EnvelopeError, ExecuteError as Error, Failure, Follower,
    Hash, History, KeptCheckpoint, KeyCount, KeyError, KeyUse, OtpauthError, ParseTokenError,
    PrivateData, RecoveryToken, Rewrapped, TotpSecret, Verified, VerifyError,
};
/// Checkpoints, proofs, tiles and keys, by the C2SP texts.
pub use readmit_tlog as tlog;
pub use tenant::{AccountRecord, Tenant};
