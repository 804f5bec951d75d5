//! Word to other nodes that a ledger has grown, by `NOTIFY`.
//!
//! Outside of any commit, since a transaction that notifies waits for all others that do. One
//! message carries all that has happened since the last. Word can be lost: followers sweep too.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use readmit_domain::LedgerId;
use readmit_runtime::ports::store::LedgerCommit;
use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::connect::Server;
use crate::pool::Open as _;

const CHANNEL: &str = "readmit";
/// Word of a commit is sent at once, of those after it together, this much later.
const PAUSE: Duration = Duration::from_millis(10);
/// Between two attempts to reach a server that is away.
const PATIENCE: Duration = Duration::from_secs(1);
/// A message is shorter than 8000 bytes, and one ledger takes 58 at most.
const LEDGERS_PER_MESSAGE: usize = 100;
/// It changes nothing that must be kept, so it need not wait for the disk.
const SEND: &str = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, m) \
    FROM unnest($2::text[]) AS m";

/// What is said and heard.
pub(super) struct Words {
    shared: Arc<Shared>,
    listener: tokio::sync::Mutex<Ear>,
    server: Server,
    /// Ends the task that sends.
    stop: CancellationToken,
}

struct Shared {
    /// The sizes that are to be told.
    sizes: Mutex<BTreeMap<LedgerId, u64>>,
    changed: Notify,
}

#[derive(Default)]
struct Ear {
    listener: Option<PgListener>,
    heard: VecDeque<(LedgerId, u64)>,
}

impl Words {
    /// Starts to send; listens from the first [`hear`](Self::hear) on.
    pub(super) fn new(server: Server) -> Self {
        let shared = Arc::new(Shared { sizes: Mutex::default(), changed: Notify::new() });
        let stop = CancellationToken::new();
        let sending = send(Arc::clone(&shared), server.clone());
        let stopped = stop.clone();
        tokio::spawn(async move { stopped.run_until_cancelled(sending).await });
        let listener = tokio::sync::Mutex::default();
        Self { shared, listener, server, stop }
    }

    /// Has it told that these were committed.
    pub(super) fn tell<'a>(&self, parts: impl Iterator<Item = &'a LedgerCommit>) {
        let mut sizes = self.shared.sizes();
        for part in parts {
            sizes.insert(part.ledger, part.expected_size + part.events.len() as u64);
        }
        drop(sizes);
        self.shared.changed.notify_one();
    }

    /// Waits for word of any node, this one too.
    pub(super) async fn hear(&self) -> (LedgerId, u64) {
        let mut ear = self.listener.lock().await;
        loop {
            if let Some(word) = ear.heard.pop_front() {
                return word;
            }
            if let Err(error) = self.listen(&mut ear).await {
                tracing::debug!(%error, "word of other nodes does not arrive; followers sweep");
                ear.listener = None;
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }

    async fn listen(&self, ear: &mut Ear) -> Result<(), sqlx::Error> {
        let listener = match &mut ear.listener {
            Some(listener) => listener,
            none => {
                let one = PgPoolOptions::new().max_connections(1);
                let pool = one.connect_lazy_with(self.server.0.clone());
                let mut listener = PgListener::connect_with(&pool).await?;
                listener.listen(CHANNEL).await?;
                none.insert(listener)
            }
        };
        let word = listener.recv().await?;
        ear.heard.extend(read(word.payload()));
        Ok(())
    }

    pub(super) fn close(&self) {
        self.stop.cancel();
        if let Ok(mut ear) = self.listener.try_lock() {
            ear.listener = None;
        }
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Shared {
    fn sizes(&self) -> MutexGuard<'_, BTreeMap<LedgerId, u64>> {
        // No change leaves anything half done, even if a thread panicked here.
        self.sizes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn send(shared: Arc<Shared>, server: Server) {
    let mut connection = None;
    loop {
        shared.changed.notified().await;
        let sizes = std::mem::take(&mut *shared.sizes());
        if let Err(error) = try_send(&server, &mut connection, &write(&sizes)).await {
            tracing::debug!(%error, "word to other nodes was not sent; they sweep");
            connection = None;
            tokio::time::sleep(PATIENCE).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_send(
    server: &Server,
    connection: &mut Option<PgConnection>,
    messages: &[String],
) -> Result<(), String> {
    if connection.is_none() {
        *connection = Some(server.open().await.map_err(|failure| format!("{failure:?}"))?);
    }
    let Some(connection) = connection else { return Ok(()) };
    let query = sqlx::query(SEND).bind(CHANNEL).bind(messages);
    query.execute(connection).await.map(drop).map_err(|error| error.to_string())
}

/// `id:size` of each ledger, with spaces between.
fn write(sizes: &BTreeMap<LedgerId, u64>) -> Vec<String> {
    let words: Vec<String> =
        sizes.iter().map(|(ledger, size)| format!("{}:{size}", ledger.uuid().simple())).collect();
    words.chunks(LEDGERS_PER_MESSAGE).map(|chunk| chunk.join(" ")).collect()
}

/// What another program says on the channel is passed over.
fn read(message: &str) -> impl Iterator<Item = (LedgerId, u64)> {
    message.split(' ').filter_map(|word| {
        let (ledger, size) = word.split_once(':')?;
        Some((LedgerId::from_uuid(Uuid::try_parse(ledger).ok()?), size.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_anything_else_is_passed_over() {
        let sizes: BTreeMap<LedgerId, u64> = (0..250_u64)
            .map(|n| (LedgerId::from_uuid(Uuid::from_u128(n.into())), u64::MAX - n))
            .collect();
        let messages = write(&sizes);
        assert!(messages.iter().all(|message| message.len() < 8000));
        let heard = messages.iter().flat_map(|message| read(message));
        assert_eq!(heard.collect::<BTreeMap<_, _>>(), sizes);
        assert_eq!(read("hello 1:2 :: x:y").count(), 0);
    }
}
