//! After a correct password, a customer uses the bypass instead of a second factor.

use serde::Serialize;

use crate::account::{Account, Case, OpenBypass, Progress};
use crate::command::{AccountRule, Decision};
use crate::event::{BypassCodeRejected, BypassRevoked, BypassUsed, RevocationCause};
use crate::{AccountId, Context, FreshId, IssuedCode, NewEvent, Proof, Refusal};

/// Redeems the open bypass and begins a recovery session.
///
/// The adapter has checked the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RedeemBypass {
    account: AccountId,
    #[serde(skip)]
    code: Option<IssuedCode>,
}

impl RedeemBypass {
    /// Redeems the bypass of this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into(), code: None }
    }

    /// Shows the code that the admin gave with it.
    #[must_use]
    pub fn code(mut self, code: IssuedCode) -> Self {
        self.code = Some(code);
        self
    }

    /// The code that is shown.
    pub const fn issued_code(&self) -> Option<&IssuedCode> {
        self.code.as_ref()
    }
}

impl AccountRule for RedeemBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_own(context)?;
        account.require_unlocked(context.now)?;
        let case = account.case.as_ref().ok_or(Refusal::NoOpenCase)?;
        let Progress::Open(open) = &case.progress else { return Err(Refusal::NoOpenCase) };
        open.require_redeemable(&case.terms, context.now)?;
        case.require_network(context)?;
        if case.terms.proof == Proof::PasswordAndIssuedCode {
            let check = context.found.issued_code.ok_or(Refusal::IssuedCodeMissing)?;
            if check.bypass != case.bypass {
                // Compared with the code of a bypass that another has just replaced.
                return Err(Refusal::NoOpenCase);
            }
            if !check.right {
                return Ok(case.reject_code(open));
            }
        }
        let session_until = open.until.min(context.now + context.tenant.policy.enrolment_seconds);
        let (bypass, use_number) = (case.bypass, open.uses + 1);
        let used = BypassUsed { bypass, use_number, session_until };
        Ok(vec![NewEvent::of(case.recovery, used)])
    }
}

impl Case {
    fn require_network(&self, context: &Context<'_>) -> Result<(), Refusal> {
        let networks = &self.terms.networks;
        let inside =
            context.actor.origin.ip.is_some_and(|ip| {
                networks.iter().any(|network| network.contains(&ip.to_canonical()))
            });
        if networks.is_empty() || inside { Ok(()) } else { Err(Refusal::WrongNetwork) }
    }

