//! One row for each recovery case: the exception register (PCI DSS 8.5.1).
//!
//! | module | what it holds |
//! |---|---|
//! | `row` | a case: the fold |
//! | `query` | the questions |

mod query;
mod row;

use std::collections::BTreeSet;

use readmit_domain::Event;

use crate::database::{Column, Index, Kind, Sql, Table, Tables};
use crate::model::{Batch, Entry};

pub use query::{Ended, ParseEndedError, RecoveryQuery};
pub use row::{RecoveryRow, Review};

pub(crate) use query::{open_bypasses, recoveries, recovery};

/// Raised with every change of what the fold makes of an event.
pub(crate) const VERSION: i64 = 2;

pub(crate) const TABLES: &[Table] = &[RECOVERIES];

const RECOVERIES: Table = Table {
    name: "recoveries",
    columns: &[
        Column("ledger", Kind::Text),
        Column("id", Kind::Text),
        Column("account", Kind::Text),
        Column("opened_at", Kind::Integer),
        Column("requested_by", Kind::Text),
        Column("granted_by", Kind::Text),
        Column("reason", Kind::Text),
        Column("ended", Kind::Text),
        Column("due", Kind::Integer),
        Column("profile", Kind::Text),
        Column("signed_off", Kind::Text),
        Column("state", Kind::Text),
    ],
    key: 2,
    indexes: &[
        Index::on("ledger, opened_at, id"),
        Index::on("ledger, account, opened_at, id"),
        Index::on("ledger, granted_by, opened_at, id"),
        Index::on("ledger, requested_by, opened_at, id"),
        Index::on("ledger, ended, opened_at, id"),
        // Few are open.
        Index { columns: "ledger, due, id", only: "ended = ''" },
        // What waits for an auditor, as long as auditors keep up.
        Index { columns: "ledger, opened_at, id", only: "ended <> '' AND signed_off = ''" },
    ],
};

pub(crate) async fn fold(tables: &mut Tables<'_>, batch: &Batch) -> Sql<()> {
    let ids: BTreeSet<String> = batch.entries.iter().filter_map(of).collect();
    let mut rows = tables.load::<RecoveryRow>(&batch.key, ids).await?;
    for entry in &batch.entries {
        let Some(key) = of(entry) else { continue };
        let row = match rows.remove(&key) {
            Some(row) => Some(row.evolve(&entry.event)),
            None => RecoveryRow::begin(&entry.event),
        };
        rows.extend(row.map(|row| (key, row)));
    }
    tables.store(&batch.key, &rows).await
}

/// The case that an event is about.
fn of(entry: &Entry) -> Option<String> {
    match &entry.event.event {
        Event::ReviewSignedOff(data) => Some(data.reviewed.to_string()),
        _ => entry.event.recovery.map(|recovery| recovery.to_string()),
    }
}
