//! What an auditor asks of a tenant's ledger: whether it holds together, and proofs.

use readmit_domain::Actor;
use readmit_domain::tenant::RotateSigningKey;
use readmit_runtime::{Failure, Hash, KeptCheckpoint, Verified, VerifyError};
use readmit_tlog::{
    ConsistencyProof, SignedCheckpoint, TilePath, TlogProof, TlogProofError, VerifierKey,
};

use crate::{Error, Tenant};

impl Tenant {
    /// Hashes every event again and holds all that is stored against it.
    ///
    /// # Errors
    /// [`VerifyError::Broken`] with the first thing that does not hold.
    pub async fn verify(&self) -> Result<Verified, VerifyError> {
        self.verify_with(|_, _| {}).await
    }

    /// As [`Tenant::verify`]; `progress` is told how many events are done, and of how many.
    pub async fn verify_with(
        &self,
        progress: impl FnMut(u64, u64),
    ) -> Result<Verified, VerifyError> {
        self.runtime().verify(self.ledger(), progress).await
    }

    /// As [`Tenant::verify`], and how many events the newest of the checkpoints covers that were held
    /// against them: so many are signed. None if no checkpoint is there.
    pub async fn verify_signed(&self) -> Result<(Verified, Option<u64>), VerifyError> {
        // Before: what is signed meanwhile may not be looked at.
        let size = self.runtime().head(self.ledger()).await?.size;
        let kept = self.runtime().kept_checkpoint(self.ledger(), size).await?;
        let verified = self.verify().await?;
        // One that cannot be read has failed the verification.
        let signed = kept.and_then(|kept| kept.signed().ok());
        Ok((verified, signed.map(|signed| signed.checkpoint().size())))
    }

    /// Whether the ledger, once it is verified, continues the one of a checkpoint that was kept
    /// elsewhere: then nothing of that one was changed, cut off or replaced.
    ///
    /// # Errors
    /// [`VerifyError::Broken`] if it does not, or if the checkpoint is not of this ledger.
    pub async fn verify_against(&self, remembered: &SignedCheckpoint) -> Result<(), VerifyError> {
        self.runtime().verify_against(self.ledger(), remembered).await
    }

    /// The checkpoint of the ledger as it is now, signed: to be kept where nobody who can write
    /// the database can write, and given to [`Tenant::verify_against`] later.
    pub async fn checkpoint(&self) -> Result<SignedCheckpoint, Error> {
        Ok(self.runtime().checkpoint(self.ledger()).await?)
    }

    /// The keys that verify checkpoints now, the newest first. Give them to auditors by a way of
    /// their own, not with what they are to verify.
    pub async fn verifier_keys(&self) -> Result<Vec<VerifierKey>, Error> {
        Ok(self.runtime().verifier_keys(self.ledger()).await?)
    }

    /// Every key that has signed checkpoints of this ledger, the oldest first.
    pub async fn all_verifier_keys(&self) -> Result<Vec<VerifierKey>, Error> {
        Ok(self.runtime().all_verifier_keys(self.ledger()).await?)
    }

    /// Lets the next key sign checkpoints. For 30 days the old one signs beside it; the event that
    /// announces it is covered by both.
    ///
    /// # Errors
    /// [`Error::Refused`] unless the actor is an owner who just showed a second factor, or the
    /// operator.
    pub async fn rotate_signing_key(&self, actor: &Actor) -> Result<VerifierKey, Error> {
        let next = self.runtime().next_verifier_key(self.ledger()).await?;
        self.execute(actor, RotateSigningKey::new(next.to_string())).await?;
        Ok(next)
    }

    /// Proves that the event at a position stands in the ledger, to whoever has a verifier key.
    ///
    /// # Errors
    /// [`Failure::Proof`] if there is no such event.
    pub async fn prove(&self, position: u64) -> Result<TlogProof, Error> {
        Ok(self.runtime().prove(self.ledger(), position).await?)
    }

    /// The same proof with the event in it, as its extra data: whoever has a verifier key needs
    /// nothing else.
    ///
    /// # Errors
    /// [`Failure::Proof`] if there is no such event.
    pub async fn prove_with_event(&self, position: u64) -> Result<TlogProof, Error> {
        let proof = self.prove(position).await?;
        let leaf = self.leaves(position).await?.into_iter().next().unwrap_or_default();
        let damaged = |error: TlogProofError| Failure::Damaged(error.to_string());
        Ok(proof.with_extra(leaf).map_err(damaged)?)
    }

    /// Proves that the ledger of `new` events begins with that of `old` events.
    ///
    /// # Errors
    /// [`Failure::Proof`] if there are not so many.
    pub async fn consistency(&self, old: u64, new: u64) -> Result<ConsistencyProof, Error> {
        Ok(self.runtime().consistency(self.ledger(), old, new).await?)
    }

    /// The bytes of a hash tile or of an entry bundle, as [C2SP tlog-tiles] lays them out: full, or
    /// partial of exactly the width in the path. None if no checkpoint that was signed covers so
    /// much: what is handed out can be proved.
    ///
    /// Together with [`checkpoint`](Self::checkpoint) this is a whole log for other people's tools,
    /// the same as [`export`](Self::export) writes. A partial tile stays to be had after it has
    /// grown.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}", dir.path().join("readmit.db").display());
    /// # let engine = readmit::Engine::open(&url).await?;
    /// # let msp = engine.tenant("acme-msp").await?;
    /// let hashes = msp.tile(&"tile/0/000.p/1".parse()?).await?.ok_or("no such tile")?;
    /// assert_eq!(hashes, msp.checkpoint().await?.checkpoint().root().as_bytes());
    /// assert_eq!(msp.tile(&"tile/0/000".parse()?).await?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [C2SP tlog-tiles]: https://c2sp.org/tlog-tiles
    pub async fn tile(&self, path: &TilePath) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.runtime().tile(self.ledger(), path).await?)
    }

    /// The root of the ledger as it was when it had so many events.
    ///
    /// # Errors
    /// [`Failure::Proof`] if there are fewer.
    pub async fn root_at(&self, size: u64) -> Result<Hash, Error> {
        Ok(self.runtime().root_at(self.ledger(), size).await?)
    }

    /// The largest checkpoint kept in the database of at most so many events.
    pub async fn kept_checkpoint(&self, size: u64) -> Result<Option<KeptCheckpoint>, Error> {
        Ok(self.runtime().kept_checkpoint(self.ledger(), size).await?)
    }

    /// Adds the cosignatures of a checkpoint to the one that is kept.
    pub async fn keep_cosigned(&self, cosigned: &SignedCheckpoint) -> Result<(), Error> {
        Ok(self.runtime().keep_cosigned(self.ledger(), cosigned).await?)
    }

    /// Keeps an RFC 3161 time stamp beside a kept checkpoint of so many events. What it says is for
    /// the caller to have checked.
    pub async fn keep_stamp(&self, size: u64, stamp: &[u8]) -> Result<(), Error> {
        Ok(self.runtime().keep_stamp(self.ledger(), size, stamp).await?)
    }
}
