//! Carries a plan out on an engine of its own, and collects the alerts.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use readmit::testing::TestClock;
use readmit::{
    Actor, AdminId, Alert, AlertQuery, AuthoriseAdmin, CheckSecondFactor, DisableMfa, Engine,
    Error, ExpireBypass, GrantBypass, GrantState, MfaPolicy, Policy, Reason, RecoveryCode,
    RedeemBypass, RegenerateCodes, RegisterCustomer, ReportUnrecognised, RevokeBypass, Role,
    Seconds, Tenant, Timestamp, UnfreezeAccount,
};

use crate::misuse::{Kind, Planted};
use crate::people::{Customer, Person, enrol};
use crate::plan::{End, Happening, Minutes, Plan, Step};

/// What this example answers.
pub(crate) type Result<T = (), E = Box<dyn std::error::Error + Send + Sync>> =
    std::result::Result<T, E>;

/// When the year begins.
const START: &str = "2026-01-05T00:00:00Z";
/// Customers that are set up at once; what waits together is committed together.
const SET_UP_AT_ONCE: usize = 64;
/// An admin who showed a code so lately need not show another.
const FRESH: Seconds = Seconds::minutes(8);

/// What came of a provider's year.
#[derive(Debug)]
pub(crate) struct Year {
    pub(crate) name: String,
    pub(crate) admins: Vec<AdminId>,
    pub(crate) misuse: Option<Misuse>,
    pub(crate) alerts: Vec<Alert>,
    pub(crate) grants: u64,
    /// What was refused, by kind.
    pub(crate) refused: BTreeMap<&'static str, u64>,
    pub(crate) events: u64,
}

/// Misuse that took place.
#[derive(Debug)]
pub(crate) struct Misuse {
    pub(crate) kind: Kind,
    pub(crate) admin: AdminId,
    /// When it first did.
    pub(crate) first: Timestamp,
}

/// One provider, in the middle of its year.
struct Office {
    clock: TestClock,
    engine: Engine,
    tenant: Tenant,
    admins: Vec<(AdminId, Person)>,
    customers: Vec<Customer>,
    grants: u64,
    refused: BTreeMap<&'static str, u64>,
    first_misuse: Option<Timestamp>,
}

/// Lives through a provider's year.
pub(crate) async fn carry_out(plan: Plan) -> Result<Year> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("readmit.db").display());
    let mut office = Office::open(&url, &plan).await?;
    for step in &plan.steps {
        office.advance_to(moment(step.at)?);
        office.happens(step).await?;
    }
    let year = office.close(plan).await?;
    Ok(year)
}

/// What the read model has to say, oldest first, and how many events it has seen.
async fn collect_alerts(tenant: &Tenant) -> Result<(Vec<Alert>, u64)> {
    let views = tenant.views().await?;
    views.caught_up().await?;
    let mut alerts = Vec::new();
    let mut query = AlertQuery::new();
    loop {
        let page = views.alerts(&query).await?;
        alerts.extend(page.items);
        let Some(next) = page.next else {
            alerts.reverse();
            return Ok((alerts, page.seen));
        };
        query = query.after(next);
    }
}

impl Misuse {
    /// The alert that finds it: of a rule made for it, about that admin, not before it began.
    pub(crate) fn found<'a>(&self, alerts: &'a [Alert]) -> Option<&'a Alert> {
        alerts.iter().find(|alert| {
            alert.subject == self.admin.into()
                && alert.at >= self.first
                && self.kind.fitting().contains(&alert.rule)
        })
    }
}

