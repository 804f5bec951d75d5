//! Rotating the master key.
//!
//! | step | what it changes | if it is stopped after that |
//! |---|---|---|
//! | 1 [`Engine::prepare_key`] | the key file holds a new key beside the old one | all goes on under the old key; the next rotation uses the new one |
//! | 2 [`Engine::rotate_key`] | the database names the new key as the one in use | new data keys are wrapped under it, old ones are read with the old key |
//! | 3 [`Engine::rewrap`] | each data key is wrapped anew | the next `rewrap` goes on with the rest |
//! | 4 [`Engine::forget_old_keys`] | the old key is retired in the database, then leaves the file | called again it finishes; nothing needs the old key |
//!
//! Each is safe beside running engines: one that uses the same key file finds the new key there
//! when it first needs it. One on another machine must have the new file **before step 2**; if it
//! has not, it fails for those accounts that it has no key for, in words that say so.

use std::path::Path;
use std::sync::Arc;

use readmit_runtime::{Failure, KeyError, KeyUse, Rewrapped};

use crate::file_keys::FileKeys;
use crate::key_file::KeyFileError;
use crate::{Engine, Error};

/// Why the master key was not rotated, or an old one not forgotten.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotateError {
    /// What the database or the keys had against it.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The key file cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
}

impl From<Failure> for RotateError {
    fn from(failure: Failure) -> Self {
        Self::Keys(failure.into())
    }
}

impl Engine {
    /// Which master keys this database needs, and how many data keys each wraps. Counting reads
    /// every data key's row.
    pub async fn key_use(&self) -> Result<KeyUse, Error> {
        Ok(self.runtime.key_use().await?)
    }

    /// The key file, unless the key itself was given.
    pub fn key_file(&self) -> Option<&Path> {
        self.key_file.as_deref().map(FileKeys::path)
    }

    /// Sees that there is a newer master key than the one in use, and draws one into the key file
    /// if there is none; answers its name. The database does not change.
    ///
    /// Without a key file nothing is drawn: the name is that of the newest key given.
    pub async fn prepare_key(&self) -> Result<String, RotateError> {
        let KeyUse { in_use, newest, .. } = self.runtime.key_use().await?;
        match &self.key_file {
            Some(_) => self.with_file(move |file| file.prepare(&in_use)).await,
            None => Ok(newest),
        }
    }

    /// Puts a newer master key into use, one that is [prepared](Self::prepare_key) already or is
    /// drawn now; answers its name. Data keys are still wrapped under the old one, which is
    /// needed until they were [wrapped anew](Self::rewrap).
    ///
    /// With a [`MasterKey`](crate::MasterKey) of your own: open the engine, on every node, with
    /// one whose `id` is the new key and that `has` the old one too, and can wrap under either.
    /// Then rotate, re-wrap, and [retire](Self::retire_key) the old one.
    ///
    /// # Errors
    /// [`KeyError::NothingNew`], [`KeyError::Retired`], [`KeyError::Overtaken`], or a failure of
    /// key file or database.
    pub async fn rotate_key(&self) -> Result<String, RotateError> {
        self.prepare_key().await?;
        Ok(self.runtime.use_newest_key().await?)
    }

    /// Wraps every data key anew that is not wrapped under the master key in use, and tells after
    /// each page of them how far that has come.
    ///
    /// May be stopped at any moment, and run beside anything, itself included. A data key that
    /// cannot be unwrapped is passed over, and counted in [`Rewrapped::left`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}", dir.path().join("readmit.db").display());
    /// let engine = readmit::Engine::open(&url).await?;
    /// engine.tenant("acme-msp").await?;
    /// let new = engine.rotate_key().await?;
    /// let done = engine.rewrap(|done| println!("{} so far", done.rewrapped)).await?;
    /// assert_eq!((done.in_use, done.rewrapped, done.left), (new, 1, 0));
    /// engine.forget_old_keys().await?;
    /// # engine.close().await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn rewrap(&self, progress: impl FnMut(&Rewrapped)) -> Result<Rewrapped, RotateError> {
        Ok(self.runtime.rewrap(progress).await?)
    }

    /// Retires every old master key of the key file and takes it out of there; answers their
    /// names. What is still wrapped under them is wrapped anew first.
    ///
    /// Afterwards no engine on this database can add a data key under them, whatever it believes.
    /// **Backups of the database, and other databases with the same key file, may need them
    /// still**: keep a copy of the key file as it was with the backups.
    ///
    /// # Errors
    /// [`KeyError::StillNeeded`], if a data key cannot be wrapped anew: then nothing was forgotten.
    pub async fn forget_old_keys(&self) -> Result<Vec<String>, RotateError> {
        let Some(file) = &self.key_file else { return Ok(Vec::new()) };
        let old = self.runtime.retire_old_keys(file.read()?).await?;
        let forgotten = old.clone();
        self.with_file(move |file| file.forget(&forgotten)).await?;
        Ok(old)
    }

    /// Retires a master key that is not in use any more: no data key can be added under it, and
    /// none is wrapped under it. Then whatever holds the key may forget it.
    ///
    /// # Errors
    /// [`KeyError::InUse`]; [`KeyError::StillNeeded`], if a data key cannot be wrapped anew.
    pub async fn retire_key(&self, id: &str) -> Result<(), RotateError> {
        if self.runtime.key_use().await?.in_use == id {
            return Err(KeyError::InUse(id.to_owned()).into());
        }
        self.runtime.retire_old_keys([id.to_owned()]).await?;
        Ok(())
    }

    /// Works on the key file where waiting for a disk, or for another process, is allowed.
    async fn with_file<T: Send + 'static>(
        &self,
        work: impl FnOnce(&FileKeys) -> Result<T, KeyFileError> + Send + 'static,
    ) -> Result<T, RotateError> {
        let file = self.key_file.clone().ok_or(Failure::Bug("there is no key file"))?;
        let done = tokio::task::spawn_blocking(move || work(Arc::as_ref(&file))).await;
        Ok(done.map_err(|_| Failure::Panicked)??)
    }
}
