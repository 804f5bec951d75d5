//! Alerts: by rule, severity, person, period.

use readmit_domain::{AccountId, Timestamp};
use readmit_runtime::Failure;

use super::table::{ALERTS, weight};
use super::{Alert, Rule, Severity};
use crate::database::{Kind, Query, integer, text};
use crate::model::ReadModel;
use crate::page::{Order, Page, Part, paged};
use crate::views::Reading;

/// Which alerts; the newest come first, unless asked otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertQuery {
    rule: Option<Rule>,
    severity: Option<Severity>,
    subject: Option<AccountId>,
    account: Option<AccountId>,
    from: Option<Timestamp>,
    before: Option<Timestamp>,
    gravest_first: bool,
    part: Part,
}

impl AlertQuery {
    /// All alerts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of this rule.
    #[must_use]
    pub const fn rule(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Those that weigh so much or more.
    #[must_use]
    pub const fn at_least(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Those about this person.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<AccountId>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Those raised by an event of this account.
    #[must_use]
    pub fn account(mut self, account: impl Into<AccountId>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Those of this moment or later.
    #[must_use]
    pub const fn from(mut self, from: Timestamp) -> Self {
        self.from = Some(from);
        self
    }

    /// Those before this moment.
    #[must_use]
    pub const fn before(mut self, before: Timestamp) -> Self {
        self.before = Some(before);
        self
    }

    /// Those that weigh most come first, and of these the newest.
    #[must_use]
    pub const fn gravest_first(mut self) -> Self {
        self.gravest_first = true;
        self
    }

    const fn order(&self) -> &'static Order {
        if self.gravest_first { &GRAVEST_FIRST } else { &NEWEST_FIRST }
    }
}

paged!(AlertQuery);

const NEWEST_FIRST: Order = Order {
    list: "alerts, newest first",
    by: &["position", "rule"],
    kinds: &[Kind::Integer, Kind::Text],
    descending: true,
};

const GRAVEST_FIRST: Order = Order {
    list: "alerts, gravest first",
    by: &["severity", "position", "rule"],
    kinds: &[Kind::Integer, Kind::Integer, Kind::Text],
    descending: true,
};

pub(crate) async fn alerts(
    reading: &mut Reading,
    query: &AlertQuery,
) -> Result<Page<Alert>, Failure> {
    let order = query.order();
    order.check(&query.part)?;
    let mut sql = select(reading, query, &format!("{}, state", order.by.join(", ")));
    order.finish(&mut sql, &query.part);
    let rows = reading.fetch(sql).await?;
    let seen = reading.seen(ReadModel::Alerts);
    reading.explain(order.page(&query.part, seen, &rows, |row| row.json(order.by.len())))
}

/// How many there are, from where the page begins.
pub(crate) async fn count(reading: &mut Reading, query: &AlertQuery) -> Result<u64, Failure> {
    let order = query.order();
    order.check(&query.part)?;
    let mut sql = select(reading, query, "COUNT(*)");
    order.go_on(&mut sql, &query.part);
    let rows = reading.fetch(sql).await?;
    let count = rows.first().map_or(Ok(0), |row| row.count(0));
    reading.explain(count)
}

fn select(reading: &Reading, query: &AlertQuery, what: &str) -> Query {
    let select = format!("SELECT {what} FROM {} WHERE ledger = ?", reading.table(&ALERTS));
    let mut sql = Query::new(&select, [text(reading.ledger())]);
    let moment = |moment: Timestamp| integer(moment.unix_micros());
    sql.push_some(" AND rule = ?", query.rule.map(|rule| text(rule.name())));
    sql.push_some(" AND severity >= ?", query.severity.map(|it| integer(weight(it))));
    sql.push_some(" AND subject = ?", query.subject.map(text));
    sql.push_some(" AND account = ?", query.account.map(text));
    sql.push_some(" AND at >= ?", query.from.map(moment));
    sql.push_some(" AND at < ?", query.before.map(moment));
    sql
}
