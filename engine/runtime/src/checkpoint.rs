//! Checkpoints: the head of a ledger, signed.
//!
//! A ledger that changed is signed once a second at most, and whenever somebody asks. A node signs
//! what it committed itself; that two nodes sign the same size does no harm, their signatures are
//! the same.
//!
//! **Invariant: no two histories are signed.** Before a checkpoint is signed, the ledger is proved
//! to continue the one signed last.
//!
//! The keys of a ledger are derived, one for each number, from the data key of its tenant, which
//! the master key wraps: so they need no place of their own, and are gone with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use readmit_domain::LedgerId;
use readmit_tlog::{Checkpoint, Hash, KeyError, NoteSigner, SignedCheckpoint, VerifierKey};
use tokio::sync::Notify;

use crate::Failure;
use crate::engine::Runtime;
use crate::ports::proofs::StoredCheckpoint;
use crate::ports::store::LedgerHead;
use crate::proofs::consistency;
use crate::shared::{Ledger, Shared};

/// Between two checkpoints of a ledger that nobody asked for.
const PERIOD: Duration = Duration::from_secs(1);

/// Ledgers that changed since they were signed, with the numbers of the keys that sign them.
#[derive(Default)]
pub(crate) struct Unsigned {
    /// At most one small entry for each ledger written in the last second.
    ledgers: Mutex<HashMap<LedgerId, Vec<u32>>>,
    changed: Notify,
}

