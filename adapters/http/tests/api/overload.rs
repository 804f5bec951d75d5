//! Beyond what can be worked on at once, requests are refused at once; what is admitted stays quick,
//! memory stays where it was, nothing that was answered is lost, and nothing else was done.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use readmit::CommandId;
use readmit_http::server::{self, ServeError};
use readmit_http::settings::{Limits, Settings};
use readmit_tests::Result;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

use crate::office::Office;

/// Requests that are worked on at once.
const PLACES: u32 = 8;
const CALLERS: usize = 200;
const STORM: Duration = Duration::from_secs(5);
/// How long an admitted request may take while others are refused; generous, for a debug build on a
/// machine that does other things too.
const LATENCY_MAX: Duration = Duration::from_secs(5);
/// How long half of the refusals take at most: they wait for nothing but their turn on the cores.
const REFUSAL_MAX: Duration = Duration::from_secs(1);
/// Bytes by which the process may have grown at any moment of the storm.
const GROWTH_MAX: u64 = 96 << 20;
/// Nothing else takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The API of an office, on a port of its own.
struct Service {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), ServeError>>,
}

impl Service {
    async fn start(office: &Office, limits: Limits) -> Result<Self> {
        let settings = Settings { listen: "127.0.0.1:0".parse()?, limits, ..Settings::default() };
        let (ready, is_ready) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = office.router.clone();
        let serving = tokio::spawn(async move {
            let events = |told: server::Ready| ready.send(told.address).unwrap();
            server::serve(router, &settings, events, async { drop(stopped.await) }).await
        });
        Ok(Self { address: is_ready.await?, stop, serving })
    }
}

/// What became of one request.
struct Outcome {
    command: CommandId,
    status: u16,
    retry_after: bool,
    /// Whether the command had been carried out before.
    replayed: bool,
    took: Duration,
}

/// Registers a customer of the command's name, on a connection of its own.
async fn register(address: SocketAddr, token: &str, command: CommandId) -> Result<Outcome> {
    let begun = Instant::now();
    let body = format!("{{\"login\":\"{command}@example.com\"}}");
    let request = format!(
        "POST /api/v1/customers HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\nidempotency-key: {command}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).ok_or("no status")?.parse()?;
    let has = |header| answer.to_lowercase().contains(header);
    let (retry_after, replayed) =
        (has("\r\nretry-after: "), has("\r\nidempotency-replayed: true\r\n"));
    Ok(Outcome { command, status, retry_after, replayed, took: begun.elapsed() })
}

/// The status of the answer to whoever asks whether the process lives.
async fn live(address: SocketAddr) -> Result<u16> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.split(' ').nth(1).ok_or("no status")?.parse()?)
}

/// A reader of the ledger, from a position on.
struct Reader {
    lines: Lines<BufReader<TcpStream>>,
    next: u64,
}

impl Reader {
    async fn open(address: SocketAddr, token: &str, from: u64) -> Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        // By HTTP/1.0 the events come as they are, not in chunks.
        let request = format!(
            "GET /api/v1/ledger/events?from={from} HTTP/1.0\r\nhost: x\r\n\
             authorization: Bearer {token}\r\naccept: text/event-stream\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut lines = BufReader::new(stream).lines();
        let status = lines.next_line().await?.unwrap_or_default();
        assert!(status.contains(" 200 "), "{status}");
        Ok(Self { lines, next: from })
    }

    /// The commands of the next events, which follow without a gap.
    async fn read(&mut self, events: usize) -> Result<BTreeSet<String>> {
        let mut commands = BTreeSet::new();
        while commands.len() < events {
            let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await??;
            let line = line.ok_or("the stream has ended")?;
            if let Some(leaf) = line.strip_prefix("data:") {
                let leaf: Value = serde_json::from_str(leaf)?;
                assert_eq!(leaf["position"], self.next);
                self.next += 1;
                commands.insert(leaf["command"].as_str().ok_or("no command")?.to_owned());
            }
        }
        Ok(commands)
    }
}

