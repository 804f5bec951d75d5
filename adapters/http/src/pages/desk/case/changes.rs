//! What an account is after an event, and what that event changed.

use readmit::{Account, Mfa, Stage, Timestamp};

/// What can be told of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Mfa,
    Devices,
    Enrolment,
    Codes,
    Recovery,
    Failures,
    Lock,
    Frozen,
    Sessions,
    Erased,
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    NotSetUp,
    On,
    Off,
    /// None, as of a recovery or codes.
    Nothing,
    Yes,
    No,
    Number(u64),
    Stage(Stage),
    Until(Timestamp),
    UntilUnlocked,
}

/// Something that an event changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) what: What,
    pub(super) was: Value,
    pub(super) is: Value,
}

/// All that is told of an account, always in this order.
pub(super) fn facts(account: &Account) -> [(What, Value); 10] {
    let mfa = match account.mfa {
        Mfa::NotSetUp => Value::NotSetUp,
        Mfa::On { .. } => Value::On,
        Mfa::Off => Value::Off,
    };
    let lock = account
        .lock
        .map_or(Value::No, |lock| lock.until.map_or(Value::UntilUnlocked, Value::Until));
    let yes = |yes: bool| if yes { Value::Yes } else { Value::No };
    [
        (What::Mfa, mfa),
        (What::Devices, Value::Number(account.devices().len() as u64)),
        (What::Enrolment, account.enrolment.map_or(Value::No, |it| Value::Until(it.until))),
        (What::Codes, account.codes().map_or(Value::Nothing, |it| Value::Number(it.left().into()))),
        (
            What::Recovery,
            account.case.as_ref().map_or(Value::Nothing, |case| Value::Stage(case.stage())),
        ),
        (What::Failures, Value::Number(account.failures.into())),
        (What::Lock, lock),
        (What::Frozen, yes(account.frozen)),
        (What::Sessions, Value::Number(account.session_epoch.into())),
        (What::Erased, yes(account.erased)),
    ]
}

/// What differs between an account before an event and after it.
pub(super) fn changes(before: &Account, after: &Account) -> Vec<Change> {
    let both = facts(before).into_iter().zip(facts(after));
    both.filter(|((_, was), (_, is))| was != is)
        .map(|((what, was), (_, is))| Change { what, was, is })
        .collect()
}

#[cfg(test)]
mod tests {
    use readmit::{CodeSet, CustomerId, Device, Event, Lock, Recorded, Who, event};

    use super::*;

    fn account() -> Account {
        let id: CustomerId = "cus_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        Account::new(id.into())
    }

    fn with_device() -> Account {
        let id = "dev_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let set = "set_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let codes = Some(CodeSet { id: set, used: vec![true, false, false] });
        Account { mfa: Mfa::On { devices: vec![Device { id, last_step: 1 }], codes }, ..account() }
    }

    #[test]
    fn an_event_that_changes_nothing_tells_nothing() {
        assert_eq!(changes(&with_device(), &with_device()), []);
        // When a code was shown last is no state that anybody looks for.
        let shown =
            Account { verified_at: vec!["2026-11-24T10:00:00Z".parse().unwrap()], ..account() };
        assert_eq!(changes(&account(), &shown), []);
    }

    #[test]
    fn turning_mfa_off_ends_devices_codes_and_sessions() {
        let after = Account { mfa: Mfa::Off, session_epoch: 1, ..account() };
        let change = |what, was, is| Change { what, was, is };
        assert_eq!(
            changes(&with_device(), &after),
            [
                change(What::Mfa, Value::On, Value::Off),
                change(What::Devices, Value::Number(1), Value::Number(0)),
                change(What::Codes, Value::Number(2), Value::Nothing),
                change(What::Sessions, Value::Number(0), Value::Number(1)),
            ]
        );
    }

    #[test]
    fn guards_and_enrolments_are_told_with_their_ends() {
        let until = "2026-11-24T10:00:00Z".parse().unwrap();
        let device = "dev_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let started = Event::from(event::EnrolmentStarted { device, until });
        let started = Recorded { at: until, who: Who::System, recovery: None, event: started };
        let after = Account {
            failures: 5,
            lock: Some(Lock { until: None }),
            frozen: true,
            ..account().evolve(&started)
        };
        let told: Vec<_> = changes(&account(), &after).iter().map(|it| (it.what, it.is)).collect();
        assert_eq!(
            told,
            [
                (What::Enrolment, Value::Until(until)),
                (What::Failures, Value::Number(5)),
                (What::Lock, Value::UntilUnlocked),
                (What::Frozen, Value::Yes),
            ]
        );
    }
}
