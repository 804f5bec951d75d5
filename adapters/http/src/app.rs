//! What every request shares.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ipnet::IpNet;
use readmit::{CommandId, Engine, LedgerId, OsEntropy, Tenant, TenantId};
use tokio::sync::Semaphore;

use crate::identify::{Access, Known};
use crate::limits::Rates;
use crate::pages::{Cookies, DemoPeople, Exports, Names, Shown, Verifications};
use crate::password::PasswordCheck;
use crate::problem::Problem;
use crate::web_database::{Sessions, WebDatabase};

/// A running API: the engine, and what the API itself keeps.
pub(crate) struct App {
    pub(crate) engine: Engine,
    /// What no ledger holds.
    pub(crate) web: WebDatabase,
    pub(crate) sessions: Sessions,
    pub(crate) passwords: Arc<dyn PasswordCheck>,
    pub(crate) access: Access,
    pub(crate) known: Known,
    pub(crate) rates: Rates,
    pub(crate) in_flight: InFlight,
    /// Requests that may be worked on at once.
    pub(crate) places: Arc<Semaphore>,
    /// Event streams that may be open at once: each holds a place for as long as its reader stays.
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) cookies: Cookies,
    pub(crate) names: Names,
    pub(crate) shown: Shown,
    pub(crate) verifications: Verifications,
    pub(crate) exports: Exports,
    pub(crate) demo: Option<DemoPeople>,
    /// Whether addresses are told to be called by TLS alone from now on.
    pub(crate) tls: bool,
    /// Grows by one small entry for each tenant that somebody signs in to.
    tenants: RwLock<HashMap<TenantId, Tenant>>,
}

/// The state of the router.
pub(crate) type AppState = Arc<App>;

/// What an [`App`] is made of.
pub(crate) struct Parts {
    pub(crate) engine: Engine,
    pub(crate) web: WebDatabase,
    pub(crate) passwords: Arc<dyn PasswordCheck>,
    pub(crate) access: Access,
    pub(crate) rates: Rates,
    pub(crate) places: usize,
    pub(crate) streams: usize,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) tls: bool,
    pub(crate) cookies: Cookies,
    pub(crate) demo: Option<DemoPeople>,
}

impl App {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts {
            engine,
            web,
            passwords,
            access,
            rates,
            places,
            streams,
            trusted_proxies,
            tls,
            cookies,
            demo,
        } = parts;
        Self {
            engine,
            sessions: web.sessions(Arc::new(OsEntropy)),
            web,
            passwords,
            access,
            rates,
            trusted_proxies,
            tls,
            cookies,
            demo,
            names: Names::default(),
            shown: Shown::new(),
            verifications: Verifications::default(),
            exports: Exports::default(),
            known: Known::new(),
            in_flight: InFlight::default(),
            places: Arc::new(Semaphore::new(places)),
            streams: Arc::new(Semaphore::new(streams)),
            tenants: RwLock::default(),
        }
    }

    /// The tenant of this id.
    pub(crate) async fn tenant_by_id(&self, id: TenantId) -> Result<Option<Tenant>, Problem> {
        let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let found = self.engine.tenants().await?.into_iter().find(|tenant| tenant.id() == id);
        if let Some(tenant) = &found {
            let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
            tenants.insert(id, tenant.clone());
        }
        Ok(found)
    }
}

/// Commands that were sent with a key of the caller's own and are not answered yet, on this node.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashSet<(LedgerId, CommandId)>>>);

/// A command under way, until this is dropped.
pub(crate) struct UnderWay {
    all: InFlight,
    this: (LedgerId, CommandId),
}

impl InFlight {
    /// Refuses a command that is under way already.
    pub(crate) fn enter(&self, ledger: LedgerId, id: CommandId) -> Result<UnderWay, Problem> {
        let this = (ledger, id);
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(this) {
            return Ok(UnderWay { all: self.clone(), this });
        }
        let detail = "A request with this Idempotency-Key is not answered yet.";
        Err(Problem::new("in_progress", detail).retry_after(1))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.this);
    }
}
