//! Slow digests of passwords, and how many are computed at once.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use readmit::{Failure, StoreError, StoreErrorKind};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::password::{Password, PasswordFailure};

pub(super) type Salt = [u8; 16];

/// Checks that wait for a core. Each takes some tens of milliseconds, so that the last one waits
/// about a second on two cores; whoever comes beyond is told to come again.
const WAITING: usize = 32;

/// Computes digests on threads that may block.
#[derive(Debug, Clone)]
pub(super) struct Digests {
    /// One for each core, and one for each that waits.
    places: Arc<Semaphore>,
    cores: Arc<Semaphore>,
}

/// The right to compute one digest.
pub(super) struct Place {
    place: OwnedSemaphorePermit,
    cores: Arc<Semaphore>,
}

/// What a comparison found.
pub(super) struct Compared {
    pub(super) is_right: bool,
    /// The digest to keep from now on, if the password is right and its digest was made with
    /// other parameters than today's.
    pub(super) replacement: Option<String>,
}

impl Digests {
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            places: Arc::new(Semaphore::new(cores + WAITING)),
            cores: Arc::new(Semaphore::new(cores)),
        }
    }

    pub(super) fn place(&self) -> Result<Place, PasswordFailure> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| PasswordFailure::Busy)?;
        Ok(Place { place, cores: Arc::clone(&self.cores) })
    }
}

impl Place {
    /// The digest of a password, as a PHC string.
    pub(super) async fn digest(self, password: Password, salt: Salt) -> Result<String, Failure> {
        self.compute(move || digest(&password, salt)).await
    }

    /// Compares a password with a digest. Without one the same work is done, in vain.
    pub(super) async fn compare(
        self,
        password: Password,
        digest: Option<String>,
        salt: Salt,
    ) -> Result<Compared, Failure> {
        self.compute(move || compare(&password, digest.as_deref(), salt)).await
    }

    /// Whoever does not wait for the answer any more frees nothing before the work is done.
    async fn compute<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let core = self.cores.acquire_owned().await;
        let core = core.map_err(|_| Failure::Bug("the cores were closed"))?;
        let place = self.place;
        let computed = tokio::task::spawn_blocking(move || {
            let _held = (core, place);
            work()
        });
        computed.await.map_err(|_| Failure::Panicked)?
    }
}

fn compare(password: &Password, stored: Option<&str>, salt: Salt) -> Result<Compared, Failure> {
    let Some(stored) = stored else {
        digest(password, salt)?;
        return Ok(Compared { is_right: false, replacement: None });
    };
    let stored = PasswordHash::new(stored).map_err(|_| damaged())?;
    match hasher()?.verify_password(password.expose().as_bytes(), &stored) {
        Ok(()) if is_made_today(&stored) => Ok(Compared { is_right: true, replacement: None }),
        Ok(()) => Ok(Compared { is_right: true, replacement: Some(digest(password, salt)?) }),
        Err(password_hash::Error::PasswordInvalid) => {
            Ok(Compared { is_right: false, replacement: None })
        }
        Err(_) => Err(damaged()),
    }
}

fn digest(password: &Password, salt: Salt) -> Result<String, Failure> {
    let digest = hasher()?.hash_password_with_salt(password.expose().as_bytes(), &salt);
    digest.map(|digest| digest.to_string()).map_err(|_| Failure::Bug("argon2id failed"))
}

/// 19 MiB, two passes, one lane: what OWASP's Password Storage Cheat Sheet asks of argon2id.
fn hasher() -> Result<Argon2<'static>, Failure> {
    let params = Params::new(19 * 1024, 2, 1, Some(32));
    let params = params.map_err(|_| Failure::Bug("argon2id has other bounds"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether a digest was made as it would be made now.
fn is_made_today(digest: &PasswordHash) -> bool {
    let is_same = |params: &Params| {
        hasher().is_ok_and(|hasher| {
            let ours = hasher.params();
            (ours.m_cost(), ours.t_cost(), ours.p_cost(), ours.output_len())
                == (params.m_cost(), params.t_cost(), params.p_cost(), params.output_len())
        })
    };
    digest.algorithm == ARGON2ID_IDENT
        && digest.version == Some(Version::V0x13.into())
        && Params::try_from(digest).is_ok_and(|params| is_same(&params))
}

fn damaged() -> Failure {
    let message = "a stored password digest is damaged: set that account's password again";
    StoreError::new(StoreErrorKind::Corrupt, message).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[test]
    fn a_password_matches_its_digest_alone() {
        let stored = digest(&password("tulip window"), [3; 16]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let right = compare(&password("tulip window"), Some(&stored), [4; 16]).unwrap();
        assert!(right.is_right && right.replacement.is_none());
        assert!(!compare(&password("tulip windoW"), Some(&stored), [4; 16]).unwrap().is_right);
        assert!(!compare(&password("tulip window"), None, [4; 16]).unwrap().is_right);
    }

    #[test]
    fn a_digest_of_other_parameters_is_replaced_when_the_password_is_right() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(1024, 1, 1, Some(32)).unwrap(),
        );
        let stored = weak.hash_password_with_salt(b"tulip window", &[3; 16]).unwrap().to_string();
        let right = compare(&password("tulip window"), Some(&stored), [4; 16]).unwrap();
        let replacement = right.replacement.unwrap();
        assert!(right.is_right && replacement.contains("m=19456,t=2,p=1"), "{replacement}");
        assert!(compare(&password("tulip window"), Some(&replacement), [5; 16]).unwrap().is_right);
        let wrong = compare(&password("another one"), Some(&stored), [4; 16]).unwrap();
        assert!(!wrong.is_right && wrong.replacement.is_none());
    }

    #[test]
    fn a_damaged_digest_is_a_failure_and_not_a_wrong_password() {
        for stored in ["", "no digest", "$argon2id$v=19$m=19456,t=2,p=1$", "$scrypt$ln=1$AAAA$AAAA"]
        {
            let error = compare(&password("hunter2"), Some(stored), [4; 16]).err();
            let error = error.map(|error| format!("{error} {error:?}")).unwrap_or_default();
            assert!(error.contains("damaged") && !error.contains("hunter2"), "{stored}: {error}");
        }
    }
}
