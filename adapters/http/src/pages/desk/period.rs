//! From when to when: whole days of UTC, as people choose them.

use std::ops::Range;

use readmit::{Seconds, Timestamp};

use super::wrong::Wrong;
use crate::pages::when::When;

/// A report covers the last three months, unless it is told otherwise.
const DAYS: u32 = 90;
/// A report or a sample covers a year at most, a leap year too: all of its cases are looked at, while
/// somebody waits.
const LONGEST: u32 = 366;
const DAY: Seconds = Seconds::days(1);

/// A range of moments, its end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: Timestamp,
    pub(super) before: Timestamp,
}

impl Period {
    /// From the first to the last of these days; up to today, and 90 days, if they are left out.
    pub(super) fn of(from: &str, to: &str, now: Timestamp) -> Result<Self, Wrong> {
        let before = match day("to", to)? {
            Some(last) => last + DAY,
            None => begin_of(now) + DAY,
        };
        let from = day("from", from)?.unwrap_or(before - Seconds::days(DAYS));
        Self { from, before }.checked()
    }

    /// The same up to this moment.
    pub(super) fn up_to(self, before: Timestamp) -> Result<Self, Wrong> {
        Self { before, ..self }.checked()
    }

    fn checked(self) -> Result<Self, Wrong> {
        if self.before <= self.from {
            Err(Wrong { field: "to", message: "period-empty" })
        } else if self.from < self.before - Seconds::days(LONGEST) {
            Err(Wrong { field: "from", message: "period-too-long" })
        } else {
            Ok(self)
        }
    }

    pub(super) const fn range(self) -> Range<Timestamp> {
        self.from..self.before
    }

    pub(super) fn first_day(self) -> String {
        When(self.from).day()
    }

    pub(super) fn last_day(self) -> String {
        When(Timestamp::from_unix_micros(self.before.unix_micros().saturating_sub(1))).day()
    }
}

/// Where a day begins; none if it is left out.
pub(super) fn day(field: &'static str, text: &str) -> Result<Option<Timestamp>, Wrong> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let begin = shaped.then(|| format!("{text}T00:00:00Z").parse().ok()).flatten();
    begin.map(Some).ok_or(Wrong { field, message: "period-no-day" })
}

/// The moment after the last of a day; none if the day is left out.
pub(super) fn end_of_day(field: &'static str, text: &str) -> Result<Option<Timestamp>, Wrong> {
    Ok(day(field, text)?.map(|begin| begin + DAY))
}

fn begin_of(moment: Timestamp) -> Timestamp {
    let micros = i64::from(DAY.0) * 1_000_000;
    Timestamp::from_unix_micros(moment.unix_micros() / micros * micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_has_all_of_its_last_day() {
        let now = at("2026-11-25T13:41:38Z");
        let period = Period::of("2026-11-01", "2026-11-25", now).unwrap();
        assert_eq!(period.range(), at("2026-11-01T00:00:00Z")..at("2026-11-26T00:00:00Z"));
        assert_eq!(
            (period.first_day(), period.last_day()),
            ("2026-11-01".into(), "2026-11-25".into())
        );
        let unnamed = Period::of("", " ", now).unwrap();
        assert_eq!(unnamed.before, period.before);
        assert_eq!(unnamed.first_day(), "2026-08-28");
    }

    #[test]
    fn a_period_has_a_year_at_most() {
        let now = at("2028-11-25T13:41:38Z");
        let leap = Period::of("2028-01-01", "2028-12-31", now).unwrap();
        assert_eq!(leap.before.since(leap.from), Seconds::days(366));
        let long = Wrong { field: "from", message: "period-too-long" };
        assert_eq!(Period::of("2027-12-31", "2028-12-31", now), Err(long));
        assert_eq!(Period::of("1970-01-01", "", now), Err(long));
        assert_eq!(leap.up_to(at("2029-01-02T00:00:00Z")), Err(long));
        assert!(leap.up_to(now).is_ok());
    }

    #[test]
    fn what_is_no_day_or_no_period_is_refused_at_its_field() {
        let now = at("2026-11-25T13:41:38Z");
        for (from, to, field, message) in [
            ("yesterday", "", "from", "period-no-day"),
            ("2026-13-01", "", "from", "period-no-day"),
            ("2026-11-1", "", "from", "period-no-day"),
            ("", "2026-11-24T10:00", "to", "period-no-day"),
            ("2026-11-26", "2026-11-25", "to", "period-empty"),
        ] {
            let wrong = Period::of(from, to, now).unwrap_err();
            assert_eq!((wrong.field, wrong.message), (field, message), "{from} {to}");
        }
    }
}
