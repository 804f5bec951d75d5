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
