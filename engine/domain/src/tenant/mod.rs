//! The tenant: its policy, admins, keys and holds, and one file for each group of commands.

mod admins;
mod audit;
mod create_tenant;
mod holds;
mod keys;
mod policy;

use std::collections::{BTreeMap, BTreeSet};

pub use admins::{AuthoriseAdmin, SuspendAdmin};
pub use audit::{RecordAuditAccess, SignOffReview};
pub use create_tenant::CreateTenant;
pub use holds::{LiftLegalHold, PlaceLegalHold};
pub use keys::{IssueApiKey, RevokeApiKey, RotateSigningKey};
pub use policy::ChangePolicy;

use crate::account::SecretId;
use crate::{
    AdminId, CustomerId, Event, KeyId, KeyLabel, Policy, Recorded, Role, Seconds, TenantId,
    TenantName, Timestamp,
};

/// What a tenant is at one moment, derived from the events of its own stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Which tenant.
    pub id: TenantId,
    /// Its name, once created.
    pub name: Option<TenantName>,
    /// Its policy.
    pub policy: Policy,
    /// Its admins.
    pub admins: BTreeMap<AdminId, Admin>,
    /// Its API keys.
    pub keys: BTreeMap<KeyId, ApiKey>,
    /// Customers who must not be erased.
    pub holds: BTreeSet<CustomerId>,
    /// The keys that were announced after the first one, in order.
    pub signing_keys: Vec<SigningKey>,
}

/// A key that signs checkpoints in the place of the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its public half, in the text form of signed notes.
    pub verifier_key: String,
    /// When it was announced.
    pub since: Timestamp,
}

/// How long a key goes on signing beside the one that takes its place: auditors have this long to
/// take the new one over.
pub const SIGNING_KEY_OVERLAP: Seconds = Seconds::days(30);

/// An admin of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// All their roles.
    pub roles: Vec<Role>,
    /// Whether they may do nothing until authorised again.
    pub suspended: bool,
}

/// An API key of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// What it is for.
    pub label: KeyLabel,
    /// What it may do.
    pub roles: Vec<Role>,
    /// Until when; until revoked if not given.
    pub until: Option<Timestamp>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Whether it was issued with a secret. Those of ledgers from before keys had any were not.
    pub secret: bool,
}

impl Tenant {
    /// A tenant without any event.
    pub const fn new(id: TenantId) -> Self {
        Self {
            id,
            name: None,
            policy: Policy::standard(),
            admins: BTreeMap::new(),
            keys: BTreeMap::new(),
            holds: BTreeSet::new(),
            signing_keys: Vec::new(),
        }
    }

    /// Whether this admin is an owner who is not suspended.
    pub fn is_owner(&self, id: AdminId) -> bool {
        self.admins.get(&id).is_some_and(Admin::is_owner)
    }

    /// The number of the key that signs checkpoints: 0 is the first, and each rotation adds one.
    pub fn signing_key(&self) -> u32 {
        u32::try_from(self.signing_keys.len()).unwrap_or(u32::MAX)
    }

    /// The numbers of the keys that sign checkpoints at a moment, the newest first: the last one,
    /// and those whose place was taken less than [`SIGNING_KEY_OVERLAP`] ago.
    pub fn signing_keys_at(&self, now: Timestamp) -> Vec<u32> {
        let replaced = self.signing_keys.iter().map(|next| next.since + SIGNING_KEY_OVERLAP);
        let mut keys: Vec<u32> =
            (0..).zip(replaced).filter(|(_, until)| now < *until).map(|(key, _)| key).collect();
        keys.push(self.signing_key());
        keys.reverse();
        keys
    }

    /// The secrets that this state still needs. One that is not named here has ended.
    pub fn secrets(&self) -> Vec<SecretId> {
        let held = self.keys.iter().filter(|(_, key)| key.secret && !key.revoked);
        held.map(|(id, _)| SecretId::ApiKey(*id)).collect()
    }

    /// The tenant after this event. Events of accounts change nothing.
    #[must_use]
    pub fn evolve(mut self, recorded: &Recorded) -> Self {
        match &recorded.event {
            Event::TenantCreated(data) => {
                self.name = Some(data.name.clone());
                self.policy = data.policy.clone();
            }
            Event::PolicyChanged(data) => self.policy = data.policy.clone(),
            Event::AdminAuthorised(data) => {
                let admin = Admin { roles: data.roles.clone(), suspended: false };
                self.admins.insert(data.admin, admin);
            }
            Event::AdminSuspended(data) => {
                if let Some(admin) = self.admins.get_mut(&data.admin) {
                    admin.suspended = true;
                }
            }
            Event::ApiKeyIssued(data) => {
                let key = ApiKey {
                    label: data.label.clone(),
                    roles: data.roles.clone(),
                    until: data.until,
                    revoked: false,
                    secret: data.secret,
                };
                self.keys.insert(data.key, key);
            }
            Event::ApiKeyRevoked(data) => {
                if let Some(key) = self.keys.get_mut(&data.key) {
                    key.revoked = true;
                }
            }
            Event::SigningKeyRotated(data) => {
                let verifier_key = data.verifier_key.clone();
                self.signing_keys.push(SigningKey { verifier_key, since: recorded.at });
            }
            Event::LegalHoldPlaced(data) => {
                self.holds.insert(data.customer);
            }
            Event::LegalHoldLifted(data) => {
                self.holds.remove(&data.customer);
            }
            Event::AuditAccessed(_)
            | Event::ReviewSignedOff(_)
            | Event::CustomerRegistered(_)
            | Event::BypassRequested(_)
            | Event::BypassGranted(_)
            | Event::BypassDenied(_)
            | Event::BypassRevoked(_)
            | Event::BypassUsed(_)
            | Event::BypassCodeRejected(_)
            | Event::BypassExpired(_)
            | Event::RecoveryCompleted(_)
            | Event::MfaDisabled(_)
            | Event::EnrolmentStarted(_)
            | Event::EnrolmentCodeRejected(_)
            | Event::DeviceEnrolled(_)
            | Event::DeviceRemoved(_)
            | Event::CodesRegenerated(_)
            | Event::SecondFactorVerified(_)
            | Event::RecoveryCodeUsed(_)
            | Event::SecondFactorRejected(_)
            | Event::AccountLocked(_)
            | Event::AccountUnlocked(_)
            | Event::AccountFrozen(_)
            | Event::AccountUnfrozen(_)
            | Event::CustomerErased(_) => {}
        }
        self
    }

    /// The tenant after these events.
    #[must_use]
    pub fn replay<'a>(self, events: impl IntoIterator<Item = &'a Recorded>) -> Self {
        events.into_iter().fold(self, Self::evolve)
    }
}

impl ApiKey {
    /// Whether it is good at a moment: neither revoked nor run out.
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.revoked && self.until.is_none_or(|until| now < until)
    }
}

impl Admin {
    /// Whether they are an owner who is not suspended.
    pub fn is_owner(&self) -> bool {
        !self.suspended && self.roles.contains(&Role::Owner)
    }
}
