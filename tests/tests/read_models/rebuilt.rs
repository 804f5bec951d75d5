//! Made anew: beside what is read, then in its place.

use readmit::{Actor, CustomerQuery, Policy, ReadModel, RegisterCustomer};
use readmit_tests::sqlite::sql;
use readmit_tests::{Database, House, Msp, Result};

use crate::{assert_honest, read_file};

async fn with_customers(house: &House, count: usize) -> Result<Msp> {
    let msp = house.msp(Policy::standard()).await?;
    for number in 0..count {
        let register = RegisterCustomer::new(format!("c{number}@example.com").as_str());
        msp.tenant.execute(&Actor::system(), register).await?;
    }
    Ok(msp)
}

#[tokio::test]
async fn a_read_model_is_made_anew_in_a_file() -> Result {
    every_model_is_made_anew(House::new()?).await
}

#[tokio::test]
async fn a_read_model_is_made_anew_on_a_server() -> Result {
    every_model_is_made_anew(House::on(Database::Postgres).await?).await
}

async fn every_model_is_made_anew(house: House) -> Result {
    let msp = with_customers(&house, 30).await?;
    assert_honest(&msp).await?;
    for model in ReadModel::ALL {
        let mut last = (0, 0);
        msp.engine.rebuild_read_model(model, |done, of| last = (done, of)).await?;
        assert_eq!(last.0, last.1, "{model}");
    }
    let status = msp.engine.read_model_status().await?;
    assert_eq!(status.len(), ReadModel::ALL.len(), "the old ones are gone");
    assert!(status.iter().all(|it| it.live && it.generation == 2 && it.ledgers_behind == 0));
    assert_honest(&msp).await?;
    msp.engine.close().await;
    Ok(())
}

#[tokio::test]
async fn a_change_of_version_makes_it_anew_while_the_old_one_is_read() -> Result {
    let house = House::new()?;
    let msp = with_customers(&house, 30).await?;
    assert_honest(&msp).await?;
    msp.engine.close().await;
    // As an older version with another fold would have left it.
    let file = read_file(&house);
    sql(
        &file,
        "UPDATE read_models SET version = 0 WHERE model = 'customers'; \
        UPDATE customers_1 SET login = 'old ' || login;",
    )?;
    let msp = msp.through(house.open().await?).await?;
    let views = msp.tenant.views().await?;
    // It is read all along: as the old fold left it, and then as the new one does.
    let first = views.customers(&CustomerQuery::new()).await?.items.len();
    assert_eq!(first, 30);
    while msp.engine.read_model_status().await?.iter().any(|status| !status.live) {
        assert_eq!(views.customers(&CustomerQuery::new()).await?.items.len(), 30);
    }
    assert_honest(&msp).await?;
    let tables = sql(
        &file,
        "SELECT name FROM sqlite_schema WHERE name LIKE 'customers_%' AND type = 'table'",
    )?;
    assert_eq!(tables.trim(), "customers_2", "the old tables are gone");
    Ok(())
}

#[tokio::test]
async fn tables_of_another_shape_are_not_read_until_they_are_made_anew() -> Result {
    let house = House::new()?;
    let msp = with_customers(&house, 5).await?;
    assert_honest(&msp).await?;
    msp.engine.close().await;
    let file = read_file(&house);
    sql(&file, "UPDATE read_models SET version = 0, shape = 'another' WHERE model = 'recoveries'")?;
    let msp = msp.through(house.open().await?).await?;
    msp.tenant.views().await?.caught_up().await?;
    // Nobody was shown what this version cannot read; now it can.
    assert_honest(&msp).await?;
    Ok(())
}

#[tokio::test]
async fn a_newer_version_s_tables_are_left_alone() -> Result {
    let house = House::new()?;
    let msp = with_customers(&house, 5).await?;
    assert_honest(&msp).await?;
    msp.engine.close().await;
    let file = read_file(&house);
    sql(&file, "UPDATE read_models SET version = 99, shape = 'newer' WHERE model = 'customers'")?;
    let msp = msp.through(house.open().await?).await?;
    let answer = msp.tenant.views().await?.customers(&CustomerQuery::new()).await;
    assert!(matches!(answer, Err(readmit::Error::Busy { .. })), "{answer:?}");
    // The other read models are read as ever.
    msp.tenant.views().await?.recoveries(&readmit::RecoveryQuery::new()).await?;
    let rebuilt = msp.engine.rebuild_read_model(ReadModel::Customers, |_, _| {}).await;
    assert!(matches!(rebuilt, Err(readmit::Error::Busy { .. })), "{rebuilt:?}");
    let kept = sql(&file, "SELECT version FROM read_models WHERE model = 'customers'")?;
    assert_eq!(kept.trim(), "99");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_done_while_a_read_model_is_made_anew_is_seen_at_once() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    for number in 0..40 {
        let tenant = house.open().await?.tenant(format!("tenant-{number}").as_str()).await?;
        tenant.execute(&Actor::system(), RegisterCustomer::new("a@example.com")).await?;
    }
    assert_honest(&msp).await?;
    let engine = msp.engine.clone();
    let anew = tokio::spawn(async move {
        for _ in 0..5 {
            engine.rebuild_read_model(ReadModel::Timeline, |_, _| {}).await?;
        }
        Ok::<_, readmit::Error>(())
    });
    let mut seen = 0;
    while !anew.is_finished() {
        let register = RegisterCustomer::new(format!("c{seen}@example.com").as_str());
        msp.tenant.execute(&Actor::system(), register).seen_by(ReadModel::Timeline).await?;
        seen += 1;
    }
    anew.await??;
    assert!(seen > 0);
    assert_honest(&msp).await
}
