//! The pages on a new database, served on this machine, with staff and a customer.
//!
//! Every code that is typed comes from `oathtool`. Time passes as it does, and is shifted ahead.

use std::sync::Arc;

use readmit::{
    AccountId, Actor, AdminId, AuthoriseAdmin, Clock as _, ConfirmEnrolment, CustomerId, Engine,
    OsEntropy, Policy, RegenerateCodes, RegisterCustomer, Role, Seconds, StartEnrolment, Tenant,
};
use readmit_http::Settings;
use readmit_http::password::{AcceptedPassword, Password};
use readmit_http::server::{self, Ready};
use readmit_http::web_database::{PasswordTable, WebDatabase, WebPlace};
use readmit_tests::house::builder;
use readmit_tests::shifted::ShiftedClock;
use readmit_tests::{House, Result};
use tokio::sync::oneshot;

use crate::others::oathtool;

pub(crate) const COMPANY: &str = "acme-msp";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// How long a code is shown.
const STEP: Seconds = Seconds(30);

/// A provider and its pages.
pub(crate) struct Site {
    /// Kept, so that its folder is.
    _house: House,
    /// Where the pages are: `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    pub(crate) engine: Engine,
    pub(crate) tenant: Tenant,
    pub(crate) clock: ShiftedClock,
    /// The admin who may grant.
    pub(crate) bob: Person,
    /// The owner.
    pub(crate) olga: Person,
    /// The auditor.
    pub(crate) audrey: Person,
    /// The customer, with a phone and saved codes.
    pub(crate) alice: Person,
    passwords: PasswordTable,
}

/// Somebody with a password and a phone.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: AccountId,
    pub(crate) login: String,
    /// The secret in their authenticator app, in base32.
    pub(crate) phone: String,
}

impl Site {
    /// Opens a provider, and serves its pages until the test ends.
    pub(crate) async fn open() -> Result<Self> {
        let house = House::new()?;
        let clock = ShiftedClock::default();
        let engine = builder(&house.url()).clock(clock.clone()).open().await?;
        engine.start_read_models().await?;
        let tenant = engine.tenant_under(COMPANY, Policy::standard()).await?;
        let web = WebDatabase::open(&WebPlace::Memory).await?;
        let passwords = web.passwords(Arc::new(clock.clone()), Arc::new(OsEntropy));
        let address = serve(&engine, &web, &passwords).await?;
        let office = Office { tenant: &tenant, clock: &clock, passwords: &passwords };
        let bob = office.hire("bob@acme.example", Role::RecoveryAdmin).await?;
        let olga = office.hire("olga@acme.example", Role::Owner).await?;
        let audrey = office.hire("audrey@acme.example", Role::Auditor).await?;
        let alice = office.customer("alice@example.com").await?;
        tenant.views().await?.caught_up().await?;
        Ok(Self {
            _house: house,
            address,
            engine,
            bob,
            olga,
            audrey,
            alice,
            tenant,
            clock,
            passwords,
        })
    }

    /// What somebody's phone shows, once it shows another code than the one before.
    pub(crate) fn next_code(&self, phone: &str) -> Result<String> {
        self.clock.advance(STEP);
        oathtool(phone, self.engine.now())
    }

    /// A customer, with a phone and saved codes.
    pub(crate) async fn another_customer(&self, login: &str) -> Result<Person> {
        let office =
            Office { tenant: &self.tenant, clock: &self.clock, passwords: &self.passwords };
        let customer = office.customer(login).await?;
        self.tenant.views().await?.caught_up().await?;
        Ok(customer)
    }

    /// The names of the events of an account, from this one on.
    pub(crate) async fn events(&self, person: &Person, from: usize) -> Result<Vec<&'static str>> {
        let history = self.tenant.history(person.id).await?;
        Ok(history.iter().skip(from).map(|event| event.event.name()).collect())
    }

    /// How many events of an account have this name.
    pub(crate) async fn count(&self, person: &Person, name: &str) -> Result<usize> {
        Ok(self.events(person, 0).await?.into_iter().filter(|event| *event == name).count())
    }
}

/// Serves the pages until the test ends; answers where.
async fn serve(engine: &Engine, web: &WebDatabase, passwords: &PasswordTable) -> Result<String> {
    let settings = Settings { listen: "127.0.0.1:0".parse()?, ..Settings::default() };
    let passwords = Arc::new(passwords.clone());
    let router = readmit_http::router(engine.clone(), web.clone(), passwords, &settings)?;
    let (tell, told) = oneshot::channel();
    tokio::spawn(async move {
        let events = |ready: Ready| _ = tell.send(ready.address);
        server::serve(router, &settings, events, std::future::pending()).await
    });
    Ok(format!("http://{}", told.await?))
}

/// Who makes people: the operator of the installation.
struct Office<'a> {
    tenant: &'a Tenant,
    clock: &'a ShiftedClock,
    passwords: &'a PasswordTable,
}

impl Office<'_> {
    async fn hire(&self, login: &str, role: Role) -> Result<Person> {
        let authorise = AuthoriseAdmin::new(login, [role]);
        let id: AdminId = self.tenant.execute(&Actor::system(), authorise).await?.admin;
        self.equip(id.into(), &Actor::admin(id), login).await
    }

    async fn customer(&self, login: &str) -> Result<Person> {
        let register = RegisterCustomer::new(login);
        let id: CustomerId = self.tenant.execute(&Actor::system(), register).await?.customer;
        let person = self.equip(id.into(), &Actor::customer(id), login).await?;
        let fresh = Actor::customer(id).vouched_second_factor(self.clock.now());
        self.tenant.execute(&fresh, RegenerateCodes::new(id)).await?;
        Ok(person)
    }

    /// Gives somebody a phone and a password.
    async fn equip(&self, id: AccountId, actor: &Actor, login: &str) -> Result<Person> {
        let started = self.tenant.execute(actor, StartEnrolment::new(id)).await?;
        let phone = started.secret.as_ref().ok_or("no secret was shown")?.expose_base32();
        let code = oathtool(&phone, self.clock.now())?.parse()?;
        self.tenant.execute(actor, ConfirmEnrolment::new(id, started.device, code)).await?;
        let password = Password::new(PASSWORD.to_owned());
        let password = AcceptedPassword::new(password, &login.parse()?, &COMPANY.parse()?)?;
        let (tenant, now) = (self.tenant.id(), self.clock.now());
        self.passwords.set_password(tenant, id, &password, now).await?;
        Ok(Person { id, login: login.to_owned(), phone: phone.to_string() })
    }
}
