//! One account: its state, and one file for each command.

mod approve_bypass;
mod check_second_factor;
mod confirm_enrolment;
mod deny_bypass;
mod disable_mfa;
mod erase_customer;
mod evolve;
mod expire_bypass;
mod grant_bypass;
mod guards;
mod redeem_bypass;
mod regenerate_codes;
mod register_customer;
mod remove_device;
mod report_unrecognised;
mod request_bypass;
mod revoke_bypass;
mod sign_in;
mod start_enrolment;
mod unfreeze_account;
mod unlock_account;
mod wish;

pub use approve_bypass::ApproveBypass;
pub use check_second_factor::{CheckSecondFactor, Presented};
pub use confirm_enrolment::ConfirmEnrolment;
pub use deny_bypass::DenyBypass;
pub use disable_mfa::DisableMfa;
pub use erase_customer::EraseCustomer;
pub use expire_bypass::ExpireBypass;
pub use grant_bypass::GrantBypass;
pub use redeem_bypass::RedeemBypass;
pub use regenerate_codes::RegenerateCodes;
pub use register_customer::RegisterCustomer;
pub use remove_device::RemoveDevice;
pub use report_unrecognised::ReportUnrecognised;
pub use request_bypass::RequestBypass;
pub use revoke_bypass::RevokeBypass;
pub use sign_in::{BypassOffer, Methods, SignIn};
pub use start_enrolment::StartEnrolment;
pub use unfreeze_account::UnfreezeAccount;
pub use unlock_account::UnlockAccount;

use serde::{Deserialize, Serialize};

use crate::{
    AccountId, BypassId, CodeSetId, DeviceId, KeyId, Proof, RecoveryId, Stage, Terms, Timestamp,
    Who,
};

/// Recovery codes in a set.
pub const CODES_IN_A_SET: u8 = 10;
/// Wrong issued codes that revoke a bypass.
pub const ISSUED_CODE_ATTEMPTS: u8 = 5;
/// Wrong codes that end an enrolment.
pub const ENROLMENT_ATTEMPTS: u8 = 10;
/// Active devices an account may have.
pub const MOST_DEVICES: usize = 10;
/// Second-factor checks an account remembers, so that as many sessions can be fresh at once.
const REMEMBERED_CHECKS: usize = 8;

/// What an account is at one moment, derived from its events and from nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Which account.
    pub id: AccountId,
    /// A customer who was registered; an admin exists when the tenant says so.
    pub registered: bool,
    /// The second factor.
    pub mfa: Mfa,
    /// A device that is being set up.
    pub enrolment: Option<Enrolment>,
    /// The open case.
    pub case: Option<Case>,
    /// Wrong codes in a row.
    pub failures: u32,
    /// A lock after too many of them.
    pub lock: Option<Lock>,
    /// The customer said "this wasn't me".
    pub frozen: bool,
    /// Personal data and secrets are destroyed.
    pub erased: bool,
    /// Sessions made in an earlier epoch must die.
    pub session_epoch: u32,
    /// When bypasses were granted, in the 30 days before the latest grant.
    pub granted_at: Vec<Timestamp>,
    /// When a second factor was last shown, latest last.
    pub verified_at: Vec<Timestamp>,
}

/// The second factor of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mfa {
    /// Never had a device.
    NotSetUp,
    /// One active device or more.
    On {
        /// The active devices; never empty.
        devices: Vec<Device>,
        /// The recovery codes, once generated.
        codes: Option<CodeSet>,
    },
    /// Turned off.
    Off,
}

/// An active device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// The last time step it was accepted for; only a later one is accepted again.
    pub last_step: u64,
}

/// A set of recovery codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSet {
    /// Which.
    pub id: CodeSetId,
    /// Whether the code at each place was used.
    pub used: Vec<bool>,
}

/// A device that is being set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The device to be.
    pub device: DeviceId,
    /// Until when it can be confirmed.
    pub until: Timestamp,
    /// Wrong codes that remain.
    pub attempts_left: u8,
}

/// A lock after too many wrong codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Until when; until an admin unlocks if not given.
    pub until: Option<Timestamp>,
}

