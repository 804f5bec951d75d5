//! Cases: by period, admin, reason, end, profile; those that are open.

use std::fmt;
use std::str::FromStr;

use readmit_domain::{AccountId, AdminId, Profile, Reason, RecoveryId, Timestamp, Verdict};
use readmit_runtime::Failure;
use serde::{Deserialize, Serialize};

use super::row::{profile_name, verdict_name};
use super::{RECOVERIES, RecoveryRow};
use crate::database::{Kind, Query, integer, text};
use crate::model::ReadModel;
use crate::page::{Order, Page, Part, paged};
use crate::views::Reading;

/// Which cases; the last one opened comes first, unless asked otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecoveryQuery {
    from: Option<Timestamp>,
    before: Option<Timestamp>,
    account: Option<AccountId>,
    requested_by: Option<AccountId>,
    granted_by: Option<AdminId>,
    reason: Option<Reason>,
    ended: Option<Ended>,
    /// By the name that rows give it: "none" is one too.
    profile: Option<&'static str>,
    open_at: Option<Timestamp>,
    /// By the name that rows give it: that nobody has said anything is one too.
    signed_off: Option<&'static str>,
    oldest_first: bool,
    /// Of those that are open: whether they are granted, or wait for approval.
    granted: Option<bool>,
    over: bool,
    part: Part,
}

/// How a case ended, without the particulars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// A new device is enrolled.
    Completed,
    /// A second person denied it.
    Denied,
    /// It was taken back.
    Revoked,
    /// It ran out of time.
    Expired,
}

impl RecoveryQuery {
    /// All cases.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those that were opened at this moment or later.
    #[must_use]
    pub const fn opened_from(mut self, from: Timestamp) -> Self {
        self.from = Some(from);
        self
    }

    /// Those that were opened before this moment.
    #[must_use]
    pub const fn opened_before(mut self, before: Timestamp) -> Self {
        self.before = Some(before);
        self
    }

