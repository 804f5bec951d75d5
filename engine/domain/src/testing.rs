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

use crate::account::{Account, Progress, SignIn};
use crate::event::{
    AdminAuthorised, BypassGranted, BypassUsed, CodesRegenerated, CustomerRegistered,
    DeviceEnrolled, MfaDisabled,
};
use crate::tenant::IssueApiKey;
use crate::{
    AccountId, Actor, AdminId, BypassId, CodeSetId, Command, Context, CustomerId, DeviceId, Event,
    Findings, FreshId, IdentityCheck, IssuedCodeCheck, KeyId, NewEvent, Policy, Reason, Recorded,
    RecoveryCodeMatch, RecoveryId, RecoverySession, Refusal, Role, Seconds, Tenant, TenantId,
    TenantName, Terms, Timestamp, TotpCode, TotpMatch, Who,
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
/// Another device.
pub const TABLET: DeviceId = DeviceId::from_uuid(Uuid::from_u128(0x7A_B1_E7));
/// The code set that [`Scenario::given_phone`] generates.
pub const CODES: CodeSetId = CodeSetId::from_uuid(Uuid::from_u128(0xC0DE5));
/// The case that [`Scenario::given_bypass`] opens.
pub const CASE: RecoveryId = RecoveryId::from_uuid(Uuid::from_u128(0xCA5E));
/// Its bypass.
pub const BYPASS: BypassId = BypassId::from_uuid(Uuid::from_u128(0xB1_9A55));
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

    /// A bypass of the policy's default lifetime is open for this account from now on.
    pub fn given_bypass(&mut self, account: impl Into<AccountId>) -> &mut Self {
        let policy = &self.tenant.policy;
        let terms = Terms {
            reason: Some(Reason::LostDevice),
            ticket: None,
            identity_check: IdentityCheck::CallBack,
            proof: policy.proof,
            lifetime_seconds: policy.lifetime.default_seconds,
            max_uses: 1,
            networks: Vec::new(),
        };
        let (from, until) = (self.now, self.now + terms.lifetime_seconds);
        let granted = BypassGranted { bypass: BYPASS, terms, from, until };
        self.given(account, [NewEvent::of(CASE, granted)])
    }

    /// The bypass was redeemed now, once more; the person, holding its recovery session.
    pub fn given_session(&mut self, account: impl Into<AccountId>) -> Actor {
        let id = account.into();
        let until = self.now + self.tenant.policy.enrolment_seconds;
        let (mut use_number, mut session_until) = (1, until);
        if let Some(Progress::Open(open)) = self.account(id).case.map(|case| case.progress) {
            (use_number, session_until) = (open.uses + 1, until.min(open.until));
        }
        self.given(
            id,
            [NewEvent::of(CASE, BypassUsed { bypass: BYPASS, use_number, session_until })],
        );
        Actor::person(id).in_recovery(RecoverySession { bypass: BYPASS, use_number })
    }

    /// MFA was turned off in the recovery, now.
    pub fn given_mfa_disabled(&mut self, account: impl Into<AccountId>) -> &mut Self {
        let (devices, codes) = (vec![PHONE], Some(CODES));
        self.given(account, [NewEvent::of(CASE, MfaDisabled { devices, codes })])
    }

    /// An embedding service has a key of this tenant.
    pub fn given_service(&mut self) -> KeyId {
        self.when(&Actor::system(), IssueApiKey::new("portal")).fresh.key()
    }

    /// The code typed next is right for this device, at this moment.
    pub fn typed_code_of(&mut self, device: DeviceId) -> &mut Self {
        let step = self.step();
        self.found = Findings { totp: vec![TotpMatch { device, step }], ..Findings::default() };
        self
    }

    /// The code typed next is this one of this set, from 0.
    pub fn typed_recovery_code(&mut self, set: CodeSetId, index: u8) -> &mut Self {
        let recovery_code = Some(RecoveryCodeMatch { set, index });
        self.found = Findings { recovery_code, ..Findings::default() };
        self
    }

    /// The code typed next is compared with the one issued with this bypass.
    pub fn typed_issued_code(&mut self, bypass: BypassId, right: bool) -> &mut Self {
        let issued_code = Some(IssuedCodeCheck { bypass, right });
        self.found = Findings { issued_code, ..Findings::default() };
        self
    }

    /// The code typed next is right for nothing.
    pub fn typed_wrong_code(&mut self) -> &mut Self {
        self.found = Findings::default();
        self
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
        self.account(id).sign_in(self.now, &self.tenant)
    }

    /// The admin, with a second factor that the embedding service vouches for.
    pub fn fresh_admin(&self, id: AdminId) -> Actor {
        self.fresh(id)
    }

    /// The person, with a second factor that the embedding service vouches for.
    pub fn fresh(&self, id: impl Into<AccountId>) -> Actor {
        Actor::person(id.into()).vouched_second_factor(self.now)
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
        let command = command.into();
        let answer = self.would(actor, &command, fresh);
        for event in answer.decision.iter().flatten() {
            let recorded = self.recorded(&actor.who, event.clone());
            match &command {
                Command::Account(command) => {
                    let id = command.account(fresh);
                    let account = self.account(id).evolve(&recorded);
                    self.accounts.insert(id, account);
                }
                Command::Tenant(_) => self.tenant = self.tenant.clone().evolve(&recorded),
            }
        }
        answer
    }

    /// What a command would be answered, without folding anything in.
    pub fn would(&self, actor: &Actor, command: &Command, fresh: FreshId) -> Answer {
        let actor_account = actor.who.account().and_then(|id| self.accounts.get(&id));
        let (now, tenant, found) = (self.now, &self.tenant, &self.found);
        let context = Context { now, tenant, actor, actor_account, fresh, found };
        let decision = match command {
            Command::Account(command) => {
                command.decide(&self.account(command.account(fresh)), &context)
            }
            Command::Tenant(command) => command.decide(tenant, &context),
        };
        Answer { decision, fresh }
    }

    fn recorded(&self, who: &Who, new: NewEvent) -> Recorded {
        Recorded { at: self.now, who: *who, recovery: new.recovery, event: new.event }
    }
}

/// Six digits to type; what they are right for, [`Scenario::typed_code_of`] says.
pub fn six_digits() -> TotpCode {
    let Ok(code) = "000000".parse() else { unreachable!("six digits are a code") };
    code
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
