//! The alerts' tables: what was raised, and what the rules remember.

use std::collections::{BTreeMap, BTreeSet};

use readmit_domain::{AccountId, StreamId};

use super::team::Team;
use super::watch::{concerns, watch};
use super::watched::Watched;
use super::{Alert, Severity};
use crate::database::{Column, Index, Kind, Row, Sql, Table, Tables, Value, integer, json, text};
use crate::model::{Batch, Entry};

/// Raised with every change of what the fold makes of an event: of a rule or a threshold, too.
pub(crate) const VERSION: i64 = 1;

pub(crate) const TABLES: &[Table] = &[ALERTS, TEAMS, WATCHED];

pub(super) const ALERTS: Table = Table {
    name: "alerts",
    columns: &[
        Column("ledger", Kind::Text),
        Column("position", Kind::Integer),
        Column("rule", Kind::Text),
        Column("at", Kind::Integer),
        Column("severity", Kind::Integer),
        Column("subject", Kind::Text),
        Column("account", Kind::Text),
        Column("state", Kind::Text),
    ],
    // An event raises an alert of each rule once at most.
    key: 3,
    indexes: &[
        Index::on("ledger, severity, position, rule"),
        Index::on("ledger, rule, position"),
        Index::on("ledger, subject, position"),
        Index::on("ledger, account, position"),
    ],
};

const REMEMBERED: &[Column] =
    &[Column("ledger", Kind::Text), Column("id", Kind::Text), Column("state", Kind::Text)];

const TEAMS: Table = Table { name: "alert_teams", columns: REMEMBERED, key: 2, indexes: &[] };

const WATCHED: Table = Table { name: "alert_accounts", columns: REMEMBERED, key: 2, indexes: &[] };

/// A ledger has one team.
const THE_TEAM: &str = "team";

impl Row for Team {
    const TABLE: &'static Table = &TEAMS;

    fn found_by(&self) -> Vec<Value> {
        Vec::new()
    }
}

impl Row for Watched {
    const TABLE: &'static Table = &WATCHED;

    fn found_by(&self) -> Vec<Value> {
        Vec::new()
    }
}

pub(crate) async fn fold(tables: &mut Tables<'_>, batch: &Batch) -> Sql<()> {
    let accounts: BTreeSet<String> =
        batch.entries.iter().filter_map(of).map(|account| account.to_string()).collect();
    if accounts.is_empty() {
        return Ok(());
    }
    let team = tables.load::<Team>(&batch.key, [THE_TEAM.to_owned()]).await?;
    let mut team = team.into_values().next().unwrap_or_default();
    let mut watched = tables.load::<Watched>(&batch.key, accounts).await?;
    let mut raised = Vec::new();
    for entry in &batch.entries {
        let Some(account) = of(entry) else { continue };
        let account = watched.entry(account.to_string()).or_default();
        raised.extend(watch(&mut team, account, &entry.event));
    }
    let rows = raised.iter().map(|alert| row(&batch.key, alert)).collect::<Sql<Vec<_>>>()?;
    tables.put(&ALERTS, &rows).await?;
    tables.store(&batch.key, &watched).await?;
    tables.store(&batch.key, &BTreeMap::from([(THE_TEAM.to_owned(), team)])).await
}

/// The account of an event that concerns any rule.
fn of(entry: &Entry) -> Option<AccountId> {
    match entry.event.stream {
        StreamId::Account(account) if concerns(&entry.event) => Some(account),
        StreamId::Account(_) | StreamId::Tenant(_) => None,
    }
}

fn row(ledger: &str, alert: &Alert) -> Sql<Vec<Value>> {
    Ok(vec![
        text(ledger),
        integer(alert.position),
        text(alert.rule.name()),
        integer(alert.at.unix_micros()),
        integer(weight(alert.severity())),
        text(alert.subject),
        text(alert.account),
        json(alert)?,
    ])
}

/// A severity as a number, so that "at least" can be asked for.
pub(super) const fn weight(severity: Severity) -> i64 {
    match severity {
        Severity::Notice => 1,
        Severity::Warning => 2,
        Severity::Critical => 3,
    }
}
