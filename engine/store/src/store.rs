//! The port, on any SQL database.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use readmit_domain::{LedgerId, Timestamp};
use readmit_runtime::ports::keys::KeyStore;
use readmit_runtime::ports::proofs::ProofStore;
use readmit_runtime::ports::store::{
    CommitError, EventStore, LedgerCommit, LedgerHead, Load, Loaded, NameDigest, NewLedger,
    StoreError, StoreErrorKind, StoredEvent, Timer,
};
use uuid::Uuid;

use crate::dialect::Dialect;
use crate::sql::batch;
use crate::sql::fields::{Fields, Item, damaged};
use crate::sql::heads::{EMPTY_ROOT, head, select_heads};
use crate::sql::load::{Loading, event};
use crate::sql::statement::{Kind, Statement, Value, integer};

/// An event store on an SQL database; `D` is what that database does in its own way.
pub struct SqlStore<D> {
    pub(crate) dialect: D,
    /// Ledgers with commits whose outcome is not known, and that may still be on their way: how
    /// many there have been. The lock is held for a look or a change only.
    pub(crate) unsettled: Mutex<Unsettled>,
}

pub(crate) type Unsettled = BTreeMap<LedgerId, u64>;

/// How many events one statement answers at most. A page of [`EventStore::events`]
/// may be longer; this bounds what the database puts together at once.
const EVENTS_AT_ONCE: usize = 512;

const ADD_LEDGER: &str = "INSERT INTO ledgers (ledger, tenant, name, origin, size, at, root, \
    frontier) VALUES ($1, $2, $3, $4, 0, 0, $5, $6) ON CONFLICT (name) DO NOTHING";
pub(crate) const EVENTS: &str = "SELECT 0 AS n, position AS a, version AS b, stream AS x, body AS y \
    FROM events WHERE ledger = $1 AND position >= $2 ORDER BY position LIMIT $3 + 0";
const PRIVATE: &str = "SELECT sealed FROM private WHERE ledger = $1 AND position = $2";
const NAME: &str = "SELECT stream FROM names WHERE ledger = $1 AND name_digest = $2";
pub(crate) const DUE: &str = "SELECT ledger, stream, due FROM timers WHERE due <= $1 \
    ORDER BY due, ledger, stream LIMIT $2 + 0";
pub(crate) const NEXT_DUE: &str = "SELECT due FROM timers ORDER BY due LIMIT 1";
/// Shuts out whatever is still on its way to a ledger: the guard compares the fence too. It also
/// waits for a commit that holds the head, and overwrites what a failed one left in a log.
pub(crate) const FENCE: &str = "UPDATE ledgers SET fence = fence + 1 WHERE ledger = $1";
const SETTING: &str = "SELECT value FROM settings WHERE name = $1";
const SET_ONCE: &str =
    "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const REPLACE: &str = "UPDATE settings SET value = $2 WHERE name = $1 AND value = $3";

#[async_trait]
impl<D: Dialect> EventStore for SqlStore<D> {
    fn lanes(&self) -> NonZeroUsize {
        self.dialect.lanes()
    }

    async fn create_ledger(&self, ledger: NewLedger) -> Result<LedgerHead, StoreError> {
        let add = Statement::new(ADD_LEDGER).with([
            Value::Id(ledger.ledger.uuid()),
            Value::Id(ledger.tenant.uuid()),
            Value::Text(&ledger.name),
            Value::Text(&ledger.origin),
            Value::Bytes(&EMPTY_ROOT),
            Value::Bytes(&[]),
        ]);
        let read = Statement::new(select_heads!("ledgers AS l WHERE l.name = $1"))
            .with([Value::Text(&ledger.name)]);
        write_then_read(&self.dialect, add, read, head).await
    }

    async fn ledgers(&self) -> Result<Vec<LedgerHead>, StoreError> {
        let mut heads =
            all(&self.dialect, Statement::new(select_heads!("ledgers AS l")), head).await?;
        // Sorted here, because databases disagree on the order of letters.
        heads.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(heads)
    }

    async fn head(&self, ledger: LedgerId) -> Result<Option<LedgerHead>, StoreError> {
        let query = Statement::new(select_heads!("ledgers AS l WHERE l.ledger = $1"))
            .with([Value::Id(ledger.uuid())]);
        one(&self.dialect, query, head).await
    }

