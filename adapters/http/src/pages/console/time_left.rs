//! A bar that drains until something ends: drawn as it is now, and the script lets it go on.

use readmit::{Seconds, Timestamp};

use super::say;
use crate::pages::when::{When, left_of};

/// Less than this is little.
const LITTLE: Seconds = Seconds::minutes(5);

pub(super) struct TimeLeft {
    pub(super) from: When,
    pub(super) until: When,
    /// The end, for whoever reads no local time.
    pub(super) ends: String,
    /// What is left, of a thousand.
    pub(super) value: i64,
    /// Whether it is little.
    pub(super) low: bool,
}

impl TimeLeft {
    pub(super) fn of(from: Timestamp, until: Timestamp, now: Timestamp) -> Self {
        Self {
            from: from.into(),
            until: until.into(),
            ends: say::moment(until, now),
            value: left_of(from, until, now),
            low: until.since(now) < LITTLE,
        }
    }
}
