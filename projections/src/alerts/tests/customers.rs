//! What customers do to their own accounts.

use readmit_domain::DeviceId;
use readmit_domain::event::{
    CodesRegenerated, DeviceEnrolled, DeviceRemoved, MfaDisabled, RecoveryCodeUsed,
};

use super::*;

fn as_customer(number: u64) -> Who {
    Who::Customer { id: customer(number), via: None, second_factor: None }
}

fn enrol(history: &mut History, device: u64) {
    let enrolled = DeviceEnrolled { device: id("dev", device), step: 1 };
    history.record_in(customer(7), as_customer(7), None, enrolled);
}

fn remove(history: &mut History, device: u64) {
    let removed = DeviceRemoved { device: id("dev", device) };
    history.record_in(customer(7), as_customer(7), None, removed);
}

fn mfa_off(devices: &[DeviceId]) -> MfaDisabled {
    MfaDisabled { devices: devices.to_vec(), codes: None }
}

#[test]
fn turning_mfa_off_outside_a_recovery_is_flagged() {
    let mut history = History::old_enough();
    enrol(&mut history, 1);
    history.record_in(customer(7), as_customer(7), None, mfa_off(&[id("dev", 1)]));
    assert_eq!(history.said(), [(Rule::MfaOffWithoutCase, customer(7).into())]);
    let sentence = history.alerts[0].sentence();
    assert_eq!(sentence, "MFA was turned off outside any recovery: 1 device ended.");
}

#[test]
fn turning_it_off_in_a_recovery_is_what_a_recovery_is_for() {
    let mut history = History::old_enough();
    enrol(&mut history, 1);
    history.grant(admin(1), customer(7));
    history.record(customer(7), as_customer(7), mfa_off(&[id("dev", 1)]));
    enrol(&mut history, 2);
    history.recover(customer(7));
    assert_eq!(history.said(), []);
}

#[test]
fn removing_the_last_device_is_flagged_and_any_other_is_not() {
    let mut history = History::old_enough();
    enrol(&mut history, 1);
    enrol(&mut history, 2);
    remove(&mut history, 1);
    assert_eq!(history.said(), []);
    remove(&mut history, 2);
    assert_eq!(history.said(), [(Rule::MfaOffWithoutCase, customer(7).into())]);
}

#[test]
fn turning_it_off_and_on_and_off_in_an_afternoon_is_said_once() {
    let mut history = History::old_enough();
    for device in 1..=4 {
        enrol(&mut history, device);
        remove(&mut history, device);
        history.later(Seconds::hours(1));
    }
    assert_eq!(history.alerts.len(), 1);
    history.later(Seconds::days(1));
    enrol(&mut history, 5);
    remove(&mut history, 5);
    assert_eq!(history.alerts.len(), 2);
}

#[test]
fn codes_that_run_out_are_said_once_for_each_set() {
    let mut history = History::old_enough();
    for set in [1, 2] {
        let regenerated = CodesRegenerated { set: id("set", set), count: 10 };
        history.record_in(customer(7), as_customer(7), None, regenerated);
        for left in (0..10).rev() {
            let used = RecoveryCodeUsed { set: id("set", set), index: 9 - left, left };
            history.record_in(customer(7), as_customer(7), None, used);
            assert_eq!(history.alerts.len() as u64, set - u64::from(left > 2), "{left}");
        }
    }
    assert_eq!(history.said()[1], (Rule::CodesRunningOut, customer(7).into()));
    assert_eq!(history.alerts[0].sentence(), "2 recovery codes remain.");
}
