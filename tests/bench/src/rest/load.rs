//! Callers that go on for a while, all at once.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use readmit_bench_driver::{Fallible, Figures, figures};
use tokio::task::JoinSet;

use super::client::Client;

/// Somebody with a connection of their own.
pub trait Caller: Send + 'static {
    /// Does what is measured, once.
    fn act(&mut self, client: &mut Client) -> impl Future<Output = Fallible<()>> + Send;
}

/// Has every caller act until time is up: after one time more, which is not measured. One that
/// fails stops.
pub async fn drive<C: Caller>(
    callers: Vec<C>,
    address: SocketAddr,
    duration: Duration,
) -> Fallible<(Figures, Vec<C>)> {
    let callers = connected(callers, address).await?;
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (mut caller, mut client) in callers {
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            let mut failure = None;
            while failure.is_none() && begun.elapsed() < duration {
                let begun = Instant::now();
                match caller.act(&mut client).await {
                    Ok(()) => latencies.push(begun.elapsed()),
                    Err(error) => failure = Some(error),
                }
            }
            (caller, latencies, failure)
        });
    }
    let (mut callers, mut latencies, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(task) = tasks.join_next().await {
        let (caller, more, failure) = task?;
        callers.push(caller);
        latencies.extend(more);
        failures.extend(failure);
    }
    let elapsed = begun.elapsed();
    if let Some(first) = failures.first() {
        eprintln!("{} callers failed; the first: {first}", failures.len());
    }
    let measured = figures(latencies.len(), elapsed, latencies);
    Ok((Figures { errors: failures.len(), ..measured }, callers))
}

/// Each with a new connection, which was used once: the service closes those that are idle.
async fn connected<C: Caller>(callers: Vec<C>, address: SocketAddr) -> Fallible<Vec<(C, Client)>> {
    let mut tasks = JoinSet::new();
    for mut caller in callers {
        tasks.spawn(async move {
            let mut client = Client::connect(address).await?;
            caller.act(&mut client).await?;
            Fallible::Ok((caller, client))
        });
    }
    let mut connected = Vec::new();
    while let Some(task) = tasks.join_next().await {
        connected.push(task??);
    }
    Ok(connected)
}