impl Office {
    async fn open(url: &str, plan: &Plan) -> Result<Self> {
        // Everything is set up on the first morning, as people do at work.
        let clock = TestClock::at(moment(plan.first_morning)?);
        let engine = Engine::builder(url).clock(clock.clone()).open().await?;
        let mfa = if plan.mfa_optional { MfaPolicy::Optional } else { MfaPolicy::Required };
        let policy = Policy { mfa, ..Policy::standard() };
        let tenant = engine.tenant_under(plan.name.as_str(), policy).await?;
        let mut office = Self {
            clock,
            engine,
            tenant,
            admins: Vec::new(),
            customers: Vec::new(),
            grants: 0,
            refused: BTreeMap::new(),
            first_misuse: None,
        };
        for number in 0..plan.admins {
            office.hire(number).await?;
        }
        let numbers: Vec<usize> = (0..plan.customers).collect();
        for numbers in numbers.chunks(SET_UP_AT_ONCE) {
            let registered = numbers.iter().map(|number| office.register(*number));
            let registered = try_join_all(registered).await?;
            office.customers.extend(registered);
        }
        Ok(office)
    }

    /// The first admin owns the tenant too.
    async fn hire(&mut self, number: usize) -> Result {
        let roles = if number == 0 {
            vec![Role::Owner, Role::RecoveryAdmin]
        } else {
            vec![Role::RecoveryAdmin]
        };
        let login = format!("admin-{number}@msp.example");
        let authorise = AuthoriseAdmin::new(login.as_str(), roles);
        let admin = self.tenant.execute(&Actor::system(), authorise).await?.admin;
        let person = enrol(&self.engine, &self.tenant, admin, &Actor::admin(admin)).await?;
        self.admins.push((admin, person));
        Ok(())
    }

    async fn register(&self, number: usize) -> Result<Customer> {
        let login = format!("customer-{number}@example.com");
        let register = RegisterCustomer::new(login.as_str());
        let id = self.tenant.execute(&Actor::system(), register).await?.customer;
        let actor = Actor::customer(id);
        let person = enrol(&self.engine, &self.tenant, id, &actor).await?;
        let fresh = actor.with_second_factor(person.shown_at);
        let codes = self.tenant.execute(&fresh, RegenerateCodes::new(id)).await?.outcome.codes;
        Ok(Customer { id, person, codes })
    }

    /// Time never runs backwards, even if one thing takes so long that the next has to wait.
    fn advance_to(&self, moment: Timestamp) {
        self.clock.set(moment.max(self.engine.now()));
    }

    async fn happens(&mut self, step: &Step) -> Result {
        let done = match step.what {
            Happening::SignIn { admin } => self.sign_in(admin).await.map(|_| ()),
            Happening::Help { admin, customer, reason, end } => {
                self.help(admin, customer, reason, end, step.misuse).await
            }
            Happening::Freeze { customer } => self.freeze(customer).await,
            Happening::Unfreeze { customer } => self.unfreeze(customer).await,
            Happening::Code { customer } => self.use_code(customer).await,
            Happening::MfaOff { customer } => self.mfa_off(customer).await,
        };
        // Whoever is refused hangs up; that is part of the year.
        match done {
            Err(error) => match error.downcast_ref::<Error>() {
                Some(Error::Refused(why)) => {
                    *self.refused.entry(why.kind()).or_default() += 1;
                    Ok(())
                }
                _ => Err(error),
            },
            Ok(()) => Ok(()),
        }
    }

    /// The admin shows a code, unless they just did.
    async fn sign_in(&mut self, number: usize) -> Result<Actor> {
        let (admin, person) = self.admins.get_mut(number).ok_or("no such admin")?;
        let actor = Actor::admin(*admin);
        if self.engine.now().since(person.shown_at) > FRESH {
            let code = person.next_code(&self.clock)?;
            let check = CheckSecondFactor::totp(*admin, code);
            person.shown_at = self.tenant.execute(&actor, check).await?.at;
        }
        Ok(actor.with_second_factor(person.shown_at))
    }

