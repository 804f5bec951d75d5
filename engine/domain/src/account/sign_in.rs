//! What a correct password is worth.

use crate::account::{Account, Mfa, Progress};
use crate::{AccountId, BypassId, MfaPolicy, Proof, Refusal, Tenant, Timestamp};

/// What a correct password is worth at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignIn {
    /// A second factor is required.
    SecondFactor(Methods),
    /// A bypass can be redeemed instead of showing a second factor.
    Bypass(BypassOffer),
    /// Signed in, but only to set up MFA for the first time.
    EnrolmentOnly,
    /// Signed in.
    Allowed,
    /// Not signed in, and why.
    Refused(Refusal),
}

/// What a second factor can be shown with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Methods {
    /// The code of an authenticator app.
    pub totp: bool,
    /// A saved recovery code.
    pub recovery_code: bool,
}

/// A bypass that can be redeemed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BypassOffer {
    /// The bypass.
    pub bypass: BypassId,
    /// What redeeming it takes.
    pub proof: Proof,
    /// Until when.
    pub until: Timestamp,
    /// What else would do, if MFA is on.
    pub second_factor: Option<Methods>,
}

impl Account {
    /// What a correct password is worth at this moment.
    pub fn sign_in(&self, now: Timestamp, tenant: &Tenant) -> SignIn {
        if let Err(refusal) = self.require_welcome(now, tenant) {
            return SignIn::Refused(refusal);
        }
        let second_factor = match &self.mfa {
            Mfa::On { codes, .. } => Some(Methods {
                totp: true,
                recovery_code: codes.as_ref().is_some_and(|codes| codes.left() > 0),
            }),
            Mfa::NotSetUp | Mfa::Off => None,
        };
        if let Some(offer) = self.bypass_offer(now, second_factor) {
            return SignIn::Bypass(offer);
        }
        match (&self.mfa, second_factor, tenant.policy.mfa) {
            (_, Some(methods), _) => SignIn::SecondFactor(methods),
            (Mfa::NotSetUp, _, MfaPolicy::Required) => SignIn::EnrolmentOnly,
            (_, _, MfaPolicy::Required) => SignIn::Refused(Refusal::SetupOverdue),
            (_, _, MfaPolicy::Optional) => SignIn::Allowed,
        }
    }

    fn require_welcome(&self, now: Timestamp, tenant: &Tenant) -> Result<(), Refusal> {
        self.require_known(tenant)?;
        if let AccountId::Admin(id) = self.id
            && tenant.admins.get(&id).is_some_and(|admin| admin.suspended)
        {
            return Err(Refusal::NotPermitted);
        }
        self.require_usable()?;
        self.require_unlocked(now)
    }

