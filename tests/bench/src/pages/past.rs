//! What has happened before the pages are opened.

use readmit::{
    Actor, AdminId, AuditSubject, Engine, GrantBypass, Reason, RecordAuditAccess, RevokeBypass,
    Tenant,
};
use readmit_bench_driver::Fallible;
use tokio::task::JoinSet;

use crate::database::Place;
use crate::rest::people::{BOB, People, TENANT};

/// Tasks that live through it at once.
const TASKS: usize = 256;

/// So many recoveries were granted and taken back, each of another customer, and an auditor has looked so
/// often.
pub async fn live_through(
    place: &Place,
    people: &People,
    over: usize,
    looks: usize,
) -> Fallible<()> {
    let engine = Engine::builder(&place.url).key_file(&place.key).open().await?;
    let tenant = engine.tenant(TENANT).await?;
    let logins = tenant.admin_logins().await?;
    let (bob, _) = logins.iter().find(|(_, login)| login.as_str() == BOB).ok_or("no admin")?;
    let ids: Vec<_> = people.customers.iter().rev().take(over).map(|customer| customer.id).collect();
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (tenant, bob) = (tenant.clone(), *bob);
        let ids: Vec<_> = ids.iter().skip(task).step_by(TASKS).copied().collect();
        let looks = (task..looks).step_by(TASKS).count();
        tasks.spawn(async move {
            for id in ids {
                let bob = fresh(&tenant, bob).await?;
                let grant = GrantBypass::new(id).for_minutes(60).reason(Reason::LostDevice);
                tenant.execute(&bob, grant).await?;
                tenant.execute(&bob, RevokeBypass::new(id)).await?;
            }
            for _ in 0..looks {
                let look = RecordAuditAccess::new(AuditSubject::Case);
                tenant.execute(&Actor::admin(bob), look).await?;
            }
            Fallible::Ok(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    engine.close().await;
    Ok(())
}

async fn fresh(tenant: &Tenant, admin: AdminId) -> Fallible<Actor> {
    Ok(Actor::admin(admin).vouched_second_factor(tenant.latest().await?))
}
