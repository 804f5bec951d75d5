//! Every setting, beside what the two profiles say.

use readmit::{MfaPolicy, Policy, SecondPerson};

use crate::pages::console::say;
use crate::pages::words::Words;

/// A setting.
pub(super) struct Compared {
    /// The message that names it.
    pub(super) name: &'static str,
    pub(super) now: String,
    pub(super) standard: String,
    pub(super) strict: String,
}

impl Compared {
    /// Whether it is not what the strict profile asks for.
    pub(super) fn differs(&self) -> bool {
        self.now != self.strict
    }
}

pub(super) fn all(words: &Words, policy: &Policy) -> Vec<Compared> {
    let (standard, strict) = (Policy::standard(), Policy::strict());
    let settings = settings(words, policy).into_iter();
    let others = self::settings(words, &standard).into_iter().zip(self::settings(words, &strict));
    settings
        .zip(others)
        .map(|((name, now), ((_, standard), (_, strict)))| Compared { name, now, standard, strict })
        .collect()
}

fn settings(words: &Words, policy: &Policy) -> Vec<(&'static str, String)> {
    let say = |id: &str| words.say(id).to_string();
    let span = |seconds| say::span(words, seconds);
    let yes = |demanded| say(if demanded { "console-yes" } else { "console-no" });
    let lockout = words.say("policy-lockout-now");
    let lockout = lockout.number("failures", policy.lockout.failures);
    let first = span(policy.lockout.first_seconds);
    let lifetime = policy.lifetime;
    vec![
        (
            "policy-mfa",
            say(match policy.mfa {
                MfaPolicy::Required => "policy-mfa-required",
                MfaPolicy::Optional => "policy-mfa-optional",
            }),
        ),
        (
            "policy-second-person",
            say(match policy.second_person {
                SecondPerson::ForAdmins => "policy-second-for-admins",
                SecondPerson::Always => "policy-second-always",
            }),
        ),
        ("policy-proof", say(&format!("console-proof-{}", policy.proof))),
        ("policy-lifetime-default", span(lifetime.default_seconds)),
        ("policy-lifetime-least", span(lifetime.least_seconds)),
        ("policy-lifetime-most", span(lifetime.most_seconds)),
        ("policy-uses", policy.most_uses.to_string()),
        ("policy-grants", policy.grants_in_30_days.to_string()),
        ("policy-reason", yes(policy.demands.reason)),
        ("policy-ticket", yes(policy.demands.ticket)),
        ("policy-check", yes(policy.demands.identity_check)),
        ("policy-fresh", span(policy.fresh_seconds)),
        ("policy-enrolment", span(policy.enrolment_seconds)),
        ("policy-request", span(policy.request_seconds)),
        ("policy-lockout", lockout.text("time", first).to_string()),
        ("policy-hard-failures", policy.lockout.hard_failures.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::words::Language;

    #[test]
    fn what_differs_from_the_strict_profile_is_named() {
        let words = Words::of(Language::English);
        assert!(all(words, &Policy::strict()).iter().all(|setting| !setting.differs()));
        let names: Vec<_> = all(words, &Policy::standard())
            .into_iter()
            .filter(Compared::differs)
            .map(|setting| setting.name)
            .collect();
        assert_eq!(
            names,
            [
                "policy-second-person",
                "policy-proof",
                "policy-lifetime-default",
                "policy-lifetime-most",
                "policy-uses",
                "policy-grants",
                "policy-ticket",
                "policy-check",
                "policy-fresh",
                "policy-enrolment",
                "policy-lockout",
            ]
        );
    }
}
