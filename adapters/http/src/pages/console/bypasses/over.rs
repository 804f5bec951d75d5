//! A bypass that has ended, and why.

use readmit::{CaseEnd, RevocationCause, Seconds, Stage, Timestamp};

use crate::pages::console::person::{Chip, Person};
use crate::pages::console::say;
use crate::pages::when::When;
use crate::pages::words::Words;

pub(super) struct Over {
    pub(super) person: Person,
    pub(super) chip: Chip,
    pub(super) cause: String,
    pub(super) by: String,
    pub(super) ended: When,
}

impl Over {
    pub(super) fn new(
        words: &Words,
        person: Person,
        by: String,
        ended: Timestamp,
        took: Seconds,
        end: CaseEnd,
    ) -> Self {
        let cause = match end {
            CaseEnd::Completed { codes } => {
                let id = if codes { "bypasses-completed" } else { "bypasses-completed-codes" };
                words.say(id).text("time", say::span(words, whole_minutes(took))).to_string()
            }
            CaseEnd::Denied => String::new(),
            CaseEnd::Revoked { cause } => words.say(cause_name(cause)).to_string(),
            CaseEnd::Expired { stage } => words.say(expired_name(stage)).to_string(),
        };
        Self { person, chip: chip(end), cause, by, ended: ended.into() }
    }
}

const fn chip(end: CaseEnd) -> Chip {
    match end {
        CaseEnd::Completed { .. } => Chip::new("chip-on", "console-ended-completed"),
        CaseEnd::Denied => Chip::new("chip-no", "console-ended-denied"),
        CaseEnd::Revoked { .. } => Chip::new("chip-no", "console-ended-revoked"),
        CaseEnd::Expired { .. } => Chip::new("chip-erased", "console-ended-expired"),
    }
}

const fn cause_name(cause: RevocationCause) -> &'static str {
    match cause {
        RevocationCause::Withdrawn => "bypasses-withdrawn",
        RevocationCause::ByCustomer => "bypasses-by-customer",
        RevocationCause::Superseded => "bypasses-superseded",
        RevocationCause::TooManyAttempts => "bypasses-too-many-attempts",
        RevocationCause::Reported => "bypasses-reported",
        RevocationCause::Erased => "bypasses-erased",
        // What a newer version has recorded.
        _ => "bypasses-by-system",
    }
}

const fn expired_name(stage: Stage) -> &'static str {
    match stage {
        Stage::AwaitingApproval => "bypasses-unanswered",
        Stage::Granted => "bypasses-unused",
        Stage::SignedIn => "bypasses-signed-in",
        Stage::MfaDisabled | Stage::DeviceEnrolled => "bypasses-left-off",
    }
}

/// To the minute, at least one.
fn whole_minutes(span: Seconds) -> Seconds {
    Seconds::minutes((span.0 / 60).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_took_is_told_to_the_minute() {
        assert_eq!(whole_minutes(Seconds(359)), Seconds(300));
        assert_eq!(whole_minutes(Seconds(9)), Seconds(60));
    }
}
