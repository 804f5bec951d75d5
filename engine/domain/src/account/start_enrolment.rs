//! The customer begins to set up a device.

use serde::Serialize;

use crate::account::{Account, Case, MOST_DEVICES, Mfa, Progress};
use crate::command::{AccountRule, Decision};
use crate::event::EnrolmentStarted;
use crate::{AccountId, Context, FreshId, MfaPolicy, NewEvent, Refusal};

/// Begins to set up a device; an earlier set-up that is not finished ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StartEnrolment {
    account: AccountId,
}

impl StartEnrolment {
    /// Begins to set up a device for this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for StartEnrolment {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_own(context)?;
        let device = context.fresh.device();
        let pending = account.enrolment.is_some_and(|started| started.device == device);
        if pending || account.devices().iter().any(|active| active.id == device) {
            return Err(Refusal::AlreadyDone);
        }
        let case = account.right_to_enrol(context)?;
        if account.devices().len() >= MOST_DEVICES {
            return Err(Refusal::TooManyDevices { most: MOST_DEVICES });
        }
        let window = context.now + context.tenant.policy.enrolment_seconds;
        let until = match (case, account.live_session(context)) {
            (Some(_), Some(session)) => window.min(session.until),
            (Some(_), None) | (None, _) => window,
        };
        let started = EnrolmentStarted { device, until }.into();
        Ok(vec![NewEvent { recovery: case.map(|case| case.recovery), event: started }])
    }
}

impl Account {
    /// What lets the actor enrol a device now: a recovery session after MFA was
    /// turned off, or nothing to protect yet, or a fresh second factor.
    ///
    /// Answers the case whose purpose the device serves. Where policy lets the
    /// customer enrol without redeeming the bypass, that is still the open one:
    /// the bypass must not outlive its purpose, or it could remove the new device.
    pub(super) fn right_to_enrol(&self, context: &Context<'_>) -> Result<Option<&Case>, Refusal> {
        let session = self.live_session(context);
        match (&self.mfa, session, context.tenant.policy.mfa) {
            (Mfa::NotSetUp, _, _) => Ok(None),
            (Mfa::Off, Some(session), _) => Ok(Some(session.case)),
            (Mfa::Off, None, MfaPolicy::Optional) => {
                let open = |case: &&Case| matches!(case.progress, Progress::Open(_));
                Ok(self.live_case(context.now).filter(open))
            }
            (Mfa::Off, None, MfaPolicy::Required) => Err(self.why_not_set_up(context)),
            (Mfa::On { .. }, _, _) if context.has_fresh_second_factor() => Ok(None),
            (Mfa::On { .. }, _, _) => Err(Refusal::NoRightToEnrol),
        }
    }

