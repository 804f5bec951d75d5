//! Who signed a checkpoint.

use readmit_tlog::{CheckpointError, KeyKind, SignedCheckpoint, VerifiedSignature, VerifierKey};

use super::BundleFault;
use super::layout::CHECKPOINT;

/// The key of the log that signed, and the witnesses that cosigned, among keys that the caller
/// knows. Of two keys of the log (one in the place of the other) one is enough; a signature of a
/// known key that fails is never passed over.
pub(super) fn signer(
    checkpoint: &SignedCheckpoint,
    keys: &[VerifierKey],
) -> Result<(VerifierKey, Vec<VerifiedSignature>), BundleFault> {
    let (logs, witnesses): (Vec<_>, Vec<_>) =
        keys.iter().cloned().partition(|key| key.kind() == KeyKind::Ed25519);
    let fault = |why: String| {
        let expected = "that of a key that was given";
        BundleFault::new(CHECKPOINT, "signature", &expected, &why)
    };
    let mut found = None;
    let mut refused = None;
    for log in logs {
        match checkpoint.verify(&log, &witnesses) {
            Ok(cosigned) => found = Some((log, cosigned)),
            Err(
                error @ (CheckpointError::NotSignedByLog { .. }
                | CheckpointError::WrongOrigin { .. }),
            ) => {
                refused = Some(error);
            }
            Err(error) => return Err(fault(error.to_string())),
        }
    }
    let why = || refused.map_or_else(|| "no key to check it with".to_owned(), |it| it.to_string());
    found.ok_or_else(|| fault(why()))
}
