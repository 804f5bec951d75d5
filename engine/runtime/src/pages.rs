//! Reading much of a ledger: page after page, some of them ahead, on all cores.

use std::num::NonZeroUsize;
use std::ops::Range;

use futures_util::{Stream, StreamExt as _, stream};
use readmit_domain::LedgerId;
use tokio_util::task::AbortOnDropHandle;

use crate::Failure;
use crate::ports::StoreError;
use crate::ports::store::{EventStore, StoredEvent, at_least_one};

/// Events read at once when a whole ledger is read.
pub const PAGE: NonZeroUsize = at_least_one(1024);

/// Pages that are read or worked on while the first of them is waited for. The database is read
/// on one core while another decodes; one page more keeps either from waiting for the other.
const AHEAD: usize = 4;

/// Cuts positions into pages, has each worked on in a task of its own, some of them ahead, and
/// answers what came of them, in order. A page begins where a tile does if the positions do.
pub(crate) fn pages<T, W>(
    positions: Range<u64>,
    work: impl Fn(Range<u64>) -> W + Send + 'static,
) -> impl Stream<Item = Result<T, Failure>> + Send + 'static
where
    T: Send + 'static,
    W: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let end = positions.end;
    let pages = positions
        .step_by(PAGE.get())
        .map(move |from| from..from.saturating_add(PAGE.get() as u64).min(end));
    stream::iter(pages)
        .map(move |page| AbortOnDropHandle::new(tokio::spawn(work(page))))
        .buffered(AHEAD)
        .map(|outcome| outcome.unwrap_or(Err(Failure::Panicked)))
}

/// Reads the events at these positions: fewer than were asked for, if some are missing.
pub(crate) async fn read(
    store: &dyn EventStore,
    ledger: LedgerId,
    page: &Range<u64>,
) -> Result<Vec<StoredEvent>, StoreError> {
    let limit = usize::try_from(page.end - page.start).unwrap_or(usize::MAX);
    store.events(ledger, page.start, at_least_one(limit)).await
}

/// Does what takes a core for some milliseconds where that holds nobody up.
pub(crate) async fn on_a_core<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Failure::Panicked)
}
