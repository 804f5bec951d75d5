//! The timeline of a tenant, an account, or a case.

use readmit_domain::{AccountId, Event, RecoveryId, Timestamp};
use readmit_runtime::Failure;

use super::table::TIMELINE;
use super::{Sentence, TimelineEntry, Wording};
use crate::database::{Fetched, Kind, Query, Sql, text};
use crate::model::ReadModel;
use crate::page::{Order, Page, Part, paged};
use crate::views::Reading;

/// Which part of the history; the oldest first, unless asked otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimelineQuery {
    account: Option<AccountId>,
    recovery: Option<RecoveryId>,
    newest_first: bool,
    part: Part,
}

impl TimelineQuery {
    /// Everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is about this account.
    #[must_use]
    pub fn account(mut self, account: impl Into<AccountId>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// What is about this case.
    #[must_use]
    pub const fn recovery(mut self, recovery: RecoveryId) -> Self {
        self.recovery = Some(recovery);
        self
    }

    /// The newest first.
    #[must_use]
    pub const fn newest_first(mut self) -> Self {
        self.newest_first = true;
        self
    }
}

paged!(TimelineQuery);

const OLDEST_FIRST: Order = Order {
    list: "timeline, oldest first",
    by: &["position"],
    kinds: &[Kind::Integer],
    descending: false,
};
const NEWEST_FIRST: Order = Order {
    list: "timeline, newest first",
    by: &["position"],
    kinds: &[Kind::Integer],
    descending: true,
};

pub(crate) async fn timeline(
    reading: &mut Reading,
    query: &TimelineQuery,
) -> Result<Page<TimelineEntry>, Failure> {
    let order = if query.newest_first { NEWEST_FIRST } else { OLDEST_FIRST };
    order.check(&query.part)?;
    let select = format!(
        "SELECT position, at, stream, recovery, event, who, sentence FROM {} WHERE ledger = ?",
        reading.table(&TIMELINE)
    );
    let mut sql = Query::new(&select, [text(reading.ledger())]);
    sql.push_some(" AND account <> '' AND account = ?", query.account.map(text));
    sql.push_some(" AND recovery <> '' AND recovery = ?", query.recovery.map(text));
    order.finish(&mut sql, &query.part);
    let rows = reading.fetch(sql).await?;
    let seen = reading.seen(ReadModel::Timeline);
    reading.explain(order.page(&query.part, seen, &rows, entry))
}

fn entry(row: &Fetched) -> Sql<TimelineEntry> {
    let name = row.text(4)?;
    let recovery = if row.text(3)?.is_empty() { None } else { Some(row.parse(3)?) };
    let sentence: Sentence = row.json(6)?;
    Ok(TimelineEntry {
        at: Timestamp::from_unix_micros(row.integer(1)?),
        position: row.count(0)?,
        event: Event::NAMES.iter().find(|known| **known == name).copied().unwrap_or_default(),
        stream: row.parse(2)?,
        who: row.json(5)?,
        recovery,
        summary: Wording::english().tell(&sentence),
        sentence,
    })
}
