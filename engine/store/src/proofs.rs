//! Tiles, checkpoints and private data in order, on any SQL database.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use readmit_domain::LedgerId;
use readmit_runtime::ports::StoreError;
use readmit_runtime::ports::proofs::{ProofStore, StoredCheckpoint, StoredTile, TileId};

use crate::dialect::Dialect;
use crate::sql::fields::{Fields, Item, count, damaged};
use crate::sql::statement::{Column, Kind, Rows, Statement, Value, integer};
use crate::store::{SqlStore, all, items, one};

const WANTED_TILES: &[Column] =
    &[("ledger", Kind::Id), ("level", Kind::Integer), ("idx", Kind::Integer)];
const CHECKPOINTS: &[Column] =
    &[("ledger", Kind::Id), ("size", Kind::Integer), ("note", Kind::Bytes)];

const TILES: &str = "SELECT 0 AS n, t.level AS a, t.idx AS b, t.hashes AS x, NULL AS y \
    FROM {rows} AS w CROSS JOIN tiles AS t \
    WHERE t.ledger = w.ledger AND t.level = w.level AND t.idx = w.idx";
pub(crate) const TILES_FROM: &str = "SELECT 0 AS n, level AS a, idx AS b, hashes AS x, NULL AS y \
    FROM tiles WHERE ledger = $1 AND (level, idx) >= ($2, $3) ORDER BY level, idx LIMIT $4 + 0";
const KEEP_CHECKPOINTS: &str = "INSERT INTO checkpoints (ledger, size, note) \
    SELECT ledger, size, note FROM {rows} AS kept WHERE true \
    ON CONFLICT (ledger, size) DO NOTHING";
pub(crate) const LAST_CHECKPOINT: &str = "SELECT size, note, stamp FROM checkpoints \
    WHERE ledger = $1 AND size <= $2 ORDER BY size DESC LIMIT 1";
pub(crate) const CHECKPOINTS_FROM: &str = "SELECT size, note, stamp FROM checkpoints \
    WHERE ledger = $1 AND size >= $2 ORDER BY size LIMIT $3 + 0";
const REPLACE_NOTE: &str = "UPDATE checkpoints SET note = $4 \
    WHERE ledger = $1 AND size = $2 AND note = $3 RETURNING size";
const KEEP_STAMP: &str =
    "UPDATE checkpoints SET stamp = $3 WHERE ledger = $1 AND size = $2 RETURNING size";
pub(crate) const PRIVATE_FROM: &str = "SELECT 0 AS n, position AS a, 0 AS b, sealed AS x, NULL AS y \
    FROM private WHERE ledger = $1 AND position >= $2 ORDER BY position LIMIT $3 + 0";

