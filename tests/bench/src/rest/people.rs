//! Who is there before anything is measured: a provider, its login service, an admin, customers.

use std::sync::Arc;

use readmit::{
    Actor, AuthoriseAdmin, CustomerId, Engine, IssueApiKey, Policy, RegisterCustomer, Role, Tenant,
};
use readmit_bench_driver::Fallible;
use tokio::task::JoinSet;

use crate::database::Place;
use crate::phone::Phone;

pub const TENANT: &str = "acme-msp";
pub const BOB: &str = "bob@msp.example";
/// Tasks that enrol customers; nothing is measured while they do.
const PREPARING: usize = 256;

/// A customer with a device.
pub struct Customer {
    pub id: CustomerId,
    pub phone: Phone,
}

pub struct People {
    /// The API key of the login service.
    pub service: Arc<str>,
    /// The phone of an admin who may do anything.
    pub bob: Phone,
    pub customers: Vec<Customer>,
    /// Events of the ledger.
    pub events: u64,
}

/// Makes them by the library, and closes it again.
pub async fn prepare(place: &Place, customers: usize) -> Fallible<People> {
    let engine = Engine::builder(&place.url).key_file(&place.key).open().await?;
    let tenant = engine.tenant_under(TENANT, Policy::standard()).await?;
    let issued = tenant.execute(&Actor::system(), IssueApiKey::new("login service")).await?;
    let service = issued.token.as_ref().ok_or("no token")?.expose().as_str().into();
    let authorise = AuthoriseAdmin::new(BOB, [Role::Owner, Role::Auditor]);
    let bob = tenant.execute(&Actor::system(), authorise).await?.admin;
    let bob = Phone::enrol(&tenant, bob, &Actor::admin(bob)).await?;
    let customers = enrol(&tenant, customers).await?;
    let events = tenant.head().await?.size;
    engine.close().await;
    Ok(People { service, bob, customers, events })
}

async fn enrol(tenant: &Tenant, count: usize) -> Fallible<Vec<Customer>> {
    let mut tasks = JoinSet::new();
    for task in 0..PREPARING {
        let tenant = tenant.clone();
        tasks.spawn(async move {
            let mut customers = Vec::new();
            for number in (task..count).step_by(PREPARING) {
                let login = format!("customer-{number}@example.com");
                let register = RegisterCustomer::new(login.as_str());
                let id = tenant.execute(&Actor::system(), register).await?.customer;
                let phone = Phone::enrol(&tenant, id, &Actor::customer(id)).await?;
                customers.push(Customer { id, phone });
            }
            Fallible::Ok(customers)
        });
    }
    let mut customers = Vec::with_capacity(count);
    while let Some(task) = tasks.join_next().await {
        customers.extend(task??);
    }
    Ok(customers)
}

/// Events of the ledger, once the service has let go of it.
pub async fn size(place: &Place) -> Fallible<u64> {
    let engine = Engine::builder(&place.url).key_file(&place.key).open().await?;
    let size = engine.tenant(TENANT).await?.head().await?.size;
    engine.close().await;
    Ok(size)
}
