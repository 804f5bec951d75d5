//! Readmit: accounts that were enrolled beforehand; an admin grants a bypass and takes it back.

use std::sync::Arc;

use readmit::{
    Actor, AdminId, AuthoriseAdmin, ConfirmEnrolment, CustomerId, Engine, GrantBypass, Policy,
    Reason, RegisterCustomer, RevokeBypass, Role, StartEnrolment, Tenant,
};
use tokio::task::JoinSet;

use crate::database::Place;
use readmit_bench_driver::{Fallible, Subject};

/// Tasks that enrol customers; nothing is measured while they do.
const PREPARING: usize = 256;

/// An engine, its tenants, an admin of each, and customers.
pub struct Readmit {
    pub engine: Engine,
    pub tenants: Vec<Tenant>,
    pub customers: Vec<CustomerId>,
    /// One for each tenant.
    admins: Vec<AdminId>,
    /// How many customers each task has.
    per_task: usize,
}

impl Readmit {
    /// Makes tenants with an admin each, and no customers yet.
    pub async fn open(place: &Place, tenants: usize) -> Fallible<Self> {
        let engine = open(place).await?;
        // No customer gets more grants than one admin may give alone.
        let mut policy = Policy::standard();
        policy.grants_in_30_days = 30;
        let mut this = Self {
            engine,
            tenants: Vec::new(),
            customers: Vec::new(),
            admins: Vec::new(),
            per_task: 1,
        };
        for n in 0..tenants {
            let name = format!("tenant-{n}");
            let tenant = this.engine.tenant_under(name.as_str(), policy.clone()).await?;
            let bob = AuthoriseAdmin::new("bob@acme.example", [Role::RecoveryAdmin]);
            this.admins.push(tenant.execute(&Actor::system(), bob).await?.admin);
            this.tenants.push(tenant);
        }
        Ok(this)
    }

    /// Enrols customers for so many tasks, then closes and opens the engine again: nothing is
    /// remembered of any of them when the measurement begins.
    pub async fn prepared(
        place: &Place,
        tenants: usize,
        tasks: usize,
        per_task: usize,
    ) -> Fallible<Arc<Self>> {
        let mut this = Self::open(place, tenants).await?;
        this.per_task = per_task;
        this = this.enrol(tasks * per_task, 0).await?;
        Ok(Arc::new(this.reopened(place).await?))
    }

    /// Opens the engine anew: nothing of any account is remembered.
    pub async fn reopened(mut self, place: &Place) -> Fallible<Self> {
        self.engine.close().await;
        self.engine = open(place).await?;
        for (n, tenant) in self.tenants.iter_mut().enumerate() {
            *tenant = self.engine.tenant(format!("tenant-{n}").as_str()).await?;
        }
        Ok(self)
    }

    /// Enrols so many more customers, and carries out so many commands on each.
    pub async fn enrol(self, more: usize, commands: usize) -> Fallible<Self> {
        let this = Arc::new(self);
        let enrolled = Arc::clone(&this).enrolled(more, commands).await?;
        let mut this = Arc::into_inner(this).ok_or("the engine is still in use")?;
        this.customers.extend(enrolled);
        Ok(this)
    }

    async fn enrolled(
        self: Arc<Self>,
        more: usize,
        commands: usize,
    ) -> Fallible<impl Iterator<Item = CustomerId>> {
        let (first, last) = (self.customers.len(), self.customers.len() + more);
        let mut tasks = JoinSet::new();
        for task in 0..PREPARING.min(more) {
            let this = Arc::clone(&self);
            tasks.spawn(async move {
                let mut enrolled = Vec::new();
                for n in (first + task..last).step_by(PREPARING) {
                    let customer = this.customer(n).await?;
                    for number in 0..commands {
                        this.act_on(n, customer, number).await?;
                    }
                    enrolled.push((n, customer));
                }
                Fallible::Ok(enrolled)
            });
        }
        let mut enrolled = Vec::with_capacity(more);
        while let Some(task) = tasks.join_next().await {
            enrolled.extend(task??);
        }
        enrolled.sort_unstable_by_key(|(n, _)| *n);
        Ok(enrolled.into_iter().map(|(_, id)| id))
    }

    /// Registers a customer with a device: three events.
    async fn customer(&self, n: usize) -> Fallible<CustomerId> {
        let tenant = self.tenant_of(n).0;
        let register = RegisterCustomer::new(format!("customer-{n}@example.com").as_str());
        let id = tenant.execute(&Actor::system(), register).await?.customer;
        let actor = Actor::customer(id);
        let enrolment = tenant.execute(&actor, StartEnrolment::new(id)).await?;
        let secret = enrolment.secret.as_ref().ok_or("no secret")?;
        let phone = totp_rs::Totp::from_url(secret.otpauth_uri("bench", "customer")?.as_str())?;
        let code = phone.generate(self.engine.now().unix_seconds()).to_string().parse()?;
        tenant.execute(&actor, ConfirmEnrolment::new(id, enrolment.device, code)).await?;
        Ok(id)
    }

    /// The tenant of the customer of this number, and its admin. A task's customers are all of
    /// one tenant.
    fn tenant_of(&self, customer: usize) -> (&Tenant, AdminId) {
        let tenant = customer / self.per_task % self.tenants.len();
        (&self.tenants[tenant], self.admins[tenant])
    }

    /// Grants a bypass to the customer of this place, or takes it back, in turn.
    pub async fn act(&self, place: usize, number: usize) -> Fallible<()> {
        self.act_on(place, self.customers[place], number).await
    }

    async fn act_on(&self, place: usize, customer: CustomerId, number: usize) -> Fallible<()> {
        let (tenant, bob) = self.tenant_of(place);
        // Bob has just shown a second factor.
        let bob = &Actor::admin(bob).vouched_second_factor(self.engine.now());
        if number.is_multiple_of(2) {
            let grant = GrantBypass::new(customer).reason(Reason::LostDevice).ticket("INC-4711");
            tenant.execute(bob, grant).await?;
        } else {
            tenant.execute(bob, RevokeBypass::new(customer)).await?;
        }
        Ok(())
    }
}

impl Subject for Readmit {
    async fn command(&self, task: usize, number: usize) -> Fallible<()> {
        self.act(task * self.per_task + number / 4, number).await
    }
}

async fn open(place: &Place) -> Fallible<Engine> {
    Ok(Engine::builder(&place.url).key_file(&place.key).open().await?)
}
