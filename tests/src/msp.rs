//! A tenant with its staff and its customers.

use std::collections::BTreeMap;
use std::time::Duration;

use readmit::{
    AccountId, Actor, AdminId, AuthoriseAdmin, BypassId, CaseRecord, CheckSecondFactor,
    ConfirmEnrolment, CustomerId, CustomerQuery, CustomerRow, DeviceId, Done, Engine, Envelope,
    Event, Grant, GrantBypass, IssueApiKey, KeyId, Policy, Reason, RecoveryCode, RecoveryId,
    RecoveryQuery, RecoverySession, RedeemBypass, RegenerateCodes, RegisterCustomer, Role,
    StartEnrolment, Tenant, Views,
};

use crate::{Phone, Result};

/// A tenant as one engine sees it, and who works there.
#[derive(Debug, Clone)]
pub struct Msp {
    /// The engine.
    pub engine: Engine,
    /// The tenant.
    pub tenant: Tenant,
    /// The key of the service that customers sign in to.
    pub key: KeyId,
    olga: AdminId,
    bob: AdminId,
    petra: AdminId,
    hans: AdminId,
    audrey: AdminId,
}

/// A customer with a phone and saved codes.
#[derive(Debug)]
pub struct Customer {
    /// Who.
    pub id: CustomerId,
    /// The phone that MFA was set up on.
    pub phone: Phone,
    /// The phone, as the engine knows it.
    pub device: DeviceId,
    /// The saved codes.
    pub codes: Vec<RecoveryCode>,
}

impl Msp {
    /// Creates the tenant and hires its staff.
    pub async fn create(engine: Engine, name: &str, policy: Policy) -> Result<Self> {
        let tenant = engine.tenant_under(name, policy).await?;
        let operator = Actor::system();
        let hire = async |login: &str, role: Role| -> Result<AdminId, readmit::Error> {
            let authorise = AuthoriseAdmin::new(format!("{login}@msp.example").as_str(), [role]);
            Ok(tenant.execute(&operator, authorise).await?.admin)
        };
        Ok(Self {
            key: tenant.execute(&operator, IssueApiKey::new("login service")).await?.key,
            olga: hire("olga", Role::Owner).await?,
            bob: hire("bob", Role::RecoveryAdmin).await?,
            petra: hire("petra", Role::Approver).await?,
            hans: hire("hans", Role::Helpdesk).await?,
            audrey: hire("audrey", Role::Auditor).await?,
            engine,
            tenant,
        })
    }

    /// The same tenant through another engine on the same database.
    pub async fn through(&self, engine: Engine) -> Result<Self> {
        let tenant = engine.find_tenant(self.tenant.name()).await?;
        let tenant = tenant.ok_or("the tenant is not in the database")?;
        Ok(Self { engine, tenant, ..self.clone() })
    }

    /// The owner, who has just shown a second factor elsewhere. So have the others below.
    pub fn owner(&self) -> Actor {
        Actor::admin(self.olga).vouched_second_factor(self.engine.now())
    }

    /// The admin who may grant.
    pub fn recovery_admin(&self) -> Actor {
        Actor::admin(self.bob).vouched_second_factor(self.engine.now())
    }

    /// The admin who may approve what others ask for.
    pub fn approver(&self) -> Actor {
        Actor::admin(self.petra).vouched_second_factor(self.engine.now())
    }

    /// The admin who may ask.
    pub fn helpdesk(&self) -> Actor {
        Actor::admin(self.hans).vouched_second_factor(self.engine.now())
    }

    /// The admin who may look.
    pub fn auditor(&self) -> Actor {
        Actor::admin(self.audrey).vouched_second_factor(self.engine.now())
    }

    /// The recovery admin's own account.
    pub const fn recovery_admin_id(&self) -> AdminId {
        self.bob
    }

    /// The service, speaking for itself.
    pub fn service(&self) -> Actor {
        Actor::service(self.key)
    }

    /// A customer, for whom the service speaks.
    pub fn customer(&self, id: CustomerId) -> Actor {
        Actor::customer(id).via(self.key)
    }

    /// A customer in a recovery session.
    pub fn recovering(&self, id: CustomerId, session: RecoverySession) -> Actor {
        self.customer(id).in_recovery(session)
    }

    /// Registers a customer and sets up phone and codes.
    ///
    /// The phone was confirmed with the code of the time step before this one, so that the
    /// codes of this step and of the next are still good.
    pub async fn equip(&self, login: &str) -> Result<Customer> {
        let registered = self.tenant.execute(&self.service(), RegisterCustomer::new(login)).await?;
        let id = registered.customer;
        let (phone, device, shown_at) = self.enrol(id.into(), &self.customer(id)).await?;
        let fresh = self.customer(id).with_second_factor(shown_at);
        let codes = self.tenant.execute(&fresh, RegenerateCodes::new(id)).await?.outcome.codes;
        Ok(Customer { id, phone, device, codes })
    }

