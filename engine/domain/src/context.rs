//! What a rule is told beside the state and the command.

use uuid::Uuid;

use crate::account::Account;
use crate::{
    AccountId, Actor, AdminId, BypassId, CheckedBy, CodeSetId, CustomerId, DeviceId, KeyId,
    Permission, RecoveryId, Refusal, Role, Tenant, Timestamp, Who,
};

/// Everything a rule may know that is neither the state nor the command:
/// the time, the tenant, the actor, fresh ids, and what look-ups and code checks found.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The moment of the decision, and of the events it makes.
    pub now: Timestamp,
    /// Policy, roles, keys and holds.
    pub tenant: &'a Tenant,
    /// Who asks.
    pub actor: &'a Actor,
    /// The actor's own account, where the actor is a person.
    pub actor_account: Option<&'a Account>,
    /// The one random id drawn for this command.
    pub fresh: FreshId,
    /// What look-ups and code checks found.
    pub found: &'a Findings,
}

/// One random id, from which a command takes whatever ids it needs.
///
/// The id is unique among commands, so the ids taken from it are unique among
/// those of their type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreshId(pub Uuid);

macro_rules! fresh {
    ($($name:ident -> $type:ident;)+) => {
        impl FreshId {
            $(
                #[doc = concat!("As a [`", stringify!($type), "`].")]
                pub const fn $name(self) -> $type {
                    $type::from_uuid(self.0)
                }
            )+
        }
    };
}

fresh! {
    recovery -> RecoveryId;
    bypass -> BypassId;
    device -> DeviceId;
    codes -> CodeSetId;
    customer -> CustomerId;
    admin -> AdminId;
    key -> KeyId;
}

/// What look-ups and code checks found, as data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The login that the command brings belongs to an account already.
    pub login_taken: bool,
    /// Devices and time steps that the typed code is right for, latest step first.
    pub totp: Vec<TotpMatch>,
    /// The place of the typed recovery code in the account's set.
    pub recovery_code: Option<RecoveryCodeMatch>,
    /// Whether the typed issued code is that of this bypass.
    pub issued_code: Option<IssuedCodeCheck>,
}

/// A device and time step that a typed code is right for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotpMatch {
    /// The device.
    pub device: DeviceId,
    /// The TOTP time step (RFC 6238 §4.2).
    pub step: u64,
}

/// The place of a typed recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryCodeMatch {
    /// The set.
    pub set: CodeSetId,
    /// From 0.
    pub index: u8,
}

/// What comparing a typed issued code found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuedCodeCheck {
    /// The bypass whose digest it was compared with.
    pub bypass: BypassId,
    /// Whether it is the code.
    pub right: bool,
}

