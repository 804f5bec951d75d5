//! One tenant: carries out what its plan says, act by act.

use std::collections::BTreeMap;

use readmit::testing::TestClock;
use readmit::{
    Actor, AuthoriseAdmin, CheckSecondFactor, Clock as _, ConfirmEnrolment, CustomerId, Engine,
    EraseCustomer, Error, IssueApiKey, KeyId, PlaceLegalHold, RecordAuditAccess, RecoveryId,
    RegenerateCodes, RegisterCustomer, ReportUnrecognised, Role, Seconds, SignIn, SignOffReview,
    StartEnrolment, SuspendAdmin, Tenant, Timestamp, UnfreezeAccount, UnlockAccount,
};

use super::person::Person;
use super::plan::{AdminRow, CustomerRow, Plan, key};
use super::schedule::{Act, Step};
use crate::demo::DemoError;
use crate::demo::phone::Phone;

/// Who showed a code so lately need not show another.
const FRESH: Seconds = Seconds::minutes(4);

pub(super) struct Office {
    pub(super) plan: &'static Plan,
    pub(super) tenant: Tenant,
    pub(super) people: BTreeMap<&'static str, Person>,
    pub(super) service: KeyId,
    /// The latest recovery of each case of the plan.
    pub(super) recoveries: BTreeMap<usize, RecoveryId>,
    clock: TestClock,
}

impl Office {
    /// A tenant that is there, with a key for its login service.
    pub(super) fn of(
        plan: &'static Plan,
        tenant: Tenant,
        service: KeyId,
        clock: &TestClock,
    ) -> Self {
        let (people, recoveries) = (BTreeMap::new(), BTreeMap::new());
        Self { plan, tenant, people, service, recoveries, clock: clock.clone() }
    }

