//! A customer becomes known to the tenant.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision, Personal};
use crate::event::CustomerRegistered;
use crate::{
    AccountId, Context, FreshId, IntoText, Login, Permission, PersonName, Refusal, TextError,
};

/// Registers a customer under a login that is new to the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisterCustomer {
    login: Result<Login, TextError>,
    name: Option<Result<PersonName, TextError>>,
}

impl RegisterCustomer {
    /// A customer who signs in with this login.
    pub fn new(login: impl IntoText<Login>) -> Self {
        Self { login: login.into_text(), name: None }
    }

    /// What the customer is called.
    #[must_use]
    pub fn name(mut self, name: impl IntoText<PersonName>) -> Self {
        self.name = Some(name.into_text());
        self
    }
}

impl AccountRule for RegisterCustomer {
    fn account(&self, fresh: FreshId) -> AccountId {
        fresh.customer().into()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        context.permit_or_system(Permission::RegisterCustomer)?;
        let bad_name = self.name.as_ref().and_then(|name| name.as_ref().err());
        if let Some(why) = self.login.as_ref().err().or(bad_name) {
            return Err(Refusal::InvalidText { why: *why });
        }
        if account.registered {
            return Err(Refusal::AlreadyDone);
        }
        if context.found.login_taken {
            return Err(Refusal::LoginTaken);
        }
        Ok(vec![CustomerRegistered {}.into()])
    }

    fn personal(&self) -> Personal<'_> {
        Personal {
            login: self.login.as_ref().ok(),
            name: self.name.as_ref().and_then(|name| name.as_ref().ok()),
            note: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::testing::{HANS, OLGA, Scenario};

    #[test]
    fn an_owner_a_service_and_the_operator_register_customers() {
        let mut scenario = Scenario::new();
        let service = Actor::service(scenario.given_service());
        for actor in [Actor::admin(OLGA), service, Actor::system()] {
            scenario
                .when(&actor, RegisterCustomer::new("ada@example.com"))
                .then_recorded(&["CustomerRegistered"]);
        }
    }

    #[test]
    fn the_new_customer_has_never_set_up_mfa() {
        let mut scenario = Scenario::new();
        let answer = scenario.when(&Actor::admin(OLGA), RegisterCustomer::new("ada@example.com"));
        let account = scenario.account(answer.fresh.customer());
        assert!(account.registered);
        assert_eq!(account.mfa, crate::account::Mfa::NotSetUp);
    }

    #[test]
    fn registering_again_is_already_done() {
        let mut scenario = Scenario::new();
        let answer = scenario.when(&Actor::admin(OLGA), RegisterCustomer::new("ada@example.com"));
        scenario.found.login_taken = true;
        scenario
            .when_again(&Actor::admin(OLGA), RegisterCustomer::new("ada@example.com"), answer.fresh)
            .then_refused("already_done");
    }

    #[test]
    fn a_login_that_is_taken_is_refused() {
        let mut scenario = Scenario::new();
        scenario.found.login_taken = true;
        scenario
            .when(&Actor::admin(OLGA), RegisterCustomer::new("ada@example.com"))
            .then_refused("login_taken");
    }

    #[test]
    fn a_text_that_is_no_login_or_no_name_is_refused() {
        let mut scenario = Scenario::new();
        let olga = Actor::admin(OLGA);
        scenario.when(&olga, RegisterCustomer::new("a b")).then_refused("invalid_text");
        scenario.when(&olga, RegisterCustomer::new("ada").name("\n")).then_refused("invalid_text");
    }

    #[test]
    fn help_desk_registers_nobody() {
        let mut scenario = Scenario::new();
        scenario
            .when(&Actor::admin(HANS), RegisterCustomer::new("ada@example.com"))
            .then_refused("not_permitted");
    }

    #[test]
    fn login_and_name_are_personal_data_and_stand_in_no_event() {
        let command = RegisterCustomer::new("Ada@Example.com").name("Ada Lovelace");
        let personal = command.personal();
        assert_eq!(personal.login.map(Login::as_str), Some("ada@example.com"));
        assert_eq!(personal.name.map(PersonName::as_str), Some("Ada Lovelace"));
        assert_eq!(personal.note, None);
        let mut scenario = Scenario::new();
        scenario.when(&Actor::system(), command).then(&[CustomerRegistered {}.into()]);
    }
}
