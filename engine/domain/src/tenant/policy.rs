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
        Ok(vec![PolicyChanged { policy: self.policy.clone() }.into()])
    }
}
