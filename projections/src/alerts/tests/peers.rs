//! An admin beside their peers.

use super::*;

/// In each of these weeks, each admin grants so many, each to another customer.
fn weeks(history: &mut History, weeks: u32, each: &[u64]) {
    for _ in 0..weeks {
        for (number, grants) in (1..).zip(each) {
            for _ in 0..*grants {
                history.let_in(admin(number), customer(history.position));
            }
        }
        history.later(Seconds::days(7));
    }
}

#[test]
fn an_admin_far_above_their_peers_and_their_own_past_is_flagged_once() {
    let mut history = History::old_enough();
    weeks(&mut history, 12, &[1, 1, 1]);
    assert_eq!(history.said(), []);
    weeks(&mut history, 3, &[6, 1, 1]);
    assert_eq!(history.said(), [(Rule::FarAbovePeers, admin(1).into())]);
    let alert = history.alerts.pop().unwrap();
    assert_eq!(alert.facts["grants"], 13);
    assert_eq!(
        alert.sentence(),
        "Granted 13 bypasses in 30 days; the median of 2 peers is 4, and the admin's own usual is 3."
    );
}

#[test]
fn it_is_said_again_in_the_next_window_and_not_before() {
    let mut history = History::old_enough();
    weeks(&mut history, 12, &[1, 1, 1]);
    weeks(&mut history, 3, &[20, 1, 1]);
    let first = history.alerts[0].at;
    weeks(&mut history, 4, &[40, 1, 1]);
    assert_eq!(history.said().len(), 2);
    assert!(history.alerts[1].at >= first + Rule::FarAbovePeers.quiet());
}

#[test]
fn who_always_does_most_of_the_work_is_not_flagged() {
    let mut history = History::old_enough();
    // Not even in the first months, slowly taken over.
    for most in [1, 1, 2, 2, 2, 3] {
        weeks(&mut history, 4, &[most, 1, 1, 0]);
    }
    weeks(&mut history, 20, &[3, 0, 0, 0]);
    assert_eq!(history.said(), []);
}

#[test]
fn a_busy_month_of_everybody_flags_nobody() {
    let mut history = History::old_enough();
    weeks(&mut history, 12, &[1, 1, 1]);
    weeks(&mut history, 4, &[6, 5, 5]);
    assert_eq!(history.said(), []);
}

#[test]
fn a_quiet_month_of_the_peers_flags_nobody() {
    let mut history = History::old_enough();
    weeks(&mut history, 12, &[1, 1, 1]);
    weeks(&mut history, 5, &[2, 0, 0]);
    assert_eq!(history.said(), []);
}

#[test]
fn an_approver_does_not_stand_out_for_approving() {
    let mut history = History::old_enough();
    for number in 0..60 {
        history.request(admin(1 + number % 4), customer(number));
        history.grant(admin(9), customer(number));
        history.recover(customer(number));
        history.later(Seconds::days(2));
    }
    assert_eq!(history.said(), []);
}

#[test]
fn an_admin_alone_is_compared_with_their_own_past() {
    let mut history = History::old_enough();
    weeks(&mut history, 16, &[1]);
    assert_eq!(history.said(), []);
    weeks(&mut history, 2, &[9]);
    assert_eq!(history.said(), [(Rule::FarAbovePeers, admin(1).into())]);
}

#[test]
fn one_peer_who_is_busy_too_excuses_nobody() {
    let mut history = History::old_enough();
    weeks(&mut history, 16, &[1, 1]);
    weeks(&mut history, 3, &[6, 2]);
    assert_eq!(history.said(), [(Rule::FarAbovePeers, admin(1).into())]);
}

#[test]
fn an_admin_alone_and_new_is_not_judged() {
    let mut history = History::old_enough();
    weeks(&mut history, 4, &[0, 9]);
    assert_eq!(history.said(), []);
}

#[test]
fn the_first_weeks_of_a_ledger_flag_nobody() {
    let mut history = History { now: MONDAY.parse().unwrap(), ..History::default() };
    weeks(&mut history, 4, &[9, 1, 1]);
    assert_eq!(history.said(), []);
}
