//! Given–when–then for rules.
//!
//! A [`Scenario`] is a tenant with its accounts and a clock that stands still
//! until it is moved. What is decided in it is folded into it:
//!
//! ```
//! use readmit_domain::account::{GrantBypass, RedeemBypass};
//! use readmit_domain::testing::{ALICE, BOB, Scenario};
//! use readmit_domain::{Actor, Reason};
//!
//! let mut scenario = Scenario::new();
//! scenario.given_phone(ALICE);
//! let bob = scenario.fresh_admin(BOB);
//! scenario
//!     .when(&bob, GrantBypass::new(ALICE).reason(Reason::LostDevice))
//!     .then_recorded(&["BypassGranted"]);
//! scenario.after_minutes(61);
//! scenario.when(&Actor::customer(ALICE), RedeemBypass::new(ALICE)).then_refused("expired");
//! ```

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::account::{Account, SignIn};
use crate::event::{AdminAuthorised, CodesRegenerated, CustomerRegistered, DeviceEnrolled};
use crate::{
    AccountId, Actor, AdminId, CodeSetId, Command, Context, CustomerId, DeviceId, Event, Findings,
    FreshId, NewEvent, Policy, Recorded, Refusal, Role, Seconds, Tenant, TenantId, TenantName,
    Timestamp, Who,
};

/// A customer.
pub const ALICE: CustomerId = CustomerId::from_uuid(Uuid::from_u128(0xA11CE));
/// A recovery admin.
pub const BOB: AdminId = AdminId::from_uuid(Uuid::from_u128(0xB0B));
/// An owner.
pub const OLGA: AdminId = AdminId::from_uuid(Uuid::from_u128(0x0_01_6A));
/// An approver.
pub const PETRA: AdminId = AdminId::from_uuid(Uuid::from_u128(0x9E_7A));
/// Help desk.
pub const HANS: AdminId = AdminId::from_uuid(Uuid::from_u128(0x4A_45));
/// An auditor.
pub const AUDREY: AdminId = AdminId::from_uuid(Uuid::from_u128(0xA0D));
/// The device that [`Scenario::given_phone`] enrols.
pub const PHONE: DeviceId = DeviceId::from_uuid(Uuid::from_u128(0xF0_4E));
/// The code set that [`Scenario::given_phone`] generates.
pub const CODES: CodeSetId = CodeSetId::from_uuid(Uuid::from_u128(0xC0DE5));
/// The moment at which every scenario begins.
pub const START: Timestamp = Timestamp::from_unix_micros(1_795_514_400_000_000);

/// A tenant, its accounts, and the time.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The tenant: Olga owns it, Bob, Petra, Hans and Audrey have their roles.
    pub tenant: Tenant,
    /// The accounts that were touched.
    pub accounts: BTreeMap<AccountId, Account>,
    /// What look-ups and code checks will find.
    pub found: Findings,
    /// The time.
    pub now: Timestamp,
    drawn: u128,
}

/// What a rule answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The events, or why not.
    pub decision: Result<Vec<NewEvent>, Refusal>,
    /// The id that the rule could take fresh ids from.
    pub fresh: FreshId,
}

impl Default for Scenario {
    fn default() -> Self {
        Self::new()
    }
}

impl Scenario {
    /// A tenant under the standard policy, with Alice registered.
    pub fn new() -> Self {
        let mut tenant = Tenant::new(TenantId::from_uuid(Uuid::from_u128(0x7E)));
        tenant.name = "acme-msp".parse::<TenantName>().ok();
        let mut scenario = Self {
            tenant,
            accounts: BTreeMap::new(),
            found: Findings::default(),
            now: START,
            drawn: 0x1000_0000,
        };
        for (admin, role) in [
            (OLGA, Role::Owner),
            (BOB, Role::RecoveryAdmin),
            (PETRA, Role::Approver),
            (HANS, Role::Helpdesk),
            (AUDREY, Role::Auditor),
        ] {
            scenario.given_tenant(AdminAuthorised { admin, roles: vec![role] });
        }
        scenario.given(ALICE, [CustomerRegistered {}]);
        scenario
    }

    /// The same under another policy.
    #[must_use]
    pub fn under(mut self, policy: Policy) -> Self {
        self.tenant.policy = policy;
        self
    }

    /// These events happened to this account, now.
    pub fn given<E: Into<NewEvent>>(
        &mut self,
        account: impl Into<AccountId>,
        events: impl IntoIterator<Item = E>,
    ) -> &mut Self {
        let id = account.into();
        for event in events {
            let recorded = self.recorded(&Who::System, event.into());
            let account = self.account(id).evolve(&recorded);
            self.accounts.insert(id, account);
        }
        self
    }

