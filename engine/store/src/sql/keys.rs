//! Data keys: listed and counted by the master key that wraps them, wrapped anew, and no more
//! added under a master key that was retired.

use std::num::NonZeroUsize;

use readmit_domain::LedgerId;
use readmit_runtime::ports::keys::{Rewrap, StoredKey};
use readmit_runtime::ports::store::{LedgerCommit, StoreError, WrappedKey, Write};
use uuid::Uuid;

use super::fields::{Fields, damaged};
use super::statement::{Column, Kind, Rows, Statement, Value, integer};

/// The columns of a data key.
pub(crate) const KEYS: &[Column] =
    &[("ledger", Kind::Id), ("stream", Kind::Id), ("wrapped", Kind::Bytes), ("kek", Kind::Text)];

const REWRAPPED: &[Column] = &[
    ("ledger", Kind::Id),
    ("stream", Kind::Id),
    ("wrapped", Kind::Bytes),
    ("kek", Kind::Text),
    ("old_wrapped", Kind::Bytes),
    ("old_kek", Kind::Text),
];

/// The column `kek` takes no NULL: so a key under a retired master key fails its commit, which
/// would otherwise be read by nobody once that master key is forgotten.
pub(crate) const INSERT_KEYS: &str = "INSERT INTO keys (ledger, stream, wrapped, kek) \
    SELECT ledger, stream, wrapped, \
    CASE WHEN EXISTS (SELECT 1 FROM settings AS s WHERE s.name = 'retired_kek ' || added.kek) \
    THEN NULL ELSE kek END FROM {rows} AS added";

/// Begins the name of a setting that says that a master key was retired.
const RETIRED: &str = "retired_kek ";

/// How many data keys each master key wraps.
pub(crate) const COUNTS: &str = "SELECT kek, count(*) FROM keys GROUP BY kek";

/// Data keys under another master key, in order.
pub(crate) const NOT_UNDER: &str = "SELECT ledger, stream, wrapped, kek FROM keys \
    WHERE (ledger, stream) > ($1, $2) AND kek <> $3 ORDER BY ledger, stream LIMIT $4 + 0";

/// Compare-and-set: a row that is gone does not come back, one that is another stays.
pub(crate) const REWRAP: &str = "UPDATE keys SET wrapped = w.wrapped, kek = w.kek \
    FROM {rows} AS w WHERE keys.ledger = w.ledger AND keys.stream = w.stream \
    AND keys.wrapped = w.old_wrapped AND keys.kek = w.old_kek";

/// The name of the setting that says that this master key was retired.
pub(crate) fn retired(kek: &str) -> String {
    format!("{RETIRED}{kek}")
}

/// The master keys that wrapped the data keys of a batch.
pub(crate) fn wrapped_by(batch: &[LedgerCommit]) -> impl Iterator<Item = &str> {
    batch.iter().flat_map(|part| &part.writes).filter_map(|write| match write {
        Write::Key { key, .. } => Some(key.kek.as_str()),
        _ => None,
    })
}

/// Asks for data keys under another master key than this.
pub(crate) fn not_under(
    kek: &str,
    after: Option<(LedgerId, Uuid)>,
    limit: NonZeroUsize,
) -> Statement<'_> {
    let (ledger, stream) =
        after.map_or((Uuid::nil(), Uuid::nil()), |(ledger, stream)| (ledger.uuid(), stream));
    Statement::new(NOT_UNDER).with([
        Value::Id(ledger),
        Value::Id(stream),
        Value::Text(kek),
        integer(limit.get()),
    ])
}

/// Replaces keys that are still what they were.
pub(crate) fn rewrap(keys: &[Rewrap]) -> Statement<'_> {
    let mut rows = Rows::new(REWRAPPED);
    for Rewrap { old, new } in keys {
        rows.push([
            Value::Id(old.ledger.uuid()),
            Value::Id(old.stream),
            Value::Bytes(&new.wrapped),
            Value::Text(&new.kek),
            Value::Bytes(&old.key.wrapped),
            Value::Text(&old.key.kek),
        ]);
    }
    Statement::new(REWRAP).over(rows)
}

/// Reads a key that [`not_under`] found.
pub(crate) fn stored(row: &impl Fields) -> Result<StoredKey, StoreError> {
    let bad = |what| move || damaged("a data key", what);
    Ok(StoredKey {
        ledger: row.id(0).map(LedgerId::from_uuid).ok_or_else(bad("the ledger"))?,
        stream: row.id(1).ok_or_else(bad("the stream"))?,
        key: WrappedKey {
            wrapped: row.bytes(2).ok_or_else(bad("the content"))?.to_vec(),
            kek: row.text(3).ok_or_else(bad("the master key's name"))?.to_owned(),
        },
    })
}

/// Reads a row of [`COUNTS`].
pub(crate) fn counted(row: &impl Fields) -> Result<(String, u64), StoreError> {
    let bad = |what| move || damaged("the data keys", what);
    let kek = row.text(0).ok_or_else(bad("a master key's name"))?.to_owned();
    Ok((kek, row.count(1).ok_or_else(bad("a count"))?))
}
