//! A log in memory.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use readmit::witness::{
    ConsistencyProof, SignedCheckpoint, Source, VerifierKey, WitnessError, Witnessed, submit,
};
use readmit_tests::{Result, witness::Witness};
use readmit_tlog::{Checkpoint, Edge, HashTile, NoteSigner, TileId, leaf_hash};

use crate::witness_http::HttpWitness;

/// A log that appends and signs.
pub(crate) struct Log {
    signer: NoteSigner,
    edge: Edge,
    tiles: BTreeMap<TileId, HashTile>,
}

pub(crate) const ORIGIN: &str = "readmit.example/led_01";

/// More than a loaded machine needs for an answer, little to wait for one that does not come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

impl Log {
    /// A log of so many events.
    pub(crate) fn of(events: u64) -> Result<Self> {
        Self::with(ORIGIN, 1, events)
    }

    /// A log with this name, and the key of this seed.
    pub(crate) fn with(origin: &str, seed: u8, events: u64) -> Result<Self> {
        let signer = NoteSigner::new(origin, &[seed; 32])?;
        let mut log = Self { signer, edge: Edge::new(), tiles: BTreeMap::new() };
        log.grow(events, "event")?;
        Ok(log)
    }

    /// Appends so many events, told apart by their position and this word.
    pub(crate) fn grow(&mut self, events: u64, word: &str) -> Result {
        for _ in 0..events {
            let event = format!("{word} {}", self.edge.size());
            let full = self.edge.append(leaf_hash(event.as_bytes()))?;
            self.tiles.extend(full);
        }
        self.tiles.extend(self.edge.partial_tiles());
        Ok(())
    }

    pub(crate) fn checkpoint(&self) -> Result<SignedCheckpoint> {
        let name = self.signer.key().name();
        let checkpoint = Checkpoint::new(name, self.edge.size(), self.edge.root())?;
        Ok(SignedCheckpoint::sign(checkpoint, &self.signer)?)
    }

    pub(crate) const fn key(&self) -> &VerifierKey {
        self.signer.key()
    }

    /// Submits the log's checkpoint to a witness of ours.
    pub(crate) async fn submit(
        &self,
        witness: &Witness,
        known_size: u64,
    ) -> Result<Result<Witnessed, WitnessError>> {
        self.submit_to(&witness.url(), witness.key(), known_size, PATIENCE).await
    }

    /// Submits the log's checkpoint to any witness.
    pub(crate) async fn submit_to(
        &self,
        url: &str,
        key: &VerifierKey,
        known_size: u64,
        patience: Duration,
    ) -> Result<Result<Witnessed, WitnessError>> {
        let client = HttpWitness::with_timeout(url, patience)?;
        let keys = std::slice::from_ref(key);
        Ok(submit(&client, self, self.checkpoint()?, known_size, keys).await)
    }
}

impl Source for Log {
    type Error = io::Error;

    async fn consistency(&self, old: u64, new: u64) -> Result<ConsistencyProof, io::Error> {
        let proof = ConsistencyProof::build(old, new, &mut self.tiles.clone());
        proof.map_err(io::Error::other)
    }
}
