//! From a tenant's ledger to a folder.

use std::path::Path;

use readmit_runtime::Failure;
use readmit_tlog::SignedCheckpoint;

use super::{BundleError, BundleWriter};
use crate::{Error, Tenant};

/// Why a ledger was not exported. Nothing is left that looks like an export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The ledger could not be read or signed.
    #[error(transparent)]
    Ledger(#[from] Error),
    /// The folder could not be written.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

impl Tenant {
    /// Copies the ledger, as it is now, into a folder that can be verified without us, and answers
    /// the checkpoint that is in it. `progress` is told how many events are done, and of how many.
    ///
    /// What is recorded meanwhile is not part of the copy.
    ///
    /// # Errors
    /// [`ExportError`]; the folder must not be there yet.
    pub async fn export(
        &self,
        folder: &Path,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<SignedCheckpoint, ExportError> {
        let signed = self.checkpoint().await?;
        let keys = self.verifier_keys().await?;
        let size = signed.checkpoint().size();
        let mut writer = BundleWriter::create(folder)?;
        while writer.size() < size {
            let done = writer.size();
            let mut leaves = self.leaves(done).await?;
            leaves.truncate(usize::try_from(size - done).unwrap_or(usize::MAX));
            if leaves.is_empty() {
                return Err(
                    Error::from(Failure::Damaged(format!("event {done} is missing"))).into()
                );
            }
            writer = aside(move || {
                leaves.iter().try_for_each(|leaf| writer.add(leaf))?;
                Ok(writer)
            })
            .await?;
            progress(writer.size(), size);
        }
        let finished = signed.clone();
        aside(move || writer.finish(&finished, &keys)).await?;
        Ok(signed)
    }
}

/// Writes where waiting for a disk is allowed.
async fn aside<T: Send + 'static>(
    write: impl FnOnce() -> Result<T, BundleError> + Send + 'static,
) -> Result<T, ExportError> {
    let written = tokio::task::spawn_blocking(write).await;
    Ok(written.map_err(|_| Error::from(Failure::Panicked))??)
}
