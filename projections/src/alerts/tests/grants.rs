//! The same pair again, after a freeze, and unused.

use super::*;
use crate::alerts::Severity;

#[test]
fn the_same_admin_and_customer_again_and_again_are_flagged_once() {
    let mut history = History::old_enough();
    for _ in 0..4 {
        history.let_in(admin(1), customer(7));
        history.later(Seconds::days(9));
    }
    assert_eq!(history.said(), [(Rule::SamePairAgain, admin(1).into())]);
    assert_eq!(history.alerts[0].account, customer(7).into());
    assert_eq!(
        history.alerts[0].sentence(),
        "The same admin let the same account in 3 times within 40 days."
    );
}

#[test]
fn with_a_second_person_it_is_about_who_asked() {
    let mut history = History::old_enough();
    for approver in 2..=4 {
        history.request(admin(1), customer(7));
        history.grant(admin(approver), customer(7));
        history.recover(customer(7));
        history.later(Seconds::days(9));
    }
    assert_eq!(history.said(), [(Rule::SamePairAgain, admin(1).into())]);
}

#[test]
fn a_customer_with_bad_luck_and_several_admins_flags_nobody() {
    let mut history = History::old_enough();
    for number in [1, 2, 3, 1, 2] {
        history.let_in(admin(number), customer(7));
        history.later(Seconds::days(12));
    }
    assert_eq!(history.said(), []);
}

#[test]
fn a_customer_who_comes_too_late_twice_was_let_in_once() {
    let mut history = History::old_enough();
    for _ in 0..2 {
        history.grant(admin(1), customer(7));
        history.later(Seconds::hours(1)).expire(customer(7));
    }
    history.let_in(admin(1), customer(7));
    assert_eq!(history.said(), []);
}

#[test]
fn a_customer_who_does_not_finish_and_calls_again_was_let_in_once() {
    let mut history = History::old_enough();
    for _ in 0..4 {
        history.let_in(admin(1), customer(7));
        history.later(Seconds::days(1));
    }
    assert_eq!(history.said(), []);
}

#[test]
fn three_times_in_half_a_year_is_bad_luck() {
    let mut history = History::old_enough();
    for _ in 0..3 {
        history.let_in(admin(1), customer(7));
        history.later(Seconds::days(50));
    }
    assert_eq!(history.said(), []);
}

#[test]
fn a_grant_soon_after_a_freeze_was_lifted_is_flagged_once_for_each_admin() {
    let mut history = History::old_enough();
    history.unfreeze(admin(9), customer(7));
    history.later(Seconds::minutes(40));
    history.grant(admin(1), customer(7));
    history.later(Seconds::hours(1)).expire(customer(7));
    history.grant(admin(1), customer(7));
    history.later(Seconds::hours(1)).expire(customer(7));
    history.grant(admin(2), customer(7));
    let rule = Rule::GrantedAfterFreeze;
    assert_eq!(history.said(), [(rule, admin(1).into()), (rule, admin(2).into())]);
    let sentence = history.alerts[0].sentence();
    assert_eq!(sentence, "A bypass was granted 40 min after a freeze was lifted by somebody else.");
    assert_eq!(history.alerts[0].severity(), Severity::Warning);
}

#[test]
fn it_weighs_less_if_who_lifted_the_freeze_grants() {
    let mut history = History::old_enough();
    history.unfreeze(admin(9), customer(7));
    history.grant(admin(9), customer(7));
    assert_eq!(history.said(), [(Rule::GrantedAfterFreeze, admin(9).into())]);
    assert_eq!(history.alerts[0].severity(), Severity::Notice);
    assert!(history.alerts[0].sentence().ends_with("lifted by the same admin."));
}

#[test]
fn a_grant_in_the_week_after_or_for_somebody_else_is_not() {
    let mut history = History::old_enough();
    history.unfreeze(admin(9), customer(7));
    history.let_in(admin(1), customer(8));
    history.later(Seconds::days(4));
    history.let_in(admin(1), customer(7));
    assert_eq!(history.said(), []);
}

#[test]
fn grants_that_run_out_unused_again_and_again_are_flagged_once() {
    let mut history = History::old_enough();
    for number in 0..9 {
        history.grant(admin(1), customer(number));
        history.later(Seconds::days(2)).expire(customer(number));
    }
    assert_eq!(history.said(), [(Rule::UnusedGrants, admin(1).into())]);
    assert_eq!(
        history.alerts[0].sentence(),
        "Of the admin's latest 5 grants that ended, 5 were never used."
    );
}

#[test]
fn now_and_then_an_unused_grant_flags_nobody() {
    let mut history = History::old_enough();
    for number in 0..40 {
        if number % 3 == 0 {
            history.grant(admin(1), customer(number));
            history.expire(customer(number));
        } else {
            history.let_in(admin(1), customer(number));
        }
        history.later(Seconds::days(3));
    }
    assert_eq!(history.fired(Rule::UnusedGrants), []);
}
