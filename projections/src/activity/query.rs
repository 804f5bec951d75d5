//! The sums of a period.

use readmit_domain::{AdminId, Reason, Timestamp};
use readmit_runtime::Failure;
use serde::Serialize;

use super::{COUNTS, SPANS};
use crate::database::{Fetched, Query, Sql, integer, text};
use crate::model::ReadModel;
use crate::views::Reading;

/// Days of a period at most: a year, and some more to compare with.
const DAYS_MAX: i64 = 400;
/// Days of a period that was not named.
const DAYS: i64 = 30;
/// Admins that are told apart at most.
const ADMINS_MAX: usize = 500;
const MICROS_OF_DAY: i64 = 86_400_000_000;

/// Which period, in whole days of UTC: the last 30 days, unless asked otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActivityQuery {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// What happened in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Activity {
    /// Where the first day begins.
    pub from: Timestamp,
    /// Where the last day ends.
    pub to: Timestamp,
    /// How often each thing happened, by its event's name.
    pub events: Vec<Counted>,
    /// Grants of each day and reason, in order; days without any are left out.
    pub grants_by_day: Vec<DayOfReason>,
    /// Grants of each hour of the week, in order; hours without any are left out.
    pub grants_by_hour: Vec<HourOfWeek>,
    /// What became of the grants of each admin, by id.
    pub admins: Vec<AdminActivity>,
    /// How long things took.
    pub took: Vec<Took>,
    /// How many events of the ledger the answer has seen.
    pub seen: u64,
}

/// How often something happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counted {
    /// The event's name.
    pub event: String,
    /// How often.
    pub count: u64,
}

/// Grants of a day, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DayOfReason {
    /// Where the day begins.
    pub day: Timestamp,
    /// The reason, if one was given.
    pub reason: Option<Reason>,
    /// How many.
    pub count: u64,
}

/// Grants of an hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HourOfWeek {
    /// 0 for Monday.
    pub weekday: u8,
    /// In UTC.
    pub hour: u8,
    /// How many.
    pub count: u64,
}

/// What became of the grants of an admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AdminActivity {
    /// Who.
    pub admin: AdminId,
    /// Granted or approved by them.
    pub granted: u64,
    /// Of those that ended in the period: with a new device.
    pub completed: u64,
    /// … because time ran out.
    pub expired: u64,
    /// … taken back.
    pub revoked: u64,
}

/// How long something took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Took {
    /// What: `approval`, `first_use`, `new_device`, `recovery`.
    pub span: String,
    /// How often.
    pub count: u64,
    /// On average.
    pub mean_seconds: u64,
    /// How many took not longer than so many seconds, and longer than the bound before; the last
    /// one has no bound.
    pub within: Vec<(Option<u64>, u64)>,
}

impl ActivityQuery {
    /// The last 30 days.
    pub fn new() -> Self {
        Self::default()
    }

    /// From the day of this moment on.
    #[must_use]
    pub const fn from(mut self, from: Timestamp) -> Self {
        self.from = Some(from);
        self
    }

    /// Up to the day of this moment, inclusive.
    #[must_use]
    pub const fn to(mut self, to: Timestamp) -> Self {
        self.to = Some(to);
        self
    }

    /// The first and the last day.
    fn days(self, now: Timestamp) -> (i64, i64) {
        let last = day_of(self.to.unwrap_or(now));
        let first = self.from.map_or(last - DAYS + 1, day_of);
        (first.max(last - DAYS_MAX + 1), last)
    }
}

const fn day_of(moment: Timestamp) -> i64 {
    moment.unix_micros() / MICROS_OF_DAY
}

const fn begin_of(day: i64) -> Timestamp {
    Timestamp::from_unix_micros(day.saturating_mul(MICROS_OF_DAY))
}

pub(crate) async fn activity(
    reading: &mut Reading,
    query: ActivityQuery,
    now: Timestamp,
) -> Result<Activity, Failure> {
    let (first, last) = query.days(now);
    let period = Period { first, last };
    let events = period.events(reading).await?;
    let grants_by_day = period.grants_by_day(reading).await?;
    let grants_by_hour = period.grants_by_hour(reading).await?;
    let admins = period.admins(reading).await?;
    let took = period.took(reading).await?;
    let (from, to) = (begin_of(first), begin_of(last + 1));
    let seen = reading.seen(ReadModel::Activity);
    Ok(Activity { from, to, events, grants_by_day, grants_by_hour, admins, took, seen })
}

struct Period {
    first: i64,
    last: i64,
}

impl Period {
    /// `SELECT what FROM table WHERE this period AND` …
    fn select(&self, reading: &Reading, what: &str, from: &str, rest: &str) -> Query {
        let select =
            format!("SELECT {what} FROM {from} WHERE ledger = ? AND day >= ? AND day <= ? {rest}");
        Query::new(&select, [text(reading.ledger()), integer(self.first), integer(self.last)])
    }