/// The open recovery case of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The case.
    pub recovery: RecoveryId,
    /// Its bypass.
    pub bypass: BypassId,
    /// The terms.
    pub terms: Terms,
    /// How far it has come.
    pub progress: Progress,
}

/// How far a case has come, with what is known only from there on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Asked for.
    Awaiting {
        /// By whom.
        requested_by: Who,
        /// When the bypass shall start.
        from: Option<Timestamp>,
        /// Until when it can be approved.
        until: Timestamp,
    },
    /// Granted, or further.
    Open(OpenBypass),
}

/// A bypass that was granted and has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBypass {
    /// From when it holds.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// How often it was redeemed.
    pub uses: u8,
    /// Wrong issued codes that remain.
    pub attempts_left: u8,
    /// End of the newest use's recovery session.
    pub session_until: Option<Timestamp>,
    /// The furthest stage reached.
    pub stage: Stage,
}

impl Account {
    /// An account without any event.
    pub fn new(id: AccountId) -> Self {
        Self {
            id,
            registered: false,
            mfa: Mfa::NotSetUp,
            enrolment: None,
            case: None,
            failures: 0,
            lock: None,
            frozen: false,
            erased: false,
            session_epoch: 0,
            granted_at: Vec::new(),
            verified_at: Vec::new(),
        }
    }

    /// When the open case ends by itself.
    pub fn due(&self) -> Option<Timestamp> {
        self.case.as_ref().map(Case::due)
    }

    /// The active devices.
    pub fn devices(&self) -> &[Device] {
        match &self.mfa {
            Mfa::On { devices, .. } => devices,
            Mfa::NotSetUp | Mfa::Off => &[],
        }
    }

    /// The recovery codes.
    pub fn codes(&self) -> Option<&CodeSet> {
        match &self.mfa {
            Mfa::On { codes, .. } => codes.as_ref(),
            Mfa::NotSetUp | Mfa::Off => None,
        }
    }

    /// The secrets that this state still needs. One that is not named here has ended.
    pub fn secrets(&self) -> Vec<SecretId> {
        if self.erased {
            return Vec::new();
        }
        let devices = self.devices().iter().map(|device| SecretId::Totp(device.id));
        let pending = self.enrolment.map(|enrolment| SecretId::Totp(enrolment.device));
        let codes = self.codes().map(|codes| SecretId::Codes(codes.id));
        let issued = self
            .case
            .as_ref()
            .filter(|case| {
                case.terms.proof == Proof::PasswordAndIssuedCode
                    && (Stage::Granted..Stage::DeviceEnrolled).contains(&case.stage())
            })
            .map(|case| SecretId::IssuedCode(case.bypass));
        devices.chain(pending).chain(codes).chain(issued).collect()
    }

    /// The lock that holds at this moment.
    pub fn lock_at(&self, now: Timestamp) -> Option<Lock> {
        self.lock.filter(|lock| lock.until.is_none_or(|until| now < until))
    }
}

/// A secret that the state of an account or of a tenant needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretId {
    /// The TOTP secret of a device, active or being set up.
    Totp(DeviceId),
    /// The digests of a set of recovery codes.
    Codes(CodeSetId),
    /// The digest of the code issued with a bypass.
    IssuedCode(BypassId),
    /// The digest of what the holder of an API key shows: a tenant's.
    ApiKey(KeyId),
}

impl Case {
    /// When the case ends by itself.
    pub const fn due(&self) -> Timestamp {
        match &self.progress {
            Progress::Awaiting { until, .. } => *until,
            Progress::Open(open) => open.until,
        }
    }

    /// How far it has come.
    pub const fn stage(&self) -> Stage {
        match &self.progress {
            Progress::Awaiting { .. } => Stage::AwaitingApproval,
            Progress::Open(open) => open.stage,
        }
    }
}

impl CodeSet {
    /// Codes that can still be used.
    pub fn left(&self) -> u8 {
        u8::try_from(self.used.iter().filter(|used| !**used).count()).unwrap_or(u8::MAX)
    }
}
