//! A tenant comes to be.

use serde::Serialize;

use crate::command::{Decision, TenantRule};
use crate::event::TenantCreated;
use crate::tenant::Tenant;
use crate::{Context, Policy, Refusal, TenantName, Who};

/// Creates the tenant whose ledger this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreateTenant {
    name: TenantName,
    policy: Policy,
}

impl CreateTenant {
    /// A tenant of this name under this policy.
    pub const fn new(name: TenantName, policy: Policy) -> Self {
        Self { name, policy }
    }
}

impl TenantRule for CreateTenant {
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision {
        if context.actor.who != Who::System {
            return Err(Refusal::NotPermitted);
        }
        if tenant.name.is_some() {
            return Err(Refusal::AlreadyDone);
        }
        self.policy.validate().map_err(|why| Refusal::PolicyInvalid { why })?;
        Ok(vec![TenantCreated { name: self.name.clone(), policy: self.policy.clone() }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{OLGA, Scenario};
    use crate::{Actor, Seconds, TenantId};

    fn create(policy: Policy) -> CreateTenant {
        CreateTenant::new("acme-msp".parse().unwrap(), policy)
    }

    /// A ledger without any event.
    fn nothing() -> Scenario {
        let mut scenario = Scenario::new();
        scenario.tenant = Tenant::new(TenantId::from_uuid(uuid::Uuid::from_u128(1)));
        scenario
    }

    #[test]
    fn the_operator_creates_a_tenant_once() {
        let mut scenario = nothing();
        let operator = Actor::system();
        let answer = scenario.when(&operator, create(Policy::strict()));
        let (name, policy) = ("acme-msp".parse().unwrap(), Policy::strict());
        answer.then(&[TenantCreated { name, policy }.into()]);
        assert_eq!(scenario.tenant.policy, Policy::strict());
        scenario
            .when_again(&operator, create(Policy::strict()), answer.fresh)
            .then_refused("already_done");
    }

    #[test]
    fn nobody_else_does() {
        Scenario::new()
            .when(&Actor::admin(OLGA), create(Policy::standard()))
            .then_refused("not_permitted");
    }

    #[test]
    fn a_policy_that_cannot_be_is_refused() {
        let mut policy = Policy::standard();
        policy.fresh_seconds = Seconds(0);
        nothing().when(&Actor::system(), create(policy)).then_refused("policy_invalid");
    }
}