    /// This event happened to the tenant, now.
    pub fn given_tenant(&mut self, event: impl Into<NewEvent>) -> &mut Self {
        let recorded = self.recorded(&Who::System, event.into());
        self.tenant = self.tenant.clone().evolve(&recorded);
        self
    }

    /// This account has [`PHONE`] and [`CODES`] for half an hour now.
    pub fn given_phone(&mut self, account: impl Into<AccountId>) -> &mut Self {
        let enrolled: Event = DeviceEnrolled { device: PHONE, step: self.step() }.into();
        let codes: Event = CodesRegenerated { set: CODES, count: 10 }.into();
        self.given(account, [enrolled, codes]);
        self.after_minutes(30)
    }

    /// The time moves on.
    pub fn after_minutes(&mut self, minutes: u32) -> &mut Self {
        self.now = self.now + Seconds::minutes(minutes);
        self
    }

    /// The TOTP time step of this moment.
    pub fn step(&self) -> u64 {
        self.now.unix_seconds() / 30
    }

    /// The account, as its events made it.
    pub fn account(&self, id: impl Into<AccountId>) -> Account {
        let id = id.into();
        self.accounts.get(&id).cloned().unwrap_or_else(|| Account::new(id))
    }

    /// What a correct password for this account is worth now.
    pub fn sign_in(&self, id: impl Into<AccountId>) -> SignIn {
        self.account(id).sign_in(self.now, &self.tenant.policy)
    }

    /// The admin, with a second factor that the embedding service vouches for.
    pub fn fresh_admin(&self, id: AdminId) -> Actor {
        Actor::admin(id).vouched_second_factor(self.now)
    }

    /// Has a command decided, and folds the events in.
    pub fn when(&mut self, actor: &Actor, command: impl Into<Command>) -> Answer {
        self.drawn += 1;
        let fresh = FreshId(Uuid::from_u128(self.drawn));
        self.when_again(actor, command, fresh)
    }

    /// The same with a fresh id that was used before, as a repeated command has it.
    pub fn when_again(
        &mut self,
        actor: &Actor,
        command: impl Into<Command>,
        fresh: FreshId,
    ) -> Answer {
        let decision = match command.into() {
            Command::Account(command) => {
                let id = command.account(fresh);
                let decision = command.decide(&self.account(id), &self.context(actor, fresh));
                self.fold(
                    &actor.who,
                    decision.as_deref().unwrap_or_default(),
                    |scenario, event| {
                        let account = scenario.account(id).evolve(event);
                        scenario.accounts.insert(id, account);
                    },
                );
                decision
            }
            Command::Tenant(command) => {
                let decision = command.decide(&self.tenant, &self.context(actor, fresh));
                self.fold(
                    &actor.who,
                    decision.as_deref().unwrap_or_default(),
                    |scenario, event| {
                        scenario.tenant = scenario.tenant.clone().evolve(event);
                    },
                );
                decision
            }
        };
        Answer { decision, fresh }
    }

    fn context<'a>(&'a self, actor: &'a Actor, fresh: FreshId) -> Context<'a> {
        let actor_account = actor.who.account().and_then(|id| self.accounts.get(&id));
        let (now, tenant, found) = (self.now, &self.tenant, &self.found);
        Context { now, tenant, actor, actor_account, fresh, found }
    }

    fn fold(
        &mut self,
        who: &Who,
        events: &[NewEvent],
        mut apply: impl FnMut(&mut Self, &Recorded),
    ) {
        for event in events {
            let recorded = self.recorded(who, event.clone());
            apply(self, &recorded);
        }
    }

    fn recorded(&self, who: &Who, new: NewEvent) -> Recorded {
        Recorded { at: self.now, who: *who, recovery: new.recovery, event: new.event }
    }
}

impl Answer {
    /// The answer is exactly these events.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn then(&self, expected: &[NewEvent]) -> &Self {
        assert_eq!(self.decision.as_deref(), Ok(expected));
        self
    }

    /// The answer is events of exactly these names.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn then_recorded(&self, names: &[&str]) -> &Self {
        let found: Result<Vec<_>, _> = match &self.decision {
            Ok(events) => Ok(events.iter().map(|new| new.event.name()).collect()),
            Err(refusal) => Err(refusal),
        };
        assert_eq!(found.as_deref(), Ok(names));
        self
    }

    /// The answer is a refusal of this kind.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn then_refused(&self, kind: &str) -> &Self {
        assert_eq!(self.decision.as_ref().map_err(Refusal::kind), Err(kind));
        self
    }
}
