//! What is remembered, and what is said of every rule.

use std::collections::BTreeSet;

use readmit_domain::event::{CustomerRegistered, RecoveryCodeUsed};

use super::super::rules::{ADMINS_MOST, GRANTS_MOST};
use super::*;
use crate::alerts::Severity;

/// A history in which every kind of state holds something.
fn full() -> History {
    let mut history = History::old_enough();
    for day in 0..120 {
        history.sign_in(admin(day % 3));
        history.let_in(admin(day % 3), customer(day % 8));
        history.later(Seconds::hours(25));
    }
    for number in 0..6 {
        history.unfreeze(admin(9), customer(number));
        history.grant(admin(1), customer(number));
        history.later(Seconds::hours(1)).expire(customer(number));
    }
    let used = RecoveryCodeUsed { set: id("set", 1), index: 8, left: 1 };
    history.record_in(customer(7), Who::System, None, used);
    history.request(admin(1), customer(7));
    history
}

#[test]
fn states_and_alerts_are_read_back_as_they_were_written() {
    let history = full();
    let team = serde_json::to_string(&history.team).unwrap();
    assert_eq!(serde_json::from_str::<Team>(&team).unwrap(), history.team);
    for account in history.accounts.values() {
        let text = serde_json::to_string(account).unwrap();
        assert_eq!(serde_json::from_str::<Watched>(&text).unwrap(), *account);
    }
    assert!(history.alerts.len() > 3);
    let text = serde_json::to_string(&history.alerts).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Alert>>(&text).unwrap(), history.alerts);
}

#[test]
fn the_same_history_gives_the_same_states_and_alerts() {
    let (once, again) = (full(), full());
    assert_eq!((once.team, once.accounts), (again.team, again.accounts));
    assert_eq!(once.alerts, again.alerts);
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut history = History::old_enough();
    for number in 0..2_000 {
        history.grant(admin(number % 700), customer(1));
        history.later(Seconds::minutes(u32::try_from(number % 7).unwrap() * 100));
    }
    let team = serde_json::to_value(&history.team).unwrap();
    assert_eq!(team["admins"].as_object().unwrap().len(), ADMINS_MOST);
    assert!(serde_json::to_string(&history.team).unwrap().len() < 256 * 1024);
    let account = &history.accounts[&customer(1).into()];
    let value = serde_json::to_value(account).unwrap();
    assert!(value["grants"].as_array().unwrap().len() <= GRANTS_MOST);
    assert!(serde_json::to_string(account).unwrap().len() < 8 * 1024);
}

#[test]
fn events_of_the_tenant_and_sign_ins_of_customers_concern_nobody() {
    let mut history = History::old_enough();
    let known = history.accounts.len();
    let verified = SecondFactorVerified { device: id("dev", 1), step: 1 };
    history.record_in(customer(1), Who::System, None, verified);
    history.record_in(customer(2), Who::System, None, CustomerRegistered {});
    assert_eq!(history.accounts.len(), known);
}

#[test]
fn every_rule_has_a_name_that_is_its_stored_form_and_a_meaning() {
    let mut names = BTreeSet::new();
    for rule in Rule::ALL {
        assert_eq!(serde_json::to_value(rule).unwrap(), rule.name());
        assert!(rule.meaning().ends_with('.'), "{}", rule.meaning());
        assert!(rule.quiet() >= Seconds::days(1), "{rule:?} floods nobody");
        names.insert(rule.name());
    }
    assert_eq!(names.len(), Rule::ALL.len());
    assert!(Severity::Notice < Severity::Warning && Severity::Warning < Severity::Critical);
}