    /// A tenant that begins now.
    pub(super) async fn found(
        plan: &'static Plan,
        engine: &Engine,
        clock: &TestClock,
    ) -> Result<Self, DemoError> {
        let tenant = engine.tenant_under(plan.tenant, plan.policy.clone()).await?;
        let key = IssueApiKey::new("login service");
        let service = tenant.execute(&Actor::system(), key).await?.key;
        Ok(Self::of(plan, tenant, service, clock))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Carries an act out; whatever is refused though it was planned stops the demo.
    pub(super) async fn carry_out(&mut self, step: &Step) -> Result<(), DemoError> {
        let done = Box::pin(self.act(step.who, step.act)).await;
        done.map_err(|error| match error {
            DemoError::Engine(Error::Refused(refusal)) => {
                let Step { who, act, at } = step;
                let what = format!("{who}, {act:?}, {at}");
                DemoError::otherwise(&what, "no refusal", refusal.kind())
            }
            other => other,
        })
    }

    async fn act(&mut self, who: &'static str, act: Act) -> Result<(), DemoError> {
        match act {
            Act::Hire(row) => self.hire(row).await,
            Act::Register(row) => self.register(row).await,
            Act::StartEnrolment => self.start_enrolment(who).await,
            Act::ConfirmEnrolment => self.confirm_enrolment(who).await,
            Act::SaveCodes => self.save_codes(who).await,
            Act::SignIn => self.sign_in(who).await,
            Act::UseCode => self.use_code(who).await,
            Act::Guess => self.guess(who).await,
            Act::Report => self.report(who).await,
            Act::Suspend | Act::Unlock | Act::Unfreeze(_) | Act::Hold | Act::Erase => {
                self.decide(who, act).await
            }
            Act::Review(number) => self.review(number).await,
            Act::Look(what) => {
                let auditor = self.actor(who)?;
                self.tenant.execute(&auditor, RecordAuditAccess::new(what)).await?;
                Ok(())
            }
            recovery => self.recovery(who, recovery).await,
        }
    }

    pub(super) fn person(&mut self, who: &str) -> Result<&mut Person, DemoError> {
        self.people.get_mut(who).ok_or_else(|| format!("nobody is called {who}").into())
    }

    pub(super) fn actor(&mut self, who: &str) -> Result<Actor, DemoError> {
        let service = self.service;
        Ok(self.person(who)?.actor(service))
    }

    pub(super) fn customer(&mut self, who: &str) -> Result<CustomerId, DemoError> {
        match self.person(who)?.id {
            readmit::AccountId::Customer(id) => Ok(id),
            readmit::AccountId::Admin(_) => Err(format!("{who} is an admin").into()),
        }
    }

    /// Somebody who has shown a code lately, or does so now.
    pub(super) async fn fresh(&mut self, who: &str) -> Result<Actor, DemoError> {
        let (now, actor) = (self.now(), self.actor(who)?);
        let (tenant, person) = (self.tenant.clone(), self.person(who)?);
        if person.shown_at.is_none_or(|shown| now.since(shown) > FRESH) {
            let code = person.next_code(now)?.ok_or("there is no phone with a code")?;
            let check = CheckSecondFactor::totp(person.id, code);
            person.shown_at = Some(tenant.execute(&actor, check).await?.at);
        }
        Ok(match person.shown_at {
            Some(shown) => actor.with_second_factor(shown),
            None => actor,
        })
    }

    async fn hire(&mut self, row: &'static AdminRow) -> Result<(), DemoError> {
        let owner = self.plan.with_role(Role::Owner);
        let by = if self.people.contains_key(owner) {
            self.fresh(owner).await?
        } else {
            Actor::system()
        };
        let login = format!("{}@{}", row.key, self.plan.domain);
        let authorise = AuthoriseAdmin::new(login.as_str(), [row.role]).name(row.name);
        let admin = self.tenant.execute(&by, authorise).await?.admin;
        self.people.insert(row.key, Person::new(admin));
        Ok(())
    }

    async fn register(&mut self, row: &'static CustomerRow) -> Result<(), DemoError> {
        let register = RegisterCustomer::new(row.login).name(row.name);
        let service = Actor::service(self.service);
        let customer = self.tenant.execute(&service, register).await?.customer;
        self.people.insert(key(row.login), Person::new(customer));
        Ok(())
    }

    async fn start_enrolment(&mut self, who: &str) -> Result<(), DemoError> {
        let (actor, id) = (self.actor(who)?, self.person(who)?.id);
        let started = self.tenant.execute(&actor, StartEnrolment::new(id)).await?;
        let secret = started.secret.as_ref().ok_or("no secret was shown")?;
        self.person(who)?.new_phone = Some((started.device, Phone::typed_in(secret)?));
        Ok(())
    }

    async fn confirm_enrolment(&mut self, who: &str) -> Result<(), DemoError> {
        let (now, actor, tenant) = (self.now(), self.actor(who)?, self.tenant.clone());
        let person = self.person(who)?;
        let (device, phone) = person.new_phone.take().ok_or("no phone is being set up")?;
        let confirm = ConfirmEnrolment::new(person.id, device, phone.code(now)?);
        person.shown_at = Some(tenant.execute(&actor, confirm).await?.at);
        (person.phone, person.has_lost_phone) = (Some(phone), false);
        Ok(())
    }

    /// New codes; in a recovery, its end.
    async fn save_codes(&mut self, who: &str) -> Result<(), DemoError> {
        let (actor, tenant) = (self.fresh(who).await?, self.tenant.clone());
        let person = self.person(who)?;
        let saved = tenant.execute(&actor, RegenerateCodes::new(person.id)).await?;
        (person.codes, person.session) = (saved.outcome.codes, None);
        Ok(())
    }

    /// An ordinary day: password and code, as far as the account lets them.
    async fn sign_in(&mut self, who: &str) -> Result<(), DemoError> {
        let (now, actor, tenant) = (self.now(), self.actor(who)?, self.tenant.clone());
        let person = self.person(who)?;
        if let SignIn::SecondFactor(_) = tenant.sign_in(person.id).await?
            && let Some(code) = person.next_code(now)?
        {
            let check = CheckSecondFactor::totp(person.id, code);
            person.shown_at = Some(tenant.execute(&actor, check).await?.at);
        }
        Ok(())
    }

    async fn use_code(&mut self, who: &str) -> Result<(), DemoError> {
        let (actor, tenant) = (self.actor(who)?, self.tenant.clone());
        let person = self.person(who)?;
        let code = person.codes.pop().ok_or("no recovery code is left")?;
        tenant.execute(&actor, CheckSecondFactor::recovery_code(person.id, code)).await?;
        Ok(())
    }

    async fn guess(&mut self, who: &str) -> Result<(), DemoError> {
        let (now, actor, tenant) = (self.now(), self.actor(who)?, self.tenant.clone());
        let person = self.person(who)?;
        let guess = CheckSecondFactor::totp(person.id, person.wrong_code(now)?);
        match tenant.execute(&actor, guess).await {
            // The guess that locks the account is told of the lock.
            Err(Error::Refused(why)) if matches!(why.kind(), "code_wrong" | "locked") => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => Err(DemoError::otherwise("somebody guesses", "code_wrong", "no refusal")),
        }
    }

    async fn report(&mut self, who: &str) -> Result<(), DemoError> {
        let (actor, id) = (self.actor(who)?, self.person(who)?.id);
        self.tenant.execute(&actor, ReportUnrecognised::new(id)).await?;
        self.person(who)?.has_lost_phone = false;
        Ok(())
    }

    /// What takes an owner, or a recovery admin.
    async fn decide(&mut self, who: &str, act: Act) -> Result<(), DemoError> {
        let role = if matches!(act, Act::Unlock) { Role::RecoveryAdmin } else { Role::Owner };
        let by = self.fresh(self.plan.with_role(role)).await?;
        let (id, tenant) = (self.person(who)?.id, self.tenant.clone());
        match (act, id) {
            (Act::Suspend, readmit::AccountId::Admin(id)) => {
                tenant.execute(&by, SuspendAdmin::new(id)).await?;
                self.person(who)?.is_gone = true;
            }
            (Act::Unfreeze(why), _) => {
                tenant.execute(&by, UnfreezeAccount::new(id, why)).await?;
            }
            (Act::Hold, readmit::AccountId::Customer(id)) => {
                tenant.execute(&by, PlaceLegalHold::new(id)).await?;
            }
            (Act::Erase, readmit::AccountId::Customer(id)) => {
                tenant.execute(&by, EraseCustomer::new(id)).await?;
                self.person(who)?.is_gone = true;
            }
            _ => {
                tenant.execute(&by, UnlockAccount::new(id)).await?;
            }
        }
        Ok(())
    }

    async fn review(&mut self, number: usize) -> Result<(), DemoError> {
        let auditor = self.actor(self.plan.with_role(Role::Auditor))?;
        let recovery = self.recoveries.get(&number).ok_or("nothing is there to be reviewed")?;
        let case = self.plan.cases.get(number).ok_or("no such case")?;
        let Some((verdict, why)) = case.review else { return Ok(()) };
        let review = SignOffReview::new(*recovery, verdict);
        let review = if let Some(why) = why { review.note(why) } else { review };
        self.tenant.execute(&auditor, review).await?;
        Ok(())
    }
}