/// Everybody asks for as long as the storm lasts, each for one thing after the other; answers what
/// became of it, and by how many bytes the process had grown at most.
async fn storm(address: SocketAddr, token: &str) -> Result<(Vec<Outcome>, u64)> {
    let (begun, before) = (Instant::now(), resident_bytes());
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let token = token.to_owned();
        callers.spawn(async move {
            let mut outcomes = Vec::new();
            while begun.elapsed() < STORM {
                let command = command(caller, outcomes.len());
                let outcome = register(address, &token, command).await;
                outcomes.push(outcome.map_err(|error| error.to_string())?);
            }
            Ok::<_, String>(outcomes)
        });
    }
    let mut most = before;
    let mut outcomes = Vec::new();
    while !callers.is_empty() {
        let joined = tokio::time::timeout(Duration::from_millis(100), callers.join_next()).await;
        most = most.max(resident_bytes());
        // No supervisor takes a storm for the end.
        assert_eq!(live(address).await?, 200);
        if let Ok(Some(joined)) = joined {
            outcomes.extend(joined??);
        }
    }
    Ok((outcomes, most - before))
}

fn command(caller: usize, number: usize) -> CommandId {
    CommandId::from_uuid(Uuid::from_u64_pair(caller as u64 + 1, number as u64))
}

fn resident_bytes() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}

/// Of so many percent of these the longest.
fn percentile(outcomes: &[&Outcome], percent: usize) -> Duration {
    let mut took: Vec<_> = outcomes.iter().map(|it| it.took).collect();
    took.sort_unstable();
    took[(took.len() * percent / 100).min(took.len() - 1)]
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
    let (service, token) = (Service::start(&office, limits).await?, &office.service);
    let address = service.address;
    register(address, token, command(CALLERS, 0)).await?;
    // Behind the event that tells that the stream was asked for.
    let mut reader = Reader::open(address, &office.monitor, office.size().await + 1).await?;
    let size = office.size().await;

    let (outcomes, grown) = storm(address, token).await?;
    let created: Vec<_> = outcomes.iter().filter(|it| it.status == 201).collect();
    let refused: Vec<_> = outcomes.iter().filter(|it| it.status == 503).collect();
    assert_eq!(created.len() + refused.len(), outcomes.len(), "an answer of another kind");
    assert!(!created.is_empty() && !refused.is_empty(), "{} {}", created.len(), refused.len());
    assert!(refused.iter().all(|it| it.retry_after), "a refusal without Retry-After");
    let (slowest, refusal) = (percentile(&created, 100), percentile(&refused, 50));
    println!(
        "{} carried out: p50 {:?}, p99 {:?}, slowest {slowest:?}; {} refused: p50 {refusal:?}, p99 \
         {:?}; grew by {} MiB",
        created.len(),
        percentile(&created, 50),
        percentile(&created, 99),
        refused.len(),
        percentile(&refused, 99),
        grown >> 20
    );
    assert!(slowest < LATENCY_MAX, "{slowest:?}");
    assert!(refusal < REFUSAL_MAX, "{refusal:?}");
    assert!(grown < GROWTH_MAX, "grew by {} MiB", grown >> 20);

    // Each that was told so is stored, once, and no other is; who reads along has seen it all.
    assert_eq!(office.size().await, size + created.len() as u64);
    let told: BTreeSet<_> = created.iter().map(|it| it.command.to_string()).collect();
    assert_eq!(reader.read(created.len()).await?, told);

    // Everybody is answered again: with the same keys, so that nothing is done twice.
    for (before, replayed) in [(created[0], true), (refused[0], false)] {
        let again = register(address, token, before.command).await?;
        assert_eq!((again.status, again.replayed), (201, replayed), "it does not recover");
    }
    assert_eq!(reader.read(1).await?, BTreeSet::from([refused[0].command.to_string()]));
    drop(service.stop);
    service.serving.await??;
    office.tenant.verify().await?;
    Ok(())
}
