//! The net effect of a batch's writes.
//!
//! A port's writes come in order: a secret may be kept, replaced and ended in
//! one batch, and an erasure takes what came before it and leaves what comes
//! after. Here that order is played through in memory, so that the database
//! gets one statement for each kind of change, however long the batch is.

use std::collections::{BTreeMap, BTreeSet};

use readmit_domain::{LedgerId, Timestamp};
use readmit_runtime::ports::proofs::{StoredTile, TileId};
use readmit_runtime::ports::store::{LedgerCommit, NameDigest, SecretName, WrappedKey, Write};
use uuid::Uuid;

use super::keys::{INSERT_KEYS, KEYS};
use super::statement::{Column, Kind, Rows, Statement, Value, integer};

/// What a batch changes beside heads, events and commands.
#[derive(Debug, Default)]
pub(crate) struct Changes<'a> {
    erased: BTreeSet<Stream>,
    /// Kept or ended: the last write of each secret counts.
    secrets: BTreeMap<(Stream, &'a SecretName), Option<&'a [u8]>>,
    /// Set or ended: the last write of each timer counts.
    timers: BTreeMap<Stream, Option<Timestamp>>,
    /// The last write of each tile counts.
    tiles: BTreeMap<(LedgerId, TileId), &'a [u8]>,
    // A second name, private row or key under the same key is a mistake, and
    // the database's to refuse: these are kept as they come.
    names: Vec<(Stream, &'a NameDigest)>,
    private: Vec<(Stream, u64, &'a [u8])>,
    keys: Vec<(Stream, &'a WrappedKey)>,
}

type Stream = (LedgerId, Uuid);

const STREAMS: &[Column] = &[("ledger", Kind::Id), ("stream", Kind::Id)];
const ENDED_SECRETS: &[Column] =
    &[("ledger", Kind::Id), ("stream", Kind::Id), ("name", Kind::Bytes)];
const SECRETS: &[Column] =
    &[("ledger", Kind::Id), ("stream", Kind::Id), ("name", Kind::Bytes), ("sealed", Kind::Bytes)];
const TIMERS: &[Column] = &[("ledger", Kind::Id), ("stream", Kind::Id), ("due", Kind::Integer)];
const NAMES: &[Column] =
    &[("ledger", Kind::Id), ("name_digest", Kind::Bytes), ("stream", Kind::Id)];
const PRIVATE: &[Column] =
    &[("ledger", Kind::Id), ("position", Kind::Integer), ("sealed", Kind::Bytes)];
const TILES: &[Column] = &[
    ("ledger", Kind::Id),
    ("level", Kind::Integer),
    ("idx", Kind::Integer),
    ("hashes", Kind::Bytes),
];

const ERASE: [&str; 5] = [
    "DELETE FROM keys WHERE (ledger, stream) IN (SELECT ledger, stream FROM {rows} AS erased)",
    "DELETE FROM secrets WHERE (ledger, stream) IN (SELECT ledger, stream FROM {rows} AS erased)",
    "DELETE FROM names WHERE (ledger, stream) IN (SELECT ledger, stream FROM {rows} AS erased)",
    "DELETE FROM timers WHERE (ledger, stream) IN (SELECT ledger, stream FROM {rows} AS erased)",
    // A version is always above 0: saying so leads SQLite to the index that has it.
    "DELETE FROM private WHERE (ledger, position) IN (SELECT e.ledger, e.position \
        FROM {rows} AS erased CROSS JOIN events AS e \
        WHERE e.ledger = erased.ledger AND e.stream = erased.stream AND e.version > 0)",
];
const END_SECRETS: &str = "DELETE FROM secrets WHERE (ledger, stream, name) IN \
    (SELECT ledger, stream, name FROM {rows} AS ended)";
const END_TIMERS: &str = "DELETE FROM timers WHERE (ledger, stream) IN \
    (SELECT ledger, stream FROM {rows} AS ended)";
const KEEP_SECRETS: &str = "INSERT INTO secrets (ledger, stream, name, sealed) \
    SELECT ledger, stream, name, sealed FROM {rows} AS kept WHERE true \
    ON CONFLICT (ledger, stream, name) DO UPDATE SET sealed = excluded.sealed";
const SET_TIMERS: &str = "INSERT INTO timers (ledger, stream, due) \
    SELECT ledger, stream, due FROM {rows} AS armed WHERE true \
    ON CONFLICT (ledger, stream) DO UPDATE SET due = excluded.due";
const INSERT_NAMES: &str = "INSERT INTO names (ledger, name_digest, stream) \
    SELECT ledger, name_digest, stream FROM {rows} AS added";
const INSERT_PRIVATE: &str = "INSERT INTO private (ledger, position, sealed) \
    SELECT ledger, position, sealed FROM {rows} AS added";
const KEEP_TILES: &str = "INSERT INTO tiles (ledger, level, idx, hashes) \
    SELECT ledger, level, idx, hashes FROM {rows} AS kept WHERE true \
    ON CONFLICT (ledger, level, idx) DO UPDATE SET hashes = excluded.hashes";

impl<'a> Changes<'a> {
    /// Plays the writes of a batch through.
    pub(crate) fn of(parts: &[&'a LedgerCommit]) -> Self {
        let mut changes = Self::default();
        for part in parts {
            for write in &part.writes {
                changes.write(part, write);
            }
        }
        changes
    }

    fn write(&mut self, part: &'a LedgerCommit, write: &'a Write) {
        let ledger = part.ledger;
        match write {
            Write::Name { digest, stream } => self.names.push(((ledger, *stream), digest)),
            Write::Private { position, sealed } => {
                self.private.push(((ledger, stream_at(part, *position)), *position, sealed));
            }
            Write::Secret { stream, name, sealed } => {
                self.secrets.insert(((ledger, *stream), name), Some(sealed));
            }
            Write::SecretEnded { stream, name } => {
                self.secrets.insert(((ledger, *stream), name), None);
            }
            Write::Key { stream, key } => self.keys.push(((ledger, *stream), key)),
            Write::Timer { stream, due } => {
                self.timers.insert((ledger, *stream), Some(*due));
            }
            Write::TimerEnded { stream } => {
                self.timers.insert((ledger, *stream), None);
            }
            Write::Tile(StoredTile { id, hashes }) => {
                self.tiles.insert((ledger, *id), hashes);
            }
            Write::Erase { stream } => self.erase((ledger, *stream)),
        }
    }

    fn erase(&mut self, erased: Stream) {
        self.names.retain(|(stream, _)| *stream != erased);
        self.private.retain(|(stream, _, _)| *stream != erased);
        self.keys.retain(|(stream, _)| *stream != erased);
        self.secrets.retain(|(stream, _), _| *stream != erased);
        self.timers.remove(&erased);
        self.erased.insert(erased);
    }

    /// The statements: first what goes, then what comes.
    pub(crate) fn statements(&self) -> Vec<Statement<'a>> {
        let mut statements = Vec::new();
        let mut add = |text, rows: Rows<'a>| {
            if !rows.is_empty() {
                statements.push(Statement::new(text).over(rows));
            }
        };
        for text in ERASE {
            add(text, self.erased_rows());
        }
        let (ended, kept) = self.secret_rows();
        add(END_SECRETS, ended);
        let (stopped, armed) = self.timer_rows();
        add(END_TIMERS, stopped);
        add(KEEP_SECRETS, kept);
        add(SET_TIMERS, armed);
        add(INSERT_NAMES, self.name_rows());
        add(INSERT_PRIVATE, self.private_rows());
        add(INSERT_KEYS, self.key_rows());
        add(KEEP_TILES, self.tile_rows());
        statements
    }

    fn erased_rows(&self) -> Rows<'a> {
        let mut rows = Rows::new(STREAMS);
        for (ledger, stream) in &self.erased {
            rows.push([Value::Id(ledger.uuid()), Value::Id(*stream)]);
        }
        rows
    }

    fn secret_rows(&self) -> (Rows<'a>, Rows<'a>) {
        let (mut ended, mut kept) = (Rows::new(ENDED_SECRETS), Rows::new(SECRETS));
        for (((ledger, stream), name), sealed) in &self.secrets {
            let (ledger, stream) = (Value::Id(ledger.uuid()), Value::Id(*stream));
            match sealed {
                Some(sealed) => {
                    kept.push([ledger, stream, Value::Bytes(*name), Value::Bytes(sealed)]);
                }
                None => ended.push([ledger, stream, Value::Bytes(*name)]),
            }
        }
        (ended, kept)
    }

    fn timer_rows(&self) -> (Rows<'a>, Rows<'a>) {
        let (mut ended, mut armed) = (Rows::new(STREAMS), Rows::new(TIMERS));
        for ((ledger, stream), due) in &self.timers {
            let (ledger, stream) = (Value::Id(ledger.uuid()), Value::Id(*stream));
            match due {
                Some(due) => armed.push([ledger, stream, Value::Integer(due.unix_micros())]),
                None => ended.push([ledger, stream]),
            }
        }
        (ended, armed)
    }

    fn name_rows(&self) -> Rows<'a> {
        let mut rows = Rows::new(NAMES);
        for ((ledger, stream), digest) in &self.names {
            rows.push([Value::Id(ledger.uuid()), Value::Bytes(*digest), Value::Id(*stream)]);
        }
        rows
    }

    fn private_rows(&self) -> Rows<'a> {
        let mut rows = Rows::new(PRIVATE);
        for ((ledger, _), position, sealed) in &self.private {
            rows.push([Value::Id(ledger.uuid()), integer(*position), Value::Bytes(sealed)]);
        }
        rows
    }

    fn tile_rows(&self) -> Rows<'a> {
        let mut rows = Rows::new(TILES);
        for ((ledger, TileId { level, index }), hashes) in &self.tiles {
            let (level, index) = (integer(*level), integer(*index));
            rows.push([Value::Id(ledger.uuid()), level, index, Value::Bytes(hashes)]);
        }
        rows
    }

    fn key_rows(&self) -> Rows<'a> {
        let mut rows = Rows::new(KEYS);
        for ((ledger, stream), key) in &self.keys {
            rows.push([
                Value::Id(ledger.uuid()),
                Value::Id(*stream),
                Value::Bytes(&key.wrapped),
                Value::Text(&key.kek),
            ]);
        }
        rows
    }
}

/// The stream of an event of the batch; the batch was checked to hold it.
fn stream_at(part: &LedgerCommit, position: u64) -> Uuid {
    let place = usize::try_from(position.saturating_sub(part.expected_size)).unwrap_or(usize::MAX);
    part.events.get(place).map(|event| event.stream).unwrap_or_default()
}
