//! Logins and ids, one from the other.

use std::collections::HashMap;
use std::fmt;

use readmit::{AccountId, AdminId, CustomerId, Error, KeyId, Login, Tenant, TenantState, Who};
use serde::Serialize;

use crate::args::AccountName;
use crate::error::CliError;

/// The accounts of a tenant, by whichever name is at hand.
///
/// A login is private data and stands in no event: each is looked up once.
pub(crate) struct People {
    tenant: Tenant,
    state: TenantState,
    logins: HashMap<AccountId, Option<Login>>,
}

/// An account with the login that people know it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Person {
    pub(crate) id: AccountId,
    /// None once erased.
    pub(crate) login: Option<Login>,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.login {
            Some(login) => f.write_str(login.as_str()),
            None => fmt::Display::fmt(&self.id, f),
        }
    }
}

impl People {
    pub(crate) async fn of(tenant: &Tenant) -> Result<Self, CliError> {
        let state = tenant.state().await?;
        Ok(Self { tenant: tenant.clone(), state, logins: HashMap::new() })
    }

    /// The tenant's policy, admins and keys.
    pub(crate) fn state(&self) -> &TenantState {
        &self.state
    }

    /// The account with its login.
    pub(crate) async fn person(&mut self, id: impl Into<AccountId>) -> Result<Person, Error> {
        let id = id.into();
        let login = match self.logins.get(&id) {
            Some(known) => known.clone(),
            None => self.tenant.login(id).await?,
        };
        self.logins.insert(id, login.clone());
        Ok(Person { id, login })
    }

    /// The customer or admin that is named.
    pub(crate) async fn find(&mut self, name: &AccountName) -> Result<Person, CliError> {
        let found = match name {
            AccountName::Id(id) => self.exists(*id).await?.then_some(*id),
            AccountName::Login(login) => self.tenant.find(login.clone()).await?,
        };
        match found {
            Some(id) => Ok(self.person(id).await?),
            None => Err(self.nobody(name)),
        }
    }

    /// The customer that is named.
    pub(crate) async fn customer(&mut self, name: &AccountName) -> Result<CustomerId, CliError> {
        match self.find(name).await?.id {
            AccountId::Customer(id) => Ok(id),
            AccountId::Admin(id) => Err(CliError::NotFound(format!(
                "{} is an admin, no customer: see `readmit admin list`",
                self.person(id).await?
            ))),
        }
    }

    /// The admin that is named.
    pub(crate) async fn admin(&mut self, name: &AccountName) -> Result<AdminId, CliError> {
        match self.find(name).await?.id {
            AccountId::Admin(id) => Ok(id),
            AccountId::Customer(id) => Err(CliError::NotFound(format!(
                "{} is a customer, no admin: see `readmit admin list`",
                self.person(id).await?
            ))),
        }
    }

    /// Who acted, in a word.
    pub(crate) async fn actor(&mut self, who: &Who) -> Result<String, Error> {
        Ok(match who {
            Who::Admin { id, .. } => self.person(id).await?.to_string(),
            Who::Customer { id, via: None, .. } => self.person(id).await?.to_string(),
            Who::Customer { id, via: Some(key), .. } => {
                format!("{} via {}", self.person(id).await?, self.key(*key))
            }
            Who::Service { id } => self.key(*id),
            Who::System => "system".to_owned(),
        })
    }

    fn key(&self, id: KeyId) -> String {
        let known = self.state.keys.get(&id);
        known.map_or_else(|| id.to_string(), |key| key.label.as_str().to_owned())
    }

    async fn exists(&self, id: AccountId) -> Result<bool, Error> {
        Ok(match id {
            AccountId::Customer(_) => self.tenant.account(id).await?.registered,
            AccountId::Admin(id) => self.state.admins.contains_key(&id),
        })
    }

    fn nobody(&self, name: &AccountName) -> CliError {
        let tenant = self.tenant.name();
        CliError::NotFound(match name {
            AccountName::Id(id) => format!("there is no account {id} in the tenant {tenant}"),
            AccountName::Login(login) => {
                format!("nobody has the login {} in the tenant {tenant}", login.as_str())
            }
        })
    }
}
