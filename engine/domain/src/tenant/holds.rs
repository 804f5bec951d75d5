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
        Ok(vec![LegalHoldLifted { customer: self.customer }.into()])
    }
}
