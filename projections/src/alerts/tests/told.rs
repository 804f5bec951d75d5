//! Alerts in the words of each language.

use std::collections::BTreeSet;

use super::{MONDAY, admin};
use crate::alerts::{Alert, Rule};
use crate::timeline::Wording;

/// Every number that any rule tells.
const FACTS: [&str; 14] = [
    "grants",
    "days",
    "peers",
    "median",
    "usual",
    "hour",
    "habit",
    "known",
    "minutes",
    "same_admin",
    "devices",
    "ended",
    "unused",
    "left",
];

/// An alert of which every number is this one.
fn alert(rule: Rule, number: i64) -> Alert {
    let about = admin(1).into();
    Alert {
        rule,
        at: MONDAY.parse().unwrap(),
        position: 7,
        subject: about,
        account: about,
        recovery: None,
        facts: FACTS.iter().map(|name| ((*name).to_owned(), number)).collect(),
    }
}

#[test]
fn every_alert_is_told_with_all_that_its_message_needs() {
    for wording in [Wording::english(), Wording::german()] {
        let mut told = BTreeSet::new();
        for (rule, number) in Rule::ALL.iter().flat_map(|rule| [0, 1, 2].map(|it| (*rule, it))) {
            let sentence = alert(rule, number).told();
            let (text, errors) = wording.told(&sentence).unwrap_or_else(|| panic!("{sentence:?}"));
            assert!(errors.is_empty(), "{sentence:?}: {errors:?}");
            assert!(text.ends_with('.') && !text.contains("  "), "{text}");
            assert!(!text.contains(['{', '}', '$', '\n']), "{text}");
            told.insert(text);
        }
        assert_eq!(told.len(), 3 * Rule::ALL.len(), "{told:#?}");
    }
}

#[test]
fn numbers_have_their_plural() {
    let told = |rule, number| alert(rule, number).sentence();
    assert_eq!(told(Rule::CodesRunningOut, 0), "0 recovery codes remain.");
    assert_eq!(told(Rule::CodesRunningOut, 1), "1 recovery code remains.");
    assert_eq!(
        told(Rule::OffHours, 1),
        "Granted 1 bypass within 1 day at hours such as 01:00 UTC, around which the admin was at \
         work on 1 of 1 day."
    );
    assert_eq!(
        told(Rule::FarAbovePeers, 1),
        "Granted 1 bypass in 1 day; the median of 1 peer is 1, and the admin's own usual is 1."
    );
    let german = |rule, number| Wording::german().tell(&alert(rule, number).told());
    assert_eq!(german(Rule::CodesRunningOut, 1), "1 Wiederherstellungscode bleibt.");
    assert_eq!(
        german(Rule::SamePairAgain, 3),
        "Dieselbe Person hat dasselbe Konto 3 Mal innerhalb von 3 Tagen freigegeben."
    );
    assert_eq!(
        german(Rule::GrantedAfterFreeze, 1),
        "Eine Freigabe wurde erteilt, 1 min nachdem dieselbe Person das Einfrieren aufgehoben hatte."
    );
}

#[test]
fn what_was_stored_with_a_fact_lacking_or_out_of_range_is_told_all_the_same() {
    let mut alert = alert(Rule::MfaOffWithoutCase, -1);
    let told = "MFA was turned off outside any recovery: 0 devices ended.";
    assert_eq!(alert.sentence(), told);
    alert.facts.clear();
    assert_eq!(alert.sentence(), told);
}
