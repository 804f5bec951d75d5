//! Words of the domain, in the visitor's language.

use readmit::{IdentityCheck, Reason, Role, Seconds, Terms, Timestamp};

use crate::pages::when::When;
use crate::pages::words::Words;

/// A span of time: in days, hours or minutes if it is so many exactly.
pub(super) fn span(words: &Words, span: Seconds) -> String {
    for (unit, seconds) in
        [("console-days", 86_400), ("console-hours", 3_600), ("console-minutes", 60)]
    {
        if span.0 >= seconds && span.0.is_multiple_of(seconds) {
            return words.say(unit).number("count", span.0 / seconds).to_string();
        }
    }
    words.say("console-seconds").number("count", span.0).to_string()
}

/// A moment in UTC: with its day, if it is not near.
pub(super) fn moment(at: Timestamp, now: Timestamp) -> String {
    let clock = When(at).clock();
    if at.since(now) < Seconds::hours(12) { clock } else { format!("{} {clock}", When(at).day()) }
}

/// Roles, one after the other.
pub(super) fn roles(words: &Words, roles: &[Role]) -> String {
    let names = roles.iter().map(|role| words.say(&format!("console-role-{role}")).to_string());
    names.collect::<Vec<_>>().join(", ")
}

/// A reason; that none was given, if so.
pub(super) fn reason(words: &Words, reason: Option<Reason>) -> String {
    let id = format!("console-reason-{}", reason.map_or("none", Reason::name));
    words.say(&id).to_string()
}

/// How somebody's identity was checked.
pub(super) fn check(words: &Words, check: IdentityCheck) -> String {
    words.say(&format!("console-check-{check}")).to_string()
}

/// The ticket of a case; empty without one.
pub(super) fn ticket(terms: &Terms) -> String {
    terms.ticket.as_ref().map(|ticket| ticket.as_str().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::words::Language;

    #[test]
    fn a_span_is_told_in_its_largest_whole_unit() {
        let words = Words::of(Language::English);
        for (seconds, told) in [
            (60, "1 minute"),
            (900, "15 minutes"),
            (3_600, "1 hour"),
            (5_400, "90 minutes"),
            (86_400, "1 day"),
            (61, "61 seconds"),
        ] {
            assert_eq!(span(words, Seconds(seconds)), told);
        }
    }

    #[test]
    fn a_moment_that_is_not_near_is_told_with_its_day() {
        let now: Timestamp = "2026-11-25T14:05:00Z".parse().unwrap();
        assert_eq!(moment(now + Seconds::hours(1), now), "15:05");
        assert_eq!(moment(now + Seconds::hours(24), now), "2026-11-26 14:05");
    }

    #[test]
    fn every_word_of_the_domain_is_known_in_every_language() {
        for (language, _) in Language::ALL {
            let words = Words::of(language);
            for reason_of in Reason::ALL {
                assert!(!reason(words, Some(*reason_of)).starts_with("console-"));
            }
            for check_of in IdentityCheck::ALL {
                assert!(!check(words, *check_of).starts_with("console-"));
            }
            assert!(!roles(words, &Role::ALL).contains("console-"));
        }
    }
}
