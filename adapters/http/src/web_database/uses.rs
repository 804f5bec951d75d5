//! Times of last use, on their way to the database.
//!
//! Whoever uses a session or a key does not wait for the time of it to be written. A time that is
//! lost costs nothing but that it is noted again at the next use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use readmit::{KeyId, Seconds, Timestamp};

use super::Sql;
use super::open::Database;
use super::token::TokenDigest;

/// A time of last use is written no sooner after the one before.
pub(super) const AT_MOST_EVERY: Seconds = Seconds::minutes(1);
/// Times that wait at once. What comes beyond is noted again at the next use.
const MOST_WAITING: usize = 65_536;

const SESSION_USED: &str = "UPDATE sessions SET used_at = $1 WHERE digest = $2 AND used_at < $1";
const KEY_USED: &str = "INSERT INTO key_uses (used_at, key_id) VALUES ($1, $2) \
    ON CONFLICT (key_id) DO UPDATE SET used_at = excluded.used_at \
    WHERE key_uses.used_at < excluded.used_at";

/// What was used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Used {
    Session(TokenDigest),
    Key(KeyId),
}

pub(super) struct Uses {
    database: Database,
    /// While something waits here, a task is on its way to take it.
    waiting: Mutex<BTreeMap<Used, Timestamp>>,
    /// Held by who writes.
    turn: tokio::sync::Mutex<()>,
}

impl Uses {
    pub(super) fn new(database: Database) -> Self {
        Self { database, waiting: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// Notes a time, to be written soon.
    pub(super) fn note(self: &Arc<Self>, used: Used, at: Timestamp) {
        let is_first = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let is_first = waiting.is_empty();
            if waiting.len() < MOST_WAITING || waiting.contains_key(&used) {
                waiting.insert(used, at);
            }
            is_first
        };
        if is_first {
            let writer = Arc::clone(self);
            tokio::spawn(async move { writer.write().await });
        }
    }

    /// Writes what waits, one by one, so that nobody else waits for all of it.
    pub(super) async fn write(&self) {
        let _turn = self.turn.lock().await;
        let waiting =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let mut failed = None;
        for (used, at) in waiting {
            failed = self.write_one(used, at).await.err().or(failed);
        }
        if let Some(error) = failed {
            let error = self.database.explain(&error);
            tracing::warn!(%error, "times of last use could not be written");
        }
    }

    async fn write_one(&self, used: Used, at: Timestamp) -> Sql<()> {
        let (statement, key) = match used {
            Used::Session(digest) => (SESSION_USED, digest.into_text()),
            Used::Key(key) => (KEY_USED, key.to_string()),
        };
        let query = sqlx::query(statement).bind(at.unix_micros()).bind(key);
        query.execute(self.database.writer()).await?;
        Ok(())
    }
}

impl std::fmt::Debug for Uses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uses").finish_non_exhaustive()
    }
}
