//! Following a ledger: every event from a position on, live at the end.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use readmit_domain::LedgerId;
use tokio::sync::watch;

use crate::Failure;
use crate::engine::Runtime;
use crate::envelope::Envelope;
use crate::pages::{PAGE, on_a_core, pages, read};
use crate::ports::store::StoredEvent;
use crate::read::decode;
use crate::shared::Shared;

/// Commits of other nodes are noticed within this time, whether or not word of them arrives.
const SWEEP: Duration = Duration::from_secs(1);

/// Reads a ledger from a position on, and waits at its end for more.
pub struct Follower {
    shared: Arc<Shared>,
    ledger: LedgerId,
    next: u64,
    page: Page,
    /// Pages that are read ahead; after the last of them comes what was stored since.
    ahead: BoxStream<'static, Result<Page, Failure>>,
    grown: watch::Receiver<u64>,
}

type Page = VecDeque<Envelope>;

impl Runtime {
    /// Follows a ledger from this position on.
    pub fn follow(&self, ledger: LedgerId, from: u64) -> Follower {
        let grown = self.shared.watch(ledger);
        let shared = Arc::clone(&self.shared);
        let (page, ahead) = (Page::new(), stream::empty().boxed());
        Follower { shared, ledger, next: from, page, ahead, grown }
    }

    /// Wakes whenever any ledger grows, as far as this process hears of it: words can be lost, so
    /// whoever waits here looks now and then by itself.
    pub fn growth(&self) -> watch::Receiver<()> {
        self.shared.watch_all()
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
            self.read().await?;
        }
        let event = self.page.pop_front();
        self.next += u64::from(event.is_some());
        Ok(event)
    }

    /// Reads the next page. If it is full, all there is behind it is read ahead.
    async fn read(&mut self) -> Result<(), Failure> {
        let (ledger, next) = (self.ledger, self.next);
        if let Some(page) = self.ahead.next().await {
            // After a failure, the next attempt begins where this one did.
            self.page = page.inspect_err(|_| self.ahead = stream::empty().boxed())?;
            return Ok(());
        }
        self.grown.mark_unchanged();
        let stored = self.shared.store.events(ledger, next, PAGE).await?;
        let end = next + stored.len() as u64;
        self.page = decode_page(ledger, next, &stored)?;
        if stored.len() == PAGE.get() {
            let size = self.shared.store.head(ledger).await?.map_or(end, |head| head.size);
            let shared = Arc::clone(&self.shared);
            let decode = move |page| decode_at(Arc::clone(&shared), ledger, page);
            self.ahead = pages(end..size, decode).boxed();
        }
        Ok(())
    }
}

/// The events at these positions, which all must be there.
async fn decode_at(
    shared: Arc<Shared>,
    ledger: LedgerId,
    positions: Range<u64>,
) -> Result<Page, Failure> {
    let stored = read(shared.store.as_ref(), ledger, &positions).await?;
    let missing = positions.start + stored.len() as u64;
    if missing < positions.end {
        return Err(no_event(ledger, missing));
    }
    on_a_core(move || decode_page(ledger, positions.start, &stored)).await?
}

/// Events that must follow one another from a position on.
fn decode_page(ledger: LedgerId, from: u64, stored: &[StoredEvent]) -> Result<Page, Failure> {
    let in_place = |(stored, position): (&StoredEvent, u64)| {
        if stored.position == position {
            decode(ledger, stored)
        } else {
            Err(no_event(ledger, position))
        }
    };
    // In this order, since nothing comes behind the largest position.
    stored.iter().zip(from..).map(in_place).collect()
}

fn no_event(ledger: LedgerId, position: u64) -> Failure {
    Failure::Damaged(format!("event {position} of {ledger} is missing"))
}
