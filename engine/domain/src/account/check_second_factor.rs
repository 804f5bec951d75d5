//! A second factor is shown: a TOTP code once per time step, a recovery code once ever.

use serde::Serialize;

use crate::account::{Account, Mfa};
use crate::command::{AccountRule, Decision};
use crate::event::{
    AccountLocked, Method, RecoveryCodeUsed, SecondFactorRejected, SecondFactorVerified,
};
use crate::{
    AccountId, Context, FreshId, LockoutPolicy, NewEvent, RecoveryCode, Refusal, Seconds, TotpCode,
};

/// Checks a second factor. A wrong one is recorded and counted before it is answered.
#[derive(Debug, Clone, Serialize)]
pub struct CheckSecondFactor {
    account: AccountId,
    #[serde(skip)]
    presented: Presented,
    method: Method,
}

/// What is shown.
#[derive(Debug, Clone)]
pub enum Presented {
    /// The code of an authenticator app.
    Totp(TotpCode),
    /// A saved recovery code.
    RecoveryCode(RecoveryCode),
}

impl CheckSecondFactor {
    /// Shows the code of an authenticator app.
    pub fn totp(account: impl Into<AccountId>, code: TotpCode) -> Self {
        let presented = Presented::Totp(code);
        Self { account: account.into(), presented, method: Method::Totp }
    }

    /// Shows a saved recovery code.
    pub fn recovery_code(account: impl Into<AccountId>, code: RecoveryCode) -> Self {
        let presented = Presented::RecoveryCode(code);
        Self { account: account.into(), presented, method: Method::RecoveryCode }
    }

    /// What is shown.
    pub const fn presented(&self) -> &Presented {
        &self.presented
    }
}

impl PartialEq for CheckSecondFactor {
    /// Whether both are about the same; the codes are not compared.
    fn eq(&self, other: &Self) -> bool {
        self.account == other.account && self.method == other.method
    }
}

impl Eq for CheckSecondFactor {}

impl AccountRule for CheckSecondFactor {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_own(context)?;
        account.require_unlocked(context.now)?;
        if !matches!(account.mfa, Mfa::On { .. }) {
            return Err(Refusal::MfaNotOn);
        }
        let accepted = match self.method {
            Method::Totp => account.accept_totp(context)?,
            Method::RecoveryCode => account.accept_recovery_code(context)?,
        };
        Ok(match accepted {
            Some(event) => vec![event],
            None => account.reject(self.method, context),
        })
    }
}

impl Account {
    /// A code is good for one time step of one device, and only for a step
    /// later than the last one accepted (RFC 6238 §5.2).
    fn accept_totp(&self, context: &Context<'_>) -> Result<Option<NewEvent>, Refusal> {
        let mut replayed = false;
        for found in &context.found.totp {
            let known = self.devices().iter().find(|device| device.id == found.device);
            let Some(device) = known else { continue };
            if found.step > device.last_step {
                let verified = SecondFactorVerified { device: found.device, step: found.step };
                return Ok(Some(verified.into()));
            }
            replayed = true;
        }
        if replayed { Err(Refusal::CodeReplayed) } else { Ok(None) }
    }

    fn accept_recovery_code(&self, context: &Context<'_>) -> Result<Option<NewEvent>, Refusal> {
        let (Some(found), Some(codes)) = (context.found.recovery_code, self.codes()) else {
            return Ok(None);
        };
        if found.set != codes.id {
            return Ok(None);
        }
        match codes.used.get(usize::from(found.index)) {
            Some(false) => {
                let left = codes.left().saturating_sub(1);
                let used = RecoveryCodeUsed { set: found.set, index: found.index, left };
                Ok(Some(used.into()))
            }
            Some(true) => Err(Refusal::CodeUsed),
            None => Ok(None),
        }
    }

    /// Counts a wrong code, and locks the account when there are too many.
    fn reject(&self, method: Method, context: &Context<'_>) -> Vec<NewEvent> {
        let failures = self.failures.saturating_add(1);
        let mut events = vec![SecondFactorRejected { method, failures }.into()];
        let lockout = context.tenant.policy.lockout;
        if failures >= lockout.hard_failures {
            events.push(AccountLocked { until: None }.into());
        } else if failures.is_multiple_of(lockout.failures) {
            let until = Some(context.now + lockout.duration(failures / lockout.failures));
            events.push(AccountLocked { until }.into());
        }
        events
    }
}

