//! What those are called who had a part in a case, looked up once for each page or file.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use readmit::{AccountId, ApiKey, KeyId, Step, Tenant, Who};

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
