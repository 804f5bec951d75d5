//! A store that makes one mistake, around one that makes none.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use readmit_domain::{LedgerId, Timestamp};
use readmit_runtime::ports::keys::KeyStore;
use readmit_runtime::ports::proofs::ProofStore;
use readmit_runtime::ports::store::{
    CommitError, EventStore, LedgerCommit, LedgerHead, Load, Loaded, NameDigest, NewLedger,
    StoreError, StoredEvent, Timer, Write,
};
use readmit_tests::stored;
use uuid::Uuid;

use crate::Store;
use crate::mistakes::Mistake;
use crate::support::{ALL, at};

pub(crate) struct Wrong {
    pub(crate) inner: Store,
    pub(crate) mistake: Mistake,
    under_way: AtomicUsize,
    stale_names: Mutex<BTreeMap<(LedgerId, NameDigest), Uuid>>,
}

impl Wrong {
    pub(crate) fn new(inner: Store, mistake: Mistake) -> Self {
        Self { inner, mistake, under_way: AtomicUsize::new(0), stale_names: Mutex::default() }
    }

    pub(crate) fn makes(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    /// What the store makes of one part before it commits it.
    async fn bend(&self, part: &mut LedgerCommit) -> Result<(), StoreError> {
        let Some(head) = self.inner.head(part.ledger).await? else { return Ok(()) };
        match self.mistake {
            Mistake::Renumbers => renumber(part),
            Mistake::ForgivesAhead if part.expected_size > head.size => {
                part.expected_size = head.size;
                renumber(part);
            }
            Mistake::WritesBackwards => part.writes.reverse(),
            Mistake::NoFence => part.fence = head.fence,
            Mistake::PassesCommandOver => {
                let mut new = Vec::new();
                for (id, row) in part.commands.drain(..) {
                    if stored::command(&*self.inner, part.ledger, id).await?.is_none() {
                        new.push((id, row));
                    }
                }
                part.commands = new;
            }
            Mistake::CutsBodies => {
                part.events.iter_mut().for_each(|event| event.body.truncate(60_000));
            }
            _ => {
                let mut writes = Vec::new();
                for write in part.writes.drain(..) {
                    self.bend_write(part.ledger, write, &mut writes).await?;
                }
                part.writes = writes;
            }
        }
        Ok(())
    }

    async fn bend_write(
        &self,
        ledger: LedgerId,
        write: Write,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        let dropped = match (self.mistake, &write) {
            (Mistake::PassesNameOver, Write::Name { digest, .. }) => {
                self.inner.name(ledger, *digest).await?.is_some()
            }
            (Mistake::PassesKeyOver, Write::Key { stream, .. }) => {
                let after_version = 0;
                let stream = *stream;
                let wanted =
                    readmit_runtime::ports::store::StreamLoad { ledger, stream, after_version };
                let loaded = self.inner.load(&Load::of(wanted, 0)).await?;
                loaded.streams.iter().any(|stream| stream.key.is_some())
            }
            (Mistake::StuntedTiles, Write::Tile(tile)) => {
                !self.inner.proofs().tiles(ledger, &[tile.id]).await?.is_empty()
            }
            (Mistake::EndlessSecrets, Write::SecretEnded { .. })
            | (Mistake::EndlessTimers, Write::TimerEnded { .. }) => true,
            _ => false,
        };
        let erased = match write {
            Write::Erase { stream } if self.makes(Mistake::ErasesNoTimer) => Some(stream),
            _ => None,
        };
        if !dropped {
            writes.push(write);
        }
        writes.extend(erased.map(|stream| Write::Timer { stream, due: at(1) }));
        Ok(())
    }

    /// Writes the tiles of a stale part with an empty commit of its own.
    async fn keep_tiles(&self, part: &LedgerCommit) -> Result<(), CommitError> {
        let head = self.inner.head(part.ledger).await.map_err(CommitError::NotCommitted)?;
        let Some(head) = head.filter(|head| head.size != part.expected_size) else { return Ok(()) };
        let is_tile = |write: &&Write| matches!(write, Write::Tile(_));
        let tiles = LedgerCommit {
            expected_size: head.size,
            fence: head.fence,
            at: head.at,
            root: head.root,
            frontier: head.frontier,
            events: Vec::new(),
            commands: Vec::new(),
            writes: part.writes.iter().filter(is_tile).cloned().collect(),
            ledger: part.ledger,
        };
        self.inner.commit(&[tiles]).await.map(drop)
    }

    /// Commits parts that are bent already.
    async fn commit_bent(&self, batch: &[LedgerCommit]) -> Result<Vec<LedgerId>, CommitError> {
        let distinct: BTreeSet<_> = batch.iter().map(|part| part.ledger).collect();
        let mut fresh = Vec::new();
        for part in batch {
            let head = self.inner.head(part.ledger).await.map_err(CommitError::NotCommitted)?;
            if head.is_some_and(|h| (h.size, h.fence) == (part.expected_size, part.fence)) {
                fresh.push(part.ledger);
            }
        }
        match self.mistake {
            Mistake::AllOrNone if batch.len() > 1 && fresh.len() < batch.len() => {
                return Ok(Vec::new());
            }
            Mistake::OneByOne if distinct.len() == batch.len() => {
                let mut committed = Vec::new();
                for part in batch {
                    committed.extend(self.inner.commit(std::slice::from_ref(part)).await?);
                }
                return Ok(committed);
            }
            Mistake::LooksThenWrites => {
                tokio::time::sleep(Duration::from_millis(3)).await;
                self.inner.commit(batch).await?;
                return Ok(fresh);
            }
            _ => {}
        }
        if self.makes(Mistake::KeepsStaleTiles) {
            for part in batch {
                self.keep_tiles(part).await?;
            }
        }
        let committed = self.inner.commit(batch).await?;
        if self.makes(Mistake::KeepsStaleNames) {
            for part in batch.iter().filter(|part| !committed.contains(&part.ledger)) {
                for write in &part.writes {
                    if let Write::Name { digest, stream } = write {
                        let mut names = self.stale_names.lock().unwrap();
                        names.insert((part.ledger, *digest), *stream);
                    }
                }
            }
        }
        Ok(committed)
    }
}

fn renumber(part: &mut LedgerCommit) {
    for (number, event) in (0..).zip(&mut part.events) {
        event.position = part.expected_size.saturating_add(number);
    }
}

#[async_trait]
impl EventStore for Wrong {
    fn lanes(&self) -> NonZeroUsize {
        self.inner.lanes()
    }

