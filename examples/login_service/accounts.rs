//! Names, passwords and sessions: what any login service has. These live in memory and end with it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use readmit::{Actor, CustomerId, Entropy as _, EntropyError, OsEntropy};

/// Everybody who signed up, and everybody who is signed in.
#[derive(Default)]
pub(crate) struct Accounts {
    passwords: Mutex<HashMap<String, (CustomerId, String)>>,
    sessions: Mutex<HashMap<String, Session>>,
}

/// Somebody whose password was right, and what else they have shown.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) customer: CustomerId,
    /// The customer, for whom this service speaks.
    pub(crate) actor: Actor,
}

impl Accounts {
    /// Keeps a digest of the password, never the password.
    pub(crate) async fn add(&self, name: String, customer: CustomerId, password: String) {
        let digest = blocking(move || {
            let mut salt = [0; 16];
            OsEntropy.fill(&mut salt).ok()?;
            let digest = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            digest.ok().map(|digest| digest.to_string())
        });
        if let Some(digest) = digest.await {
            let mut passwords = self.passwords.lock().unwrap_or_else(PoisonError::into_inner);
            passwords.insert(name, (customer, digest));
        }
    }

    /// Whose name and password these are.
    pub(crate) async fn check(&self, name: &str, password: String) -> Option<CustomerId> {
        let known =
            self.passwords.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        let (customer, digest) = known?;
        let right = blocking(move || {
            let digest = PasswordHash::new(&digest).ok()?;
            Argon2::default().verify_password(password.as_bytes(), &digest).ok()
        });
        right.await.map(|()| customer)
    }

    /// Begins a session; answers the value of its cookie.
    pub(crate) fn begin(&self, session: Session) -> Result<String, EntropyError> {
        let mut random = [0; 16];
        OsEntropy.fill(&mut random)?;
        let cookie = format!("{:032x}", u128::from_be_bytes(random));
        self.sessions().insert(cookie.clone(), session);
        Ok(cookie)
    }

    /// The session of a cookie.
    pub(crate) fn find(&self, cookie: &str) -> Option<Session> {
        self.sessions().get(cookie).cloned()
    }

    /// The session goes on as this actor.
    pub(crate) fn change(&self, cookie: &str, actor: Actor) {
        if let Some(session) = self.sessions().get_mut(cookie) {
            session.actor = actor;
        }
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<String, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passwords are slow to digest, on purpose: not where requests are answered.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Option<T> + Send + 'static,
) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok().flatten()
}
