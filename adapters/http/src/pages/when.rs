//! Moments, as pages show them: in UTC, which the script makes the visitor's own time of.

use readmit::Timestamp;

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
}
