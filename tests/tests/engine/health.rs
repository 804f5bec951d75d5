//! An engine says how it is, soon, whatever is away.

use std::time::{Duration, Instant};

use readmit::{Engine, KeyRing, LocalMasterKey, MasterKey as _, Policy};
use readmit_tests::house::builder;
use readmit_tests::{Database, House, Result};

#[tokio::test]
async fn a_running_engine_is_ready_and_tells_of_read_models_once_they_are_started() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let health = msp.engine.health().await;
    assert!(health.is_ready() && health.read_models.is_none(), "{health:?}");
    let written = serde_json::to_value(&health)?;
    assert_eq!(written, serde_json::json!({"database": {"ok": true}, "key": {"ok": true}}));

    msp.engine.start_read_models().await?;
    msp.customers().await?;
    let health = msp.engine.health().await;
    let models = health.read_models.as_ref().ok_or("they were started")?;
    assert!(models.check.ok && !models.models.is_empty(), "{health:?}");
    assert!(models.models.iter().all(|model| model.most_behind == 0), "{health:?}");
    assert_eq!(serde_json::to_value(&health)?["read_models"]["ok"], true);

    msp.engine.close().await;
    let health = msp.engine.health().await;
    assert!(!health.is_ready() && !health.database.ok, "{health:?}");
    assert!(health.database.why.is_some_and(|why| !why.is_empty()));
    assert!(health.read_models.is_some_and(|models| !models.check.ok && models.models.is_empty()));
    Ok(())
}

#[tokio::test]
async fn an_engine_without_the_master_key_in_use_is_not_ready() -> Result {
    let house = House::new()?;
    let (old, new) = (|| LocalMasterKey::from_bytes([1; 32]), LocalMasterKey::from_bytes([2; 32]));
    let behind = Engine::builder(&house.url()).master_key(old()).open().await?;
    behind.tenant("acme-msp").await?;
    assert!(behind.health().await.is_ready());
    let id = new.id();
    let ring = KeyRing::of(old()).with_newest(new).ok_or("a ring of two is full")?;
    let rotating = Engine::builder(&house.url()).master_key(ring).open().await?;
    rotating.rotate_key().await?;
    assert!(rotating.health().await.is_ready());
    let health = behind.health().await;
    assert!(health.database.ok && !health.key.ok, "{health:?}");
    assert!(health.key.why.is_some_and(|why| why.contains(&id)));
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_away_is_told_soon_and_its_return_too() -> Result {
    let mut house = House::on(Database::Postgres).await?;
    let engine = builder(&house.url()).open().await?;
    engine.tenant("acme-msp").await?;
    assert!(engine.health().await.is_ready());
    house.server()?.stop_immediately()?;
    let asked = Instant::now();
    let health = engine.health().await;
    assert!(!health.is_ready() && health.database.why.is_some(), "{health:?}");
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    house.server()?.start_again()?;
    let mut ready = false;
    for _ in 0..100 {
        ready = engine.health().await.is_ready();
        if ready {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(ready, "{:?}", engine.health().await);
    engine.close().await;
    Ok(())
}
