//! The customer turns MFA off: the old devices and codes end for good.

use serde::Serialize;

use crate::account::{Account, Mfa};
use crate::command::{AccountRule, Decision};
use crate::event::MfaDisabled;
use crate::{AccountId, Context, FreshId, MfaPolicy, NewEvent, Refusal, Stage};

/// Turns MFA off, in a recovery session or, where policy lets accounts be
/// without MFA, after showing a second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisableMfa {
    account: AccountId,
}

impl DisableMfa {
    /// Turns MFA off for this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for DisableMfa {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_own(context)?;
        let session = account.live_session(context);
        if session.is_none() && !context.has_fresh_second_factor() {
            return Err(context.why_no_session());
        }
        let Mfa::On { devices, codes } = &account.mfa else { return Err(Refusal::MfaNotOn) };
        let disabled = MfaDisabled {
            devices: devices.iter().map(|device| device.id).collect(),
            codes: codes.as_ref().map(|codes| codes.id),
        };
        match session {
            // The new device is not what the bypass was granted to remove.
            Some(session) if session.open.stage == Stage::DeviceEnrolled => {
                Err(Refusal::SessionNotLive)
            }
            Some(session) => Ok(vec![NewEvent::of(session.case.recovery, disabled)]),
            None if context.tenant.policy.mfa == MfaPolicy::Required => Err(Refusal::MfaRequired),
            None => Ok(vec![disabled.into()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{CheckSecondFactor, ConfirmEnrolment, StartEnrolment};
    use crate::event::{AccountFrozen, CustomerErased, DeviceEnrolled};
    use crate::testing::{ALICE, BYPASS, CASE, CODES, PHONE, Scenario, six_digits};
    use crate::{Actor, RecoverySession};

    fn disable() -> DisableMfa {
        DisableMfa::new(ALICE)
    }

    fn signed_in() -> (Scenario, Actor) {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        let alice = scenario.given_session(ALICE);
        (scenario, alice)
    }

    fn optional() -> Scenario {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        scenario.tenant.policy.mfa = MfaPolicy::Optional;
        scenario
    }

    #[test]
    fn a_recovery_session_ends_devices_and_codes() {
        let (mut scenario, alice) = signed_in();
        let epoch = scenario.account(ALICE).session_epoch;
        let disabled = MfaDisabled { devices: vec![PHONE], codes: Some(CODES) };
        let fresh = scenario.when(&alice, disable()).then(&[NewEvent::of(CASE, disabled)]).fresh;
        let account = scenario.account(ALICE);
        assert_eq!(account.mfa, Mfa::Off);
        assert_eq!(account.case.map(|case| case.stage()), Some(Stage::MfaDisabled));
        assert_eq!(account.session_epoch, epoch + 1);
        scenario.when_again(&alice, disable(), fresh).then_refused("mfa_not_on");
    }

    #[test]
    fn a_session_that_is_over_is_refused_from_that_moment() {
        let (mut scenario, alice) = signed_in();
        scenario.after_minutes(14);
        scenario.clone().when(&alice, disable()).then_recorded(&["MfaDisabled"]);
        scenario.after_minutes(1);
        scenario.when(&alice, disable()).then_refused("session_not_live");
    }

    #[test]
    fn a_session_of_another_bypass_is_refused() {
        let (mut scenario, _) = signed_in();
        let bypass = crate::BypassId::from_uuid(uuid::Uuid::from_u128(1));
        let alice = Actor::customer(ALICE).in_recovery(RecoverySession { bypass, use_number: 1 });
        scenario.when(&alice, disable()).then_refused("session_not_live");
    }

    #[test]
    fn a_bypass_that_was_not_redeemed_is_no_session() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        for use_number in [0, 1] {
            let alice =
                Actor::customer(ALICE).in_recovery(RecoverySession { bypass: BYPASS, use_number });
            scenario.when(&alice, disable()).then_refused("session_not_live");
        }
    }

    #[test]
    fn the_new_device_is_not_what_the_bypass_was_granted_to_remove() {
        let (mut scenario, alice) = signed_in();
        scenario.given_mfa_disabled(ALICE);
        scenario.given(ALICE, [NewEvent::of(CASE, DeviceEnrolled { device: PHONE, step: 1 })]);
        scenario.when(&alice, disable()).then_refused("session_not_live");
    }

    #[test]
    fn a_device_set_up_without_the_session_is_safe_from_it_too() {
        let (mut scenario, alice) = signed_in();
        scenario.tenant.policy.mfa = MfaPolicy::Optional;
        scenario.when(&alice, disable()).then_recorded(&["MfaDisabled"]);
        let elsewhere = Actor::customer(ALICE);
        let started = scenario.when(&elsewhere, StartEnrolment::new(ALICE));
        let device = started.then_recorded(&["EnrolmentStarted"]).fresh.device();
        scenario
            .typed_code_of(device)
            .when(&elsewhere, ConfirmEnrolment::new(ALICE, device, six_digits()))
            .then_recorded(&["DeviceEnrolled"]);
        assert_eq!(
            scenario.account(ALICE).case.map(|case| case.stage()),
            Some(Stage::DeviceEnrolled)
        );
        scenario.when(&alice, disable()).then_refused("session_not_live");
    }

    #[test]
    fn a_fresh_second_factor_will_do_where_mfa_is_optional() {
        let mut scenario = optional();
        let alice = scenario.fresh(ALICE);
        let disabled = MfaDisabled { devices: vec![PHONE], codes: Some(CODES) };
        scenario.when(&alice, disable()).then(&[disabled.into()]);
    }

    #[test]
    fn turning_mfa_off_outside_a_recovery_is_no_step_of_the_open_case() {
        let mut scenario = optional();
        scenario.given_bypass(ALICE);
        let alice = scenario.fresh(ALICE);
        scenario.when(&alice, disable()).then_recorded(&["MfaDisabled"]);
        let case = scenario.account(ALICE).case.unwrap();
        assert_eq!(case.stage(), Stage::Granted);
    }

    #[test]
    fn neither_session_nor_fresh_second_factor_is_refused() {
        let mut scenario = optional();
        let stale = scenario.fresh(ALICE);
        scenario.after_minutes(11);
        for actor in [Actor::customer(ALICE), stale] {
            scenario.when(&actor, disable()).then_refused("second_factor_not_fresh");
        }
    }

    #[test]
    fn outside_a_recovery_it_is_refused_while_policy_requires_mfa() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let alice = scenario.fresh(ALICE);
        scenario.when(&alice, disable()).then_refused("mfa_required");
    }

    #[test]
    fn what_is_not_on_cannot_be_turned_off() {
        let mut scenario = Scenario::new();
        let alice = scenario.fresh(ALICE);
        scenario.when(&alice, disable()).then_refused("mfa_not_on");
        let (mut scenario, alice) = signed_in();
        scenario.given_mfa_disabled(ALICE);
        scenario.when(&alice, disable()).then_refused("mfa_not_on");
    }

    #[test]
    fn what_was_begun_or_shown_before_is_worth_nothing_after() {
        let mut scenario = optional();
        scenario.typed_code_of(PHONE);
        let check = CheckSecondFactor::totp(ALICE, six_digits());
        scenario.when(&Actor::customer(ALICE), check).then_recorded(&["SecondFactorVerified"]);
        let alice = Actor::customer(ALICE).with_second_factor(scenario.now);
        let device = scenario.when(&alice, StartEnrolment::new(ALICE)).fresh.device();
        scenario.when(&alice, disable()).then_recorded(&["MfaDisabled"]);
        scenario
            .typed_code_of(device)
            .when(&alice, ConfirmEnrolment::new(ALICE, device, six_digits()))
            .then_refused("enrolment_superseded");
        scenario.after_minutes(1).given(ALICE, [DeviceEnrolled { device: PHONE, step: 1 }]);
        scenario.when(&alice, disable()).then_refused("second_factor_not_fresh");
    }

    #[test]
    fn frozen_and_erased_accounts_are_refused() {
        let (mut scenario, alice) = signed_in();
        scenario.given(ALICE, [AccountFrozen {}]);
        scenario.when(&alice, disable()).then_refused("frozen");
        scenario.given(ALICE, [CustomerErased {}]);
        scenario.when(&alice, disable()).then_refused("erased");
    }
}
