//! The statements of a load: what is wanted, as rows to join with.
//!
//! `n` numbers what was asked for, so that an answer can be put in its place.

use readmit_runtime::ports::store::{Load, StreamLoad};

use super::heads::select_heads;
use super::statement::{Column, Kind, Rows, Statement, Value, integer};

const LEDGERS: &[Column] = &[("ledger", Kind::Id)];
const STREAMS: &[Column] = &[("n", Kind::Integer), ("ledger", Kind::Id), ("stream", Kind::Id)];
const SPANS: &[Column] = &[
    ("n", Kind::Integer),
    ("ledger", Kind::Id),
    ("stream", Kind::Id),
    ("after", Kind::Integer),
    ("until", Kind::Integer),
];
const COMMANDS: &[Column] = &[("n", Kind::Integer), ("ledger", Kind::Id), ("command", Kind::Id)];
const NAMES: &[Column] = &[("n", Kind::Integer), ("ledger", Kind::Id), ("digest", Kind::Bytes)];

// CROSS JOIN, because to SQLite it also says: the wanted rows are the outer loop.
const HEADS: &str = select_heads!("{rows} AS w CROSS JOIN ledgers AS l WHERE l.ledger = w.ledger");
// `until` keeps a long stream from being read to its end when the limit lies far before it.
// `+ 0`, because SQLite looks at a parameter that is a LIMIT when it plans, and so it would
// prepare the statement anew for each one.
const EVENTS: &str = "SELECT w.n AS n, e.position AS a, e.version AS b, e.stream AS x, e.body AS y \
    FROM {rows} AS w CROSS JOIN events AS e \
    WHERE e.ledger = w.ledger AND e.stream = w.stream \
        AND e.version > w.after AND e.version <= w.until \
    ORDER BY w.n, e.version LIMIT $1 + 0";
const SECRETS: &str = "SELECT w.n AS n, 0 AS a, 0 AS b, s.name AS x, s.sealed AS y \
    FROM {rows} AS w CROSS JOIN secrets AS s WHERE s.ledger = w.ledger AND s.stream = w.stream";
const KEYS: &str = "SELECT w.n AS n, 0 AS a, 0 AS b, k.kek AS x, k.wrapped AS y \
    FROM {rows} AS w CROSS JOIN keys AS k WHERE k.ledger = w.ledger AND k.stream = w.stream";
const COMMAND_ROWS: &str = "SELECT w.n AS n, c.first_position AS a, c.events AS b, \
        c.fingerprint AS x, NULL AS y \
    FROM {rows} AS w CROSS JOIN commands AS c \
    WHERE c.ledger = w.ledger AND c.command = w.command";
const NAME_ROWS: &str = "SELECT w.n AS n, 0 AS a, 0 AS b, t.stream AS x, NULL AS y \
    FROM {rows} AS w CROSS JOIN names AS t \
    WHERE t.ledger = w.ledger AND t.name_digest = w.digest";

pub(super) fn heads(wanted: &Load) -> Statement<'_> {
    let mut rows = Rows::new(LEDGERS);
    for ledger in &wanted.heads {
        rows.push([Value::Id(ledger.uuid())]);
    }
    Statement::new(HEADS).over(rows)
}

pub(super) fn events(wanted: &Load) -> Statement<'_> {
    // One event more than may be answered tells whether there are more.
    let probe = wanted.event_limit.saturating_add(1);
    let mut rows = Rows::new(SPANS);
    for (n, StreamLoad { ledger, stream, after_version }) in wanted.streams.iter().enumerate() {
        let until = after_version.saturating_add(probe as u64);
        let (ledger, stream) = (Value::Id(ledger.uuid()), Value::Id(*stream));
        rows.push([integer(n), ledger, stream, integer(*after_version), integer(until)]);
    }
    Statement::new(EVENTS).with([integer(probe)]).over(rows).answering([Kind::Id, Kind::Bytes])
}

pub(super) fn secrets(wanted: &Load) -> Statement<'_> {
    Statement::new(SECRETS).over(streams(wanted)).answering([Kind::Bytes, Kind::Bytes])
}

pub(super) fn keys(wanted: &Load) -> Statement<'_> {
    Statement::new(KEYS).over(streams(wanted)).answering([Kind::Text, Kind::Bytes])
}

pub(super) fn commands(wanted: &Load) -> Statement<'_> {
    let mut rows = Rows::new(COMMANDS);
    for (n, (ledger, command)) in wanted.commands.iter().enumerate() {
        rows.push([integer(n), Value::Id(ledger.uuid()), Value::Id(command.uuid())]);
    }
    Statement::new(COMMAND_ROWS).over(rows).answering([Kind::Bytes, Kind::Bytes])
}

pub(super) fn names(wanted: &Load) -> Statement<'_> {
    let mut rows = Rows::new(NAMES);
    for (n, (ledger, digest)) in wanted.names.iter().enumerate() {
        rows.push([integer(n), Value::Id(ledger.uuid()), Value::Bytes(digest)]);
    }
    Statement::new(NAME_ROWS).over(rows).answering([Kind::Id, Kind::Bytes])
}

fn streams(wanted: &Load) -> Rows<'_> {
    let mut rows = Rows::new(STREAMS);
    for (n, wanted) in wanted.streams.iter().enumerate() {
        rows.push([integer(n), Value::Id(wanted.ledger.uuid()), Value::Id(wanted.stream)]);
    }
    rows
}
