//! What the form offers.

use readmit::{IdentityCheck, LifetimePolicy, Policy, Proof, Reason, Seconds};

use crate::pages::console::say;
use crate::pages::words::Words;

/// One of several.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) name: String,
    /// What is to be said beside it; empty if nothing.
    pub(super) note: String,
    pub(super) chosen: bool,
}

pub(super) fn reasons(words: &Words, chosen: &str) -> Vec<Choice> {
    let choice = |reason: &Reason| {
        let note = if *reason == Reason::Other { "grant-other-note" } else { "" };
        Choice::new(words, reason.name(), say::reason(words, Some(*reason)), note, chosen)
    };
    Reason::ALL.iter().map(choice).collect()
}

/// How an identity can be checked: that it was not is no choice where policy wants that it was.
pub(super) fn checks(words: &Words, policy: &Policy, chosen: &str) -> Vec<Choice> {
    let choice = |check: &IdentityCheck| {
        let note = match check {
            IdentityCheck::CallBack => "grant-call_back-note",
            IdentityCheck::ContractContact => "grant-contract_contact-note",
            IdentityCheck::None => "grant-none-note",
            _ => "",
        };
        Choice::new(words, check.name(), say::check(words, *check), note, chosen)
    };
    let allowed =
        |check: &&IdentityCheck| **check != IdentityCheck::None || !policy.demands.identity_check;
    IdentityCheck::ALL.iter().filter(allowed).map(choice).collect()
}

/// What redeeming the bypass can take.
pub(super) fn proofs(words: &Words, policy: &Policy, chosen: &str) -> Vec<Choice> {
    let choice = |proof: &Proof| {
        let name = words.say(&format!("console-proof-{proof}")).to_string();
        let note = match proof {
            Proof::PasswordAndIssuedCode => "grant-issued-note",
            _ => "",
        };
        Choice::new(words, proof.name(), name, note, chosen)
    };
    Proof::ALL.iter().filter(|proof| **proof >= policy.proof).map(choice).collect()
}

/// Some lifetimes that policy allows: its shortest, its usual, its longest, and round ones between.
pub(super) fn lifetimes(words: &Words, policy: LifetimePolicy, chosen: &str) -> Vec<Choice> {
    let choice = |span: Seconds| {
        let note = match span {
            _ if span == policy.default_seconds => "grant-usual-note",
            _ if span == policy.most_seconds => "grant-most-note",
            _ => "",
        };
        Choice::new(words, &span.0.to_string(), say::span(words, span), note, chosen)
    };
    spans(policy).into_iter().map(choice).collect()
}

fn spans(policy: LifetimePolicy) -> Vec<Seconds> {
    let LifetimePolicy { default_seconds, least_seconds, most_seconds } = policy;
    let round = [Seconds::minutes(15), Seconds::hours(1), Seconds::hours(4)];
    let own = [default_seconds, least_seconds, most_seconds];
    let mut spans: Vec<_> = round.into_iter().chain(own).collect();
    spans.retain(|span| least_seconds <= *span && *span <= most_seconds);
    spans.sort_unstable();
    spans.dedup();
    spans
}

impl Choice {
    fn new(words: &Words, value: &str, name: String, note: &str, chosen: &str) -> Self {
        let note = if note.is_empty() { String::new() } else { words.say(note).to_string() };
        Self { value: value.to_owned(), name, note, chosen: value == chosen }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::words::Language;

    #[test]
    fn lifetimes_keep_within_policy() {
        let minutes = |policy: Policy| -> Vec<u32> {
            spans(policy.lifetime).iter().map(|span| span.0 / 60).collect()
        };
        assert_eq!(minutes(Policy::standard()), [5, 15, 60, 240, 1_440]);
        assert_eq!(minutes(Policy::strict()), [5, 15, 60]);
    }

    #[test]
    fn what_policy_forbids_is_not_offered() {
        let words = Words::of(Language::English);
        let count =
            |policy: &Policy| (checks(words, policy, "").len(), proofs(words, policy, "").len());
        assert_eq!(count(&Policy::standard()), (5, 2));
        assert_eq!(count(&Policy::strict()), (4, 1));
    }

    #[test]
    fn what_was_chosen_is_chosen_still() {
        let words = Words::of(Language::English);
        let chosen = reasons(words, "broken_device").into_iter().filter(|it| it.chosen);
        let values: Vec<_> = chosen.map(|it| it.value).collect();
        assert_eq!(values, ["broken_device"]);
    }
}
