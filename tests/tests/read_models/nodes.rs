//! Several nodes: one works, and another takes over.

use std::time::{Duration, Instant};

use readmit::{Actor, Policy, RegisterCustomer};
use readmit_tests::{Database, House, Msp, Nodes, Result};

use crate::assert_honest;

async fn register(msp: &Msp, login: &str) -> Result<u64> {
    Ok(msp.tenant.execute(&Actor::system(), RegisterCustomer::new(login)).await?.position)
}

#[tokio::test]
async fn nodes_that_start_at_once_make_the_tables_once_in_a_file() -> Result {
    nodes_start_at_once(Database::Sqlite).await
}

#[tokio::test]
async fn nodes_that_start_at_once_make_the_tables_once_on_a_server() -> Result {
    nodes_start_at_once(Database::Postgres).await
}

async fn nodes_start_at_once(database: Database) -> Result {
    let nodes = Nodes::at((4, database), Policy::standard()).await?;
    let views = futures_util::future::try_join_all(nodes.msps.iter().map(|msp| msp.tenant.views()));
    let views = views.await?;
    let mut last = 0;
    for (number, msp) in nodes.in_turn().enumerate().take(40) {
        last = register(msp, &format!("c{number}@example.com")).await?;
    }
    for views in &views {
        views.seen_by(last).await?;
        assert_eq!(views.customers(&readmit::CustomerQuery::new()).await?.items.len(), 40);
    }
    assert_honest(nodes.first()?).await?;
    nodes.verify_and_close().await
}

#[tokio::test]
async fn when_the_node_that_works_stops_the_next_one_goes_on() -> Result {
    let house = House::new()?;
    let first = house.msp(Policy::standard()).await?;
    first.tenant.views().await?.caught_up().await?;
    let second = first.through(house.open().await?).await?;
    let views = second.tenant.views().await?;
    first.engine.close().await;
    let last = register(&second, "alice@example.com").await?;
    let begun = Instant::now();
    views.seen_by(last).await?;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_honest(&second).await
}

#[tokio::test]
async fn whoever_waits_does_the_work_of_a_node_that_died() -> Result {
    let house = House::new()?;
    let first = house.msp(Policy::standard()).await?;
    first.tenant.views().await?.caught_up().await?;
    first.engine.close().await;
    // As a holder that was killed leaves the lease.
    let file = crate::read_file(&house);
    readmit_tests::sqlite::sql(&file, "UPDATE lease SET holder = 'somebody', fence = fence + 1")?;
    let second = first.through(house.open().await?).await?;
    let last = register(&second, "alice@example.com").await?;
    let begun = Instant::now();
    second.tenant.views().await?.seen_by(last).await?;
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    assert_honest(&second).await
}

#[tokio::test]
async fn a_node_that_nobody_waits_for_takes_over_from_one_that_died() -> Result {
    let house = House::new()?;
    let first = house.msp(Policy::standard()).await?;
    first.tenant.views().await?.caught_up().await?;
    first.engine.close().await;
    let file = crate::read_file(&house);
    readmit_tests::sqlite::sql(&file, "UPDATE lease SET holder = 'somebody', fence = fence + 1")?;
    let second = first.through(house.open().await?).await?;
    let views = second.tenant.views().await?;
    let position = register(&second, "alice@example.com").await?;
    let begun = Instant::now();
    while views.customers(&readmit::CustomerQuery::new()).await?.seen <= position {
        assert!(begun.elapsed() < Duration::from_secs(30), "nobody took over");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(begun.elapsed() > Duration::from_secs(5), "it was taken from somebody who may live");
    let fence = readmit_tests::sqlite::sql(&file, "SELECT fence FROM lease")?;
    assert_eq!(fence.trim(), "3", "two holders, and the one that died");
    assert_honest(&second).await
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_holds_up_no_other() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let broken = msp.engine.tenant("aaa-first").await?;
    broken.execute(&Actor::system(), RegisterCustomer::new("x@example.com")).await?;
    let ledger = broken.ledger().uuid().simple().to_string();
    msp.engine.close().await;
    house.sql(&format!(
        "UPDATE events SET body = x'00' WHERE ledger = x'{ledger}' AND position = 1;"
    ))?;
    let msp = msp.through(house.open().await?).await?;
    let last = register(&msp, "alice@example.com").await?;
    let views = msp.tenant.views().await?;
    let seen_of_it = tokio::time::timeout(Duration::from_secs(10), views.seen_by(last)).await;
    seen_of_it.map_err(|_| "held up by the other ledger")??;
    // And what is made anew is put in its place.
    let anew = msp.engine.rebuild_read_model(readmit::ReadModel::Customers, |_, _| {});
    tokio::time::timeout(Duration::from_secs(20), anew).await.map_err(|_| "never finished")??;
    assert_honest(&msp).await
}
