//! What those are called who had a part in a case, looked up once for each page or file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use readmit::{AccountId, ApiKey, CustomerId, KeyId, RecoveryRow, Step, Tenant, Who};

use crate::app::AppState;
use crate::pages::Names;
use crate::pages::names::{self, Admins};
use crate::problem::Problem;

pub(super) struct People {
    app: AppState,
    tenant: Tenant,
    pub(super) admins: Arc<Admins>,
    keys: BTreeMap<KeyId, ApiKey>,
    known: HashMap<AccountId, String>,
}

impl People {
    pub(super) async fn of(app: &AppState, tenant: &Tenant) -> Result<Self, Problem> {
        let names: &Names = &app.names;
        Ok(Self {
            admins: names.admins(tenant).await?,
            keys: tenant.state().await?.keys,
            app: Arc::clone(app),
            tenant: tenant.clone(),
            known: HashMap::new(),
        })
    }

    /// Looks up at once what all of these are called. Whom it had looked up before it forgets: no more
    /// of them are in memory than are worked on.
    pub(super) async fn meet(
        &mut self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<(), Problem> {
        let customers: BTreeSet<CustomerId> = accounts.into_iter().filter_map(customer).collect();
        let customers: Vec<CustomerId> = customers.into_iter().collect();
        let logins = self.tenant.views().await?.logins(&customers).await?;
        let name = |id: CustomerId| match logins.get(&id) {
            Some(login) => login.as_str().to_owned(),
            None => id.to_string(),
        };
        self.known = customers.into_iter().map(|id| (id.into(), name(id))).collect();
        Ok(())
    }

    /// Looks up at once everybody who is answerable for these cases.
    pub(super) async fn meet_those_of(&mut self, cases: &[RecoveryRow]) -> Result<(), Problem> {
        let people = cases.iter().flat_map(|row| {
            let steps = [row.record.requested, row.record.granted].into_iter().flatten();
            steps.filter_map(|step| step.who.account()).chain([row.record.account])
        });
        self.meet(people).await
    }

    /// An account by its login; by its id once erased.
    pub(super) async fn account(&mut self, id: AccountId) -> Result<String, Problem> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let login = self.app.names.login(&self.tenant, id).await?;
        let name = if login.is_empty() { id.to_string() } else { login };
        self.known.insert(id, name.clone());
        Ok(name)
    }

    /// Who acted, by name: as files tell it, which are the same in every language.
    pub(super) async fn actor(&mut self, who: &Who) -> Result<String, Problem> {
        Ok(match who {
            Who::Admin { id, .. } => names::admin(&self.admins, *id),
            Who::Customer { id, via: None, .. } => self.account((*id).into()).await?,
            Who::Customer { id, via: Some(key), .. } => {
                format!("{} via {}", self.account((*id).into()).await?, self.key(*key))
            }
            Who::Service { id } => self.key(*id),
            Who::System => "system".to_owned(),
        })
    }

    /// Who took a step; empty if nobody did.
    pub(super) async fn step(&mut self, step: Option<Step>) -> Result<String, Problem> {
        match step {
            Some(step) => self.actor(&step.who).await,
            None => Ok(String::new()),
        }
    }

    /// An API key by what it is for.
    pub(super) fn key(&self, id: KeyId) -> String {
        self.keys.get(&id).map_or_else(|| id.to_string(), |key| key.label.as_str().to_owned())
    }
}

const fn customer(account: AccountId) -> Option<CustomerId> {
    match account {
        AccountId::Customer(customer) => Some(customer),
        AccountId::Admin(_) => None,
    }
}
