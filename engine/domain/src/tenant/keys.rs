//! API keys of embedding services, and the key that signs checkpoints.

use serde::Serialize;

use crate::command::{Decision, TenantRule};
use crate::event::{ApiKeyIssued, ApiKeyRevoked, SigningKeyRotated};
use crate::tenant::Tenant;
use crate::{Context, IntoText, KeyId, KeyLabel, Permission, Refusal, Role, TextError, Timestamp};

/// Issues an API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssueApiKey {
    label: Result<KeyLabel, TextError>,
    roles: Vec<Role>,
    until: Option<Timestamp>,
}

impl IssueApiKey {
    /// A key for this purpose that may act as a service.
    pub fn new(label: impl IntoText<KeyLabel>) -> Self {
        Self { label: label.into_text(), roles: vec![Role::Service], until: None }
    }

    /// Lets the key read history instead.
    #[must_use]
    pub fn auditor(mut self) -> Self {
        self.roles = vec![Role::Auditor];
        self
    }

    /// Until when; until revoked if not given.
    #[must_use]
    pub const fn until(mut self, until: Timestamp) -> Self {
        self.until = Some(until);
        self
    }
}

impl TenantRule for IssueApiKey {
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision {
        context.permit_or_system(Permission::ManageTenant)?;
        let label = self.label.clone().map_err(|why| Refusal::InvalidText { why })?;
        if self.until.is_some_and(|until| until <= context.now) {
            return Err(Refusal::AlreadyPast);
        }
        let key = context.fresh.key();
        if tenant.keys.contains_key(&key) {
            return Err(Refusal::AlreadyDone);
        }
        Ok(vec![ApiKeyIssued { key, label, roles: self.roles.clone(), until: self.until }.into()])
    }
}

/// Revokes an API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevokeApiKey {
    key: KeyId,
}

impl RevokeApiKey {
    /// Revokes this key.
    pub const fn new(key: KeyId) -> Self {
        Self { key }
    }
}

impl TenantRule for RevokeApiKey {
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision {
        context.permit_or_system(Permission::ManageTenant)?;
        let key = tenant.keys.get(&self.key).ok_or(Refusal::NotFound)?;
        if key.revoked {
            return Err(Refusal::Unchanged);
        }
        Ok(vec![ApiKeyRevoked { key: self.key }.into()])
    }
}

/// Announces that checkpoints are signed by another key from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RotateSigningKey {
    verifier_key: String,
}

impl RotateSigningKey {
    /// The verifier key in its signed-note text form; the engine makes it.
    pub fn new(verifier_key: impl Into<String>) -> Self {
        Self { verifier_key: verifier_key.into() }
    }
}

impl TenantRule for RotateSigningKey {
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision {
        context.permit_or_system(Permission::ManageTenant)?;
        if tenant.verifier_key.as_ref() == Some(&self.verifier_key) {
            return Err(Refusal::Unchanged);
        }
        Ok(vec![SigningKeyRotated { verifier_key: self.verifier_key.clone() }.into()])
    }
}
