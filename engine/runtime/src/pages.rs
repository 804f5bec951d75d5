//! Reading much of a ledger: page after page, some of them ahead, on all cores.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use futures_util::{Stream, StreamExt as _, stream};
use readmit_domain::LedgerId;
use tokio_util::task::AbortOnDropHandle;

use crate::Failure;
use crate::ports::StoreError;
use crate::ports::store::{EventStore, StoredEvent, at_least_one};
use crate::shared::Shared;

/// Events read at once when a whole ledger is read.
pub const PAGE: NonZeroUsize = at_least_one(1024);

/// Pages that are read or worked on while the first of them is waited for. The database is read
/// on one core while another decodes; one page more keeps either from waiting for the other.
const AHEAD: usize = 4;

/// Reads the events at these positions, works on each page in a thread of its own, and answers
/// what came of them, in order. `work` gets the position at which its page must begin and all that
/// was found there: fewer events than were asked for, if some are missing.
pub(crate) fn pages<T: Send + 'static>(
    shared: &Arc<Shared>,
    ledger: LedgerId,
    positions: Range<u64>,
    work: impl Fn(Range<u64>, &[StoredEvent]) -> T + Clone + Send + 'static,
) -> impl Stream<Item = Result<T, Failure>> + Send + 'static {
    let store = Arc::clone(&shared.store);
    let end = positions.end;
    let pages = positions
        .step_by(PAGE.get())
        .map(move |from| from..from.saturating_add(PAGE.get() as u64).min(end));
    stream::iter(pages)
        .map(move |page| {
            let (store, work) = (Arc::clone(&store), work.clone());
            AbortOnDropHandle::new(tokio::spawn(async move {
                let events = read(store.as_ref(), ledger, &page).await?;
                let working = tokio::task::spawn_blocking(move || work(page, &events));
                working.await.map_err(|_| Failure::Panicked)
            }))
        })
        .buffered(AHEAD)
        .map(|outcome| outcome.unwrap_or(Err(Failure::Panicked)))
}

async fn read(
    store: &dyn EventStore,
    ledger: LedgerId,
    page: &Range<u64>,
) -> Result<Vec<StoredEvent>, StoreError> {
    let limit = usize::try_from(page.end - page.start).unwrap_or(usize::MAX);
    store.events(ledger, page.start, at_least_one(limit)).await
}