    async fn load(&self, wanted: &Load) -> Result<Loaded, StoreError> {
        for (ledger, _) in &wanted.commands {
            self.settle(*ledger).await?;
        }
        let (mut loading, queries) = Loading::new(wanted);
        if !queries.is_empty() {
            self.dialect.read(&queries, &mut |query, row| loading.take(query, row)).await?;
        }
        Ok(loading.finish())
    }

    async fn commit(&self, batch: &[LedgerCommit]) -> Result<Vec<LedgerId>, CommitError> {
        batch::check(batch).map_err(CommitError::NotCommitted)?;
        let doubt = Doubt { unsettled: &self.unsettled, batch };
        let outcome = self.dialect.commit(batch).await;
        if !matches!(outcome, Err(CommitError::Unclear(_))) {
            doubt.dispel();
        }
        match outcome {
            Err(CommitError::NotCommitted(error)) if error.kind() == StoreErrorKind::Corrupt => {
                Err(CommitError::NotCommitted(self.unless_retired(batch, error).await))
            }
            outcome => outcome,
        }
    }

    async fn events(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let mut events: Vec<StoredEvent> = Vec::new();
        while events.len() < limit.get() {
            let from = events.last().map_or(from, |last| last.position.saturating_add(1));
            let asked = (limit.get() - events.len()).min(EVENTS_AT_ONCE);
            // The beginning is wherever the first row stands: one before position 0 is damage,
            // and must not be passed over by whoever reads everything.
            let from = if from == 0 { Value::Integer(i64::MIN) } else { integer(from) };
            let query = Statement::new(EVENTS)
                .with([Value::Id(ledger.uuid()), from, integer(asked)])
                .answering([Kind::Id, Kind::Bytes]);
            let page = items(&self.dialect, query, |item| event(item, ledger)).await?;
            let is_last = page.len() < asked;
            events.extend(page);
            if is_last {
                break;
            }
        }
        Ok(events)
    }

    async fn private(
        &self,
        ledger: LedgerId,
        position: u64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let query = Statement::new(PRIVATE).with([Value::Id(ledger.uuid()), integer(position)]);
        let bad = || damaged(format_args!("event {position} of ledger {ledger}"), "private data");
        one(&self.dialect, query, |row| Ok(row.bytes(0).ok_or_else(bad)?.to_vec())).await
    }

    async fn name(&self, ledger: LedgerId, digest: NameDigest) -> Result<Option<Uuid>, StoreError> {
        let query = Statement::new(NAME).with([Value::Id(ledger.uuid()), Value::Bytes(&digest)]);
        one(&self.dialect, query, |row| row.id(0).ok_or_else(|| damaged("a name", "the stream")))
            .await
    }

    async fn due(&self, until: Timestamp, limit: NonZeroUsize) -> Result<Vec<Timer>, StoreError> {
        let query =
            Statement::new(DUE).with([Value::Integer(until.unix_micros()), integer(limit.get())]);
        all(&self.dialect, query, |row| {
            let bad = |what| move || damaged("a timer", what);
            Ok(Timer {
                ledger: row.id(0).map(LedgerId::from_uuid).ok_or_else(bad("the ledger"))?,
                stream: row.id(1).ok_or_else(bad("the stream"))?,
                due: row.moment(2).ok_or_else(bad("the time"))?,
            })
        })
        .await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let bad = || damaged("a timer", "the time");
        one(&self.dialect, Statement::new(NEXT_DUE), |row| row.moment(0).ok_or_else(bad)).await
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let query = Statement::new(SETTING).with([Value::Text(name)]);
        one(&self.dialect, query, setting).await
    }

    async fn set_setting_once(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let write = Statement::new(SET_ONCE).with([Value::Text(name), Value::Text(value)]);
        let read = Statement::new(SETTING).with([Value::Text(name)]);
        write_then_read(&self.dialect, write, read, setting).await
    }

    async fn replace_setting(
        &self,
        name: &str,
        expected: &str,
        value: &str,
    ) -> Result<Option<String>, StoreError> {
        let values = [Value::Text(name), Value::Text(value), Value::Text(expected)];
        let replace = Statement::new(REPLACE).with(values);
        let read = Statement::new(SETTING).with([Value::Text(name)]);
        let mut kept = None;
        self.dialect
            .write(&[replace, read], &mut |_, row| {
                kept = Some(setting(row)?);
                Ok(())
            })
            .await?;
        Ok(kept)
    }

    fn patience(&self) -> Duration {
        self.dialect.patience()
    }

