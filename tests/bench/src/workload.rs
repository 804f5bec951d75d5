//! What the engine is asked for while it is measured.

use std::sync::Arc;
use std::time::{Duration, Instant};

use readmit::testing::TestClock;
use readmit::{
    Actor, AuditSubject, AuthoriseAdmin, CheckSecondFactor, Clock as _, ConfirmEnrolment,
    CustomerId, Engine, GrantBypass, Reason, RecordAuditAccess, RegisterCustomer, RevokeBypass,
    Role, Seconds, StartEnrolment, Tenant,
};

use tokio::task::JoinSet;

use crate::Fallible;

/// A kind of command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One event and nothing else: the floor of what a command costs.
    AuditAccess,
    /// A grant and its revocation in turn, each with a timer.
    GrantAndRevoke,
    /// A right code of an authenticator app.
    SecondFactor,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::AuditAccess, Self::GrantAndRevoke, Self::SecondFactor];

    pub const fn name(self) -> &'static str {
        match self {
            Self::AuditAccess => "audit access (1 event)",
            Self::GrantAndRevoke => "grant, revoke (1 event + timer)",
            Self::SecondFactor => "second-factor check (1 event)",
        }
    }
}

/// A tenant with as many customers as commands are in flight.
pub struct Load {
    pub engine: Engine,
    pub tenant: Tenant,
    clock: TestClock,
    bob: Actor,
    customers: Vec<(CustomerId, totp_rs::Totp)>,
}

impl Load {
    pub async fn new(url: &str, in_flight: usize) -> Fallible<Arc<Self>> {
        let clock = TestClock::at(readmit::testing::START);
        let key = readmit::LocalMasterKey::from_bytes([7; 32]);
        let engine = Engine::builder(url).master_key(key).clock(clock.clone()).open().await?;
        let tenant = engine.tenant("acme-msp").await?;
        let bob = AuthoriseAdmin::new("bob@acme.example", [Role::RecoveryAdmin]);
        let bob = Actor::admin(tenant.execute(&Actor::system(), bob).await?.admin);
        let mut customers = Vec::new();
        for n in 0..in_flight {
            customers.push(customer(&tenant, &clock, n).await?);
        }
        clock.advance(Seconds(60));
        let mut policy = readmit::Policy::standard();
        policy.grants_in_30_days = 30;
        tenant.execute(&Actor::system(), readmit::ChangePolicy::new(policy)).await?;
        Ok(Arc::new(Self { engine, tenant, clock, bob, customers }))
    }

    /// One round: every customer's next command, all in flight at once. Answers each latency.
    pub async fn round(self: &Arc<Self>, kind: Kind, number: usize) -> Fallible<Vec<Duration>> {
        if kind == Kind::SecondFactor {
            self.clock.advance(Seconds(30));
        } else if number.is_multiple_of(2) {
            // No customer gets more grants than policy lets one admin give.
            self.clock.advance(Seconds::days(2));
        }
        let mut round = JoinSet::new();
        for customer in 0..self.customers.len() {
            let load = Arc::clone(self);
            round.spawn(async move { load.one(kind, number, customer).await });
        }
        round.join_all().await.into_iter().collect()
    }

    /// Rounds without lock-step: every customer's commands follow one another, whatever the others
    /// do. Kinds that go by the clock are run in lock-step.
    pub async fn many(self: &Arc<Self>, kind: Kind, first: usize, rounds: usize) -> Fallible<()> {
        if kind != Kind::AuditAccess {
            for number in first..first + rounds {
                self.round(kind, number).await?;
            }
            return Ok(());
        }
        let mut customers = JoinSet::new();
        for customer in 0..self.customers.len() {
            let load = Arc::clone(self);
            customers.spawn(async move {
                for number in first..first + rounds {
                    load.one(kind, number, customer).await?;
                }
                Ok(())
            });
        }
        customers.join_all().await.into_iter().collect()
    }

    async fn one(&self, kind: Kind, number: usize, customer: usize) -> Fallible<Duration> {
        let (id, phone) = &self.customers[customer];
        let id = *id;
        let now = self.clock.now();
        let begun = Instant::now();
        match kind {
            Kind::AuditAccess => {
                let access = RecordAuditAccess::new(AuditSubject::Timeline);
                self.tenant.execute(&Actor::system(), access).await?;
            }
            Kind::GrantAndRevoke if number.is_multiple_of(2) => {
                let bob = self.bob.clone().vouched_second_factor(now);
                let grant = GrantBypass::new(id).reason(Reason::LostDevice).ticket("INC-4711");
                self.tenant.execute(&bob, grant).await?;
            }
            Kind::GrantAndRevoke => {
                self.tenant.execute(&self.bob, RevokeBypass::new(id)).await?;
            }
            Kind::SecondFactor => {
                let code = phone.generate(now.unix_seconds()).to_string().parse()?;
                let check = CheckSecondFactor::totp(id, code);
                self.tenant.execute(&Actor::customer(id), check).await?;
            }
        }
        Ok(begun.elapsed())
    }
}

async fn customer(
    tenant: &Tenant,
    clock: &TestClock,
    n: usize,
) -> Fallible<(CustomerId, totp_rs::Totp)> {
    let register = RegisterCustomer::new(format!("customer-{n}@example.com").as_str());
    let id = tenant.execute(&Actor::system(), register).await?.customer;
    let actor = Actor::customer(id);
    let enrolment = tenant.execute(&actor, StartEnrolment::new(id)).await?;
    let secret = enrolment.secret.as_ref().ok_or("no secret")?;
    let phone = totp_rs::Totp::from_url(secret.otpauth_uri("bench", "customer")?.as_str())?;
    let code = phone.generate(clock.now().unix_seconds()).to_string().parse()?;
    tenant.execute(&actor, ConfirmEnrolment::new(id, enrolment.device, code)).await?;
    Ok((id, phone))
}
