//! Somebody else holds the database: waited for, but not for ever.

use std::time::{Duration, Instant};

use readmit::{Actor, Error, RegisterCustomer, StoreErrorKind};
use readmit_tests::sqlite::WriteLock;
use readmit_tests::{House, Result};

use crate::refused;

#[tokio::test]
async fn a_short_lock_is_waited_for() -> Result {
    let house = House::new()?;
    let engine = house.open().await?;
    let tenant = engine.tenant("acme-msp").await?;
    let lock = WriteLock::take(&house.database())?;
    let held = tokio::task::spawn_blocking(|| {
        std::thread::sleep(Duration::from_secs(1));
        drop(lock);
    });
    let started = Instant::now();
    let register = RegisterCustomer::new("alice@example.com");
    tenant.execute(&Actor::system(), register).await?;
    assert!(started.elapsed() >= Duration::from_millis(900), "it was not locked");
    held.await?;
    Ok(())
}

#[tokio::test]
async fn a_long_lock_is_busy_and_nothing_is_stored() -> Result {
    let house = House::new()?;
    let engine = house.open().await?;
    let tenant = engine.tenant("acme-msp").await?;
    let id = engine.draw_command_id()?;
    let register = || {
        let register = RegisterCustomer::new("alice@example.com");
        tenant.execute(&Actor::system(), register).with_id(id)
    };
    let lock = WriteLock::take(&house.database())?;
    let started = Instant::now();
    let answer = register().await;
    let Err(Error::Busy { retry_after }) = answer else { panic!("{answer:?}") };
    assert!(retry_after > Duration::ZERO);
    assert!(started.elapsed() < Duration::from_secs(15), "waited {:?}", started.elapsed());
    // Whoever only reads is not in the way.
    assert_eq!(tenant.verify().await?.size, 1);
    drop(lock);
    assert!(!register().await?.already);
    assert_eq!(tenant.verify().await?.size, 2);
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_locked_at_the_start_is_a_clear_error() -> Result {
    let house = House::new()?;
    house.open().await?.close().await;
    let lock = WriteLock::take(&house.database())?;
    let (kind, words) = refused(house.open().await);
    assert_eq!(kind, Some(StoreErrorKind::Busy), "{words}");
    drop(lock);
    house.open().await?.close().await;
    Ok(())
}