impl LockoutPolicy {
    /// How long the `nth` lock in a row lasts, from 1: each twice the one before.
    fn duration(&self, nth: u32) -> Seconds {
        let doublings = nth.saturating_sub(1).min(31);
        Seconds(self.first_seconds.0.saturating_mul(1 << doublings)).min(Self::LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AccountFrozen, AccountUnlocked, DeviceEnrolled};
    use crate::testing::{ALICE, CODES, PHONE, Scenario, TABLET, six_digits};
    use crate::{Actor, CodeSetId, DeviceId, Policy, Timestamp, TotpMatch};

    fn with_phone() -> (Scenario, Actor) {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        (scenario, Actor::customer(ALICE))
    }

    fn totp() -> CheckSecondFactor {
        CheckSecondFactor::totp(ALICE, six_digits())
    }

    fn recovery_code() -> CheckSecondFactor {
        CheckSecondFactor::recovery_code(ALICE, RecoveryCode::from_bytes([7; 15]))
    }

    /// Alice types this many wrong codes, each as soon as she may; the last lock's end.
    fn wrong(scenario: &mut Scenario, times: u32) -> Option<Timestamp> {
        let alice = Actor::customer(ALICE);
        for _ in 0..times {
            if let Some(lock) = scenario.account(ALICE).lock_at(scenario.now) {
                scenario.now = lock.until.unwrap();
            }
            scenario.typed_wrong_code().when(&alice, totp()).decision.unwrap();
        }
        scenario.account(ALICE).lock_at(scenario.now).and_then(|lock| lock.until)
    }

    #[test]
    fn a_right_code_verifies_and_is_remembered() {
        let (mut scenario, alice) = with_phone();
        let step = scenario.step();
        scenario.typed_code_of(PHONE).when(&alice, totp()).then(&[SecondFactorVerified {
            device: PHONE,
            step,
        }
        .into()]);
        assert_eq!(scenario.account(ALICE).verified_at.last(), Some(&scenario.now));
    }

    #[test]
    fn a_code_is_accepted_once() {
        let (mut scenario, alice) = with_phone();
        let fresh = scenario.typed_code_of(PHONE).when(&alice, totp()).fresh;
        scenario.when(&alice, totp()).then_refused("code_replayed");
        scenario.when_again(&alice, totp(), fresh).then_refused("code_replayed");
        assert_eq!(scenario.account(ALICE).failures, 0);
    }

    #[test]
    fn an_older_step_than_the_last_is_a_replay_and_a_newer_is_not() {
        let (mut scenario, alice) = with_phone();
        scenario.typed_code_of(PHONE).when(&alice, totp());
        let last = scenario.step();
        scenario.found.totp = vec![TotpMatch { device: PHONE, step: last - 1 }];
        scenario.when(&alice, totp()).then_refused("code_replayed");
        scenario.found.totp = vec![TotpMatch { device: PHONE, step: last + 1 }];
        scenario.when(&alice, totp()).then_recorded(&["SecondFactorVerified"]);
    }

    #[test]
    fn a_code_that_was_used_on_one_device_may_be_new_on_another() {
        let (mut scenario, alice) = with_phone();
        scenario.given(ALICE, [DeviceEnrolled { device: TABLET, step: 1 }]);
        scenario.typed_code_of(PHONE).when(&alice, totp());
        let step = scenario.step();
        scenario.found.totp.push(TotpMatch { device: TABLET, step });
        scenario.when(&alice, totp()).then(&[SecondFactorVerified { device: TABLET, step }.into()]);
    }

    #[test]
    fn the_code_of_a_device_that_has_ended_is_wrong() {
        let (mut scenario, alice) = with_phone();
        let old = DeviceId::from_uuid(uuid::Uuid::from_u128(0x01D));
        scenario.typed_code_of(old).when(&alice, totp()).then_recorded(&["SecondFactorRejected"]);
    }

    #[test]
    fn a_recovery_code_is_accepted_once_and_says_how_many_are_left() {
        let (mut scenario, alice) = with_phone();
        scenario
            .typed_recovery_code(CODES, 3)
            .when(&alice, recovery_code())
            .then(&[RecoveryCodeUsed { set: CODES, index: 3, left: 9 }.into()]);
        scenario.when(&alice, recovery_code()).then_refused("code_used");
        scenario
            .typed_recovery_code(CODES, 0)
            .when(&alice, recovery_code())
            .then(&[RecoveryCodeUsed { set: CODES, index: 0, left: 8 }.into()]);
    }

    #[test]
    fn a_recovery_code_of_an_old_set_or_beyond_the_set_is_wrong() {
        let (mut scenario, alice) = with_phone();
        let old = CodeSetId::from_uuid(uuid::Uuid::from_u128(0x01D));
        for (set, index) in [(old, 0), (CODES, 10)] {
            scenario
                .typed_recovery_code(set, index)
                .when(&alice, recovery_code())
                .then_recorded(&["SecondFactorRejected"]);
        }
    }

    #[test]
    fn each_method_looks_at_its_own_code_alone() {
        let (mut scenario, alice) = with_phone();
        scenario.typed_recovery_code(CODES, 0).when(&alice, totp()).then(&[SecondFactorRejected {
            method: Method::Totp,
            failures: 1,
        }
        .into()]);
        scenario.typed_code_of(PHONE).when(&alice, recovery_code()).then(&[SecondFactorRejected {
            method: Method::RecoveryCode,
            failures: 2,
        }
        .into()]);
    }

    #[test]
    fn a_wrong_code_is_recorded_and_counted_before_it_is_answered() {
        let (mut scenario, alice) = with_phone();
        let answer = scenario.typed_wrong_code().when(&alice, totp());
        answer.then(&[SecondFactorRejected { method: Method::Totp, failures: 1 }.into()]);
        let refusal = Refusal::recorded_by(answer.decision.as_ref().unwrap());
        assert_eq!(refusal, Some(Refusal::CodeWrong { failures: 1 }));
    }

    #[test]
    fn ten_wrong_codes_in_a_row_lock_for_a_quarter_of_an_hour() {
        let (mut scenario, alice) = with_phone();
        assert_eq!(wrong(&mut scenario, 9), None);
        let answer = scenario.typed_wrong_code().when(&alice, totp());
        answer.then_recorded(&["SecondFactorRejected", "AccountLocked"]);
        let until = Some(scenario.now + Seconds::minutes(15));
        let refusal = Refusal::recorded_by(answer.decision.as_ref().unwrap());
        assert_eq!(refusal, Some(Refusal::Locked { until }));
        scenario.after_minutes(14);
        scenario.typed_code_of(PHONE).when(&alice, totp()).then_refused("locked");
        scenario.after_minutes(1);
        scenario.typed_code_of(PHONE).when(&alice, totp()).then_recorded(&["SecondFactorVerified"]);
    }

    #[test]
    fn a_right_code_begins_the_count_anew() {
        let (mut scenario, alice) = with_phone();
        wrong(&mut scenario, 9);
        scenario.typed_code_of(PHONE).when(&alice, totp());
        assert_eq!(wrong(&mut scenario, 9), None);
        scenario.typed_recovery_code(CODES, 0).when(&alice, recovery_code());
        assert_eq!(wrong(&mut scenario, 9), None);
        assert!(wrong(&mut scenario, 1).is_some());
    }

    #[test]
    fn each_further_lock_is_twice_as_long_up_to_a_day() {
        let (mut scenario, _) = with_phone();
        for minutes in [15, 30, 60, 120, 240, 480, 960, 1440, 1440] {
            let until = wrong(&mut scenario, 10);
            assert_eq!(until, Some(scenario.now + Seconds::minutes(minutes)));
        }
    }

    #[test]
    fn a_hundred_wrong_codes_in_a_row_lock_until_an_admin_unlocks() {
        let (mut scenario, alice) = with_phone();
        wrong(&mut scenario, 99);
        let answer = scenario.typed_wrong_code().when(&alice, totp());
        let refusal = Refusal::recorded_by(answer.decision.as_ref().unwrap());
        assert_eq!(refusal, Some(Refusal::Locked { until: None }));
        scenario.after_minutes(365 * 24 * 60);
        scenario.typed_code_of(PHONE).when(&alice, totp()).then_refused("locked");
        scenario.given(ALICE, [AccountUnlocked {}]);
        scenario.when(&alice, totp()).then_recorded(&["SecondFactorVerified"]);
    }

    #[test]
    fn the_strict_policy_locks_after_five() {
        let (scenario, _) = with_phone();
        let mut scenario = scenario.under(Policy::strict());
        assert_eq!(wrong(&mut scenario, 4), None);
        assert!(wrong(&mut scenario, 1).is_some());
    }

    #[test]
    fn without_mfa_there_is_nothing_to_check() {
        let mut scenario = Scenario::new();
        scenario.when(&Actor::customer(ALICE), totp()).then_refused("mfa_not_on");
    }

    #[test]
    fn a_frozen_account_is_refused() {
        let (mut scenario, alice) = with_phone();
        scenario.typed_code_of(PHONE).given(ALICE, [AccountFrozen {}]);
        scenario.when(&alice, totp()).then_refused("frozen");
    }

    #[test]
    fn debug_and_the_digested_form_hide_the_code() {
        let command = CheckSecondFactor::totp(ALICE, "314159".parse().unwrap());
        assert!(!format!("{command:?}").contains("314159"));
        assert!(!serde_json::to_string(&command).unwrap().contains("314159"));
    }
}
