//! The timeline's table: one row for each event, which is never changed again.

use readmit_domain::{AccountId, Event, RecoveryId, StreamId};
use readmit_runtime::Envelope;

use crate::database::{Column, Index, Kind, Sql, Table, Tables, Value, integer, json, text};
use crate::model::Batch;

use super::Sentence;

/// Raised with every change of what the fold makes of an event.
pub(crate) const VERSION: i64 = 1;

pub(crate) const TABLES: &[Table] = &[TIMELINE];

pub(super) const TIMELINE: Table = Table {
    name: "timeline",
    columns: &[
        Column("ledger", Kind::Text),
        Column("position", Kind::Integer),
        Column("at", Kind::Integer),
        Column("stream", Kind::Text),
        Column("account", Kind::Text),
        Column("recovery", Kind::Text),
        Column("event", Kind::Text),
        Column("who", Kind::Text),
        Column("sentence", Kind::Text),
    ],
    key: 2,
    indexes: &[
        Index { columns: "ledger, account, position", only: "account <> ''" },
        Index { columns: "ledger, recovery, position", only: "recovery <> ''" },
    ],
};

pub(crate) async fn fold(tables: &mut Tables<'_>, batch: &Batch) -> Sql<()> {
    let rows = batch.entries.iter().map(|entry| row(&batch.key, &entry.event));
    tables.put(&TIMELINE, &rows.collect::<Result<Vec<_>, _>>()?).await
}

fn row(ledger: &str, event: &Envelope) -> Sql<Vec<Value>> {
    let who = json(&event.who)?;
    Ok(vec![
        text(ledger),
        integer(event.position),
        integer(event.at.unix_micros()),
        text(event.stream),
        text(account(event).map(|account| account.to_string()).unwrap_or_default()),
        text(recovery(event).map(|recovery| recovery.to_string()).unwrap_or_default()),
        text(event.event.name()),
        who,
        json(&Sentence::of(&event.event))?,
    ])
}

/// Whom an event is about: an event of the tenant's own stream may be about somebody too.
fn account(event: &Envelope) -> Option<AccountId> {
    match (event.stream, &event.event) {
        (StreamId::Account(account), _) => Some(account),
        (_, Event::AdminAuthorised(data)) => Some(data.admin.into()),
        (_, Event::AdminSuspended(data)) => Some(data.admin.into()),
        (_, Event::LegalHoldPlaced(data)) => Some(data.customer.into()),
        (_, Event::LegalHoldLifted(data)) => Some(data.customer.into()),
        _ => None,
    }
}

/// The case that an event is about.
fn recovery(event: &Envelope) -> Option<RecoveryId> {
    match &event.event {
        Event::ReviewSignedOff(data) => Some(data.reviewed),
        _ => event.recovery,
    }
}