    fn bypass_offer(&self, now: Timestamp, second_factor: Option<Methods>) -> Option<BypassOffer> {
        let case = self.case.as_ref()?;
        let Progress::Open(open) = &case.progress else { return None };
        open.require_redeemable(&case.terms, now).ok()?;
        Some(BypassOffer {
            bypass: case.bypass,
            proof: case.terms.proof,
            until: open.until,
            second_factor,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{
        AccountFrozen, AccountLocked, BypassUsed, CustomerErased, DeviceEnrolled, RecoveryCodeUsed,
    };
    use crate::testing::{ALICE, BYPASS, CASE, CODES, PHONE, Scenario};
    use crate::{NewEvent, Seconds};

    const BOTH: Methods = Methods { totp: true, recovery_code: true };

    fn with_phone() -> Scenario {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        scenario
    }

    fn off() -> Scenario {
        let mut scenario = with_phone();
        scenario.given_mfa_disabled(ALICE);
        scenario
    }

    fn optional(mut scenario: Scenario) -> Scenario {
        scenario.tenant.policy.mfa = MfaPolicy::Optional;
        scenario
    }

    fn offer(scenario: &Scenario, second_factor: Option<Methods>) -> SignIn {
        SignIn::Bypass(BypassOffer {
            bypass: BYPASS,
            proof: scenario.tenant.policy.proof,
            until: scenario.now + scenario.tenant.policy.lifetime.default_seconds,
            second_factor,
        })
    }

    #[test]
    fn erased_frozen_and_locked_accounts_are_refused_with_why_and_until_when() {
        let mut scenario = with_phone();
        scenario.given_bypass(ALICE);
        let until = Some(scenario.now + Seconds::minutes(15));
        scenario.given(ALICE, [AccountLocked { until }]);
        assert_eq!(scenario.sign_in(ALICE), SignIn::Refused(Refusal::Locked { until }));
        scenario.given(ALICE, [AccountFrozen {}]);
        assert_eq!(scenario.sign_in(ALICE), SignIn::Refused(Refusal::Frozen));
        scenario.given(ALICE, [CustomerErased {}]);
        assert_eq!(scenario.sign_in(ALICE), SignIn::Refused(Refusal::Erased));
    }

    #[test]
    fn a_lock_is_over_at_the_moment_it_names() {
        let mut scenario = with_phone();
        let until = Some(scenario.now + Seconds::minutes(15));
        scenario.given(ALICE, [AccountLocked { until }]).after_minutes(15);
        assert_eq!(scenario.sign_in(ALICE), SignIn::SecondFactor(BOTH));
    }

    #[test]
    fn with_mfa_on_a_second_factor_is_required_whatever_policy_says() {
        assert_eq!(with_phone().sign_in(ALICE), SignIn::SecondFactor(BOTH));
        assert_eq!(optional(with_phone()).sign_in(ALICE), SignIn::SecondFactor(BOTH));
    }

    #[test]
    fn recovery_codes_are_offered_while_one_is_left() {
        let totp_alone = SignIn::SecondFactor(Methods { totp: true, recovery_code: false });
        let mut scenario = Scenario::new();
        scenario.given(ALICE, [DeviceEnrolled { device: PHONE, step: 1 }]);
        assert_eq!(scenario.sign_in(ALICE), totp_alone);
        let mut scenario = with_phone();
        for index in 0..10 {
            assert_eq!(scenario.sign_in(ALICE), SignIn::SecondFactor(BOTH));
            scenario.given(ALICE, [RecoveryCodeUsed { set: CODES, index, left: 9 - index }]);
        }
        assert_eq!(scenario.sign_in(ALICE), totp_alone);
    }

    #[test]
    fn an_open_bypass_is_offered_beside_the_second_factor() {
        let mut scenario = with_phone();
        scenario.given_bypass(ALICE);
        assert_eq!(scenario.sign_in(ALICE), offer(&scenario, Some(BOTH)));
    }

    #[test]
    fn with_mfa_off_an_open_bypass_is_offered_alone() {
        let mut scenario = off();
        scenario.given_bypass(ALICE);
        assert_eq!(scenario.sign_in(ALICE), offer(&scenario, None));
    }

    #[test]
    fn a_bypass_that_is_not_started_over_or_spent_is_not_offered() {
        let mut scenario = with_phone();
        scenario.given_bypass(ALICE);
        let mut early = scenario.clone();
        early.now = scenario.now - Seconds(1);
        assert_eq!(early.sign_in(ALICE), SignIn::SecondFactor(BOTH));
        let mut over = scenario.clone();
        over.after_minutes(60);
        assert_eq!(over.sign_in(ALICE), SignIn::SecondFactor(BOTH));
        let session_until = scenario.now + Seconds::minutes(15);
        let used = BypassUsed { bypass: BYPASS, use_number: 1, session_until };
        scenario.given(ALICE, [NewEvent::of(CASE, used)]);
        assert_eq!(scenario.sign_in(ALICE), SignIn::SecondFactor(BOTH));
    }

    #[test]
    fn with_mfa_off_and_nothing_open_an_admin_must_grant_again() {
        assert_eq!(off().sign_in(ALICE), SignIn::Refused(Refusal::SetupOverdue));
        let mut scenario = off();
        scenario.given_bypass(ALICE);
        scenario.given_session(ALICE);
        assert_eq!(scenario.sign_in(ALICE), SignIn::Refused(Refusal::SetupOverdue));
    }

    #[test]
    fn with_mfa_off_where_it_is_optional_the_password_will_do() {
        assert_eq!(optional(off()).sign_in(ALICE), SignIn::Allowed);
    }

    #[test]
    fn whoever_never_set_up_mfa_may_do_so_and_nothing_else_where_it_is_required() {
        assert_eq!(Scenario::new().sign_in(ALICE), SignIn::EnrolmentOnly);
        assert_eq!(optional(Scenario::new()).sign_in(ALICE), SignIn::Allowed);
    }
}