    async fn grown(&self) -> (LedgerId, u64) {
        self.dialect.grown().await
    }

    fn proofs(&self) -> &dyn ProofStore {
        self
    }

    fn keys(&self) -> &dyn KeyStore {
        self
    }

    async fn describe(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.dialect.describe().await
    }

    async fn close(&self) {
        self.dialect.close().await;
    }
}

impl<D> SqlStore<D> {
    pub(crate) fn new(dialect: D) -> Self {
        Self { dialect, unsettled: Mutex::default() }
    }
}

#[expect(private_bounds, reason = "a dialect is what this crate knows of a database")]
impl<D: Dialect> SqlStore<D> {
    /// Makes sure that no earlier commit to this ledger whose outcome is not known can still take
    /// effect. Almost always there is none.
    async fn settle(&self, ledger: LedgerId) -> Result<(), StoreError> {
        let Some(known) = lock(&self.unsettled).get(&ledger).copied() else { return Ok(()) };
        let fence = [Statement::new(FENCE).with([Value::Id(ledger.uuid())])];
        self.dialect.write(&fence, &mut |_, _| Ok(())).await?;
        let mut unsettled = lock(&self.unsettled);
        // One that was lost meanwhile may have been sent after the fence was raised.
        if unsettled.get(&ledger) == Some(&known) {
            unsettled.remove(&ledger);
        }
        Ok(())
    }
}

impl<D> fmt::Debug for SqlStore<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore").finish_non_exhaustive()
    }
}

/// While a commit is under way its outcome is open, and stays so if the future is dropped.
struct Doubt<'s> {
    unsettled: &'s Mutex<Unsettled>,
    batch: &'s [LedgerCommit],
}

impl Doubt<'_> {
    fn dispel(self) {
        std::mem::forget(self);
    }
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        let mut unsettled = lock(self.unsettled);
        for part in self.batch {
            *unsettled.entry(part.ledger).or_default() += 1;
        }
    }
}

fn lock(unsettled: &Mutex<Unsettled>) -> MutexGuard<'_, Unsettled> {
    // No change leaves anything half done, even if a thread panicked here.
    unsettled.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every row that a query answers, decoded.
pub(crate) async fn all<D: Dialect, T: Send>(
    dialect: &D,
    query: Statement<'_>,
    mut decode: impl FnMut(&D::Row) -> Result<T, StoreError> + Send,
) -> Result<Vec<T>, StoreError> {
    let mut all = Vec::new();
    dialect
        .read(&[query], &mut |_, row| {
            all.push(decode(row)?);
            Ok(())
        })
        .await?;
    Ok(all)
}

/// Every item that a query answers, decoded.
pub(crate) async fn items<D: Dialect, T: Send>(
    dialect: &D,
    query: Statement<'_>,
    mut decode: impl FnMut(Item<'_>) -> Result<T, StoreError> + Send,
) -> Result<Vec<T>, StoreError> {
    let mut all = Vec::new();
    dialect
        .read(&[query], &mut |_, row| {
            row.items(&mut |item| {
                all.push(decode(item)?);
                Ok(())
            })
        })
        .await?;
    Ok(all)
}

/// The one row that a query answers, if it does.
pub(crate) async fn one<D: Dialect, T: Send>(
    dialect: &D,
    query: Statement<'_>,
    decode: impl FnMut(&D::Row) -> Result<T, StoreError> + Send,
) -> Result<Option<T>, StoreError> {
    Ok(all(dialect, query, decode).await?.pop())
}

/// Writes `first`, which can be repeated, and answers what `then` reads after it.
async fn write_then_read<D: Dialect, T: Send>(
    dialect: &D,
    first: Statement<'_>,
    then: Statement<'_>,
    mut decode: impl FnMut(&D::Row) -> Result<T, StoreError> + Send,
) -> Result<T, StoreError> {
    let mut answer = None;
    dialect
        .write(&[first, then], &mut |_, row| {
            answer = Some(decode(row)?);
            Ok(())
        })
        .await?;
    let lost = "the database does not hold what was just written to it: see that nobody else \
                changes it, then try again";
    answer.ok_or_else(|| StoreError::new(StoreErrorKind::Unavailable, lost))
}

fn setting(row: &impl Fields) -> Result<String, StoreError> {
    Ok(row.text(0).ok_or_else(|| damaged("a setting", "the value"))?.to_owned())
}