    /// Counts a wrong issued code; the last one that may be wrong ends the case.
    fn reject_code(&self, open: &OpenBypass) -> Vec<NewEvent> {
        let attempts_left = open.attempts_left.saturating_sub(1);
        let mut events = vec![NewEvent::of(self.recovery, BypassCodeRejected { attempts_left })];
        if attempts_left == 0 {
            let cause = RevocationCause::TooManyAttempts;
            events.push(NewEvent::of(self.recovery, BypassRevoked { cause }));
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{DisableMfa, GrantBypass};
    use crate::event::{
        AccountFrozen, AccountLocked, AccountUnfrozen, CustomerErased, DeviceEnrolled,
    };
    use crate::testing::{ALICE, BOB, BYPASS, PHONE, Scenario};
    use crate::{Actor, Origin, Policy, Reason, RecoverySession, Seconds, Stage};

    /// Bob grants Alice this bypass.
    fn granted(change: impl FnOnce(GrantBypass) -> GrantBypass) -> Scenario {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let bob = scenario.fresh_admin(BOB);
        let command = change(GrantBypass::new(ALICE).reason(Reason::LostDevice));
        scenario.when(&bob, command).then_recorded(&["BypassGranted"]);
        scenario
    }

    fn with_code() -> Scenario {
        granted(|grant| grant.proof(Proof::PasswordAndIssuedCode))
    }

    fn bypass(scenario: &Scenario) -> crate::BypassId {
        scenario.account(ALICE).case.unwrap().bypass
    }

    fn redeem() -> RedeemBypass {
        RedeemBypass::new(ALICE)
    }

    fn typed() -> RedeemBypass {
        redeem().code(IssuedCode::from_bytes([7; 5]))
    }

    fn from_ip(ip: &str) -> Actor {
        let origin = Origin { ip: Some(ip.parse().unwrap()), user_agent: None };
        Actor::customer(ALICE).from(origin)
    }

    #[test]
    fn the_password_alone_redeems_under_the_standard_policy() {
        let mut scenario = granted(|grant| grant);
        let case = scenario.account(ALICE).case.unwrap();
        let session_until = scenario.now + Seconds::minutes(15);
        scenario.when(&Actor::customer(ALICE), redeem()).then(&[NewEvent::of(
            case.recovery,
            BypassUsed { bypass: case.bypass, use_number: 1, session_until },
        )]);
        assert_eq!(scenario.account(ALICE).case.unwrap().stage(), Stage::SignedIn);
    }

    #[test]
    fn a_session_ends_with_its_bypass_if_that_is_sooner() {
        let mut scenario = granted(|grant| grant.for_minutes(20));
        let until = scenario.now + Seconds::minutes(20);
        scenario.after_minutes(10);
        scenario.when(&Actor::customer(ALICE), redeem());
        let Progress::Open(open) = scenario.account(ALICE).case.unwrap().progress else {
            panic!("the bypass is open");
        };
        assert_eq!(open.session_until, Some(until));
    }

    #[test]
    fn a_bypass_that_has_not_started_is_refused_until_the_moment_it_does() {
        let mut scenario =
            granted(|grant| grant.starting_at(crate::testing::START + Seconds::minutes(60)));
        let alice = Actor::customer(ALICE);
        scenario.after_minutes(29);
        scenario.when(&alice, redeem()).then_refused("not_started");
        scenario.after_minutes(1);
        scenario.when(&alice, redeem()).then_recorded(&["BypassUsed"]);
    }

    #[test]
    fn an_expired_bypass_is_refused_from_the_moment_it_ends_with_nothing_recorded() {
        let mut scenario = granted(|grant| grant);
        let alice = Actor::customer(ALICE);
        scenario.after_minutes(59);
        scenario.clone().when(&alice, redeem()).then_recorded(&["BypassUsed"]);
        scenario.after_minutes(1);
        scenario.when(&alice, redeem()).then_refused("expired");
    }

    #[test]
    fn a_spent_bypass_is_refused() {
        let mut scenario = granted(|grant| grant);
        let alice = Actor::customer(ALICE);
        let fresh = scenario.when(&alice, redeem()).fresh;
        scenario.when(&alice, redeem()).then_refused("spent");
        scenario.when_again(&alice, redeem(), fresh).then_refused("spent");
    }

    #[test]
    fn a_bypass_is_redeemed_as_often_as_granted_and_the_newest_session_wins() {
        let mut scenario = granted(|grant| grant.uses(2));
        let alice = Actor::customer(ALICE);
        let session = |use_number| {
            alice.clone().in_recovery(RecoverySession { bypass: bypass(&scenario), use_number })
        };
        let (first, second) = (session(1), session(2));
        scenario.when(&alice, redeem()).then_recorded(&["BypassUsed"]);
        scenario.when(&second, DisableMfa::new(ALICE)).then_refused("session_not_live");
        scenario.when(&alice, redeem()).then_recorded(&["BypassUsed"]);
        scenario.when(&alice, redeem()).then_refused("spent");
        scenario.when(&first, DisableMfa::new(ALICE)).then_refused("session_not_live");
        scenario.when(&second, DisableMfa::new(ALICE)).then_recorded(&["MfaDisabled"]);
    }

    #[test]
    fn a_bypass_whose_purpose_is_reached_is_spent_whatever_uses_are_left() {
        let mut scenario = granted(|grant| grant.uses(5));
        let case = scenario.account(ALICE).case.unwrap().recovery;
        scenario.given(ALICE, [NewEvent::of(case, DeviceEnrolled { device: PHONE, step: 1 })]);
        scenario.when(&Actor::customer(ALICE), redeem()).then_refused("spent");
    }

    #[test]
    fn nothing_open_is_nothing_to_redeem() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        scenario.when(&Actor::customer(ALICE), redeem()).then_refused("no_open_case");
    }

    #[test]
    fn only_the_customer_or_a_service_for_them_redeems() {
        let scenario = granted(|grant| grant);
        let mut with_key = scenario.clone();
        let key = with_key.given_service();
        with_key.when(&Actor::customer(ALICE).via(key), redeem()).then_recorded(&["BypassUsed"]);
        for actor in [Actor::admin(BOB), Actor::system(), Actor::service(key)] {
            scenario.clone().when(&actor, redeem()).then_refused("not_found");
        }
        scenario.clone().when(&Actor::customer(ALICE).via(key), redeem()).then_refused("not_found");
    }

    #[test]
    fn a_bypass_bound_to_networks_is_redeemed_from_there_alone() {
        let scenario = granted(|grant| {
            grant
                .only_from("192.0.2.0/24".parse().unwrap())
                .only_from("2001:db8::/32".parse().unwrap())
        });
        for ip in ["192.0.2.9", "::ffff:192.0.2.9", "2001:db8::1"] {
            scenario.clone().when(&from_ip(ip), redeem()).then_recorded(&["BypassUsed"]);
        }
        for actor in [from_ip("198.51.100.1"), from_ip("2001:db9::1"), Actor::customer(ALICE)] {
            scenario.clone().when(&actor, redeem()).then_refused("wrong_network");
        }
    }

    #[test]
    fn the_issued_code_is_asked_for_and_the_right_one_redeems() {
        let mut scenario = with_code();
        let (alice, bypass) = (Actor::customer(ALICE), bypass(&scenario));
        scenario.when(&alice, redeem()).then_refused("issued_code_missing");
        scenario.typed_issued_code(bypass, true);
        scenario.when(&alice, typed()).then_recorded(&["BypassUsed"]);
    }

    #[test]
    fn a_wrong_issued_code_is_counted_and_the_fifth_revokes() {
        let mut scenario = with_code();
        let (alice, bypass) = (Actor::customer(ALICE), bypass(&scenario));
        scenario.typed_issued_code(bypass, false);
        for attempts_left in [4, 3, 2, 1] {
            let answer = scenario.when(&alice, typed());
            answer.then_recorded(&["BypassCodeRejected"]);
            let refusal = Refusal::recorded_by(answer.decision.as_ref().unwrap());
            assert_eq!(refusal, Some(Refusal::IssuedCodeWrong { attempts_left }));
        }
        let answer = scenario.when(&alice, typed());
        answer.then_recorded(&["BypassCodeRejected", "BypassRevoked"]);
        let refusal = Refusal::recorded_by(answer.decision.as_ref().unwrap());
        assert_eq!(refusal, Some(Refusal::IssuedCodeWrong { attempts_left: 0 }));
        scenario.typed_issued_code(bypass, true);
        scenario.when(&alice, typed()).then_refused("no_open_case");
    }

    #[test]
    fn a_right_code_gives_no_tries_back() {
        let mut scenario = granted(|grant| grant.proof(Proof::PasswordAndIssuedCode).uses(5));
        let (alice, bypass) = (Actor::customer(ALICE), bypass(&scenario));
        for right in [false, true, false, true] {
            scenario.typed_issued_code(bypass, right).when(&alice, typed());
        }
        scenario.typed_issued_code(bypass, false);
        let rejected = scenario.when(&alice, typed()).decision.unwrap();
        let refusal = Refusal::recorded_by(&rejected);
        assert_eq!(refusal, Some(Refusal::IssuedCodeWrong { attempts_left: 2 }));
    }

    #[test]
    fn the_code_of_a_bypass_that_was_replaced_neither_redeems_nor_counts() {
        let mut scenario = with_code();
        for right in [true, false] {
            scenario.typed_issued_code(BYPASS, right);
            scenario.when(&Actor::customer(ALICE), typed()).then_refused("no_open_case");
        }
    }

    #[test]
    fn frozen_erased_and_locked_accounts_redeem_nothing() {
        let mut scenario = Scenario::new().under(Policy::strict());
        scenario.given_phone(ALICE).given_bypass(ALICE).typed_issued_code(BYPASS, true);
        let alice = Actor::customer(ALICE);
        scenario.given(ALICE, [AccountLocked { until: Some(scenario.now + Seconds::minutes(9)) }]);
        scenario.when(&alice, typed()).then_refused("locked");
        scenario.after_minutes(9);
        scenario.clone().when(&alice, typed()).then_recorded(&["BypassUsed"]);
        scenario.given(ALICE, [AccountFrozen {}]);
        scenario.when(&alice, typed()).then_refused("frozen");
        scenario.given(ALICE, [AccountUnfrozen {}]).given(ALICE, [CustomerErased {}]);
        scenario.when(&alice, typed()).then_refused("erased");
    }
}
