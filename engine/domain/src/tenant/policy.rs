//! An owner changes the policy.

use serde::Serialize;

use crate::command::{Decision, TenantRule};
use crate::event::PolicyChanged;
use crate::tenant::Tenant;
use crate::{Context, Permission, Policy, Refusal};

/// Puts another policy in the place of the one before. Open bypasses keep their terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangePolicy {
    policy: Policy,
}

impl ChangePolicy {
    /// The whole new policy.
    pub const fn new(policy: Policy) -> Self {
        Self { policy }
    }
}

impl TenantRule for ChangePolicy {
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision {
        context.permit_or_system(Permission::ManageTenant)?;
        self.policy.validate().map_err(|why| Refusal::PolicyInvalid { why })?;
        if tenant.policy == self.policy {
            return Err(Refusal::Unchanged);
        }
        context.require_step_up()?;
        Ok(vec![PolicyChanged { policy: self.policy.clone() }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{BOB, OLGA, Scenario};
    use crate::{Actor, Seconds};

    #[test]
    fn an_owner_or_the_operator_puts_another_policy_in_place() {
        let mut scenario = Scenario::new();
        for actor in [scenario.fresh_admin(OLGA), Actor::system()] {
            scenario.tenant.policy = Policy::standard();
            let policy = Policy::strict();
            let fresh = scenario
                .when(&actor, ChangePolicy::new(policy.clone()))
                .then(&[PolicyChanged { policy: policy.clone() }.into()])
                .fresh;
            assert_eq!(scenario.tenant.policy, policy);
            scenario.when_again(&actor, ChangePolicy::new(policy), fresh).then_refused("unchanged");
        }
    }

    #[test]
    fn an_owner_without_a_fresh_second_factor_changes_no_policy() {
        let mut scenario = Scenario::new();
        let stale = scenario.fresh_admin(OLGA);
        scenario.after_minutes(11);
        for olga in [Actor::admin(OLGA), stale] {
            scenario
                .when(&olga, ChangePolicy::new(Policy::strict()))
                .then_refused("second_factor_not_fresh");
        }
    }

    #[test]
    fn a_policy_that_cannot_be_is_refused() {
        let mut policy = Policy::standard();
        policy.lifetime.most_seconds = Seconds::hours(48);
        Scenario::new()
            .when(&Actor::admin(OLGA), ChangePolicy::new(policy))
            .then_refused("policy_invalid");
    }

    #[test]
    fn a_recovery_admin_changes_no_policy() {
        Scenario::new()
            .when(&Actor::admin(BOB), ChangePolicy::new(Policy::strict()))
            .then_refused("not_permitted");
    }
}
