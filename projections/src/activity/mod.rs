//! Counts for pictures: by day, hour and weekday, admin, reason; and how long things take.
//!
//! | module | what it holds |
//! |---|---|
//! | `fold` | what an event counts for |
//! | `query` | the sums |

mod fold;
mod query;

use crate::database::{Column, Index, Kind, Table};

pub(crate) use fold::fold;
pub(crate) use query::activity;
pub use query::{Activity, ActivityQuery, AdminActivity, Counted, DayOfReason, HourOfWeek, Took};

/// Raised with every change of what the fold makes of an event.
pub(crate) const VERSION: i64 = 1;

pub(crate) const TABLES: &[Table] = &[COUNTS, SPANS, CASES];

/// How often something happened in an hour, by whom, and for which reason.
const COUNTS: Table = Table {
    name: "activity",
    columns: &[
        Column("ledger", Kind::Text),
        // Days since 1970, in UTC.
        Column("day", Kind::Integer),
        Column("hour", Kind::Integer),
        Column("event", Kind::Text),
        Column("admin", Kind::Text),
        Column("reason", Kind::Text),
        Column("count", Kind::Integer),
    ],
    key: 6,
    indexes: &[],
};

/// How long something took, for those that were done with it on a day.
const SPANS: Table = Table {
    name: "activity_spans",
    columns: &[
        Column("ledger", Kind::Text),
        Column("day", Kind::Integer),
        Column("span", Kind::Text),
        // Not longer than so many seconds.
        Column("within", Kind::Integer),
        Column("count", Kind::Integer),
        Column("seconds", Kind::Integer),
    ],
    key: 4,
    indexes: &[],
};

/// Open cases: what their next steps are measured from. Gone when they end.
const CASES: Table = Table {
    name: "activity_cases",
    columns: &[Column("ledger", Kind::Text), Column("id", Kind::Text), Column("state", Kind::Text)],
    key: 2,
    indexes: &[Index::on("ledger")],
};
