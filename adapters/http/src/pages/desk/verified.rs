//! The last verification of each ledger: hashing every event takes a second for each million, which
//! is too long to be done for every page.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use readmit::{Discrepancy, Hash, Seconds, Tenant, TenantId, Timestamp, VerifyError};
use tokio::runtime::Handle;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use tokio::time::timeout;

use crate::app::AppState;
use crate::pages::when::When;

/// A page that shows an older result has another made. That pages leave events behind would make
/// every result an old one, so that growing alone does not count.
const RECENT: Seconds = Seconds(30);
/// How long a page waits for the very first result, which of a small ledger is there at once.
const GLANCE: Duration = Duration::from_millis(30);
/// How long somebody waits who asked for a new result; then it is made without them.
const PATIENCE: Duration = Duration::from_secs(8);

/// The last verification of each ledger that somebody audits: one small entry for each.
#[derive(Default)]
pub(crate) struct Verifications(Mutex<HashMap<TenantId, Arc<Ledger>>>);

#[derive(Default)]
struct Ledger {
    /// Whoever holds it verifies: one at a time.
    turn: Arc<Turn<()>>,
    last: Mutex<Option<Checked>>,
}

/// What a verification found.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    /// When it began.
    pub(super) at: Timestamp,
    pub(super) found: Found,
}

#[derive(Debug, Clone)]
pub(super) enum Found {
    /// All of it holds together; so many events are covered by the newest checkpoint that was signed,
    /// none if none was.
    Good { size: u64, root: Hash, signed: Option<u64> },
    /// The first thing that does not.
    Bad(Discrepancy),
    /// It could not be read.
    Failed,
}

/// A verification as a page tells it.
pub(super) struct Banner {
    pub(super) found: Option<Found>,
    pub(super) at: When,
    /// How long ago it began.
    pub(super) ago: String,
}

impl Verifications {
    fn of(&self, tenant: TenantId) -> Arc<Ledger> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(tenant).or_default())
    }
}

impl Ledger {
    fn last(&self) -> Option<Checked> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn check(&self, app: &AppState, tenant: Tenant, _turn: OwnedMutexGuard<()>) {
        let at = app.engine.now();
        // On a thread of its own: it hashes without a pause, and no page shall wait for it.
        let verifying =
            tokio::task::spawn_blocking(move || Handle::current().block_on(tenant.verify_signed()));
        let found = match verifying.await {
            Ok(Ok((verified, signed))) => {
                Found::Good { size: verified.size, root: verified.root, signed }
            }
            Ok(Err(VerifyError::Broken(discrepancy))) => {
                tracing::error!(position = discrepancy.position, "a ledger does not hold together");
                Found::Bad(discrepancy)
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "a ledger could not be verified");
                Found::Failed
            }
            Err(error) => {
                tracing::error!(%error, "a verification broke off");
                Found::Failed
            }
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Checked { at, found });
    }
}

/// The last result. If it is not recent, another is made meanwhile.
pub(super) async fn recent(app: &AppState, tenant: &Tenant) -> Banner {
    let ledger = app.verifications.of(tenant.id());
    let last = ledger.last();
    let is_recent = |checked: &Checked| app.engine.now() < checked.at + RECENT;
    if last.as_ref().is_some_and(is_recent) {
        return Banner::of(app, last);
    }
    if let Ok(turn) = Arc::clone(&ledger.turn).try_lock_owned() {
        let (app, tenant, ledger) = (Arc::clone(app), tenant.clone(), Arc::clone(&ledger));
        let checking = tokio::spawn(async move { ledger.check(&app, tenant, turn).await });
        if last.is_none() {
            let _ = timeout(GLANCE, checking).await;
        }
    }
    Banner::of(app, ledger.last())
}

/// Has a result made that begins from now on, and waits for it for a while. However many ask, there
/// are at most two: the one under way, and the next. None if it takes longer than that.
pub(super) async fn anew(app: &AppState, tenant: &Tenant) -> Option<Found> {
    let ledger = app.verifications.of(tenant.id());
    let asked = app.engine.now();
    let checking = {
        let (app, tenant, ledger) = (Arc::clone(app), tenant.clone(), Arc::clone(&ledger));
        tokio::spawn(async move {
            let turn = Arc::clone(&ledger.turn).lock_owned().await;
            if ledger.last().is_none_or(|last| last.at <= asked) {
                ledger.check(&app, tenant, turn).await;
            }
        })
    };
    timeout(PATIENCE, checking).await.ok()?.ok()?;
    ledger.last().map(|last| last.found)
}

impl Banner {
    fn of(app: &AppState, checked: Option<Checked>) -> Self {
        let now = app.engine.now();
        let at = checked.as_ref().map_or(now, |checked| checked.at);
        let ago = now.since(at).to_string();
        Self { found: checked.map(|checked| checked.found), at: When(at), ago }
    }
}
