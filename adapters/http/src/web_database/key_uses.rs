//! When API keys were last used.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use readmit::{Failure, KeyId, Timestamp};
use sqlx::{AssertSqlSafe, Row as _};

use super::Sql;
use super::open::Database;
use super::uses::{AT_MOST_EVERY, Used, Uses};

/// Keys that are remembered at once. Beyond that all are forgotten, and each is written once more.
const MOST_REMEMBERED: usize = 65_536;
/// Keys that are asked for in one statement.
const ASKED_AT_ONCE: usize = 256;

#[derive(Debug)]
pub(super) struct KeyUses {
    database: Database,
    uses: Arc<Uses>,
    remembered: Mutex<HashMap<KeyId, Remembered>>,
}

#[derive(Debug, Clone, Copy)]
struct Remembered {
    used_at: Timestamp,
    /// The latest time that was handed on to be written.
    noted_at: Timestamp,
}

impl KeyUses {
    pub(super) fn new(database: Database, uses: Arc<Uses>) -> Self {
        Self { database, uses, remembered: Mutex::default() }
    }

    pub(super) fn used(&self, key: KeyId, at: Timestamp) {
        if self.remember(key, at) {
            self.uses.note(Used::Key(key), at);
        }
    }

    /// Remembers a use; answers whether it is time to write it.
    fn remember(&self, key: KeyId, at: Timestamp) -> bool {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = remembered.get_mut(&key) {
            key.used_at = key.used_at.max(at);
            let is_due = at >= key.noted_at + AT_MOST_EVERY;
            if is_due {
                key.noted_at = at;
            }
            return is_due;
        }
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(key, Remembered { used_at: at, noted_at: at });
        true
    }

    /// Hands on every time that is not on its way to the database.
    pub(super) fn note_all(&self) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, times) in &mut *remembered {
            if times.noted_at < times.used_at {
                times.noted_at = times.used_at;
                self.uses.note(Used::Key(*key), times.used_at);
            }
        }
    }

    pub(super) async fn last(&self, keys: &[KeyId]) -> Result<BTreeMap<KeyId, Timestamp>, Failure> {
        let mut times = BTreeMap::new();
        for keys in keys.chunks(ASKED_AT_ONCE) {
            let stored = self.stored(keys).await.map_err(|error| self.database.explain(&error))?;
            times.extend(stored);
        }
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if let Some(Remembered { used_at, .. }) = remembered.get(key) {
                let time = times.entry(*key).or_insert(*used_at);
                *time = (*time).max(*used_at);
            }
        }
        Ok(times)
    }

    async fn stored(&self, keys: &[KeyId]) -> Sql<Vec<(KeyId, Timestamp)>> {
        let places: Vec<String> = (1..=keys.len()).map(|number| format!("${number}")).collect();
        let select =
            format!("SELECT key_id, used_at FROM key_uses WHERE key_id IN ({})", places.join(", "));
        let mut query = sqlx::query(AssertSqlSafe(select));
        for key in keys {
            query = query.bind(key.to_string());
        }
        let rows = query.fetch_all(self.database.reader()).await?;
        let parse = |row: sqlx::any::AnyRow| {
            let key: String = row.try_get(0)?;
            let key = key.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            Ok((key, Timestamp::from_unix_micros(row.try_get(1)?)))
        };
        rows.into_iter().map(parse).collect()
    }
}
