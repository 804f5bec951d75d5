//! A follower sees every event, in order, live, whoever recorded it.

use std::time::{Duration, Instant};

use readmit::{Actor, Engine, Envelope, Follower, RegisterCustomer, Tenant};
use readmit_tests::{House, Result};

const CUSTOMERS: usize = 200;

async fn register(tenant: &Tenant, login: &str) -> Result<u64> {
    Ok(tenant.execute(&Actor::system(), RegisterCustomer::new(login)).await?.position)
}

/// So many events, each waited for.
async fn follow(mut follower: Follower, count: usize) -> Result<Vec<Envelope>> {
    let mut events = Vec::with_capacity(count);
    while events.len() < count {
        events.push(follower.next().await?);
    }
    Ok(events)
}

fn assert_in_order(events: &[Envelope], from: u64) {
    for (position, event) in (from..).zip(events) {
        assert_eq!(event.position, position);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn followers_see_every_event_in_order_and_live() -> Result {
    let house = House::new()?;
    let engine = house.open().await?;
    let tenant = engine.tenant("acme-msp").await?;
    let followers = [0, 1, 50].map(|from| {
        let expected = CUSTOMERS + 1 - usize::try_from(from).unwrap_or_default();
        (from, tokio::spawn(follow(tenant.follow(from), expected)))
    });
    let writers = (0..CUSTOMERS).map(|number| {
        let tenant = tenant.clone();
        async move { register(&tenant, &format!("customer-{number}")).await }
    });
    readmit_tests::all_at_once(writers).await?.into_iter().collect::<Result<Vec<_>>>()?;
    for (from, follower) in followers {
        // The clock stands still: only the commits themselves can have woken them.
        let events = tokio::time::timeout(Duration::from_secs(10), follower).await???;
        assert_in_order(&events, from);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn followers_see_the_events_of_another_engine_within_the_sweep() -> Result {
    let house = House::new()?;
    let here = Engine::open(&house.url()).await?;
    let elsewhere = Engine::open(&house.url()).await?;
    let tenant = here.tenant("acme-msp").await?;
    let same = elsewhere.find_tenant("acme-msp").await?.ok_or("the tenant is not there")?;
    let mut follower = tenant.follow(1);
    for login in ["alice", "bert"] {
        let position = register(&same, login).await?;
        let recorded = Instant::now();
        let event = tokio::time::timeout(Duration::from_secs(10), follower.next()).await??;
        assert_eq!(event.position, position);
        assert!(recorded.elapsed() < Duration::from_secs(2), "after {:?}", recorded.elapsed());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn followers_see_what_two_engines_write_at_once() -> Result {
    let house = House::new()?;
    let engines = [Engine::open(&house.url()).await?, Engine::open(&house.url()).await?];
    let mut tenants = Vec::new();
    for engine in &engines {
        tenants.push(engine.tenant("acme-msp").await?);
    }
    let followers: Vec<_> = tenants
        .iter()
        .map(|tenant| tokio::spawn(follow(tenant.follow(0), CUSTOMERS + 1)))
        .collect();
    let writers = (0..CUSTOMERS).zip(tenants.iter().cycle()).map(|(number, tenant)| {
        let tenant = tenant.clone();
        async move { register(&tenant, &format!("customer-{number}")).await }
    });
    readmit_tests::all_at_once(writers).await?.into_iter().collect::<Result<Vec<_>>>()?;
    for follower in followers {
        let events = tokio::time::timeout(Duration::from_secs(10), follower).await???;
        assert_in_order(&events, 0);
    }
    Ok(())
}

#[tokio::test]
async fn no_event_is_lost_when_waiting_is_given_up() -> Result {
    let house = House::new()?;
    let engine = house.open().await?;
    let tenant = engine.tenant("acme-msp").await?;
    let mut follower = tenant.follow(0);
    let mut events = Vec::new();
    for number in 0..50 {
        // Given up at whatever point the future has come to.
        for micros in [0, 50, 200] {
            let wait = tokio::time::timeout(Duration::from_micros(micros), follower.next());
            if let Ok(event) = wait.await {
                events.push(event?);
            }
        }
        register(&tenant, &format!("customer-{number}")).await?;
    }
    while let Some(event) = follower.next_stored().await? {
        events.push(event);
    }
    assert_eq!(events.len(), 51);
    assert_in_order(&events, 0);
    Ok(())
}
