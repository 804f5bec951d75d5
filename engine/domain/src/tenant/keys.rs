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
        context.require_step_up()?;
        let (roles, until) = (self.roles.clone(), self.until);
        Ok(vec![ApiKeyIssued { key, label, roles, until, secret: true }.into()])
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
        context.require_step_up()?;
        Ok(vec![ApiKeyRevoked { key: self.key }.into()])
    }
}

/// Announces that checkpoints are signed by another key from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RotateSigningKey {
    verifier_key: Result<String, TextError>,
}

impl RotateSigningKey {
    /// The verifier key in its signed-note text form; the engine makes it.
    pub fn new(verifier_key: impl Into<String>) -> Self {
        Self { verifier_key: crate::text::verifier_key(verifier_key.into()) }
    }
}

impl TenantRule for RotateSigningKey {
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision {
        context.permit_or_system(Permission::ManageTenant)?;
        let verifier_key = self.verifier_key.clone().map_err(|why| Refusal::InvalidText { why })?;
        if tenant.signing_keys.iter().any(|key| key.verifier_key == verifier_key) {
            return Err(Refusal::Unchanged);
        }
        context.require_step_up()?;
        Ok(vec![SigningKeyRotated { verifier_key }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{RegisterCustomer, SecretId};
    use crate::testing::{BOB, OLGA, Scenario};
    use crate::{Actor, Seconds};

    fn olga() -> Actor {
        Scenario::new().fresh_admin(OLGA)
    }

    fn register() -> RegisterCustomer {
        RegisterCustomer::new("ada@example.com")
    }

    #[test]
    fn a_key_is_a_services_unless_it_is_an_auditors() {
        let mut scenario = Scenario::new();
        let answer = scenario.when(&olga(), IssueApiKey::new("portal"));
        let (key, label) = (answer.fresh.key(), "portal".parse().unwrap());
        let roles = vec![Role::Service];
        answer.then(&[ApiKeyIssued { key, label, roles, until: None, secret: true }.into()]);
        scenario.when(&Actor::service(key), register()).then_recorded(&["CustomerRegistered"]);
        scenario
            .when_again(&olga(), IssueApiKey::new("portal"), answer.fresh)
            .then_refused("already_done");
        let key = scenario.when(&olga(), IssueApiKey::new("siem").auditor()).fresh.key();
        assert_eq!(scenario.tenant.keys.get(&key).unwrap().roles, [Role::Auditor]);
        scenario.when(&Actor::service(key), register()).then_refused("not_permitted");
    }

    #[test]
    fn a_key_ends_at_the_moment_it_names() {
        let mut scenario = Scenario::new();
        let until = scenario.now + Seconds::minutes(10);
        let key = scenario.when(&olga(), IssueApiKey::new("portal").until(until)).fresh.key();
        scenario.after_minutes(9);
        scenario.when(&Actor::service(key), register()).then_recorded(&["CustomerRegistered"]);
        scenario.after_minutes(1);
        scenario.when(&Actor::service(key), register()).then_refused("not_permitted");
    }

    #[test]
    fn an_expiry_that_has_passed_or_a_label_that_cannot_be_is_refused() {
        let mut scenario = Scenario::new();
        let now = scenario.now;
        scenario.when(&olga(), IssueApiKey::new("portal").until(now)).then_refused("already_past");
        scenario.when(&olga(), IssueApiKey::new(" ")).then_refused("invalid_text");
    }

    #[test]
    fn a_revoked_key_does_nothing() {
        let mut scenario = Scenario::new();
        let key = scenario.given_service();
        let answer = scenario.when(&olga(), RevokeApiKey::new(key));
        answer.then(&[ApiKeyRevoked { key }.into()]);
        scenario
            .when_again(&olga(), RevokeApiKey::new(key), answer.fresh)
            .then_refused("unchanged");
        scenario.when(&Actor::service(key), register()).then_refused("not_permitted");
    }

    #[test]
    fn a_secret_lives_as_long_as_its_key_is_not_revoked() {
        let mut scenario = Scenario::new();
        let key = scenario.when(&olga(), IssueApiKey::new("portal")).fresh.key();
        assert_eq!(scenario.tenant.secrets(), [SecretId::ApiKey(key)]);
        scenario.when(&olga(), RevokeApiKey::new(key));
        assert_eq!(scenario.tenant.secrets(), []);
    }

    #[test]
    fn a_key_from_before_keys_had_secrets_has_none_and_can_be_revoked() {
        let mut scenario = Scenario::new();
        let key = KeyId::from_uuid(uuid::Uuid::from_u128(9));
        let (label, roles) = ("portal".parse().unwrap(), vec![Role::Service]);
        scenario.given_tenant(ApiKeyIssued { key, label, roles, until: None, secret: false });
        assert_eq!(scenario.tenant.secrets(), []);
        scenario.when(&Actor::service(key), register()).then_recorded(&["CustomerRegistered"]);
        scenario.when(&olga(), RevokeApiKey::new(key)).then_recorded(&["ApiKeyRevoked"]);
    }

    #[test]
    fn a_key_that_is_not_there_is_not_found() {
        let mut scenario = Scenario::new();
        let nothing = KeyId::from_uuid(uuid::Uuid::from_u128(1));
        scenario.when(&olga(), RevokeApiKey::new(nothing)).then_refused("not_found");
        scenario.when(&Actor::service(nothing), register()).then_refused("not_found");
    }

    #[test]
    fn the_signing_key_is_announced_once() {
        let mut scenario = Scenario::new();
        let rotate = || RotateSigningKey::new("readmit.example/acme+1a2b+key");
        let answer = scenario.when(&Actor::system(), rotate());
        answer.then_recorded(&["SigningKeyRotated"]);
        let key = scenario.tenant.signing_keys.last().unwrap();
        assert_eq!(key.verifier_key, "readmit.example/acme+1a2b+key");
        scenario.when_again(&Actor::system(), rotate(), answer.fresh).then_refused("unchanged");
    }

    #[test]
    fn two_signing_keys_overlap_for_thirty_days() {
        let mut scenario = Scenario::new();
        assert_eq!(scenario.tenant.signing_keys_at(scenario.now), [0]);
        scenario.when(&Actor::system(), RotateSigningKey::new("key-1"));
        assert_eq!(scenario.tenant.signing_keys_at(scenario.now), [1, 0]);
        scenario.now = scenario.now + Seconds::days(29);
        scenario.when(&Actor::system(), RotateSigningKey::new("key-2"));
        assert_eq!(scenario.tenant.signing_keys_at(scenario.now), [2, 1, 0]);
        let later = scenario.now + Seconds::days(1);
        assert_eq!(scenario.tenant.signing_keys_at(later), [2, 1]);
        assert_eq!(scenario.tenant.signing_keys_at(later + Seconds::days(29)), [2]);
        // A key that was given up does not come back.
        scenario.when(&Actor::system(), RotateSigningKey::new("key-1")).then_refused("unchanged");
    }

    #[test]
    fn a_signing_key_that_cannot_be_is_refused() {
        let mut scenario = Scenario::new();
        for text in ["", "two words", "line\nbreak", "schlüssel", &"x".repeat(513)] {
            scenario
                .when(&Actor::system(), RotateSigningKey::new(text))
                .then_refused("invalid_text");
        }
        let longest = RotateSigningKey::new("x".repeat(512));
        scenario.when(&Actor::system(), longest).then_recorded(&["SigningKeyRotated"]);
    }

    #[test]
    fn an_owner_needs_a_fresh_second_factor_for_keys_and_the_operator_none() {
        let mut scenario = Scenario::new();
        let key = scenario.given_service();
        let olga = Actor::admin(OLGA);
        scenario.when(&olga, IssueApiKey::new("mine")).then_refused("second_factor_not_fresh");
        scenario.when(&olga, RevokeApiKey::new(key)).then_refused("second_factor_not_fresh");
        let rotate = RotateSigningKey::new("readmit.example/acme+1a2b+key");
        scenario.when(&olga, rotate).then_refused("second_factor_not_fresh");
        scenario.when(&Actor::system(), RevokeApiKey::new(key)).then_recorded(&["ApiKeyRevoked"]);
    }

    #[test]
    fn a_recovery_admin_has_no_say_in_keys() {
        let mut scenario = Scenario::new();
        let key = scenario.given_service();
        let bob = Actor::admin(BOB);
        scenario.when(&bob, IssueApiKey::new("mine")).then_refused("not_permitted");
        scenario.when(&bob, RevokeApiKey::new(key)).then_refused("not_permitted");
        scenario.when(&bob, RotateSigningKey::new("mine")).then_refused("not_permitted");
    }
}
