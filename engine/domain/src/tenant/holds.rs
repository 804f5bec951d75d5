//! Legal holds keep a customer's data from being erased.

use serde::Serialize;

use crate::command::{Decision, TenantRule};
use crate::event::{LegalHoldLifted, LegalHoldPlaced};
use crate::tenant::Tenant;
use crate::{Context, CustomerId, Permission, Refusal};

/// Forbids the erasure of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceLegalHold {
    customer: CustomerId,
}

impl PlaceLegalHold {
    /// Holds the data of this customer.
    pub const fn new(customer: CustomerId) -> Self {
        Self { customer }
    }
}

impl TenantRule for PlaceLegalHold {
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision {
        context.permit(Permission::EraseCustomer)?;
        if tenant.holds.contains(&self.customer) {
            return Err(Refusal::Unchanged);
        }
        context.require_step_up()?;
        Ok(vec![LegalHoldPlaced { customer: self.customer }.into()])
    }
}

/// Lets the data of a customer be erased again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiftLegalHold {
    customer: CustomerId,
}

impl LiftLegalHold {
    /// Lifts the hold on the data of this customer.
    pub const fn new(customer: CustomerId) -> Self {
        Self { customer }
    }
}

impl TenantRule for LiftLegalHold {
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision {
        context.permit(Permission::EraseCustomer)?;
        if !tenant.holds.contains(&self.customer) {
            return Err(Refusal::Unchanged);
        }
        context.require_step_up()?;
        Ok(vec![LegalHoldLifted { customer: self.customer }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::testing::{ALICE, AUDREY, OLGA, Scenario};

    #[test]
    fn an_owner_places_a_hold_and_lifts_it() {
        let mut scenario = Scenario::new();
        let olga = scenario.fresh_admin(OLGA);
        scenario.when(&olga, LiftLegalHold::new(ALICE)).then_refused("unchanged");
        let placed = scenario.when(&olga, PlaceLegalHold::new(ALICE));
        placed.then(&[LegalHoldPlaced { customer: ALICE }.into()]);
        scenario
            .when_again(&olga, PlaceLegalHold::new(ALICE), placed.fresh)
            .then_refused("unchanged");
        let lifted = scenario.when(&olga, LiftLegalHold::new(ALICE));
        lifted.then(&[LegalHoldLifted { customer: ALICE }.into()]);
        scenario
            .when_again(&olga, LiftLegalHold::new(ALICE), lifted.fresh)
            .then_refused("unchanged");
    }

    #[test]
    fn both_take_a_fresh_second_factor() {
        let mut scenario = Scenario::new();
        let olga = Actor::admin(OLGA);
        scenario.when(&olga, PlaceLegalHold::new(ALICE)).then_refused("second_factor_not_fresh");
        scenario.given_tenant(LegalHoldPlaced { customer: ALICE });
        scenario.when(&olga, LiftLegalHold::new(ALICE)).then_refused("second_factor_not_fresh");
    }

    #[test]
    fn nobody_else_has_a_say() {
        for actor in [Actor::admin(AUDREY), Actor::customer(ALICE), Actor::system()] {
            let mut scenario = Scenario::new();
            scenario.when(&actor, PlaceLegalHold::new(ALICE)).then_refused("not_permitted");
            scenario.when(&actor, LiftLegalHold::new(ALICE)).then_refused("not_permitted");
        }
    }
}
