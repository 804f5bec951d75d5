//! Read models as they were.

use readmit::{CustomerQuery, CustomerStatus, DisableMfa, Policy, RecoveryQuery, Seconds, Stage};
use readmit_tests::{House, Result};

#[tokio::test]
async fn every_read_model_can_be_seen_as_it_was() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    house.clock.advance(Seconds::minutes(1));
    let granted = msp.grant(alice).await?;
    house.clock.advance(Seconds::minutes(1));
    let session = msp.redeem(alice).await?;
    msp.tenant.execute(&msp.recovering(alice, session), DisableMfa::new(alice)).await?;
    let bob = msp.equip("bob@example.com").await?.id;
    house.clock.advance(Seconds::minutes(120));

    let at_grant = msp.tenant.as_of(granted.at).views().await?;
    assert_eq!(at_grant.now(), granted.at);
    let row = at_grant.customer(alice).await?.ok_or("alice was there")?;
    assert_eq!(row.status(granted.at), CustomerStatus::On);
    assert_eq!(row.stage(granted.at), Some(Stage::Granted));
    assert_eq!(at_grant.customer(bob).await?, None, "they came later");
    let open = at_grant.open_bypasses(None, None).await?;
    assert_eq!(open.items.len(), 1);
    assert_eq!(open.seen, granted.position + 1);
    assert_eq!(at_grant.recoveries(&RecoveryQuery::new()).await?.items.len(), 1);

    let before = msp.tenant.as_of(granted.position - 1).views().await?;
    assert_eq!(before.recoveries(&RecoveryQuery::new()).await?.items, []);
    assert_eq!(before.customers(&CustomerQuery::new()).await?.items.len(), 1);
    let activity = before.activity(readmit::ActivityQuery::new()).await?;
    assert!(activity.events.iter().all(|counted| counted.event != "BypassGranted"));

    let first = msp.tenant.as_of(0).views().await?;
    assert_eq!(first.customers(&CustomerQuery::new()).await?.items, []);
    assert_eq!(first.timeline(&readmit::TimelineQuery::new()).await?.items.len(), 1);

    let now = msp.tenant.as_of(readmit::Until::Now).views().await?;
    let live = msp.tenant.views().await?;
    live.caught_up().await?;
    let query = CustomerQuery::new();
    assert_eq!(now.customers(&query).await?, live.customers(&query).await?);
    Ok(())
}
