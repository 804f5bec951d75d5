//! Fetches what a batch lacks: heads, streams, known commands, taken names.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem;

use readmit_domain::{AccountId, StreamId};
use readmit_tlog::Frontier;

use crate::lane::state::{Head, LedgerWork, State, Stream, StreamKey, Work};
use crate::lane::{Lane, Pending};
use crate::ports::store::{LedgerHead, Load, Loaded, LoadedStream, StreamLoad};
use crate::prepare::Prepared;
use crate::read::decode;
use crate::shared::Shared;
use crate::{ExecuteError, Failure};

/// Events in one round of loading: bounds the memory of a round, not of a stream.
pub(super) const EVENTS_PER_LOAD: usize = 4096;

impl Lane {
    /// Takes what the batch needs out of memory, and loads the rest.
    pub(crate) async fn load(&mut self, batch: &[Pending]) -> Result<Work, ExecuteError> {
        let mut work = Work::default();
        let mut load = Load { event_limit: EVENTS_PER_LOAD, ..Load::default() };
        let mut missing = BTreeSet::new();
        let mut new_heads = BTreeSet::new();
        for Pending { prepared, .. } in batch {
            let ledger = prepared.ledger.id;
            match (work.ledgers.entry(ledger), self.memory.head(ledger)) {
                (Entry::Occupied(_), _) => {}
                (Entry::Vacant(vacant), Some(head)) => {
                    vacant.insert(LedgerWork::new(head.clone(), false));
                }
                (Entry::Vacant(_), None) => {
                    new_heads.insert(ledger);
                }
            }
            for stream in streams_of(prepared) {
                let key = (ledger, stream);
                if work.streams.contains_key(&key) || missing.contains(&key) {
                    continue;
                }
                if prepared.new_account() == Some(stream) {
                    work.streams.insert(key, Stream::new(stream));
                } else if let Some(stream) = self.memory.take(&key) {
                    work.streams.insert(key, stream);
                } else {
                    missing.insert(key);
                }
            }
            if prepared.may_be_known {
                load.commands.push((ledger, prepared.id));
            }
            load.names.extend(prepared.name.map(|name| (ledger, name)));
        }
        load.heads = new_heads.into_iter().collect();
        load.names.sort_unstable();
        load.names.dedup();
        load.commands.sort_unstable();
        load.commands.dedup();
        let (streams, rest) = load_streams(&self.shared, load, missing).await?;
        work.streams.extend(streams);
        for head in &rest.heads {
            // A damaged head is its own ledger's failure, and no other's.
            match read_head(head) {
                Ok(read) => {
                    work.ledgers.insert(head.ledger, LedgerWork::new(read, true));
                }
                Err(failure) => {
                    work.failed.insert(head.ledger, failure);
                }
            }
        }
        work.known = rest.commands.into_iter().collect();
        work.names = rest.names.into_iter().collect();
        Ok(work)
    }
}

/// The streams a decision looks at: what the command is about, the tenant, and
/// an admin's own account, which says when they last showed a second factor.
fn streams_of(prepared: &Prepared) -> impl Iterator<Item = StreamId> + use<> {
    let actor = match prepared.actor.who.account() {
        Some(AccountId::Admin(id)) => Some(StreamId::Account(id.into())),
        Some(AccountId::Customer(_)) | None => None,
    };
    [Some(prepared.stream()), Some(prepared.ledger.tenant.into()), actor].into_iter().flatten()
}

fn read_head(head: &LedgerHead) -> Result<Head, Failure> {
    let frontier = Frontier::from_bytes(head.size, &head.frontier).map_err(|error| {
        Failure::Damaged(format!("the head of ledger {} is damaged: {error}", head.ledger))
    })?;
    if frontier.root().as_bytes() != &head.root {
        let ledger = head.ledger;
        return Err(Failure::Damaged(format!("the root of ledger {ledger} is not its frontier's")));
    }
    Ok(Head { at: head.at, fence: head.fence, frontier })
}

/// Folds the streams from the store, and brings whatever else was asked for.
pub(crate) async fn fold_streams(
    shared: &Shared,
    streams: impl IntoIterator<Item = StreamKey>,
) -> Result<HashMap<StreamKey, State>, Failure> {
    let load = Load { event_limit: EVENTS_PER_LOAD, ..Load::default() };
    let (streams, _) = load_streams(shared, load, streams.into_iter().collect()).await?;
    streams
        .into_iter()
        .map(|(key, stream)| match stream.failure {
            None => Ok((key, stream.state)),
            Some(failure) => Err(failure),
        })
        .collect()
}

/// Loads streams page by page until each is whole; the first round brings the
/// rest of `load` along.
async fn load_streams(
    shared: &Shared,
    mut load: Load,
    missing: BTreeSet<StreamKey>,
) -> Result<(HashMap<StreamKey, Stream>, Loaded), Failure> {
    let mut streams: HashMap<StreamKey, Stream> = HashMap::new();
    let mut incomplete: BTreeMap<StreamKey, u64> =
        missing.into_iter().map(|key| (key, 0)).collect();
    let mut rest = None;
    loop {
        let keys: Vec<StreamKey> = incomplete.keys().copied().collect();
        load.streams = incomplete
            .iter()
            .map(|((ledger, stream), after_version)| StreamLoad {
                ledger: *ledger,
                stream: stream.uuid(),
                after_version: *after_version,
            })
            .collect();
        let nothing = load.streams.is_empty()
            && load.heads.is_empty()
            && load.commands.is_empty()
            && load.names.is_empty();
        let mut loaded = if nothing { Loaded::default() } else { shared.store.load(&load).await? };
        incomplete.clear();
        for (key, page) in keys.into_iter().zip(mem::take(&mut loaded.streams)) {
            let stream = streams.entry(key).or_insert_with(|| Stream::new(key.1));
            match stream.add_page(shared, key, page).await {
                Ok(true) => drop(incomplete.insert(key, stream.version)),
                Ok(false) => {}
                Err(failure) => stream.failure = Some(failure),
            }
        }
        rest.get_or_insert(loaded);
        if incomplete.is_empty() {
            return Ok((streams, rest.unwrap_or_default()));
        }
        load = Load { event_limit: load.event_limit, ..Load::default() };
    }
}

impl Stream {
    /// Folds a page in; answers whether there is more to come.
    pub(super) async fn add_page(
        &mut self,
        shared: &Shared,
        (ledger, id): StreamKey,
        page: LoadedStream,
    ) -> Result<bool, Failure> {
        for stored in &page.events {
            let envelope = decode(ledger, stored)?;
            if envelope.stream != id {
                // The same 16 bytes under another prefix: another kind of account.
                *self = Self::new(id);
                return Ok(false);
            }
            let (next, found) = (self.version + 1, envelope.version);
            if found != next {
                return Err(Failure::Damaged(format!(
                    "event {} of {ledger}: version in {id}: expected {next}, found {found}",
                    envelope.position
                )));
            }
            let state = mem::replace(&mut self.state, State::new(id));
            self.state = state.evolve(&envelope.recorded());
            self.version = next;
        }
        self.secrets.extend(page.secrets);
        if self.key.is_none()
            && let Some(wrapped) = page.key
        {
            self.key = Some(shared.unwrap(ledger, id.uuid(), &wrapped).await?);
        }
        Ok(page.more)
    }
}
