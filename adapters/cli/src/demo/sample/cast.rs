//! Who can sign in afterwards, and with what.

use std::sync::Arc;

use readmit::{AccountId, Failure, OsEntropy, SystemClock, TenantName, Timestamp};
use readmit_http::password::{AcceptedPassword, Password};
use readmit_http::web_database::{PasswordTable, WebDatabase};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::office::Office;
use super::person::Person;
use super::plan::key;
use crate::demo::DemoError;

const ADMINS_PASSWORD: &str = "tulip window seven";
const CUSTOMERS_PASSWORD: &str = "paper lantern nine";
/// Passwords that are digested at once; the table lets few wait.
const AT_ONCE: usize = 4;

/// Everybody who can sign in.
pub(in crate::demo) struct DemoPeople {
    pub(in crate::demo) people: Vec<DemoPerson>,
}

/// Somebody who can sign in.
pub(in crate::demo) struct DemoPerson {
    pub(in crate::demo) tenant: TenantName,
    pub(in crate::demo) login: String,
    pub(in crate::demo) name: String,
    /// Who they are, in a few words.
    pub(in crate::demo) what: &'static str,
    pub(in crate::demo) password: String,
    /// The secret in their authenticator app, in base32; none while they have no phone.
    pub(in crate::demo) phone: Option<Zeroizing<String>>,
    /// The code that an admin told them for an open bypass.
    pub(in crate::demo) issued_code: Option<Zeroizing<String>>,
    /// Whether they are worth naming; the others are there to be looked at.
    pub(in crate::demo) featured: bool,
}

/// Somebody before they have a password.
struct Candidate {
    id: AccountId,
    tenant_id: readmit::TenantId,
    person: DemoPerson,
}

/// Gives everybody a password who can sign in.
pub(super) async fn gather(
    offices: [Office; 2],
    web: &WebDatabase,
    at: Timestamp,
) -> Result<DemoPeople, DemoError> {
    let table = web.passwords(Arc::new(SystemClock), Arc::new(OsEntropy));
    let mut candidates = Vec::new();
    for office in offices {
        candidates.extend(candidates_of(office)?);
    }
    let mut setting = JoinSet::new();
    for candidate in &candidates {
        if setting.len() >= AT_ONCE {
            finished(setting.join_next().await)?;
        }
        setting.spawn(set_password(table.clone(), candidate.accepted()?, candidate.ids(), at));
    }
    while let Some(done) = setting.join_next().await {
        finished(Some(done))?;
    }
    Ok(DemoPeople { people: candidates.into_iter().map(|candidate| candidate.person).collect() })
}

type Ids = (readmit::TenantId, AccountId);

async fn set_password(
    table: PasswordTable,
    password: AcceptedPassword,
    (tenant, account): Ids,
    at: Timestamp,
) -> Result<(), DemoError> {
    let set = table.set_password(tenant, account, &password, at).await;
    set.map_err(|error| DemoError::Phone(error.to_string()))
}

fn finished(
    done: Option<Result<Result<(), DemoError>, tokio::task::JoinError>>,
) -> Result<(), DemoError> {
    match done {
        None => Ok(()),
        Some(Ok(done)) => done,
        Some(Err(_)) => Err(readmit::Error::from(Failure::Bug("a password was not set")).into()),
    }
}

impl Candidate {
    const fn ids(&self) -> Ids {
        (self.tenant_id, self.id)
    }

    fn accepted(&self) -> Result<AcceptedPassword, DemoError> {
        let DemoPerson { tenant, login, password, .. } = &self.person;
        let login = login.parse().map_err(|error: readmit::TextError| error.to_string())?;
        let accepted = AcceptedPassword::new(Password::new(password.clone()), &login, tenant);
        accepted.map_err(|refusal| refusal.to_string().into())
    }
}

/// Admins first, then customers; in the order of the plan.
fn candidates_of(mut office: Office) -> Result<Vec<Candidate>, DemoError> {
    let tenant = office.tenant.name().parse::<TenantName>().map_err(|error| error.to_string())?;
    let (tenant_id, plan) = (office.tenant.id(), office.plan);
    let admins = plan.admins.iter().map(|row| {
        let login = format!("{}@{}", row.key, plan.domain);
        (row.key, login, row.name, row.what, ADMINS_PASSWORD, true)
    });
    let customers = plan.customers.iter().map(|row| {
        let what = row.featured.unwrap_or("customer");
        let login = row.login.to_owned();
        (key(row.login), login, row.name, what, CUSTOMERS_PASSWORD, row.featured.is_some())
    });
    let mut candidates = Vec::new();
    for (key, login, name, what, password, featured) in admins.chain(customers) {
        let person = office.people.remove(key).filter(|person| !person.is_gone);
        let Some(Person { id, phone, issued_code, has_lost_phone, .. }) = person else { continue };
        let phone = phone.filter(|_| !has_lost_phone);
        let person = DemoPerson {
            tenant: tenant.clone(),
            login,
            name: name.to_owned(),
            what,
            password: password.to_owned(),
            phone: phone.map(crate::demo::phone::Phone::into_secret),
            issued_code: issued_code.map(|code| code.expose()),
            featured,
        };
        candidates.push(Candidate { id, tenant_id, person });
    }
    Ok(candidates)
}
