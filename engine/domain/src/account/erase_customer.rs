//! An owner has a customer's personal data destroyed; the history stays provable.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision};
use crate::event::{CustomerErased, RevocationCause};
use crate::{AccountId, Context, CustomerId, FreshId, Permission, Refusal};

/// Destroys personal data, secrets and key of a customer. There is no way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EraseCustomer {
    customer: CustomerId,
}

impl EraseCustomer {
    /// Erases this customer.
    pub const fn new(customer: CustomerId) -> Self {
        Self { customer }
    }
}

impl AccountRule for EraseCustomer {
    fn account(&self, _: FreshId) -> AccountId {
        self.customer.into()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context.tenant)?;
        context.permit(Permission::EraseCustomer)?;
        if account.erased {
            return Err(Refusal::Erased);
        }
        if context.tenant.holds.contains(&self.customer) {
            return Err(Refusal::LegalHold);
        }
        context.require_step_up()?;
        let mut events = account.revocation(context.now, RevocationCause::Erased);
        events.push(CustomerErased {}.into());
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{BypassExpired, BypassRevoked, LegalHoldLifted, LegalHoldPlaced};
    use crate::testing::{ALICE, BOB, CASE, OLGA, Scenario};
    use crate::{Actor, NewEvent, Stage};

    fn erase() -> EraseCustomer {
        EraseCustomer::new(ALICE)
    }

    #[test]
    fn an_erased_customer_needs_no_secret_and_can_do_nothing() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let olga = scenario.fresh_admin(OLGA);
        let fresh = scenario.when(&olga, erase()).then(&[CustomerErased {}.into()]).fresh;
        let account = scenario.account(ALICE);
        assert!(account.erased);
        assert_eq!(account.secrets(), []);
        assert_eq!(scenario.sign_in(ALICE), crate::account::SignIn::Refused(Refusal::Erased));
        scenario.when_again(&olga, erase(), fresh).then_refused("erased");
    }

    #[test]
    fn an_open_case_ends_first() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        let cause = RevocationCause::Erased;
        let mut over = scenario.clone();
        scenario
            .when(&scenario.fresh_admin(OLGA), erase())
            .then(&[NewEvent::of(CASE, BypassRevoked { cause }), CustomerErased {}.into()]);
        over.after_minutes(60);
        over.when(&over.fresh_admin(OLGA), erase()).then(&[
            NewEvent::of(CASE, BypassExpired { stage: Stage::Granted }),
            CustomerErased {}.into(),
        ]);
    }

    #[test]
    fn a_legal_hold_forbids_it_until_it_is_lifted() {
        let mut scenario = Scenario::new();
        scenario.given_tenant(LegalHoldPlaced { customer: ALICE });
        scenario.when(&Actor::admin(OLGA), erase()).then_refused("legal_hold");
        scenario.given_tenant(LegalHoldLifted { customer: ALICE });
        let olga = scenario.fresh_admin(OLGA);
        scenario.when(&olga, erase()).then_recorded(&["CustomerErased"]);
    }

    #[test]
    fn it_takes_a_fresh_second_factor() {
        let mut scenario = Scenario::new();
        let stale = scenario.fresh_admin(OLGA);
        scenario.after_minutes(11);
        for olga in [Actor::admin(OLGA), stale] {
            scenario.when(&olga, erase()).then_refused("second_factor_not_fresh");
        }
    }

    #[test]
    fn only_an_owner_erases() {
        let mut scenario = Scenario::new();
        for actor in [Actor::admin(BOB), Actor::customer(ALICE), Actor::system()] {
            scenario.when(&actor, erase()).then_refused("not_permitted");
        }
    }
}
