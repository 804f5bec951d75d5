//! The tenants that were read, remembered.
//!
//! A tenant's own stream grows with every look of an auditor, and is asked for by every page and every
//! sign-in: only what came since is read.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use lru::LruCache;
use readmit_domain::{LedgerId, TenantId};

use crate::Failure;
use crate::lane::load::EVENTS_PER_LOAD;
use crate::lane::state::Stream;
use crate::ports::store::{StoredEvent, StreamLoad, at_least_one};
use crate::shared::Shared;

/// Tenants that are remembered, of some kilobytes each.
const REMEMBERED: NonZeroUsize = at_least_one(1024);

/// What is known of tenants. It is never what decides: each reading asks for what came since.
pub(crate) struct Tenants(Mutex<LruCache<LedgerId, Known>>);

/// A tenant as of its last event. Another database under our feet, such as a backup put in the place of
/// this one, has another event there.
#[derive(Clone)]
struct Known {
    stream: Stream,
    last: StoredEvent,
}

impl Default for Tenants {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED)))
    }
}

impl Tenants {
    fn known(&self, ledger: LedgerId) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&ledger).cloned()
    }

    fn remember(&self, ledger: LedgerId, known: Known) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Who read longer ago may come later.
        if all.get(&ledger).is_none_or(|other| other.stream.version < known.stream.version) {
            all.put(ledger, known);
        }
    }

    fn forget(&self, ledger: LedgerId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop(&ledger);
    }
}

/// A tenant's own stream as of now, with its secrets and its key.
pub(crate) async fn load_tenant(
    shared: &Shared,
    ledger: LedgerId,
    tenant: TenantId,
) -> Result<Stream, Failure> {
    if let Some(known) = shared.tenants.known(ledger) {
        let begun = (known.stream, Some(known.last));
        if let Some(stream) = read_on(shared, ledger, tenant, begun).await? {
            return Ok(stream);
        }
        shared.tenants.forget(ledger);
    }
    let new = (Stream::new(tenant.into()), None);
    let whole = read_on(shared, ledger, tenant, new).await?;
    Ok(whole.unwrap_or_else(|| Stream::new(tenant.into())))
}

/// Reads on to the end, after an event that must still be there; none if it is not.
async fn read_on(
    shared: &Shared,
    ledger: LedgerId,
    tenant: TenantId,
    (mut stream, mut last): (Stream, Option<StoredEvent>),
) -> Result<Option<Stream>, Failure> {
    let begun_at = stream.version;
    // Each page brings all the secrets that there are.
    stream.secrets = HashMap::new();
    let mut first = last.is_some();
    loop {
        let after_version = stream.version - u64::from(first);
        let wanted = StreamLoad { ledger, stream: tenant.uuid(), after_version };
        let mut page = shared.load_stream(wanted, EVENTS_PER_LOAD).await?;
        if first {
            if page.events.first() != last.as_ref() {
                return Ok(None);
            }
            page.events.remove(0);
            first = false;
        }
        last = page.events.last().cloned().or(last);
        if !stream.add_page(shared, (ledger, tenant.into()), page).await? {
            break;
        }
    }
    if let Some(last) = last.filter(|_| stream.version > begun_at) {
        shared.tenants.remember(ledger, Known { stream: stream.clone(), last });
    }
    Ok(Some(stream))
}
