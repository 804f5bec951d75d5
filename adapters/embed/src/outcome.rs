//! What each command answers: typed, read from the events it recorded.

use readmit_domain::account::{
    ApproveBypass, CheckSecondFactor, ConfirmEnrolment, DenyBypass, DisableMfa, EraseCustomer,
    ExpireBypass, GrantBypass, RedeemBypass, RegenerateCodes, RegisterCustomer, RemoveDevice,
    ReportUnrecognised, RequestBypass, RevokeBypass, StartEnrolment, UnfreezeAccount,
    UnlockAccount,
};
use readmit_domain::tenant::{
    AuthoriseAdmin, ChangePolicy, IssueApiKey, LiftLegalHold, PlaceLegalHold, RecordAuditAccess,
    RevokeApiKey, RotateSigningKey, SignOffReview, SuspendAdmin,
};
use readmit_domain::{
    AccountId, AdminId, BypassId, CodeSetId, Command, CustomerId, DeviceId, Event, IssuedCode,
    KeyId, RecoveryCode, RecoveryId, RecoverySession, StreamId, Timestamp,
};
use readmit_runtime::{ApiKeyToken, Executed, ShownOnce, TotpSecret};

/// A command that a tenant can be asked to carry out. The commands are those of
/// this crate: nobody else can add one.
pub trait Execute: Into<Command> + Answers {}

impl<C: Into<Command> + Answers> Execute for C {}

/// What a command answers.
pub trait Answers {
    /// What it answers.
    type Outcome;

    /// Reads the answer from what was carried out. None if the events are not
    /// those of this command.
    #[doc(hidden)]
    fn outcome(executed: &mut Executed) -> Option<Self::Outcome>;
}

/// A customer became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registered {
    /// The customer.
    pub customer: CustomerId,
}

/// A bypass was granted, or awaits a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// The case.
    pub recovery: RecoveryId,
    /// The bypass.
    pub bypass: BypassId,
    /// Whether it holds already.
    pub state: GrantState,
    /// The code to tell the customer, where the bypass needs one. Shown this
    /// once: a repeated command does not show it again.
    pub issued_code: Option<IssuedCode>,
}

/// Whether a bypass holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantState {
    /// It holds between these moments.
    Open {
        /// From when.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// A second person must approve it.
    AwaitingApproval {
        /// By when.
        until: Timestamp,
    },
}

/// A bypass was redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Redeemed {
    /// What the customer holds now: give it to the actor by `Actor::in_recovery`.
    pub session: RecoverySession,
    /// Until when it lives.
    pub until: Timestamp,
}

/// A device is being set up.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Enrolment {
    /// The device to be.
    pub device: DeviceId,
    /// Until when it must be confirmed.
    pub until: Timestamp,
    /// The secret for the customer's app. Shown this once: a repeated command
    /// does not show it again.
    pub secret: Option<TotpSecret>,
}

/// A device is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enrolled {
    /// The device.
    pub device: DeviceId,
}

/// New recovery codes were generated.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewCodes {
    /// The set.
    pub set: CodeSetId,
    /// The codes. Shown this once: none if the command was repeated.
    pub codes: Vec<RecoveryCode>,
    /// The recovery that this completed.
    pub completed: Option<RecoveryId>,
}

/// A second factor was right: the first time it was checked under this command
/// id. See [`Done::already`](crate::Done::already) before opening a session on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// Recovery codes that remain, if one was spent.
    pub codes_left: Option<u8>,
}

/// An admin holds the roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authorised {
    /// The admin.
    pub admin: AdminId,
}

/// An API key was issued.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct KeyIssued {
    /// The key.
    pub key: KeyId,
    /// What its holder shows to [`Engine::authenticate`](crate::Engine::authenticate). Shown this
    /// once: a repeated command does not show it again.
    pub token: Option<ApiKeyToken>,
}

macro_rules! answers_nothing {
    ($($command:ty),+ $(,)?) => {$(
        impl Answers for $command {
            type Outcome = ();

            fn outcome(_: &mut Executed) -> Option<()> {
                Some(())
            }
        }
    )+};
}

answers_nothing!(
    DenyBypass,
    RevokeBypass,
    DisableMfa,
    RemoveDevice,
    ExpireBypass,
    ReportUnrecognised,
    UnfreezeAccount,
    UnlockAccount,
    EraseCustomer,
    ChangePolicy,
    SuspendAdmin,
    RevokeApiKey,
    RecordAuditAccess,
    SignOffReview,
    PlaceLegalHold,
    LiftLegalHold,
    RotateSigningKey,
);