impl Unsigned {
    /// Notes that a ledger changed.
    pub(crate) fn add(&self, ledger: LedgerId, keys: Vec<u32>) {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner).insert(ledger, keys);
        self.changed.notify_one();
    }

    fn take(&self) -> HashMap<LedgerId, Vec<u32>> {
        std::mem::take(&mut *self.ledgers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Signs what changes, for ever.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut failing = false;
    loop {
        shared.unsigned.changed.notified().await;
        // Real time, whatever the engine's clock shows.
        tokio::time::sleep(PERIOD).await;
        let outcome = sign_changed(&shared).await;
        // Once, and not every second for as long as the store is away.
        if let Err(error) = &outcome
            && !failing
        {
            tracing::warn!(%error, "checkpoints could not be signed; trying again");
        }
        failing = outcome.is_err();
    }
}

/// Signs every ledger that changed, and keeps all checkpoints in one transaction. What fails for
/// want of the store or the master key is changed still.
pub(crate) async fn sign_changed(shared: &Shared) -> Result<(), Failure> {
    let changed = shared.unsigned.take();
    let signed = sign_all(shared, &changed).await;
    if signed.is_err() {
        for (ledger, keys) in changed {
            shared.unsigned.add(ledger, keys);
        }
    }
    signed
}

async fn sign_all(shared: &Shared, changed: &HashMap<LedgerId, Vec<u32>>) -> Result<(), Failure> {
    let mut signed = Vec::new();
    for (id, keys) in changed {
        match sign_changes_of(shared, *id, keys).await {
            Ok(checkpoint) => signed.extend(checkpoint),
            Err(error @ (Failure::Store(_) | Failure::MasterKey(_))) => return Err(error),
            // The others are not concerned.
            Err(error) => {
                tracing::error!(ledger = %id, %error, "a checkpoint could not be signed");
            }
        }
    }
    Ok(shared.store.proofs().keep_checkpoints(&signed).await?)
}

async fn sign_changes_of(
    shared: &Shared,
    id: LedgerId,
    keys: &[u32],
) -> Result<Option<StoredCheckpoint>, Failure> {
    let (head, last) = newest(shared, id).await?;
    if last.as_ref().is_some_and(|last| is_of(last, &head)) {
        return Ok(None);
    }
    sign(shared, &head, last.as_ref(), keys).await.map(Some)
}

impl Runtime {
    /// The checkpoint of a ledger as it is now: signed if there is none yet, and kept.
    pub async fn checkpoint(&self, ledger: LedgerId) -> Result<SignedCheckpoint, Failure> {
        let (head, last) = newest(&self.shared, ledger).await?;
        if let Some(last) = last.as_ref().filter(|last| is_of(last, &head)) {
            return read_note(last);
        }
        let keys = self.tenant_state(ledger).await?.signing_keys_at(self.now());
        let signed = sign(&self.shared, &head, last.as_ref(), &keys).await?;
        self.shared.store.proofs().keep_checkpoints(std::slice::from_ref(&signed)).await?;
        // Another node may have kept one of this size, with cosignatures.
        let kept = self.kept_checkpoint(ledger, signed.size).await?;
        read_note(kept.as_ref().map_or(&signed, |kept| &kept.0))
    }

    /// The largest checkpoint that was kept of at most so many events, with its time stamp.
    pub async fn kept_checkpoint(
        &self,
        ledger: LedgerId,
        size: u64,
    ) -> Result<Option<KeptCheckpoint>, Failure> {
        Ok(self.shared.store.proofs().last_checkpoint(ledger, size).await?.map(KeptCheckpoint))
    }

    /// The keys that verify checkpoints of a ledger now, the newest first.
    pub async fn verifier_keys(&self, ledger: LedgerId) -> Result<Vec<VerifierKey>, Failure> {
        let keys = self.tenant_state(ledger).await?.signing_keys_at(self.now());
        self.verifier_keys_of(ledger, &keys).await
    }

    /// The key that will sign once the signing key is rotated.
    pub async fn next_verifier_key(&self, ledger: LedgerId) -> Result<VerifierKey, Failure> {
        let next = self.tenant_state(ledger).await?.signing_key() + 1;
        let mut keys = self.verifier_keys_of(ledger, &[next]).await?;
        keys.pop().ok_or(Failure::Bug("a ledger has a key for each number"))
    }

    /// Every key that has signed checkpoints of a ledger, the oldest first.
    pub async fn all_verifier_keys(&self, ledger: LedgerId) -> Result<Vec<VerifierKey>, Failure> {
        let keys: Vec<u32> = (0..=self.tenant_state(ledger).await?.signing_key()).collect();
        self.verifier_keys_of(ledger, &keys).await
    }

    pub(crate) async fn verifier_keys_of(
        &self,
        ledger: LedgerId,
        keys: &[u32],
    ) -> Result<Vec<VerifierKey>, Failure> {
        let origin = self.head(ledger).await?.origin;
        let ledger = self.shared.ledger(ledger).await?;
        keys.iter().map(|key| Ok(signer(&ledger, &origin, *key)?.key().clone())).collect()
    }

    /// Adds to a kept checkpoint what others signed. Of signatures that were added meanwhile, none
    /// is lost.
    pub async fn keep_cosigned(
        &self,
        ledger: LedgerId,
        cosigned: &SignedCheckpoint,
    ) -> Result<(), Failure> {
        let size = cosigned.checkpoint().size();
        loop {
            let kept = self.kept_checkpoint(ledger, size).await?;
            let Some(KeptCheckpoint(kept)) = kept.filter(|kept| kept.0.size == size) else {
                return Err(Failure::NoCheckpoint { ledger, size });
            };
            let mut note = read_note(&kept)?;
            for signature in cosigned.note().signatures() {
                note.add(signature.clone()).map_err(|_| unreadable(ledger, size))?;
            }
            if self.shared.store.proofs().replace_note(&kept, note.to_string().as_bytes()).await? {
                return Ok(());
            }
        }
    }

    /// Keeps a time stamp beside a kept checkpoint. What it says is for the caller to have checked.
    pub async fn keep_stamp(
        &self,
        ledger: LedgerId,
        size: u64,
        stamp: &[u8],
    ) -> Result<(), Failure> {
        let found = self.shared.store.proofs().keep_stamp(ledger, size, stamp).await?;
        if found { Ok(()) } else { Err(Failure::NoCheckpoint { ledger, size }) }
    }
}

/// A checkpoint that is kept in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCheckpoint(StoredCheckpoint);

impl KeptCheckpoint {
    /// The checkpoint, with all signatures that were added to it.
    pub fn signed(&self) -> Result<SignedCheckpoint, Failure> {
        read_note(&self.0)
    }

    /// The RFC 3161 time stamp that was brought for it.
    pub fn stamp(&self) -> Option<&[u8]> {
        self.0.stamp.as_deref()
    }
}

/// The head of a ledger, and the largest checkpoint that is kept of it.
async fn newest(
    shared: &Shared,
    id: LedgerId,
) -> Result<(LedgerHead, Option<StoredCheckpoint>), Failure> {
    let head = shared.store.head(id).await?.ok_or(Failure::NoLedger(id))?;
    Ok((head, shared.store.proofs().last_checkpoint(id, u64::MAX).await?))
}

/// Whether this is the checkpoint of a head.
fn is_of(checkpoint: &StoredCheckpoint, head: &LedgerHead) -> bool {
    let root = || root_of(checkpoint).ok();
    checkpoint.size == head.size && root() == Some(Hash::from_bytes(head.root))
}

/// Signs a head that continues the last checkpoint.
async fn sign(
    shared: &Shared,
    head: &LedgerHead,
    last: Option<&StoredCheckpoint>,
    keys: &[u32],
) -> Result<StoredCheckpoint, Failure> {
    if let Some(last) = last {
        continues(shared, head, last).await?;
    }
    let id = head.ledger;
    let ledger = shared.ledger(id).await?;
    let root = Hash::from_bytes(head.root);
    let unfit = || Failure::Bug("the head of a ledger does not fit a checkpoint");
    let checkpoint = Checkpoint::new(&head.origin, head.size, root).map_err(|_| unfit())?;
    let text = checkpoint.to_string();
    let mut signers = keys.iter().map(|key| signer(&ledger, &head.origin, *key));
    let first = signers.next().ok_or_else(unfit)??;
    let mut signed = SignedCheckpoint::sign(checkpoint, &first).map_err(|_| unfit())?;
    for older in signers {
        signed.add(older?.signature(&text)).map_err(|_| unfit())?;
    }
    let note = signed.to_string().into_bytes();
    Ok(StoredCheckpoint { ledger: id, size: head.size, note, stamp: None })
}

/// Proves that a ledger continues the one of a checkpoint.
async fn continues(
    shared: &Shared,
    head: &LedgerHead,
    last: &StoredCheckpoint,
) -> Result<(), Failure> {
    let (ledger, old, new) = (head.ledger, last.size, head.size);
    let forked = || {
        Failure::Damaged(format!(
            "ledger {ledger} has {new} events that do not continue its own checkpoint of {old} \
             events: it was rolled back or changed. Nothing is signed until that is cleared up; \
             run `readmit audit verify`"
        ))
    };
    if new < old {
        return Err(forked());
    }
    let proof = consistency(shared.store.as_ref(), ledger, old, new).await?;
    proof.verify(root_of(last)?, Hash::from_bytes(head.root)).map_err(|_| forked())
}

fn root_of(checkpoint: &StoredCheckpoint) -> Result<Hash, Failure> {
    Ok(read_note(checkpoint)?.checkpoint().root())
}

pub(crate) fn read_note(kept: &StoredCheckpoint) -> Result<SignedCheckpoint, Failure> {
    let text = str::from_utf8(&kept.note).ok();
    let note = text.and_then(|text| text.parse::<SignedCheckpoint>().ok());
    note.ok_or_else(|| unreadable(kept.ledger, kept.size))
}

fn unreadable(ledger: LedgerId, size: u64) -> Failure {
    Failure::Damaged(format!("the checkpoint of {size} events of ledger {ledger} cannot be read"))
}

/// The signer of this number.
fn signer(ledger: &Ledger, origin: &str, key: u32) -> Result<NoteSigner, Failure> {
    NoteSigner::new(origin, &ledger.signing_seed(key)).map_err(|error: KeyError| {
        Failure::Damaged(format!("the origin of ledger {} names no key: {error}", ledger.id))
    })
}