    async fn help(
        &mut self,
        admin: usize,
        customer: usize,
        reason: Reason,
        end: End,
        misuse: bool,
    ) -> Result {
        let as_admin = self.sign_in(admin).await?;
        self.clock.advance(Seconds::minutes(2));
        let id = self.customers.get(customer).ok_or("no such customer")?.id;
        let grant = GrantBypass::new(id).for_minutes(60).reason(reason);
        let granted = self.tenant.execute(&as_admin, grant).await?;
        let GrantState::Open { until, .. } = granted.state else {
            // The customer's third in 30 days: nobody else has time to look at it.
            self.tenant.execute(&as_admin, RevokeBypass::new(id)).await?;
            return Ok(());
        };
        self.grants += 1;
        if misuse {
            self.first_misuse.get_or_insert(granted.at);
        }
        if end != End::Unused {
            self.clock.advance(Seconds::minutes(7));
            self.redeem(customer, end).await?;
        }
        if end != End::Completed {
            self.advance_to(until);
            let expired = self.tenant.execute(&Actor::system(), ExpireBypass::new(id)).await;
            // The engine's own timer may have been faster.
            if let Err(error) = expired
                && !matches!(error, Error::Refused(_))
            {
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// The customer, or whoever has their password, uses the bypass.
    async fn redeem(&mut self, customer: usize, end: End) -> Result {
        let customer = self.customers.get_mut(customer).ok_or("no such customer")?;
        let (id, actor) = (customer.id, Actor::customer(customer.id));
        let redeemed = self.tenant.execute(&actor, RedeemBypass::new(id)).await?;
        if end == End::Abandoned {
            return Ok(());
        }
        let recovering = actor.in_recovery(redeemed.session);
        self.tenant.execute(&recovering, DisableMfa::new(id)).await?;
        self.clock.advance(Seconds::minutes(3));
        customer.person = enrol(&self.engine, &self.tenant, id, &recovering).await?;
        customer.codes =
            self.tenant.execute(&recovering, RegenerateCodes::new(id)).await?.outcome.codes;
        Ok(())
    }

    async fn freeze(&self, customer: usize) -> Result {
        let id = self.customers.get(customer).ok_or("no such customer")?.id;
        self.tenant.execute(&Actor::customer(id), ReportUnrecognised::new(id)).await?;
        Ok(())
    }

    async fn unfreeze(&mut self, customer: usize) -> Result {
        let owner = self.sign_in(0).await?;
        let id = self.customers.get(customer).ok_or("no such customer")?.id;
        self.tenant.execute(&owner, UnfreezeAccount::new(id, "spoke on the telephone")).await?;
        Ok(())
    }

    async fn use_code(&mut self, customer: usize) -> Result {
        let customer = self.customers.get_mut(customer).ok_or("no such customer")?;
        let Some(code): Option<RecoveryCode> = customer.codes.pop() else { return Ok(()) };
        let check = CheckSecondFactor::recovery_code(customer.id, code);
        self.tenant.execute(&Actor::customer(customer.id), check).await?;
        Ok(())
    }

    async fn mfa_off(&mut self, customer: usize) -> Result {
        let customer = self.customers.get_mut(customer).ok_or("no such customer")?;
        let (id, actor) = (customer.id, Actor::customer(customer.id));
        let code = customer.person.next_code(&self.clock)?;
        let shown = self.tenant.execute(&actor, CheckSecondFactor::totp(id, code)).await?.at;
        let fresh = actor.with_second_factor(shown);
        self.tenant.execute(&fresh, DisableMfa::new(id)).await?;
        Ok(())
    }

    async fn close(self, plan: Plan) -> Result<Year> {
        let (alerts, events) = collect_alerts(&self.tenant).await?;
        self.engine.close().await;
        let admins: Vec<AdminId> = self.admins.iter().map(|(admin, _)| *admin).collect();
        let took_place = |planted: Planted| {
            let admin = *admins.get(planted.admin)?;
            Some(Misuse { kind: planted.kind, admin, first: self.first_misuse? })
        };
        let misuse = plan.planted.and_then(took_place);
        let Self { grants, refused, .. } = self;
        Ok(Year { name: plan.name, admins, misuse, alerts, grants, refused, events })
    }
}

fn moment(at: Minutes) -> Result<Timestamp> {
    Ok(START.parse::<Timestamp>()? + Seconds::minutes(u32::try_from(at)?))
}