    /// Those about this account.
    #[must_use]
    pub fn account(mut self, account: impl Into<AccountId>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Those that this person asked for.
    #[must_use]
    pub fn requested_by(mut self, account: impl Into<AccountId>) -> Self {
        self.requested_by = Some(account.into());
        self
    }

    /// Those that this admin granted, or approved.
    #[must_use]
    pub const fn granted_by(mut self, admin: AdminId) -> Self {
        self.granted_by = Some(admin);
        self
    }

    /// Those for this reason.
    #[must_use]
    pub const fn reason(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Those that ended so, as far as it is recorded: a case whose time is over is neither open nor in
    /// any of these lists until the timer has recorded its end, about a second later.
    #[must_use]
    pub const fn ended(mut self, ended: Ended) -> Self {
        self.ended = Some(ended);
        self
    }

    /// Those of which this is the strictest profile that they met; or those that met none.
    #[must_use]
    pub const fn profile(mut self, profile: Option<Profile>) -> Self {
        self.profile = Some(profile_name(profile));
        self
    }

    /// Those that have not ended by this moment, which is to be the present: see [`ended`](Self::ended).
    #[must_use]
    pub const fn open_at(mut self, now: Timestamp) -> Self {
        self.open_at = Some(now);
        self
    }

    /// Those that wait for approval at this moment, which is to be the present; whose end comes first,
    /// first.
    #[must_use]
    pub const fn awaiting_at(mut self, now: Timestamp) -> Self {
        self.granted = Some(false);
        self.open_at(now)
    }

    /// Those that are granted and have not ended by this moment, which is to be the present; whose end
    /// comes first, first.
    #[must_use]
    pub const fn granted_at(mut self, now: Timestamp) -> Self {
        self.granted = Some(true);
        self.open_at(now)
    }

    /// Those that have ended, however it was, as far as it is recorded: see [`ended`](Self::ended).
    #[must_use]
    pub const fn over(mut self) -> Self {
        self.over = true;
        self
    }

    /// Those of which an auditor said this last; or those that have ended and wait for one.
    #[must_use]
    pub const fn signed_off(mut self, verdict: Option<Verdict>) -> Self {
        self.signed_off = Some(match verdict {
            Some(verdict) => verdict_name(verdict),
            None => "",
        });
        self
    }

    /// The first one opened comes first.
    #[must_use]
    pub const fn oldest_first(mut self) -> Self {
        self.oldest_first = true;
        self
    }
}

paged!(RecoveryQuery);

const LATEST_FIRST: Order = Order {
    list: "recoveries, latest first",
    by: &["opened_at", "id"],
    kinds: &[Kind::Integer, Kind::Text],
    descending: true,
};
const OLDEST_FIRST: Order =
    Order { list: "recoveries, oldest first", descending: false, ..LATEST_FIRST };
const SOONEST_FIRST: Order = Order {
    list: "open bypasses, soonest first",
    by: &["due", "id"],
    kinds: &[Kind::Integer, Kind::Text],
    descending: false,
};

pub(crate) async fn recoveries(
    reading: &mut Reading,
    query: &RecoveryQuery,
) -> Result<Page<RecoveryRow>, Failure> {
    let order = match query.granted {
        Some(_) => &SOONEST_FIRST,
        None if query.oldest_first => &OLDEST_FIRST,
        None => &LATEST_FIRST,
    };
    let mut sql = select(reading, order);
    let moment = |moment: Timestamp| integer(moment.unix_micros());
    sql.push_some(" AND opened_at >= ?", query.from.map(moment));
    sql.push_some(" AND opened_at < ?", query.before.map(moment));
    sql.push_some(" AND account = ?", query.account.map(text));
    sql.push_some(" AND requested_by = ?", query.requested_by.map(text));
    sql.push_some(" AND granted_by = ?", query.granted_by.map(text));
    sql.push_some(" AND reason = ?", query.reason.map(text));
    sql.push_some(" AND ended = ?", query.ended.map(text));
    sql.push_some(" AND profile = ?", query.profile.map(text));
    sql.push_some(" AND ended = '' AND due > ?", query.open_at.map(moment));
    // Only an admin grants, so a row names who did.
    match query.granted {
        Some(true) => sql.push(" AND granted_by <> ''", []),
        Some(false) => sql.push(" AND granted_by = ''", []),
        None => {}
    }
    if query.over {
        sql.push(" AND ended <> ''", []);
    }
    match query.signed_off {
        // As the index of what waits has it.
        Some("") => sql.push(" AND ended <> '' AND signed_off = ''", []),
        verdict => sql.push_some(" AND signed_off = ?", verdict.map(text)),
    }
    page(reading, order, sql, &query.part).await
}

/// Cases that are open at this moment: whose end comes first, first.
pub(crate) async fn open_bypasses(
    reading: &mut Reading,
    part: &Part,
    now: Timestamp,
) -> Result<Page<RecoveryRow>, Failure> {
    let mut sql = select(reading, &SOONEST_FIRST);
    sql.push(" AND ended = '' AND due > ?", [integer(now.unix_micros())]);
    page(reading, &SOONEST_FIRST, sql, part).await
}

pub(crate) async fn recovery(
    reading: &mut Reading,
    recovery: RecoveryId,
) -> Result<Option<RecoveryRow>, Failure> {
    let table = reading.table(&RECOVERIES);
    let select = format!("SELECT state FROM {table} WHERE ledger = ? AND id = ?");
    let rows = reading.fetch(Query::new(&select, [text(reading.ledger()), text(recovery)])).await?;
    let row = rows.first().map(|row| row.json(0)).transpose();
    reading.explain(row)
}

fn select(reading: &Reading, order: &Order) -> Query {
    let (by, table) = (order.by.join(", "), reading.table(&RECOVERIES));
    let select = format!("SELECT {by}, state FROM {table} WHERE ledger = ?");
    Query::new(&select, [text(reading.ledger())])
}

async fn page(
    reading: &mut Reading,
    order: &Order,
    mut sql: Query,
    part: &Part,
) -> Result<Page<RecoveryRow>, Failure> {
    order.check(part)?;
    order.finish(&mut sql, part);
    let rows = reading.fetch(sql).await?;
    let seen = reading.seen(ReadModel::Recoveries);
    reading.explain(order.page(part, seen, &rows, |row| row.json(order.by.len())))
}

impl Ended {
    /// Every end.
    pub const ALL: [Self; 4] = [Self::Completed, Self::Denied, Self::Revoked, Self::Expired];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Denied => "denied",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no end of a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no end of a recovery: expected one of completed, denied, revoked, expired")]
pub struct ParseEndedError(String);

impl FromStr for Ended {
    type Err = ParseEndedError;

    fn from_str(text: &str) -> Result<Self, ParseEndedError> {
        let found = Self::ALL.into_iter().find(|ended| ended.name() == text);
        found.ok_or_else(|| ParseEndedError(text.chars().take(64).collect()))
    }
}