#[async_trait]
impl<D: Dialect> ProofStore for SqlStore<D> {
    async fn tiles(
        &self,
        ledger: LedgerId,
        wanted: &[TileId],
    ) -> Result<Vec<StoredTile>, StoreError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        items(&self.dialect, wanted_tiles(ledger, wanted), |item| tile(item, ledger)).await
    }

    async fn tiles_from(
        &self,
        ledger: LedgerId,
        from: TileId,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredTile>, StoreError> {
        // The beginning is wherever the first row stands, as for events.
        let (level, index) = match from {
            TileId { level: 0, index: 0 } => (Value::Integer(i64::MIN), Value::Integer(i64::MIN)),
            TileId { level, index } => (integer(level), integer(index)),
        };
        let query = Statement::new(TILES_FROM)
            .with([Value::Id(ledger.uuid()), level, index, integer(limit.get())])
            .answering([Kind::Bytes, Kind::Bytes]);
        items(&self.dialect, query, |item| tile(item, ledger)).await
    }

    async fn keep_checkpoints(&self, checkpoints: &[StoredCheckpoint]) -> Result<(), StoreError> {
        let mut rows = Rows::new(CHECKPOINTS);
        for StoredCheckpoint { ledger, size, note, .. } in checkpoints {
            rows.push([Value::Id(ledger.uuid()), integer(*size), Value::Bytes(note)]);
        }
        if rows.is_empty() {
            return Ok(());
        }
        let keep = Statement::new(KEEP_CHECKPOINTS).over(rows);
        self.dialect.write(&[keep], &mut |_, _| Ok(())).await
    }

    async fn last_checkpoint(
        &self,
        ledger: LedgerId,
        size: u64,
    ) -> Result<Option<StoredCheckpoint>, StoreError> {
        let query = Statement::new(LAST_CHECKPOINT).with([Value::Id(ledger.uuid()), integer(size)]);
        one(&self.dialect, query, |row| checkpoint(row, ledger)).await
    }

    async fn checkpoints(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        let from = if from == 0 { Value::Integer(i64::MIN) } else { integer(from) };
        let query = Statement::new(CHECKPOINTS_FROM).with([
            Value::Id(ledger.uuid()),
            from,
            integer(limit.get()),
        ]);
        all(&self.dialect, query, |row| checkpoint(row, ledger)).await
    }

    async fn replace_note(
        &self,
        checkpoint: &StoredCheckpoint,
        note: &[u8],
    ) -> Result<bool, StoreError> {
        let replace = Statement::new(REPLACE_NOTE).with([
            Value::Id(checkpoint.ledger.uuid()),
            integer(checkpoint.size),
            Value::Bytes(&checkpoint.note),
            Value::Bytes(note),
        ]);
        self.changes(replace).await
    }

    async fn keep_stamp(
        &self,
        ledger: LedgerId,
        size: u64,
        stamp: &[u8],
    ) -> Result<bool, StoreError> {
        let keep = Statement::new(KEEP_STAMP).with([
            Value::Id(ledger.uuid()),
            integer(size),
            Value::Bytes(stamp),
        ]);
        self.changes(keep).await
    }

    async fn private_from(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let from = if from == 0 { Value::Integer(i64::MIN) } else { integer(from) };
        let query = Statement::new(PRIVATE_FROM)
            .with([Value::Id(ledger.uuid()), from, integer(limit.get())])
            .answering([Kind::Bytes, Kind::Bytes]);
        items(&self.dialect, query, |item| {
            let bad = |what| move || damaged(format_args!("private data of ledger {ledger}"), what);
            let position = count(item.integers[0]).ok_or_else(bad("the position"))?;
            let sealed = item.bytes[0].ok_or_else(bad("the content"))?.to_vec();
            Ok((position, sealed))
        })
        .await
    }
}

#[expect(private_bounds, reason = "a dialect is what this crate knows of a database")]
impl<D: Dialect> SqlStore<D> {
    /// Runs an update that answers what it changed; says whether it changed anything.
    async fn changes(&self, update: Statement<'_>) -> Result<bool, StoreError> {
        let mut changed = false;
        self.dialect
            .write(&[update], &mut |_, _| {
                changed = true;
                Ok(())
            })
            .await?;
        Ok(changed)
    }
}

pub(crate) fn wanted_tiles(ledger: LedgerId, wanted: &[TileId]) -> Statement<'static> {
    let mut rows = Rows::new(WANTED_TILES);
    for TileId { level, index } in wanted {
        rows.push([Value::Id(ledger.uuid()), integer(*level), integer(*index)]);
    }
    Statement::new(TILES).over(rows).answering([Kind::Bytes, Kind::Bytes])
}

fn tile(item: Item<'_>, ledger: LedgerId) -> Result<StoredTile, StoreError> {
    let ([level, index], [hashes, _]) = (item.integers, item.bytes);
    let bad = |what| move || damaged(format_args!("a tile of ledger {ledger}"), what);
    let id = TileId {
        level: count(level).ok_or_else(bad("the level"))?,
        index: count(index).ok_or_else(bad("the index"))?,
    };
    Ok(StoredTile { id, hashes: hashes.ok_or_else(bad("the content"))?.to_vec() })
}

fn checkpoint(row: &impl Fields, ledger: LedgerId) -> Result<StoredCheckpoint, StoreError> {
    let bad = |what| move || damaged(format_args!("a checkpoint of ledger {ledger}"), what);
    Ok(StoredCheckpoint {
        ledger,
        size: row.count(0).ok_or_else(bad("the size"))?,
        note: row.bytes(1).ok_or_else(bad("the note"))?.to_vec(),
        stamp: row.bytes(2).map(<[u8]>::to_vec),
    })
}
