//! The new device shows its first code and becomes active.

use serde::Serialize;

use crate::account::{Account, Mfa};
use crate::command::{AccountRule, Decision};
use crate::event::{DeviceEnrolled, EnrolmentCodeRejected, Event};
use crate::{AccountId, Context, DeviceId, FreshId, NewEvent, Refusal, TotpCode};

/// Shows the first code of a device that is being set up.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmEnrolment {
    account: AccountId,
    device: DeviceId,
    #[serde(skip)]
    code: TotpCode,
}

impl ConfirmEnrolment {
    /// Shows this code for this device.
    pub fn new(account: impl Into<AccountId>, device: DeviceId, code: TotpCode) -> Self {
        Self { account: account.into(), device, code }
    }

    /// The device to be.
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// The code that is shown.
    pub const fn code(&self) -> &TotpCode {
        &self.code
    }
}

impl PartialEq for ConfirmEnrolment {
    /// Whether both are about the same; the codes are not compared.
    fn eq(&self, other: &Self) -> bool {
        self.account == other.account && self.device == other.device
    }
}

impl Eq for ConfirmEnrolment {}

impl AccountRule for ConfirmEnrolment {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_own(context)?;
        let enrolment = account.enrolment.filter(|started| started.device == self.device);
        let enrolment = enrolment.ok_or(Refusal::EnrolmentSuperseded)?;
        // While MFA is off, only the newest live session may go on, where policy asks
        // for one. Otherwise the right was there at the start, and only whoever started
        // has seen the secret.
        let case = match account.mfa {
            Mfa::Off => account.right_to_enrol(context)?,
            Mfa::NotSetUp | Mfa::On { .. } => None,
        };
        if context.now >= enrolment.until {
            return Err(Refusal::EnrolmentOver);
        }
        let matched = context.found.totp.iter().find(|found| found.device == self.device);
        let event: Event = match matched {
            Some(found) => DeviceEnrolled { device: self.device, step: found.step }.into(),
            None => EnrolmentCodeRejected {
                device: self.device,
                attempts_left: enrolment.attempts_left.saturating_sub(1),
            }
            .into(),
        };
        Ok(vec![NewEvent { recovery: case.map(|case| case.recovery), event }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{DisableMfa, GrantBypass, RedeemBypass, StartEnrolment};
    use crate::event::{AccountFrozen, AccountUnfrozen, BypassRevoked, RevocationCause};
    use crate::testing::{ALICE, BOB, PHONE, Scenario, six_digits};
    use crate::{Actor, MfaPolicy, Reason, RecoverySession, Stage};

    fn confirm(device: DeviceId) -> ConfirmEnrolment {
        ConfirmEnrolment::new(ALICE, device, six_digits())
    }

    /// Alice has begun to set up her first device.
    fn first() -> (Scenario, Actor, DeviceId) {
        let mut scenario = Scenario::new();
        let alice = Actor::customer(ALICE);
        let device = scenario.when(&alice, StartEnrolment::new(ALICE)).fresh.device();
        (scenario, alice, device)
    }

    /// Alice has begun to set up a new device in a recovery.
    fn in_recovery() -> (Scenario, Actor, DeviceId) {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let bob = scenario.fresh_admin(BOB);
        let grant = GrantBypass::new(ALICE).reason(Reason::LostDevice).uses(2);
        let bypass = scenario.when(&bob, grant).fresh.bypass();
        scenario.when(&Actor::customer(ALICE), RedeemBypass::new(ALICE));
        let alice = Actor::customer(ALICE).in_recovery(RecoverySession { bypass, use_number: 1 });
        scenario.when(&alice, DisableMfa::new(ALICE));
        let device = scenario.when(&alice, StartEnrolment::new(ALICE)).fresh.device();
        (scenario, alice, device)
    }

    fn case(scenario: &Scenario) -> crate::account::Case {
        scenario.account(ALICE).case.unwrap()
    }

    #[test]
    fn the_first_code_makes_the_device_active_and_cannot_be_used_again() {
        let (mut scenario, alice, device) = first();
        let step = scenario.step();
        let answer = scenario.typed_code_of(device).when(&alice, confirm(device));
        answer.then(&[DeviceEnrolled { device, step }.into()]);
        assert_eq!(scenario.account(ALICE).enrolment, None);
        scenario
            .when_again(&alice, confirm(device), answer.fresh)
            .then_refused("enrolment_superseded");
        scenario
            .when(&alice, crate::account::CheckSecondFactor::totp(ALICE, six_digits()))
            .then_refused("code_replayed");
    }

    #[test]
    fn whoever_confirms_has_shown_a_second_factor() {
        let (mut scenario, alice, device) = first();
        scenario.typed_code_of(device).when(&alice, confirm(device));
        let alice = alice.with_second_factor(scenario.now);
        scenario.when(&alice, StartEnrolment::new(ALICE)).then_recorded(&["EnrolmentStarted"]);
    }

    #[test]
    fn in_a_recovery_the_new_device_is_its_last_step_but_one() {
        let (mut scenario, alice, device) = in_recovery();
        let step = scenario.step();
        scenario
            .typed_code_of(device)
            .when(&alice, confirm(device))
            .then(&[NewEvent::of(case(&scenario).recovery, DeviceEnrolled { device, step })]);
        assert_eq!(case(&scenario).stage(), Stage::DeviceEnrolled);
    }

    #[test]
    fn a_wrong_code_is_counted_and_the_tenth_ends_the_enrolment() {
        let (mut scenario, alice, device) = first();
        scenario.typed_wrong_code();
        for attempts_left in (0..10).rev() {
            let answer = scenario.when(&alice, confirm(device));
            answer.then(&[EnrolmentCodeRejected { device, attempts_left }.into()]);
            assert_eq!(
                Refusal::recorded_by(answer.decision.as_ref().unwrap()),
                Some(Refusal::EnrolmentCodeWrong { attempts_left })
            );
        }
        scenario.typed_code_of(device);
        scenario.when(&alice, confirm(device)).then_refused("enrolment_superseded");
    }

    #[test]
    fn the_code_of_another_device_is_wrong() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let alice = scenario.fresh(ALICE);
        let device = scenario.when(&alice, StartEnrolment::new(ALICE)).fresh.device();
        scenario
            .typed_code_of(PHONE)
            .when(&alice, confirm(device))
            .then_recorded(&["EnrolmentCodeRejected"]);
    }

    #[test]
    fn the_window_is_over_from_the_moment_it_names() {
        let (mut scenario, alice, device) = first();
        scenario.after_minutes(14);
        let mut in_time = scenario.clone();
        in_time
            .typed_code_of(device)
            .when(&alice, confirm(device))
            .then_recorded(&["DeviceEnrolled"]);
        scenario.after_minutes(1);
        scenario.typed_code_of(device).when(&alice, confirm(device)).then_refused("enrolment_over");
    }

    #[test]
    fn an_older_enrolment_is_superseded_by_a_newer() {
        let (mut scenario, alice, older) = first();
        scenario.when(&alice, StartEnrolment::new(ALICE));
        scenario
            .typed_code_of(older)
            .when(&alice, confirm(older))
            .then_refused("enrolment_superseded");
    }

    #[test]
    fn an_enrolment_that_was_never_started_is_not_there() {
        let mut scenario = Scenario::new();
        scenario
            .typed_code_of(PHONE)
            .when(&Actor::customer(ALICE), confirm(PHONE))
            .then_refused("enrolment_superseded");
    }

    #[test]
    fn a_newer_recovery_session_ends_what_an_older_began() {
        let (mut scenario, older, device) = in_recovery();
        scenario.when(&Actor::customer(ALICE), RedeemBypass::new(ALICE));
        let bypass = case(&scenario).bypass;
        let newer = Actor::customer(ALICE).in_recovery(RecoverySession { bypass, use_number: 2 });
        scenario.typed_code_of(device);
        for actor in [&older, &newer] {
            scenario.when(actor, confirm(device)).then_refused("enrolment_superseded");
        }
        scenario.when(&newer, StartEnrolment::new(ALICE)).then_recorded(&["EnrolmentStarted"]);
    }

    #[test]
    fn an_enrolment_of_a_recovery_dies_with_its_session_and_its_case() {
        let (mut scenario, alice, device) = in_recovery();
        scenario.typed_code_of(device);
        scenario
            .clone()
            .when(&Actor::customer(ALICE), confirm(device))
            .then_refused("no_right_to_enrol");
        let mut revoked = scenario.clone();
        let cause = RevocationCause::Withdrawn;
        revoked.given(ALICE, [NewEvent::of(case(&scenario).recovery, BypassRevoked { cause })]);
        revoked.when(&alice, confirm(device)).then_refused("enrolment_superseded");
        scenario.after_minutes(15).typed_code_of(device);
        scenario.when(&alice, confirm(device)).then_refused("session_not_live");
    }

    #[test]
    fn a_device_of_a_recovery_counts_for_it_even_when_its_session_is_over() {
        let (mut scenario, _, _) = in_recovery();
        scenario.tenant.policy.mfa = MfaPolicy::Optional;
        scenario.after_minutes(20);
        let alice = Actor::customer(ALICE);
        let device = scenario.when(&alice, StartEnrolment::new(ALICE)).fresh.device();
        let step = scenario.step();
        scenario
            .typed_code_of(device)
            .when(&alice, confirm(device))
            .then(&[NewEvent::of(case(&scenario).recovery, DeviceEnrolled { device, step })]);
    }

    #[test]
    fn freezing_ends_an_enrolment_for_good() {
        let (mut scenario, alice, device) = first();
        scenario.typed_code_of(device).given(ALICE, [AccountFrozen {}]);
        scenario.when(&alice, confirm(device)).then_refused("frozen");
        scenario.given(ALICE, [AccountUnfrozen {}]);
        scenario.when(&alice, confirm(device)).then_refused("enrolment_superseded");
    }
}