    fn why_not_set_up(&self, context: &Context<'_>) -> Refusal {
        if context.actor.recovery_session.is_some() {
            Refusal::SessionNotLive
        } else if self.live_case(context.now).is_some() {
            Refusal::NoRightToEnrol
        } else {
            Refusal::SetupOverdue
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AccountFrozen, DeviceEnrolled, DeviceRemoved};
    use crate::testing::{ALICE, CASE, PHONE, Scenario};
    use crate::{Actor, DeviceId, Seconds};

    fn start() -> StartEnrolment {
        StartEnrolment::new(ALICE)
    }

    /// MFA was turned off in a recovery session, which still lives.
    fn off() -> (Scenario, Actor) {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        let alice = scenario.given_session(ALICE);
        scenario.given_mfa_disabled(ALICE);
        (scenario, alice)
    }

    #[test]
    fn whoever_never_had_a_device_sets_one_up() {
        let mut scenario = Scenario::new();
        let answer = scenario.when(&Actor::customer(ALICE), start());
        let device = answer.fresh.device();
        let until = scenario.now + Seconds::minutes(15);
        answer.then(&[EnrolmentStarted { device, until }.into()]);
    }

    #[test]
    fn starting_again_is_already_done_even_when_the_device_is_active() {
        let mut scenario = Scenario::new();
        let alice = Actor::customer(ALICE);
        let fresh = scenario.when(&alice, start()).fresh;
        scenario.when_again(&alice, start(), fresh).then_refused("already_done");
        scenario.given(ALICE, [DeviceEnrolled { device: fresh.device(), step: 1 }]);
        let alice = scenario.fresh(ALICE);
        scenario.when_again(&alice, start(), fresh).then_refused("already_done");
    }

    #[test]
    fn a_newer_start_takes_the_place_of_the_older() {
        let mut scenario = Scenario::new();
        let alice = Actor::customer(ALICE);
        scenario.when(&alice, start());
        let newer = scenario.when(&alice, start()).fresh.device();
        assert_eq!(scenario.account(ALICE).enrolment.map(|started| started.device), Some(newer));
    }

    #[test]
    fn a_recovery_session_enrols_after_mfa_was_turned_off_until_it_ends() {
        let (mut scenario, alice) = off();
        scenario.after_minutes(5);
        let answer = scenario.when(&alice, start());
        let device = answer.fresh.device();
        let until = scenario.now + Seconds::minutes(10);
        answer.then(&[NewEvent::of(CASE, EnrolmentStarted { device, until })]);
    }

    #[test]
    fn a_recovery_session_enrols_nothing_beside_the_old_device() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        let alice = scenario.given_session(ALICE);
        scenario.when(&alice, start()).then_refused("no_right_to_enrol");
    }

    #[test]
    fn a_session_that_is_over_enrols_nothing() {
        let (mut scenario, alice) = off();
        scenario.after_minutes(15);
        scenario.when(&alice, start()).then_refused("session_not_live");
        scenario.when(&Actor::customer(ALICE), start()).then_refused("no_right_to_enrol");
        scenario.after_minutes(45);
        scenario.when(&Actor::customer(ALICE), start()).then_refused("setup_overdue");
    }

    #[test]
    fn a_further_device_takes_a_fresh_second_factor() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let stale = scenario.fresh(ALICE);
        scenario.after_minutes(11);
        for actor in [Actor::customer(ALICE), stale] {
            scenario.when(&actor, start()).then_refused("no_right_to_enrol");
        }
        let alice = scenario.fresh(ALICE);
        scenario.when(&alice, start()).then_recorded(&["EnrolmentStarted"]);
    }

    #[test]
    fn an_account_may_have_ten_devices() {
        let mut scenario = Scenario::new();
        for number in 0..10 {
            let device = DeviceId::from_uuid(uuid::Uuid::from_u128(number));
            scenario.given(ALICE, [DeviceEnrolled { device, step: 1 }]);
        }
        let alice = scenario.fresh(ALICE);
        scenario.when(&alice, start()).then_refused("too_many_devices");
        let device = DeviceId::from_uuid(uuid::Uuid::from_u128(3));
        scenario.given(ALICE, [DeviceRemoved { device }]);
        scenario.when(&alice, start()).then_recorded(&["EnrolmentStarted"]);
    }

    #[test]
    fn where_mfa_is_optional_it_is_set_up_again_without_more_ado() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given(ALICE, [DeviceRemoved { device: PHONE }]);
        let alice = Actor::customer(ALICE);
        scenario.when(&alice, start()).then_refused("setup_overdue");
        scenario.tenant.policy.mfa = MfaPolicy::Optional;
        let answer = scenario.when(&alice, start());
        let device = answer.fresh.device();
        let until = scenario.now + Seconds::minutes(15);
        answer.then(&[EnrolmentStarted { device, until }.into()]);
    }

    #[test]
    fn a_frozen_account_is_refused() {
        let mut scenario = Scenario::new();
        scenario.given(ALICE, [AccountFrozen {}]);
        scenario.when(&Actor::customer(ALICE), start()).then_refused("frozen");
    }
}
