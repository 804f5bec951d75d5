//! Backends that are terminated, and servers that stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use readmit_tests::Result;

use crate::{Site, told_the_truth, write_until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_backends_are_terminated_everybody_is_told_the_truth() -> Result {
    let site = Site::open().await?;
    let stop = Arc::new(AtomicBool::new(false));
    let writers = write_until(&site.msp.tenant, &site.engine, &stop);
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        site.server.terminate_backends("readmit")?;
    }
    stop.store(true, Ordering::Release);
    let told = told_the_truth(&site.msp, writers.join_all().await).await?;
    assert!(told.done.len() > 100, "{}", told.done.len());
    assert_eq!(told.unknown, [], "the server was there all along");
    site.ends_well().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_server_crashes_and_comes_back_everybody_is_told_the_truth() -> Result {
    let mut site = Site::open().await?;
    let stop = Arc::new(AtomicBool::new(false));
    let writers = write_until(&site.msp.tenant, &site.engine, &stop);
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        site.server.stop_immediately()?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        site.server.start_again()?;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::Release);
    let told = told_the_truth(&site.msp, writers.join_all().await).await?;
    assert!(told.done.len() > 100, "{}", told.done.len());
    site.ends_well().await
}

#[tokio::test]
async fn while_the_server_is_away_commands_fail_soon_and_work_again_when_it_is_back() -> Result {
    let mut site = Site::open().await?;
    site.server.stop_immediately()?;
    let started = Instant::now();
    let id = site.engine.draw_command_id()?;
    // The first may still have been sent on a connection whose end nobody had noticed.
    let _ = site.register(id, "alice@example.com").await;
    let id = site.engine.draw_command_id()?;
    let away = site.register(id, "bob@example.com").await.unwrap_err().to_string();
    assert!(away.contains("see that the server runs"), "{away}");
    assert!(!away.contains("password"), "{away}");
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());

    site.server.start_again()?;
    assert!(!site.register(id, "bob@example.com").await?);
    site.ends_well().await
}

#[tokio::test]
async fn what_could_not_be_signed_while_the_server_was_away_is_signed_when_it_is_back() -> Result {
    let mut site = Site::open().await?;
    let id = site.engine.draw_command_id()?;
    site.register(id, "alice@example.com").await?;
    let events = site.msp.tenant.head().await?.size;
    // Before the second is over after which it would be signed.
    site.server.stop_immediately()?;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    site.server.start_again()?;
    let started = Instant::now();
    loop {
        let kept = site.msp.tenant.kept_checkpoint(events).await;
        if let Ok(Some(kept)) = kept
            && kept.signed()?.checkpoint().size() == events
        {
            return site.ends_well().await;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "nobody signs");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_server_stays_away_nobody_waits_for_the_others() -> Result {
    let mut site = Site::open().await?;
    let stop = Arc::new(AtomicBool::new(false));
    let writers = write_until(&site.msp.tenant, &site.engine, &stop);
    tokio::time::sleep(Duration::from_millis(300)).await;
    // In the middle of a commit of several commands, as likely as not.
    site.server.stop_immediately()?;
    stop.store(true, Ordering::Release);
    let started = Instant::now();
    let told = writers.join_all().await;
    // One patience for all of them, not one for each.
    assert!(started.elapsed() < Duration::from_secs(25), "{:?}", started.elapsed());
    site.server.start_again()?;
    told_the_truth(&site.msp, told).await?;
    site.ends_well().await
}