impl Answers for RegisterCustomer {
    type Outcome = Registered;

    fn outcome(executed: &mut Executed) -> Option<Registered> {
        match executed.stream {
            StreamId::Account(AccountId::Customer(customer)) => Some(Registered { customer }),
            StreamId::Account(AccountId::Admin(_)) | StreamId::Tenant(_) => None,
        }
    }
}

macro_rules! answers_grant {
    ($($command:ty),+) => {$(
        impl Answers for $command {
            type Outcome = Grant;

            fn outcome(executed: &mut Executed) -> Option<Grant> {
                grant(executed)
            }
        }
    )+};
}

answers_grant!(RequestBypass, GrantBypass, ApproveBypass);

fn grant(executed: &mut Executed) -> Option<Grant> {
    let issued_code = match std::mem::take(&mut executed.shown_once) {
        ShownOnce::IssuedCode(code) => Some(code),
        _ => None,
    };
    // The grant is the last event: a replaced or overdue case may end before it.
    let last = executed.events.last()?;
    let (bypass, state) = match &last.event {
        Event::BypassGranted(data) => {
            (data.bypass, GrantState::Open { from: data.from, until: data.until })
        }
        Event::BypassRequested(data) => {
            (data.bypass, GrantState::AwaitingApproval { until: data.until })
        }
        _ => return None,
    };
    Some(Grant { recovery: last.recovery?, bypass, state, issued_code })
}

impl Answers for RedeemBypass {
    type Outcome = Redeemed;

    fn outcome(executed: &mut Executed) -> Option<Redeemed> {
        let Event::BypassUsed(data) = &executed.events.first()?.event else { return None };
        let session = RecoverySession { bypass: data.bypass, use_number: data.use_number };
        Some(Redeemed { session, until: data.session_until })
    }
}

impl Answers for StartEnrolment {
    type Outcome = Enrolment;

    fn outcome(executed: &mut Executed) -> Option<Enrolment> {
        let secret = match std::mem::take(&mut executed.shown_once) {
            ShownOnce::TotpSecret(secret) => Some(secret),
            _ => None,
        };
        match &executed.events.first()?.event {
            Event::EnrolmentStarted(data) => {
                Some(Enrolment { device: data.device, until: data.until, secret })
            }
            _ => None,
        }
    }
}

impl Answers for ConfirmEnrolment {
    type Outcome = Enrolled;

    fn outcome(executed: &mut Executed) -> Option<Enrolled> {
        match &executed.events.first()?.event {
            Event::DeviceEnrolled(data) => Some(Enrolled { device: data.device }),
            _ => None,
        }
    }
}

impl Answers for RegenerateCodes {
    type Outcome = NewCodes;

    fn outcome(executed: &mut Executed) -> Option<NewCodes> {
        let codes = match std::mem::take(&mut executed.shown_once) {
            ShownOnce::RecoveryCodes(codes) => codes,
            _ => Vec::new(),
        };
        let completed = executed.events.get(1).and_then(|completed| completed.recovery);
        match &executed.events.first()?.event {
            Event::CodesRegenerated(data) => Some(NewCodes { set: data.set, codes, completed }),
            _ => None,
        }
    }
}

impl Answers for CheckSecondFactor {
    type Outcome = Checked;

    fn outcome(executed: &mut Executed) -> Option<Checked> {
        match &executed.events.first()?.event {
            Event::SecondFactorVerified(_) => Some(Checked { codes_left: None }),
            Event::RecoveryCodeUsed(data) => Some(Checked { codes_left: Some(data.left) }),
            _ => None,
        }
    }
}

impl Answers for AuthoriseAdmin {
    type Outcome = Authorised;

    fn outcome(executed: &mut Executed) -> Option<Authorised> {
        match &executed.events.first()?.event {
            Event::AdminAuthorised(data) => Some(Authorised { admin: data.admin }),
            _ => None,
        }
    }
}

impl Answers for IssueApiKey {
    type Outcome = KeyIssued;

    fn outcome(executed: &mut Executed) -> Option<KeyIssued> {
        let token = match std::mem::take(&mut executed.shown_once) {
            ShownOnce::ApiKey(token) => Some(token),
            _ => None,
        };
        match &executed.events.first()?.event {
            Event::ApiKeyIssued(data) => Some(KeyIssued { key: data.key, token }),
            _ => None,
        }
    }
}
