//! Following a ledger: every event from a position on, live at the end.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use readmit_domain::LedgerId;
use tokio::sync::watch;

use crate::Failure;
use crate::engine::Runtime;
use crate::envelope::Envelope;
use crate::read::{PAGE, decode};
use crate::shared::Shared;

/// Commits of other nodes are noticed within this time, whether or not word of them arrives.
const SWEEP: Duration = Duration::from_secs(1);

/// Reads a ledger from a position on, and waits at its end for more.
pub struct Follower {
    shared: Arc<Shared>,
    ledger: LedgerId,
    next: u64,
    page: VecDeque<Envelope>,
    grown: watch::Receiver<u64>,
}

impl Runtime {
    /// Follows a ledger from this position on.
    pub fn follow(&self, ledger: LedgerId, from: u64) -> Follower {
        let grown = self.shared.watch(ledger);
        let shared = Arc::clone(&self.shared);
        Follower { shared, ledger, next: from, page: VecDeque::new(), grown }
    }
}

/// Wakes followers when the store hears that a ledger has grown, for ever.
pub(crate) async fn pass_on_words(shared: Arc<Shared>) {
    loop {
        let (ledger, size) = shared.store.grown().await;
        shared.announce(ledger, size);
    }
}

impl Follower {
    /// The next event; waits for it at the end of the ledger. Cancel-safe: no
    /// event is lost if the future is dropped.
    pub async fn next(&mut self) -> Result<Envelope, Failure> {
        loop {
            if let Some(event) = self.next_stored().await? {
                return Ok(event);
            }
            tokio::select! {
                _ = self.grown.changed() => {}
                // Real time, whatever the engine's clock shows.
                () = tokio::time::sleep(SWEEP) => {}
            }
        }
    }

    /// The next event that is stored already; none at the end of the ledger.
    pub async fn next_stored(&mut self) -> Result<Option<Envelope>, Failure> {
        if self.page.is_empty() {
            self.grown.mark_unchanged();
            let stored = self.shared.store.events(self.ledger, self.next, PAGE).await?;
            let page: Result<VecDeque<_>, _> =
                stored.iter().map(|event| decode(self.ledger, event)).collect();
            self.page = page?;
        }
        let event = self.page.pop_front();
        self.next += u64::from(event.is_some());
        Ok(event)
    }
}