    async fn events(&self, reading: &mut Reading) -> Result<Vec<Counted>, Failure> {
        let counts = reading.table(&COUNTS);
        let what = "event, CAST(sum(count) AS BIGINT)";
        let sql = self.select(reading, what, &counts, "GROUP BY event ORDER BY event");
        read(reading, sql, |row| {
            Ok(Counted { event: row.text(0)?.to_owned(), count: row.count(1)? })
        })
        .await
    }

    async fn grants_by_day(&self, reading: &mut Reading) -> Result<Vec<DayOfReason>, Failure> {
        let counts = reading.table(&COUNTS);
        let what = "day, reason, CAST(sum(count) AS BIGINT)";
        let rest = "AND event = 'BypassGranted' GROUP BY day, reason ORDER BY day, reason";
        let sql = self.select(reading, what, &counts, rest);
        read(reading, sql, |row| {
            let reason = if row.text(1)?.is_empty() { None } else { Some(row.parse(1)?) };
            Ok(DayOfReason { day: begin_of(row.integer(0)?), reason, count: row.count(2)? })
        })
        .await
    }

    async fn grants_by_hour(&self, reading: &mut Reading) -> Result<Vec<HourOfWeek>, Failure> {
        let counts = reading.table(&COUNTS);
        // 1970 began on a Thursday.
        let what = "(day + 3) % 7 AS weekday, hour, CAST(sum(count) AS BIGINT)";
        let rest = "AND event = 'BypassGranted' GROUP BY (day + 3) % 7, hour ORDER BY 1, 2";
        let sql = self.select(reading, what, &counts, rest);
        let small = |number: u64| u8::try_from(number).unwrap_or_default();
        read(reading, sql, |row| {
            let (weekday, hour) = (small(row.count(0)?), small(row.count(1)?));
            Ok(HourOfWeek { weekday, hour, count: row.count(2)? })
        })
        .await
    }

    async fn admins(&self, reading: &mut Reading) -> Result<Vec<AdminActivity>, Failure> {
        let counts = reading.table(&COUNTS);
        let of = |event: &str| {
            format!("CAST(sum(CASE WHEN event = '{event}' THEN count ELSE 0 END) AS BIGINT)")
        };
        let [granted, completed, expired, revoked] =
            ["BypassGranted", "RecoveryCompleted", "BypassExpired", "BypassRevoked"].map(of);
        let what = format!("admin, {granted}, {completed}, {expired}, {revoked}");
        let rest = format!(
            "AND admin <> '' AND event IN ('BypassGranted', 'RecoveryCompleted', 'BypassExpired', \
             'BypassRevoked') GROUP BY admin ORDER BY admin LIMIT {ADMINS_MAX}"
        );
        let sql = self.select(reading, &what, &counts, &rest);
        read(reading, sql, |row| {
            Ok(AdminActivity {
                admin: row.parse(0)?,
                granted: row.count(1)?,
                completed: row.count(2)?,
                expired: row.count(3)?,
                revoked: row.count(4)?,
            })
        })
        .await
    }

    async fn took(&self, reading: &mut Reading) -> Result<Vec<Took>, Failure> {
        let spans = reading.table(&SPANS);
        let what = "span, within, CAST(sum(count) AS BIGINT), CAST(sum(seconds) AS BIGINT)";
        let rest = "GROUP BY span, within ORDER BY span, within";
        let sql = self.select(reading, what, &spans, rest);
        let rows = read(reading, sql, |row| {
            Ok((row.text(0)?.to_owned(), row.count(1)?, row.count(2)?, row.count(3)?))
        })
        .await?;
        let mut took: Vec<(Took, u64)> = Vec::new();
        for (span, bound, count, seconds) in rows {
            let bound = Some(bound).filter(|bound| *bound < i64::MAX.unsigned_abs());
            let same = took.last_mut().filter(|(last, _)| last.span == span);
            if let Some((last, all)) = same {
                last.count += count;
                last.within.push((bound, count));
                *all += seconds;
            } else {
                let within = vec![(bound, count)];
                took.push((Took { span, count, mean_seconds: 0, within }, seconds));
            }
        }
        let mean =
            |(took, all): (Took, u64)| Took { mean_seconds: all / took.count.max(1), ..took };
        Ok(took.into_iter().map(mean).collect())
    }
}

async fn read<T>(
    reading: &mut Reading,
    sql: Query,
    decode: impl Fn(&Fetched) -> Sql<T>,
) -> Result<Vec<T>, Failure> {
    let rows = reading.fetch(sql).await?;
    reading.explain(rows.iter().map(decode).collect())
}
