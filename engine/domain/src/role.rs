//! Roles, and what each permits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an admin or a service may be in a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// All in the tenant: policy, admins, keys, and every permission below.
    Owner,
    /// Grants and revokes bypasses: the privilege to grant MFA permissions.
    RecoveryAdmin,
    /// Approves or denies what somebody else asked for.
    Approver,
    /// Asks for bypasses, and looks.
    Helpdesk,
    /// Reads, verifies, exports and signs off.
    Auditor,
    /// An embedding service: acts for customers whose password it has checked.
    Service,
}

/// What a rule may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Register customers.
    RegisterCustomer,
    /// Ask for a bypass for a customer.
    RequestBypass,
    /// Grant a bypass.
    GrantBypass,
    /// Approve or deny a request.
    ApproveBypass,
    /// Revoke a bypass.
    RevokeBypass,
    /// Let a locked account try again.
    UnlockAccount,
    /// Lift a freeze.
    UnfreezeAccount,
    /// Erase a customer's personal data, place and lift legal holds.
    EraseCustomer,
    /// Change policy, admins and keys.
    ManageTenant,
    /// Read and export history, sign cases off.
    Audit,
    /// Speak for a customer.
    ActForCustomers,
}

impl Role {
    /// Every role, most powerful first.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::RecoveryAdmin,
        Self::Approver,
        Self::Helpdesk,
        Self::Auditor,
        Self::Service,
    ];

    /// Whether this role permits that.
    pub const fn permits(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => !matches!(permission, P::ActForCustomers),
            Self::RecoveryAdmin => {
                matches!(permission, P::GrantBypass | P::RevokeBypass | P::UnlockAccount)
            }
            Self::Approver => matches!(permission, P::ApproveBypass),
            Self::Helpdesk => matches!(permission, P::RequestBypass),
            Self::Auditor => matches!(permission, P::Audit),
            Self::Service => {
                matches!(permission, P::RegisterCustomer | P::RequestBypass | P::ActForCustomers)
            }
        }
    }

    /// The stored and typed form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::RecoveryAdmin => "recovery_admin",
            Self::Approver => "approver",
            Self::Helpdesk => "helpdesk",
            Self::Auditor => "auditor",
            Self::Service => "service",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no role: expected owner, recovery_admin, approver, helpdesk, auditor or service")]
pub struct ParseRoleError(String);

impl FromStr for Role {
    type Err = ParseRoleError;

    fn from_str(text: &str) -> Result<Self, ParseRoleError> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text.replace('-', "_"));
        found.ok_or_else(|| ParseRoleError(text.chars().take(64).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_as_they_are_written_with_either_dash() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
            assert_eq!(role.name().replace('_', "-").parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        let why = "king".parse::<Role>().unwrap_err().to_string();
        assert!(why.contains("\"king\"") && why.contains("recovery_admin"), "{why}");
    }

    #[test]
    fn an_owner_may_do_everything_but_speak_for_customers() {
        assert!(!Role::Owner.permits(Permission::ActForCustomers));
        assert!(Role::Owner.permits(Permission::ManageTenant));
        let speakers =
            Role::ALL.into_iter().filter(|role| role.permits(Permission::ActForCustomers));
        assert_eq!(speakers.collect::<Vec<_>>(), [Role::Service]);
    }
}
