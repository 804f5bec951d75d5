//! The customer removes a device they no longer use.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision};
use crate::event::DeviceRemoved;
use crate::{AccountId, Context, DeviceId, FreshId, MfaPolicy, Refusal};

/// Removes one device. The last one takes MFA, the codes and every session with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemoveDevice {
    account: AccountId,
    device: DeviceId,
}

impl RemoveDevice {
    /// Removes this device of this account.
    pub fn new(account: impl Into<AccountId>, device: DeviceId) -> Self {
        Self { account: account.into(), device }
    }
}

impl AccountRule for RemoveDevice {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_own(context)?;
        context.require_fresh_second_factor()?;
        let devices = account.devices();
        if !devices.iter().any(|device| device.id == self.device) {
            return Err(Refusal::NotFound);
        }
        if devices.len() == 1 && context.tenant.policy.mfa == MfaPolicy::Required {
            return Err(Refusal::LastDevice);
        }
        Ok(vec![DeviceRemoved { device: self.device }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{DisableMfa, Mfa, StartEnrolment};
    use crate::event::{AccountFrozen, DeviceEnrolled};
    use crate::testing::{ALICE, CASE, PHONE, Scenario, TABLET};
    use crate::{Actor, NewEvent};

    fn two_devices() -> (Scenario, Actor) {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given(ALICE, [DeviceEnrolled { device: TABLET, step: 1 }]);
        let alice = scenario.fresh(ALICE);
        (scenario, alice)
    }

    #[test]
    fn a_device_is_removed_and_the_codes_stay() {
        let (mut scenario, alice) = two_devices();
        let codes = scenario.account(ALICE).codes().cloned();
        let answer = scenario.when(&alice, RemoveDevice::new(ALICE, PHONE));
        answer.then(&[DeviceRemoved { device: PHONE }.into()]);
        assert_eq!(scenario.account(ALICE).devices().len(), 1);
        assert_eq!(scenario.account(ALICE).codes().cloned(), codes);
        scenario
            .when_again(&alice, RemoveDevice::new(ALICE, PHONE), answer.fresh)
            .then_refused("not_found");
    }

    #[test]
    fn the_last_device_stays_while_policy_requires_mfa() {
        let (mut scenario, alice) = two_devices();
        scenario.when(&alice, RemoveDevice::new(ALICE, PHONE));
        scenario.when(&alice, RemoveDevice::new(ALICE, TABLET)).then_refused("last_device");
        scenario.tenant.policy.mfa = MfaPolicy::Optional;
        scenario.when(&alice, RemoveDevice::new(ALICE, TABLET)).then_recorded(&["DeviceRemoved"]);
        assert_eq!(scenario.account(ALICE).mfa, Mfa::Off);
        assert_eq!(scenario.account(ALICE).codes(), None);
    }

    #[test]
    fn removing_the_last_device_ends_what_turning_mfa_off_ends() {
        let mut scenario = Scenario::new();
        scenario.tenant.policy.mfa = MfaPolicy::Optional;
        scenario.given_phone(ALICE).given(ALICE, [DeviceEnrolled { device: TABLET, step: 1 }]);
        let shown = Actor::customer(ALICE).with_second_factor(scenario.now);
        scenario.when(&shown, StartEnrolment::new(ALICE)).then_recorded(&["EnrolmentStarted"]);
        let before = scenario.account(ALICE);
        scenario.when(&shown, RemoveDevice::new(ALICE, PHONE)).then_recorded(&["DeviceRemoved"]);
        let one_left = scenario.account(ALICE);
        assert_eq!(
            (one_left.session_epoch, &one_left.verified_at, one_left.enrolment),
            (before.session_epoch, &before.verified_at, before.enrolment)
        );
        let mut disabled = scenario.clone();
        disabled.when(&shown, DisableMfa::new(ALICE)).then_recorded(&["MfaDisabled"]);
        scenario.when(&shown, RemoveDevice::new(ALICE, TABLET)).then_recorded(&["DeviceRemoved"]);
        let account = scenario.account(ALICE);
        assert_eq!(account, disabled.account(ALICE));
        assert_eq!(account.session_epoch, before.session_epoch + 1);
        assert_eq!((account.verified_at.len(), account.enrolment), (0, None));
        assert_eq!(account.secrets(), []);
    }

    #[test]
    fn it_takes_a_fresh_second_factor() {
        let (mut scenario, stale) = two_devices();
        scenario.after_minutes(11);
        for actor in [Actor::customer(ALICE), stale] {
            scenario
                .when(&actor, RemoveDevice::new(ALICE, PHONE))
                .then_refused("second_factor_not_fresh");
        }
    }

    #[test]
    fn a_recovery_session_removes_nothing() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        let alice = scenario.given_session(ALICE);
        let remove = RemoveDevice::new(ALICE, PHONE);
        scenario.when(&alice, remove.clone()).then_refused("second_factor_not_fresh");
        scenario.given_mfa_disabled(ALICE);
        let enrolled = DeviceEnrolled { device: PHONE, step: 1 };
        scenario.given(ALICE, [NewEvent::of(CASE, enrolled)]);
        scenario.when(&alice, remove).then_refused("second_factor_not_fresh");
    }

    #[test]
    fn a_device_that_is_not_there_is_not_found() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let alice = scenario.fresh(ALICE);
        scenario.when(&alice, RemoveDevice::new(ALICE, TABLET)).then_refused("not_found");
    }

    #[test]
    fn a_frozen_account_is_refused() {
        let (mut scenario, alice) = two_devices();
        scenario.given(ALICE, [AccountFrozen {}]);
        scenario.when(&alice, RemoveDevice::new(ALICE, PHONE)).then_refused("frozen");
    }
}
