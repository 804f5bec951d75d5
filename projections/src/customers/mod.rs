//! Each customer's current state: what an admin sees of them at a glance.
//!
//! | module | what it holds |
//! |---|---|
//! | `row` | a customer: the fold |
//! | `words` | what they are found by |
//! | `query` | the questions |
//!
//! Logins and names stand here in clear, since people search for them; an erasure removes them
//! with the event that records it.

mod query;
mod row;
mod words;

use std::collections::BTreeSet;

use readmit_domain::{AccountId, CustomerId, Event, StreamId};

use crate::database::{Column, Index, Kind, Sql, Table, Tables, text};
use crate::model::{Batch, Entry};

pub use query::{CustomerQuery, CustomerSort};
pub use row::{CustomerRow, CustomerStatus, ParseCustomerStatusError};

pub(crate) use query::{customer, customers, logins};

/// Raised with every change of what the fold makes of an event.
pub(crate) const VERSION: i64 = 1;

pub(crate) const TABLES: &[Table] = &[CUSTOMERS, WORDS];

const CUSTOMERS: Table = Table {
    name: "customers",
    columns: &[
        Column("ledger", Kind::Text),
        Column("id", Kind::Text),
        Column("login", Kind::Text),
        Column("status", Kind::Text),
        Column("locked_until", Kind::Integer),
        Column("stage", Kind::Text),
        Column("due", Kind::Integer),
        Column("codes_left", Kind::Integer),
        Column("last_sign_in", Kind::Integer),
        Column("state", Kind::Text),
    ],
    key: 2,
    indexes: &[
        Index::on("ledger, login, id"),
        Index::on("ledger, status, login, id"),
        Index::on("ledger, last_sign_in, id"),
        Index::on("ledger, codes_left, id"),
        // Few have an open case, or a lock.
        Index { columns: "ledger, stage, login, id", only: "stage <> ''" },
        Index { columns: "ledger, login, id, locked_until", only: "locked_until > 0" },
    ],
};

const WORDS: Table = Table {
    name: "customer_words",
    columns: &[Column("ledger", Kind::Text), Column("word", Kind::Text), Column("id", Kind::Text)],
    key: 3,
    indexes: &[],
};

pub(crate) async fn fold(tables: &mut Tables<'_>, batch: &Batch) -> Sql<()> {
    let ids: BTreeSet<String> =
        batch.entries.iter().filter_map(of).map(|id| id.to_string()).collect();
    let mut rows = tables.load::<CustomerRow>(&batch.key, ids).await?;
    let (mut words, mut erased) = (Vec::new(), Vec::new());
    let rows_of = |row: &CustomerRow| {
        let of_row = words::of(&row.into()).into_iter();
        of_row
            .map(|word| vec![text(&batch.key), text(word), text(row.customer)])
            .collect::<Vec<_>>()
    };
    for entry in &batch.entries {
        let Some(id) = of(entry) else { continue };
        let key = id.to_string();
        let row = rows.remove(&key).unwrap_or_else(|| CustomerRow::new(id, &entry.event));
        if matches!(entry.event.event, Event::CustomerErased(_)) {
            erased.extend(rows_of(&row));
        }
        let row = row.evolve(entry);
        if matches!(entry.event.event, Event::CustomerRegistered(_)) {
            words.extend(rows_of(&row));
        }
        rows.insert(key, row);
    }
    tables.store(&batch.key, &rows).await?;
    tables.put(&WORDS, &words).await?;
    tables.delete_rows(&WORDS, &erased).await
}

/// The customer that an event is about.
fn of(entry: &Entry) -> Option<CustomerId> {
    match entry.event.stream {
        StreamId::Account(AccountId::Customer(id)) => Some(id),
        StreamId::Account(AccountId::Admin(_)) | StreamId::Tenant(_) => None,
    }
}
