//! What admins are called, remembered: their logins never change.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use readmit::{AccountId, AdminId, Login, Tenant, TenantId, Who};

use super::words::Words;
use crate::problem::Problem;

/// The logins of a tenant's admins.
pub(crate) type Admins = BTreeMap<AdminId, Login>;

/// What the admins of each tenant are called: one small entry for each that somebody visits.
#[derive(Default)]
pub(crate) struct Names(Mutex<HashMap<TenantId, Arc<Admins>>>);

impl Names {
    /// The logins of a tenant's admins, read anew when there are more of them.
    pub(crate) async fn admins(&self, tenant: &Tenant) -> Result<Arc<Admins>, Problem> {
        let count = tenant.state().await?.admins.len();
        let known =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant.id()).cloned();
        if let Some(known) = known.filter(|known| known.len() == count) {
            return Ok(known);
        }
        let read = Arc::new(tenant.admin_logins().await?);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(tenant.id(), Arc::clone(&read));
        Ok(read)
    }

    /// What the owner of an account signs in with; empty once erased.
    pub(crate) async fn login(
        &self,
        tenant: &Tenant,
        account: AccountId,
    ) -> Result<String, Problem> {
        let login = match account {
            AccountId::Admin(admin) => self.admins(tenant).await?.get(&admin).cloned(),
            AccountId::Customer(customer) => {
                match tenant.views().await?.customer(customer).await? {
                    Some(row) => row.login,
                    // Registered a moment ago.
                    None => tenant.login(account).await?,
                }
            }
        };
        Ok(login.map(|login| login.as_str().to_owned()).unwrap_or_default())
    }
}

/// Who acted, for people: an admin by their login, everybody else by what they are.
pub(crate) fn who(words: &Words, admins: &Admins, who: &Who) -> String {
    match who {
        Who::Admin { id, .. } => admin(admins, *id),
        Who::Customer { .. } => words.say("who-customer").to_string(),
        Who::Service { .. } => words.say("who-service").to_string(),
        Who::System => words.say("who-system").to_string(),
    }
}

/// An admin, by their login.
pub(crate) fn admin(admins: &Admins, id: AdminId) -> String {
    admins.get(&id).map_or_else(|| id.to_string(), |login| login.as_str().to_owned())
}