impl Context<'_> {
    /// Refuses actors whose roles do not permit this, and admins who said "this
    /// wasn't me". An actor of another tenant is told that nothing is there.
    pub(crate) fn permit(&self, permission: Permission) -> Result<(), Refusal> {
        let roles: &[Role] = match &self.actor.who {
            Who::Admin { id, .. } => {
                let admin = self.tenant.admins.get(id).ok_or(Refusal::NotFound)?;
                if self.actor_account.is_some_and(|account| account.frozen) {
                    return Err(Refusal::Frozen);
                }
                if admin.suspended { &[] } else { &admin.roles }
            }
            Who::Service { id } => self.live_key(*id)?,
            Who::Customer { .. } | Who::System => &[],
        };
        if roles.iter().any(|role| role.permits(permission)) {
            Ok(())
        } else {
            Err(Refusal::NotPermitted)
        }
    }

    /// Like [`permit`](Self::permit), and the operator of the machine may too.
    pub(crate) fn permit_or_system(&self, permission: Permission) -> Result<(), Refusal> {
        if self.actor.who == Who::System { Ok(()) } else { self.permit(permission) }
    }

    /// Refuses everybody but the person whose account this is.
    pub(crate) fn require_self(&self, account: AccountId) -> Result<(), Refusal> {
        if self.actor.who.account() != Some(account) {
            return Err(Refusal::NotFound);
        }
        self.speak_for_customer()?;
        if let Who::Admin { id, .. } = &self.actor.who {
            let admin = self.tenant.admins.get(id).ok_or(Refusal::NotFound)?;
            if admin.suspended {
                return Err(Refusal::NotPermitted);
            }
        }
        Ok(())
    }

    /// Whether the actor is the person whose account this is.
    pub(crate) fn is_self(&self, account: AccountId) -> bool {
        self.actor.who.account() == Some(account)
    }

    /// Refuses if the actor's second factor is missing or older than policy allows.
    pub(crate) fn require_fresh_second_factor(&self) -> Result<(), Refusal> {
        if self.has_fresh_second_factor() {
            Ok(())
        } else {
            Err(Refusal::SecondFactorNotFresh { within: self.tenant.policy.fresh_seconds })
        }
    }

    /// Refuses a person who has not shown a second factor lately. The operator of
    /// the machine and API keys have none to show.
    ///
    /// Rules ask this last: whoever can do it but for the code is told exactly that.
    pub(crate) fn require_step_up(&self) -> Result<(), Refusal> {
        match self.actor.who {
            Who::Admin { .. } | Who::Customer { .. } => self.require_fresh_second_factor(),
            Who::Service { .. } | Who::System => Ok(()),
        }
    }

    /// Whether the actor has shown a second factor lately. One that this engine
    /// is said to have checked must stand in the actor's own account.
    pub(crate) fn has_fresh_second_factor(&self) -> bool {
        let Some(shown) = self.actor.who.second_factor() else { return false };
        let young = shown.at <= self.now && self.now <= shown.at + self.tenant.policy.fresh_seconds;
        let checked = match shown.checked_by {
            CheckedBy::Engine => {
                self.actor_account.is_some_and(|own| own.verified_at.contains(&shown.at))
            }
            CheckedBy::Service => true,
        };
        young && checked
    }

    /// Refuses if a service speaks for the customer without a key that may.
    pub(crate) fn speak_for_customer(&self) -> Result<(), Refusal> {
        if let Who::Customer { via: Some(key), .. } = &self.actor.who
            && !self.live_key(*key)?.iter().any(|role| role.permits(Permission::ActForCustomers))
        {
            return Err(Refusal::NotPermitted);
        }
        Ok(())
    }

    /// The roles of a key; none if it has ended.
    fn live_key(&self, id: KeyId) -> Result<&[Role], Refusal> {
        let key = self.tenant.keys.get(&id).ok_or(Refusal::NotFound)?;
        Ok(if key.is_live(self.now) { &key.roles } else { &[] })
    }

    /// Whether the actor is an owner who is not suspended.
    pub(crate) fn actor_is_owner(&self) -> bool {
        self.is_owner(&self.actor.who)
    }

    /// Whether this is an owner of the tenant who is not suspended.
    pub(crate) fn is_owner(&self, who: &Who) -> bool {
        match who {
            Who::Admin { id, .. } => self.tenant.is_owner(*id),
            Who::Customer { .. } | Who::Service { .. } | Who::System => false,
        }
    }

    /// Refuses to act on one's own account, and on an admin's unless the actor is an owner.
    pub(crate) fn require_other(&self, account: AccountId) -> Result<(), Refusal> {
        if self.is_self(account) {
            return Err(Refusal::OwnAccount);
        }
        if account.is_admin() && !self.actor_is_owner() {
            return Err(Refusal::OwnerRequired);
        }
        Ok(())
    }

    /// Why the actor cannot do what takes a recovery session or a fresh second factor.
    pub(crate) fn why_no_session(&self) -> Refusal {
        if self.actor.recovery_session.is_some() {
            Refusal::SessionNotLive
        } else {
            Refusal::SecondFactorNotFresh { within: self.tenant.policy.fresh_seconds }
        }
    }
}