    /// Sets up a phone; answers it, its id, and when it showed its first code.
    pub async fn enrol(
        &self,
        account: AccountId,
        actor: &Actor,
    ) -> Result<(Phone, DeviceId, readmit::Timestamp)> {
        let started = self.tenant.execute(actor, StartEnrolment::new(account)).await?;
        let phone = Phone::typed_in(started.secret.as_ref().ok_or("no secret was shown")?)?;
        let code = phone.code_before(self.engine.now())?;
        let confirm = ConfirmEnrolment::new(account, started.device, code);
        let enrolled_at = self.tenant.execute(actor, confirm).await?.at;
        Ok((phone, started.device, enrolled_at))
    }

    /// A grant as the standard policy takes it.
    pub fn wish(account: impl Into<AccountId>) -> GrantBypass {
        GrantBypass::new(account).for_minutes(60).reason(Reason::LostDevice)
    }

    /// Grants a customer a bypass, as the standard policy lets one admin do.
    pub async fn grant(&self, customer: CustomerId) -> Result<Done<Grant>, readmit::Error> {
        self.tenant.execute(&self.recovery_admin(), Self::wish(customer)).await
    }

    /// Redeems the bypass of a customer.
    pub async fn redeem(&self, customer: CustomerId) -> Result<RecoverySession, readmit::Error> {
        let redeem = RedeemBypass::new(customer);
        Ok(self.tenant.execute(&self.customer(customer), redeem).await?.session)
    }

    /// A check of this customer's second factor, right or wrong.
    pub async fn check(
        &self,
        customer: CustomerId,
        check: CheckSecondFactor,
    ) -> Result<Done<readmit::Checked>, readmit::Error> {
        self.tenant.execute(&self.customer(customer), check).await
    }

    /// The names of the events of an account, in order.
    pub async fn names(&self, account: impl Into<AccountId>) -> Result<Vec<&'static str>> {
        let history = self.tenant.history(account).await?;
        Ok(history.iter().map(|event| event.event.name()).collect())
    }

    /// How many events of an account have this name.
    pub async fn count(&self, account: impl Into<AccountId>, name: &str) -> Result<usize> {
        Ok(self.names(account).await?.into_iter().filter(|event| *event == name).count())
    }

    /// Every event of the tenant's ledger.
    pub async fn ledger(&self) -> Result<Vec<Envelope>> {
        let mut follower = self.tenant.follow(0);
        let mut events = Vec::new();
        while let Some(event) = follower.next_stored().await? {
            events.push(event);
        }
        Ok(events)
    }

    /// Every customer, as the read models have them.
    pub async fn customers(&self) -> Result<Vec<CustomerRow>> {
        let views = self.tenant.views().await?;
        views.caught_up().await?;
        all_customers(&views).await
    }

    /// Every recovery case, as the read models have them, by id and so by the time it began.
    pub async fn recoveries(&self) -> Result<BTreeMap<RecoveryId, CaseRecord>> {
        let views = self.tenant.views().await?;
        views.caught_up().await?;
        all_recoveries(&views).await
    }

    /// Waits until the ledger holds an event that this looks for, from a position on, whoever
    /// records it; no longer than ten seconds.
    pub async fn wait_for(
        &self,
        from: u64,
        mut wanted: impl FnMut(&Event) -> bool,
    ) -> Result<Envelope> {
        // Not by waiting on the follower: its sweep goes by the engine's clock, which may stand.
        let mut follower = self.tenant.follow(from);
        let found = async {
            loop {
                match follower.next_stored().await? {
                    Some(event) if wanted(&event.event) => return Ok(event),
                    Some(_) => {}
                    None => tokio::time::sleep(Duration::from_millis(2)).await,
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), found).await?
    }
}

/// Every customer of some views, page by page.
pub async fn all_customers(views: &Views) -> Result<Vec<CustomerRow>> {
    let mut all = Vec::new();
    let mut query = CustomerQuery::new();
    loop {
        let page = views.customers(&query).await?;
        all.extend(page.items);
        let Some(next) = page.next else { return Ok(all) };
        query = query.after(next);
    }
}

/// Every recovery case of some views, page by page.
pub async fn all_recoveries(views: &Views) -> Result<BTreeMap<RecoveryId, CaseRecord>> {
    let mut all = BTreeMap::new();
    let mut query = RecoveryQuery::new();
    loop {
        let page = views.recoveries(&query).await?;
        all.extend(page.items.into_iter().map(|row| (row.record.recovery, row.record)));
        let Some(next) = page.next else { return Ok(all) };
        query = query.after(next);
    }
}

/// The session of this use of a bypass.
pub const fn session(bypass: BypassId, use_number: u8) -> RecoverySession {
    RecoverySession { bypass, use_number }
}
