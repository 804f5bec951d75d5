//! Beyond what can be worked on at once, requests are refused at once; what is admitted stays quick,
//! memory stays where it was, and nothing that was answered is lost.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use readmit_http::server;
use readmit_http::settings::{Limits, Settings};
use readmit_tests::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::office::Office;

/// Requests that are worked on at once.
const PLACES: u32 = 8;
const CALLERS: usize = 200;
const STORM: Duration = Duration::from_secs(5);
/// How long an admitted request may take while others are refused; generous, for a debug build on a
/// machine that does other things too.
const LATENCY_MAX: Duration = Duration::from_secs(5);
/// Bytes by which the process may grow in the storm.
const GROWTH_MAX: u64 = 96 << 20;

/// What became of one request.
struct Outcome {
    status: u16,
    retry_after: bool,
    took: Duration,
}

/// Sends one command on a connection of its own.
async fn register(address: SocketAddr, token: &str, login: &str) -> Result<Outcome> {
    let begun = Instant::now();
    let body = format!("{{\"login\":\"{login}\"}}");
    let request = format!(
        "POST /api/v1/customers HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).ok_or("no status")?.parse()?;
    let retry_after = answer.to_lowercase().contains("\r\nretry-after: ");
    Ok(Outcome { status, retry_after, took: begun.elapsed() })
}

fn resident_bytes() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_is_refused_at_once_and_leaves_no_trace() -> Result {
    let limits = Limits {
        requests_in_flight: PLACES,
        requests_per_second_per_credential: 0,
        requests_per_second_per_address: 0,
        ..Limits::default()
    };
    let office = Office::with(limits.clone()).await?;
    let settings = Settings { listen: "127.0.0.1:0".parse()?, limits, ..Settings::default() };
    let (ready, is_ready) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let router = office.router.clone();
    let serving = tokio::spawn(async move {
        let events = |told: server::Ready| ready.send(told.address).unwrap();
        server::serve(router, &settings, events, async { drop(stopped.await) }).await
    });
    let address = is_ready.await?;
    register(address, &office.service, "before@example.com").await?;
    let (size, memory) = (office.size().await, resident_bytes());

    let begun = Instant::now();
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let token = office.service.clone();
        callers.spawn(async move {
            let mut outcomes = Vec::new();
            while begun.elapsed() < STORM {
                let login = format!("caller{caller}-{}@example.com", outcomes.len());
                outcomes
                    .push(register(address, &token, &login).await.map_err(|it| it.to_string())?);
            }
            Ok::<_, String>(outcomes)
        });
    }
    let mut outcomes = Vec::new();
    while let Some(joined) = callers.join_next().await {
        outcomes.extend(joined??);
    }
    let grown = resident_bytes().saturating_sub(memory);

    let created: Vec<_> = outcomes.iter().filter(|it| it.status == 201).collect();
    let refused: Vec<_> = outcomes.iter().filter(|it| it.status == 503).collect();
    assert_eq!(created.len() + refused.len(), outcomes.len(), "an answer of another kind");
    assert!(!created.is_empty() && !refused.is_empty(), "{} {}", created.len(), refused.len());
    assert!(refused.iter().all(|it| it.retry_after), "a refusal without Retry-After");
    let slowest = outcomes.iter().map(|it| it.took).max().unwrap_or_default();
    assert!(slowest < LATENCY_MAX, "{slowest:?}");
    assert!(grown < GROWTH_MAX, "grew by {} MiB", grown >> 20);

    // Each that was told so is stored, once, and no other is.
    assert_eq!(office.size().await, size + created.len() as u64);
    let after = register(address, &office.service, "after@example.com").await?;
    assert_eq!(after.status, 201, "it does not recover");
    drop(stop);
    serving.await??;
    office.tenant.verify().await?;
    println!(
        "{} carried out, {} refused, slowest {slowest:?}, grew by {} MiB",
        created.len(),
        refused.len(),
        grown >> 20
    );
    Ok(())
}