    async fn create_ledger(&self, ledger: NewLedger) -> Result<LedgerHead, StoreError> {
        let asked = ledger.ledger;
        let mut head = self.inner.create_ledger(ledger).await?;
        if self.makes(Mistake::GivesLedgerAgain) {
            head.ledger = asked;
        }
        Ok(head)
    }

    async fn ledgers(&self) -> Result<Vec<LedgerHead>, StoreError> {
        self.inner.ledgers().await
    }

    async fn head(&self, ledger: LedgerId) -> Result<Option<LedgerHead>, StoreError> {
        let mut head = self.inner.head(ledger).await?;
        if self.makes(Mistake::NoFrontier)
            && let Some(head) = &mut head
        {
            head.frontier.clear();
        }
        Ok(head)
    }

    async fn load(&self, wanted: &Load) -> Result<Loaded, StoreError> {
        let mut loaded = self.inner.load(wanted).await?;
        match self.mistake {
            Mistake::LoadsNoNames => loaded.names.clear(),
            Mistake::LoadsNoHeads => loaded.heads.clear(),
            Mistake::LoadsAThousand => {
                loaded.streams.iter_mut().skip(1000).for_each(|stream| stream.events.clear());
            }
            Mistake::CommandElsewhere => {
                loaded.commands.iter_mut().for_each(|(_, row)| row.first_position += 1);
            }
            Mistake::NeverMore => loaded.streams.iter_mut().for_each(|stream| stream.more = false),
            _ => {}
        }
        Ok(loaded)
    }

    async fn commit(&self, batch: &[LedgerCommit]) -> Result<Vec<LedgerId>, CommitError> {
        let mut bent = batch.to_vec();
        let mut seen = BTreeSet::new();
        match self.mistake {
            Mistake::DropsDoubles => bent.retain(|part| seen.insert(part.ledger)),
            Mistake::DropsTheEnd => bent.truncate(32),
            Mistake::PassesEmptyOver => bent.retain(|part| !part.events.is_empty()),
            _ => {}
        }
        for part in &mut bent {
            self.bend(part).await.map_err(CommitError::NotCommitted)?;
        }
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let outcome = self.commit_bent(&bent).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    async fn events(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let more = usize::from(self.makes(Mistake::LongPages));
        let mut events = self.inner.events(ledger, from, limit.saturating_add(more)).await?;
        if self.makes(Mistake::Backwards) {
            events.reverse();
        }
        let meanwhile = self.under_way.load(Ordering::SeqCst) > 0;
        if self.makes(Mistake::SkipsMeanwhile) && meanwhile && events.len() > 1 {
            events.remove(0);
        }
        Ok(events)
    }

    async fn private(
        &self,
        ledger: LedgerId,
        position: u64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut sealed = self.inner.private(ledger, position).await?;
        if self.makes(Mistake::CutsPrivate)
            && let Some(sealed) = &mut sealed
        {
            sealed.truncate(sealed.len() - 1);
        }
        Ok(sealed)
    }

    async fn name(&self, ledger: LedgerId, digest: NameDigest) -> Result<Option<Uuid>, StoreError> {
        let stale = self.stale_names.lock().unwrap().get(&(ledger, digest)).copied();
        Ok(self.inner.name(ledger, digest).await?.or(stale))
    }

    async fn due(&self, until: Timestamp, limit: NonZeroUsize) -> Result<Vec<Timer>, StoreError> {
        let limit = if self.makes(Mistake::AllDue) { ALL } else { limit };
        let mut due = self.inner.due(until, limit).await?;
        if self.makes(Mistake::LatestFirst) {
            due.reverse();
        }
        Ok(due)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner.next_due().await
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.inner.setting(name).await
    }

    async fn set_setting_once(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let kept = self.inner.set_setting_once(name, value).await?;
        Ok(if self.makes(Mistake::EchoesSetting) { value.to_owned() } else { kept })
    }

    fn proofs(&self) -> &dyn ProofStore {
        self
    }

    fn keys(&self) -> &dyn KeyStore {
        self
    }

    async fn replace_setting(
        &self,
        name: &str,
        expected: &str,
        value: &str,
    ) -> Result<Option<String>, StoreError> {
        let kept = self.inner.setting(name).await?;
        let any = self.makes(Mistake::ReplacesAnySetting);
        let expected = kept.filter(|_| any).unwrap_or_else(|| expected.to_owned());
        self.inner.replace_setting(name, &expected, value).await
    }

    async fn describe(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.inner.describe().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
