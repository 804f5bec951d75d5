//! An admin beside their own hours.

use super::*;

/// A ledger whose first admin has come to work at ten, Monday to Friday, for so many weeks.
fn at_ten(weeks: u32) -> History {
    let mut history = History::old_enough();
    for day in 0..7 * weeks {
        if day % 7 < 5 {
            history.sign_in(admin(1));
        }
        history.later(Seconds::days(1));
    }
    history
}

/// Goes to this hour of the day that is going on, and grants so many.
fn grants_at(history: &mut History, hour: u32, grants: u64) {
    let ten = history.now;
    history.now = ten + Seconds::hours(hour) - Seconds::hours(10);
    for _ in 0..grants {
        history.sign_in(admin(1));
        history.let_in(admin(1), customer(history.position));
        history.later(Seconds::minutes(10));
    }
    history.now = ten + Seconds::days(1);
}

#[test]
fn several_grants_in_the_middle_of_the_night_are_flagged_once() {
    let mut history = at_ten(12);
    grants_at(&mut history, 27, 5);
    assert_eq!(history.fired(Rule::OffHours), [admin(1).into()]);
    assert_eq!(
        history.alerts[0].sentence(),
        "Granted 3 bypasses within 3 days at hours such as 03:00 UTC, around which the admin was \
         at work on 0 of 56 days."
    );
}

#[test]
fn one_a_night_is_flagged_too() {
    let mut history = at_ten(12);
    for _ in 0..3 {
        grants_at(&mut history, 27, 1);
    }
    assert_eq!(history.fired(Rule::OffHours), [admin(1).into()]);
}

#[test]
fn now_and_then_one_within_days_is_flagged_at_the_fourth() {
    let mut history = at_ten(12);
    for nights in 1..=4 {
        grants_at(&mut history, 27, 1);
        assert_eq!(history.fired(Rule::OffHours).len(), usize::from(nights == 4));
        history.later(Seconds::days(2));
    }
}

#[test]
fn a_working_weekend_at_ordinary_hours_is_not() {
    let mut history = at_ten(12);
    history.later(Seconds::days(5));
    grants_at(&mut history, 11, 4);
    assert_eq!(history.fired(Rule::OffHours), []);
}

#[test]
fn a_night_call_or_two_are_not() {
    let mut history = at_ten(12);
    grants_at(&mut history, 27, 2);
    history.later(Seconds::days(10));
    grants_at(&mut history, 26, 2);
    assert_eq!(history.fired(Rule::OffHours), []);
}

#[test]
fn an_early_start_a_late_end_and_summer_time_are_not() {
    let mut history = at_ten(12);
    for hour in [8, 9, 11, 12] {
        grants_at(&mut history, hour, 4);
    }
    assert_eq!(history.fired(Rule::OffHours), []);
}

#[test]
fn who_is_on_call_every_few_weeks_is_not() {
    let mut history = History::old_enough();
    for week in 0..40 {
        for day in 0..7 {
            if day < 5 {
                history.sign_in(admin(1));
            }
            // From the second turn on, the nights are known.
            let calls = u64::from(week % 5 == 4 && (day == 1 || day == 4));
            grants_at(&mut history, 26, calls);
        }
    }
    assert_eq!(history.fired(Rule::OffHours), []);
}

#[test]
fn a_new_admin_is_not_judged_by_a_few_weeks() {
    let mut history = at_ten(3);
    grants_at(&mut history, 27, 5);
    assert_eq!(history.fired(Rule::OffHours), []);
}

#[test]
fn a_new_shift_is_learnt() {
    let mut history = at_ten(12);
    for _ in 0..60 {
        grants_at(&mut history, 22, 1);
    }
    assert_eq!(history.fired(Rule::OffHours), [admin(1).into()]);
}
