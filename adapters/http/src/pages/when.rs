//! Moments, as pages show them: in UTC, which the script makes the visitor's own time of.

use readmit::Timestamp;

const MINUTE_MICROS: i64 = 60_000_000;

/// A moment on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct When(pub(crate) Timestamp);

impl When {
    /// For programs: to the second.
    pub(crate) fn iso(self) -> String {
        let text = self.0.to_string();
        format!("{}Z", text.get(..19).unwrap_or_default())
    }

    /// The day.
    pub(crate) fn day(self) -> String {
        self.0.to_string().get(..10).unwrap_or_default().to_owned()
    }

    /// The time of day, to the minute.
    pub(crate) fn clock(self) -> String {
        self.0.to_string().get(11..16).unwrap_or_default().to_owned()
    }

    /// Day and time of day, to the minute.
    pub(crate) fn minute(self) -> String {
        format!("{} {}", self.day(), self.clock())
    }

    /// Day and time of day, to the first full minute that is not before it: whoever waits for so long
    /// does not come too early.
    pub(crate) fn not_before(self) -> String {
        let late = self.0.unix_micros().saturating_add(MINUTE_MICROS - 1);
        let minute = Self(Timestamp::from_unix_micros(late - late.rem_euclid(MINUTE_MICROS)));
        format!("{} {} UTC", minute.day(), minute.clock())
    }
}

/// The part that is left of a span of time, of a thousand: how far a bar is drawn.
pub(crate) fn left_of(from: Timestamp, until: Timestamp, now: Timestamp) -> i64 {
    let [from, until, now] = [from, until, now].map(Timestamp::unix_micros);
    let (whole, left) = (until.saturating_sub(from).max(1), until.saturating_sub(now).max(0));
    (left.saturating_mul(1000) / whole).min(1000)
}

impl From<Timestamp> for When {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_utc() {
        let when = When("2026-11-25T14:05:09.123456Z".parse().unwrap());
        assert_eq!(when.iso(), "2026-11-25T14:05:09Z");
        assert_eq!((when.day().as_str(), when.clock().as_str()), ("2026-11-25", "14:05"));
    }

    #[test]
    fn a_bar_drains_with_the_time() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (from, until) = (at("2026-11-25T14:00:00Z"), at("2026-11-25T15:00:00Z"));
        for (now, left) in [
            ("2026-11-25T13:00:00Z", 1000),
            ("2026-11-25T14:00:00Z", 1000),
            ("2026-11-25T14:45:00Z", 250),
            ("2026-11-25T15:00:00Z", 0),
            ("2026-11-25T16:00:00Z", 0),
        ] {
            assert_eq!(left_of(from, until, at(now)), left, "{now}");
        }
        assert_eq!(left_of(from, from, from), 0);
    }

    #[test]
    fn an_end_is_told_by_the_minute_and_never_too_early() {
        for (at, told) in [
            ("2026-11-29T18:30:00Z", "2026-11-29 18:30 UTC"),
            ("2026-11-29T18:29:00.000001Z", "2026-11-29 18:30 UTC"),
            ("2026-12-31T23:59:59.999999Z", "2027-01-01 00:00 UTC"),
        ] {
            assert_eq!(When(at.parse().unwrap()).not_before(), told);
        }
    }
}
