//! What one node hears of another.

use std::time::{Duration, Instant};

use readmit_tests::house::builder;
use readmit_tests::postgres::Server;
use readmit_tests::proxy::Proxy;
use readmit_tests::{Msp, Result};

const COMMITS: u32 = 20;

/// How long a follower of one node waits for what another commits, in the median.
async fn heard_after(server: &Server, url: &str) -> Result<Duration> {
    let writer = builder(&server.url("readmit")).open().await?;
    let writer = Msp::create(writer, "acme-msp", readmit::Policy::standard()).await?;
    let reader = writer.through(builder(url).open().await?).await?;
    let mut follower = reader.tenant.follow(reader.tenant.head().await?.size);
    // It waits at the end before the first commit, and has long begun to listen.
    assert!(follower.next_stored().await?.is_none());
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut waits = Vec::new();
    for number in 0..COMMITS {
        let login = format!("{number}@example.com");
        let register = readmit::RegisterCustomer::new(login.as_str());
        let commit = async {
            // By then the follower has looked, found nothing, and waits.
            tokio::time::sleep(Duration::from_millis(30)).await;
            let done = writer.tenant.execute(&readmit::Actor::system(), register).await;
            (done, Instant::now())
        };
        let see = tokio::time::timeout(Duration::from_secs(5), follower.next());
        let ((done, committed), seen) = tokio::join!(commit, see);
        let (done, seen) = (done?, seen??);
        assert_eq!((seen.position, seen.command), (done.position, done.command));
        waits.push(committed.elapsed());
    }
    writer.engine.close().await;
    reader.engine.close().await;
    waits.sort_unstable();
    Ok(waits.get(waits.len() / 2).copied().ok_or("nothing was heard")?)
}

#[tokio::test]
async fn a_follower_hears_of_the_commits_of_another_node() -> Result {
    let server = Server::start().await?;
    let url = server.database("readmit")?;
    let wait = heard_after(&server, &url).await?;
    // The sweep alone comes once in a second.
    assert!(wait < Duration::from_millis(250), "{wait:?}");
    Ok(())
}

#[tokio::test]
async fn a_follower_that_hears_nothing_finds_the_commits_of_another_node() -> Result {
    let server = Server::start().await?;
    server.database("readmit")?;
    let proxy = Proxy::to(server.address()).await?;
    proxy.never(b"LISTEN");
    let wait = heard_after(&server, &server.url_through(proxy.address(), "readmit")).await?;
    assert!(proxy.done() > 0, "nobody tried to listen");
    assert!(wait > Duration::from_millis(250), "it heard all the same: {wait:?}");
    Ok(())
}
