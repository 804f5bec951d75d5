//! The customer removes a device they no longer use.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision};
use crate::event::DeviceRemoved;
use crate::{AccountId, Context, DeviceId, FreshId, MfaPolicy, Refusal};

/// Removes one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemoveDevice {
    account: AccountId,
    device: DeviceId,
}

impl RemoveDevice {
    /// Removes this device of this account.
    pub fn new(account: impl Into<AccountId>, device: DeviceId) -> Self {
        Self { account: account.into(), device }
    }
}

impl AccountRule for RemoveDevice {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context)?;
        context.require_self(account.id)?;
        account.require_usable()?;
        context.require_fresh_second_factor(Some(account))?;
        let devices = account.devices();
        if !devices.iter().any(|device| device.id == self.device) {
            return Err(Refusal::NotFound);
        }
        if devices.len() == 1 && context.tenant.policy.mfa == MfaPolicy::Required {
            return Err(Refusal::LastDevice);
        }
        Ok(vec![DeviceRemoved { device: self.device }.into()])
    }
}
