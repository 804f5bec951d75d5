//! Days and hours of a moment, in UTC.

use readmit_domain::{Seconds, Timestamp};

/// Hours of a day.
pub(super) const HOURS: usize = 24;

/// The day, counted from 1970.
pub(super) fn day(at: Timestamp) -> u32 {
    // Timestamps end with the year 9999, which is day 2,932,896.
    u32::try_from(at.unix_seconds() / u64::from(Seconds::days(1).0)).unwrap_or(u32::MAX)
}

/// The hour of the day, 0 to 23.
pub(super) fn hour(at: Timestamp) -> usize {
    usize::try_from(at.unix_seconds() / 3600 % 24).unwrap_or_default()
}

/// Whole days of a span.
pub(super) const fn days(span: Seconds) -> u32 {
    span.0 / Seconds::days(1).0
}
