//! Names, passwords and sessions: what any login service has. These live in memory and end with it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use readmit::{Actor, CustomerId, Entropy as _, EntropyError, OsEntropy, Seconds, Timestamp};

/// How long a session lives, however much it is used.
pub(crate) const SESSION_TTL: Seconds = Seconds::minutes(30);

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
    /// The account's epoch that it belongs to: there is another once MFA was reset.
    pub(crate) epoch: u32,
    pub(crate) until: Timestamp,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Accounts {
    /// Keeps a digest of the password, never the password.
    pub(crate) async fn add(
        &self,
        name: String,
        customer: CustomerId,
        password: String,
    ) -> Result<(), Failure> {
        let digest = blocking(move || digest(&password)).await?;
        let mut passwords = self.passwords.lock().unwrap_or_else(PoisonError::into_inner);
        passwords.insert(name, (customer, digest));
        Ok(())
    }

    /// Whose name and password these are. A name that nobody has takes as long as a wrong password.
    pub(crate) async fn check(
        &self,
        name: &str,
        password: String,
    ) -> Result<Option<CustomerId>, Failure> {
        let known =
            self.passwords.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        blocking(move || {
            let Some((customer, known)) = known else { return digest(&password).map(|_| None) };
            let known = PasswordHash::new(&known)?;
            let right = Argon2::default().verify_password(password.as_bytes(), &known);
            Ok(right.is_ok().then_some(customer))
        })
        .await
    }

    /// Begins a session; answers the value of its cookie. Those that are over are forgotten.
    pub(crate) fn begin(&self, session: Session, now: Timestamp) -> Result<String, EntropyError> {
        let mut random = [0; 16];
        OsEntropy.fill(&mut random)?;
        let cookie = format!("{:032x}", u128::from_be_bytes(random));
        let mut sessions = self.sessions();
        sessions.retain(|_, session| now < session.until);
        sessions.insert(cookie.clone(), session);
        Ok(cookie)
    }

    /// The session of a cookie.
    pub(crate) fn find(&self, cookie: &str, now: Timestamp) -> Option<Session> {
        self.sessions().get(cookie).filter(|session| now < session.until).cloned()
    }

    /// The session goes on as this actor, in this epoch.
    pub(crate) fn change(&self, cookie: &str, actor: Actor, epoch: u32) {
        if let Some(session) = self.sessions().get_mut(cookie) {
            session.actor = actor;
            session.epoch = epoch;
        }
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<String, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By argon2id as OWASP asks for it: 19 MiB, two passes.
fn digest(password: &str) -> Result<String, Failure> {
    let mut salt = [0; 16];
    OsEntropy.fill(&mut salt)?;
    Ok(Argon2::default().hash_password_with_salt(password.as_bytes(), &salt)?.to_string())
}

/// Passwords are slow to digest, on purpose: not where requests are answered.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await?
}
