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
