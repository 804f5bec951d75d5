//! A small log with a witness, and texts of every kind from it.

use readmit_tlog::{
    AddCheckpoint, Checkpoint, ConsistencyProof, Cosigner, InclusionProof, NoteSigner,
    SignedCheckpoint, TlogProof,
};

use crate::trees::Tree;

pub(crate) const ORIGIN: &str = "example.com/log/led_01j8";
pub(crate) const SIZE: u64 = 11;
pub(crate) const POSITION: u64 = 6;
pub(crate) const AT_SECONDS: u64 = 1_679_315_147;

pub(crate) type Error = Box<dyn std::error::Error>;

pub(crate) fn log() -> Result<NoteSigner, Error> {
    Ok(NoteSigner::new(ORIGIN, &[1; 32])?)
}

pub(crate) fn witness() -> Result<Cosigner, Error> {
    Ok(Cosigner::new("example.com/witness", &[2; 32])?)
}

/// The leaf at [`POSITION`].
pub(crate) fn leaf() -> [u8; 8] {
    POSITION.to_be_bytes()
}

/// Signed by the log and cosigned by the witness.
pub(crate) fn checkpoint() -> Result<SignedCheckpoint, Error> {
    let tree = Tree::of_size(SIZE);
    let checkpoint = Checkpoint::new(ORIGIN, SIZE, tree.root(tree.0.len()))?;
    let mut signed = SignedCheckpoint::sign(checkpoint, &log()?)?;
    signed.add(witness()?.cosign(signed.checkpoint(), AT_SECONDS)?)?;
    Ok(signed)
}

/// With extra data.
pub(crate) fn proof() -> Result<TlogProof, Error> {
    let inclusion = InclusionProof::build(POSITION, SIZE, &mut Tree::of_size(SIZE))?;
    Ok(TlogProof::new(inclusion, checkpoint()?)?.with_extra(b"extra".to_vec())?)
}

/// From the size that [`known_root`] is of.
pub(crate) fn request() -> Result<AddCheckpoint, Error> {
    let proof = ConsistencyProof::build(5, SIZE, &mut Tree::of_size(SIZE))?;
    Ok(AddCheckpoint::new(&proof, checkpoint()?)?)
}

pub(crate) fn known_root() -> readmit_tlog::Hash {
    Tree::of_size(5).root(5)
}
