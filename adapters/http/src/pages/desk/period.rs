//! From when to when: whole days of UTC, as people choose them.

use std::ops::Range;

use readmit::{Seconds, Timestamp};

use crate::pages::when::When;
use crate::problem::Problem;

/// A report covers the last three months, unless it is told otherwise.
const DAYS: u32 = 90;
const DAY: Seconds = Seconds::days(1);

/// A range of moments, its end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: Timestamp,
    pub(super) before: Timestamp,
}

impl Period {
    /// From the first to the last of these days; up to today, and 90 days, if they are left out.
    pub(super) fn of(from: &str, to: &str, now: Timestamp) -> Result<Self, Problem> {
        let before = match day("to", to)? {
            Some(last) => last + DAY,
            None => begin_of(now) + DAY,
        };
        let from = day("from", from)?.unwrap_or(before - Seconds::days(DAYS));
        if from < before {
            return Ok(Self { from, before });
        }
        let detail = "Nothing is between these days: the period must begin earlier.";
        Err(Problem::new("invalid_query", detail).about("to"))
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
pub(super) fn day(field: &'static str, text: &str) -> Result<Option<Timestamp>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let begin = shaped.then(|| format!("{text}T00:00:00Z").parse().ok()).flatten();
    let wrong = || Problem::new("invalid_query", "Expected a day such as 2026-11-24.").about(field);
    begin.map(Some).ok_or_else(wrong)
}

/// The moment after the last of a day; none if the day is left out.
pub(super) fn end_of_day(field: &'static str, text: &str) -> Result<Option<Timestamp>, Problem> {
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
    fn what_is_no_day_or_no_period_is_refused() {
        let now = at("2026-11-25T13:41:38Z");
        for (from, to) in [
            ("yesterday", ""),
            ("2026-13-01", ""),
            ("2026-11-1", ""),
            ("", "2026-11-24T10:00"),
            ("2026-11-26", "2026-11-25"),
        ] {
            assert_eq!(
                Period::of(from, to, now).unwrap_err().code(),
                "invalid_query",
                "{from} {to}"
            );
        }
    }
}
