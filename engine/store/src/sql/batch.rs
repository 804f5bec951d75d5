//! A batch as rows: what a commit writes, and what it must be to be written at all.

use std::collections::HashSet;

use readmit_domain::LedgerId;
use readmit_runtime::ports::store::{LedgerCommit, StoreError, StoreErrorKind, Write};

use super::changes::Changes;
use super::statement::{Column, Kind, Rows, Statement, Value, integer};

const HEADS: &[Column] = &[
    ("ledger", Kind::Id),
    ("expected", Kind::Integer),
    ("fence", Kind::Integer),
    ("size", Kind::Integer),
    ("at", Kind::Integer),
    ("root", Kind::Bytes),
    ("frontier", Kind::Bytes),
];

const EVENTS: &[Column] = &[
    ("ledger", Kind::Id),
    ("position", Kind::Integer),
    ("stream", Kind::Id),
    ("version", Kind::Integer),
    ("body", Kind::Bytes),
];

const COMMANDS: &[Column] = &[
    ("ledger", Kind::Id),
    ("command", Kind::Id),
    ("fingerprint", Kind::Bytes),
    ("first_position", Kind::Integer),
    ("events", Kind::Integer),
];

const INSERT_EVENTS: &str = "INSERT INTO events (ledger, position, stream, version, body) \
    SELECT ledger, position, stream, version, body FROM {rows} AS added";

const INSERT_COMMANDS: &str = "INSERT INTO commands (ledger, command, fingerprint, \
    first_position, events) \
    SELECT ledger, command, fingerprint, first_position, events FROM {rows} AS added";

/// Refuses a batch that would leave a ledger with a gap, or with two truths.
///
/// The guard compares sizes only: that the rows agree with the sizes is settled here.
pub(crate) fn check(batch: &[LedgerCommit]) -> Result<(), StoreError> {
    let mut seen = HashSet::with_capacity(batch.len());
    for part in batch {
        if !seen.insert(part.ledger) {
            return Err(malformed(part.ledger, "it stands in one batch twice"));
        }
        let size = i64::try_from(part.expected_size)
            .ok()
            .and_then(|size| size.checked_add_unsigned(part.events.len() as u64));
        if size.is_none() {
            return Err(malformed(part.ledger, "it is longer than a database can count"));
        }
        if !positions(part).eq(part.events.iter().map(|event| event.position)) {
            return Err(malformed(part.ledger, "its events do not follow its head without a gap"));
        }
        let private = part.writes.iter().filter_map(|write| match write {
            Write::Private { position, .. } => Some(position),
            _ => None,
        });
        if !{ private }.all(|position| positions(part).contains(position)) {
            return Err(malformed(part.ledger, "private data belongs to no event of the batch"));
        }
    }
    Ok(())
}

/// Whether this destroys what was written before.
pub(crate) const fn is_erasure(write: &Write) -> bool {
    matches!(write, Write::Erase { .. })
}

/// Heads as they are to be, each with the size it must have before.
pub(crate) fn heads<'a>(parts: &[&'a LedgerCommit]) -> Rows<'a> {
    let mut rows = Rows::new(HEADS);
    for part in parts {
        rows.push([
            Value::Id(part.ledger.uuid()),
            integer(part.expected_size),
            integer(part.fence),
            integer(positions(part).end),
            Value::Integer(part.at.unix_micros()),
            Value::Bytes(&part.root),
            Value::Bytes(&part.frontier),
        ]);
    }
    rows
}

/// Everything a batch writes beside the heads, in an order that any database can follow.
pub(crate) fn statements<'a>(parts: &[&'a LedgerCommit]) -> Vec<Statement<'a>> {
    let (mut events, mut commands) = (Rows::new(EVENTS), Rows::new(COMMANDS));
    for part in parts {
        let ledger = Value::Id(part.ledger.uuid());
        for event in &part.events {
            events.push([
                ledger,
                integer(event.position),
                Value::Id(event.stream),
                integer(event.version),
                Value::Bytes(&event.body),
            ]);
        }
        for (command, row) in &part.commands {
            commands.push([
                ledger,
                Value::Id(command.uuid()),
                Value::Bytes(&row.fingerprint),
                integer(row.first_position),
                integer(row.events),
            ]);
        }
    }
    let mut statements = Vec::new();
    for (text, rows) in [(INSERT_EVENTS, events), (INSERT_COMMANDS, commands)] {
        if !rows.is_empty() {
            statements.push(Statement::new(text).over(rows));
        }
    }
    statements.extend(Changes::of(parts).statements());
    statements
}

/// The positions that the events of a part must have.
fn positions(part: &LedgerCommit) -> std::ops::Range<u64> {
    part.expected_size..part.expected_size.saturating_add(part.events.len() as u64)
}

fn malformed(ledger: LedgerId, what: &str) -> StoreError {
    let message = format!(
        "nothing was written to ledger {ledger}: {what}. This is a mistake in Readmit; please \
         report it"
    );
    StoreError::new(StoreErrorKind::Corrupt, message)
}
