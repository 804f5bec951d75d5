//! Moments and spans, as the ledger writes them.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::text::from_text;

/// A moment in UTC, in whole microseconds since 1970.
///
/// Its text is RFC 3339 with six digits and `Z`: `2026-11-24T10:00:00.123456Z`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A span of whole seconds, never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub u32);

/// Why a text is not a moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a time: expected RFC 3339, such as 2026-11-24T10:00:00Z, between 1970 and 9999"
)]
pub struct ParseTimestampError(String);

/// The last microsecond of the year 9999: RFC 3339 has no later one.
const LATEST_MICROS: i64 = 253_402_300_799_999_999;

impl Timestamp {
    /// The moment this many microseconds after 1970, kept within 1970 to 9999.
    pub const fn from_unix_micros(micros: i64) -> Self {
        if micros < 0 {
            Self(0)
        } else if micros > LATEST_MICROS {
            Self(LATEST_MICROS)
        } else {
            Self(micros)
        }
    }

    /// Microseconds since 1970.
    pub const fn unix_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down: what TOTP counts (RFC 6238 §4.2).
    pub const fn unix_seconds(self) -> u64 {
        (self.0 / 1_000_000).cast_unsigned()
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Self) -> Seconds {
        let micros = self.0.saturating_sub(earlier.0).max(0);
        Seconds(u32::try_from(micros / 1_000_000).unwrap_or(u32::MAX))
    }
}

impl Seconds {
    /// This many minutes.
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes.saturating_mul(60))
    }

    /// This many hours.
    pub const fn hours(hours: u32) -> Self {
        Self(hours.saturating_mul(3600))
    }

    /// This many days.
    pub const fn days(days: u32) -> Self {
        Self(days.saturating_mul(86_400))
    }

    const fn micros(self) -> i64 {
        // A u32 of seconds is below 2^52 microseconds.
        self.0 as i64 * 1_000_000
    }
}

impl Add<Seconds> for Timestamp {
    type Output = Self;

    fn add(self, span: Seconds) -> Self {
        Self::from_unix_micros(self.0.saturating_add(span.micros()))
    }
}

impl Sub<Seconds> for Timestamp {
    type Output = Self;

    fn sub(self, span: Seconds) -> Self {
        Self::from_unix_micros(self.0.saturating_sub(span.micros()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z"
        );
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000)
            .map_err(|_| fmt::Error)?;
        f.write_str(&moment.format(&format).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Seconds {
    /// `1 h`, `15 min`, `1 h 30 min`, `45 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0 s");
        }
        let mut rest = self.0;
        let mut space = "";
        for (unit, seconds) in [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)] {
            if rest >= seconds {
                write!(f, "{space}{} {unit}", rest / seconds)?;
                rest %= seconds;
                space = " ";
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, ParseTimestampError> {
        let refuse = || ParseTimestampError(text.chars().take(64).collect());
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| refuse())?;
        let micros = i64::try_from(moment.unix_timestamp_nanos() / 1000).map_err(|_| refuse())?;
        if (0..=LATEST_MICROS).contains(&micros) { Ok(Self(micros)) } else { Err(refuse()) }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_with_six_digits_and_read_back() {
        let moment = Timestamp::from_unix_micros(1_795_514_400_123_456);
        assert_eq!(moment.to_string(), "2026-11-24T10:00:00.123456Z");
        assert_eq!(moment.to_string().parse(), Ok(moment));
        assert_eq!("2026-11-24T11:00:00.123456+01:00".parse(), Ok(moment));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["", "now", "2026-11-24", "2026-13-24T10:00:00Z", "1969-12-31T23:59:59Z"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn spans_are_read_by_people() {
        assert_eq!(Seconds(0).to_string(), "0 s");
        assert_eq!(Seconds::minutes(90).to_string(), "1 h 30 min");
        assert_eq!(Seconds::days(30).to_string(), "30 d");
    }
}
