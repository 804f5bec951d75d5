//! Alerts: by rule, severity, person, period.

use readmit_domain::{AccountId, Timestamp};
use readmit_runtime::Failure;

use super::table::{ALERTS, weight};
use super::{Alert, Rule, Severity};
use crate::database::{Kind, Query, integer, text};
use crate::model::ReadModel;
use crate::page::{Order, Page, Part, paged};
use crate::views::Reading;

/// Which alerts; the newest come first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertQuery {
    rule: Option<Rule>,
    severity: Option<Severity>,
    subject: Option<AccountId>,
    account: Option<AccountId>,
    from: Option<Timestamp>,
    before: Option<Timestamp>,
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
}

paged!(AlertQuery);

const NEWEST_FIRST: Order = Order {
    list: "alerts, newest first",
    by: &["position", "rule"],
    kinds: &[Kind::Integer, Kind::Text],
    descending: true,
};

pub(crate) async fn alerts(
    reading: &mut Reading,
    query: &AlertQuery,
) -> Result<Page<Alert>, Failure> {
    NEWEST_FIRST.check(&query.part)?;
    let table = reading.table(&ALERTS);
    let select = format!("SELECT position, rule, state FROM {table} WHERE ledger = ?");
    let mut sql = Query::new(&select, [text(reading.ledger())]);
    let moment = |moment: Timestamp| integer(moment.unix_micros());
    sql.push_some(" AND rule = ?", query.rule.map(|rule| text(rule.name())));
    sql.push_some(" AND severity >= ?", query.severity.map(|it| integer(weight(it))));
    sql.push_some(" AND subject = ?", query.subject.map(text));
    sql.push_some(" AND account = ?", query.account.map(text));
    sql.push_some(" AND at >= ?", query.from.map(moment));
    sql.push_some(" AND at < ?", query.before.map(moment));
    NEWEST_FIRST.finish(&mut sql, &query.part);
    let rows = reading.fetch(sql).await?;
    let seen = reading.seen(ReadModel::Alerts);
    reading.explain(NEWEST_FIRST.page(&query.part, seen, &rows, |row| row.json(2)))
}
