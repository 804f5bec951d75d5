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
        account.require_known(context)?;
        context.permit(Permission::EraseCustomer)?;
        if account.erased {
            return Err(Refusal::Erased);
        }
        if context.tenant.holds.contains(&self.customer) {
            return Err(Refusal::LegalHold);
        }
        let mut events = account.revocation(context.now, RevocationCause::Erased);
        events.push(CustomerErased {}.into());
        Ok(events)
    }
}
