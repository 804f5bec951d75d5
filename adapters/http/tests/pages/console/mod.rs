//! The admin console: what each role sees and does, by forms alone.

mod accessible;
mod admins;
mod bypasses;
mod customers;
mod grant;
mod tenant;

use readmit::{
    Actor, Clock as _, ConfirmEnrolment, CustomerId, RegisterCustomer, Role, Seconds,
    StartEnrolment,
};
use readmit_tests::{Phone, Result};

use crate::office::Office;
use crate::visit::{Screen, Visitor};

const DISABLE: &str = "Disable Multi-Factor Authentication";
const ASK: &str = "Ask to disable Multi-Factor Authentication";
const BYPASSES: &str = "/console/bypasses";
/// Longer ago than policy lets a second factor be.
const STALE: Seconds = Seconds::minutes(11);

/// An admin of this role, signed in whole a moment ago.
async fn admin(office: &Office, role: Role) -> Visitor<'_> {
    let visitor = Visitor::new(office);
    visitor.set_cookie("readmit", &office.sign_in(role).await);
    visitor
}

/// An admin of this role, who has shown a second factor elsewhere.
fn actor(office: &Office, role: Role) -> Actor {
    Actor::admin(office.staff[&role].id).vouched_second_factor(office.engine.now())
}

fn code(office: &Office, role: Role) -> Result<String> {
    office.clock.advance(Seconds(30));
    Ok(office.staff[&role].phone.code(office.clock.now())?.expose().to_owned())
}

fn wrong_code(office: &Office, role: Role) -> Result<String> {
    Ok(office.staff[&role].phone.wrong_code(office.clock.now())?.expose().to_owned())
}

async fn seen(office: &Office) -> Result {
    Ok(office.tenant.views().await?.caught_up().await?)
}

/// A customer with a phone.
async fn with_phone(office: &Office, login: &str) -> Result<CustomerId> {
    let (tenant, system) = (&office.tenant, Actor::system());
    let id = tenant.execute(&system, RegisterCustomer::new(login)).await?.customer;
    let actor = Actor::customer(id);
    let started = tenant.execute(&actor, StartEnrolment::new(id)).await?;
    let phone = Phone::typed_in(started.secret.as_ref().ok_or("no secret")?)?;
    let code = phone.code_before(office.engine.now())?;
    tenant.execute(&actor, ConfirmEnrolment::new(id, started.device, code)).await?;
    Ok(id)
}

async fn count(office: &Office, customer: &str, event: &str) -> Result<usize> {
    let customer: CustomerId = customer.parse()?;
    let history = office.tenant.history(customer).await?;
    Ok(history.iter().filter(|known| known.event.name() == event).count())
}

async fn grants(office: &Office, customer: &str) -> Result<usize> {
    count(office, customer, "BypassGranted").await
}

fn hidden(screen: &Screen, form: &str) -> String {
    let field = format!("form[action=\"{form}\"] input[name=command]");
    screen.attribute(&field, "value").unwrap_or_default()
}

/// The address of the first form that acts so.
fn action(screen: &Screen, act: &str) -> Result<String> {
    let form = format!("main form[action$=\"/{act}\"]");
    Ok(screen.attribute(&form, "action").ok_or_else(|| format!("{act}: {}", screen.main()))?)
}
