//! What the web needs to remember and no ledger holds: passwords, invitations to set the first one,
//! sessions, the last use of keys.
//!
//! | module | what it holds |
//! |---|---|
//! | `place`, `open`, `schema` | where the database is, its connections, its tables and their versions |
//! | `passwords`, `attempts`, `digests` | the built-in password check: the port's answer, the counting of failures, argon2id |
//! | `invitations` | links by which an admin or a customer sets their first password |
//! | `sessions` | who has shown what, and until when that holds |
//! | `token` | the texts that the holders of sessions and invitations show |
//! | `uses`, `key_uses` | times of last use, remembered first and written when it is convenient |
//!
//! One SQL text serves SQLite and PostgreSQL. Several nodes may share the database: whatever must
//! happen once is one statement, or stands in one transaction.
//!
//! **Invariant: nothing here can be shown.** Of a password there is an argon2id digest, of a
//! session and an invitation the SHA-256 of its token; whoever reads the database can sign in with
//! none of them.
//!
//! **Invariant: an invitation sets a first password, never another.** It is void as soon as the
//! account has a password, however it came by it.
//!
//! **Invariant: what is counted is committed before it is answered.** A failed attempt is counted
//! before the password is compared, so many attempts at once are as many as one after another.

mod attempts;
mod digests;
mod failure;
mod invitations;
mod key_uses;
mod open;
mod passwords;
mod place;
mod schema;
mod sessions;
mod token;
mod uses;

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use readmit::{AccountId, Clock, Entropy, Failure, KeyId, OsEntropy, TenantId, Timestamp};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use key_uses::KeyUses;
use open::Database;
use uses::Uses;

pub use invitations::{Invitation, Invitations};
pub use passwords::{PasswordTable, stand_in};
pub use place::WebPlace;
pub use sessions::{NewSession, Session, SessionLevel, Sessions};
pub use token::{InvitationToken, ParseWebTokenError, SessionToken};

/// What SQL answers.
type Sql<T> = Result<T, sqlx::Error>;

/// How many rows one call of a `sweep` deletes at most, so that nobody waits long for it.
pub const SWEPT_AT_ONCE: u64 = 500;

/// Between two sweeps.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// The web database, opened. Clones share everything.
#[derive(Debug, Clone)]
pub struct WebDatabase {
    database: Database,
    uses: Arc<Uses>,
    key_uses: Arc<KeyUses>,
}

impl WebDatabase {
    /// Opens the database, makes it if it is not there, and brings its tables to this version.
    ///
    /// A file that is something else, and tables of a newer version, are left as they are.
    pub async fn open(place: &WebPlace) -> Result<Self, Failure> {
        let database = Database::open(place).await?;
        let uses = Arc::new(Uses::new(database.clone()));
        let key_uses = Arc::new(KeyUses::new(database.clone(), Arc::clone(&uses)));
        Ok(Self { database, uses, key_uses })
    }

    /// The built-in password check. Make one and share it: it bounds the work of its clones.
    pub fn passwords(&self, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> PasswordTable {
        PasswordTable::new(self.database.clone(), clock, entropy)
    }

    /// The sessions.
    pub fn sessions(&self, entropy: Arc<dyn Entropy>) -> Sessions {
        Sessions::new(self.database.clone(), Arc::clone(&self.uses), entropy)
    }

    /// Forgets how an erased account signed in: its password, what was counted, its invitation and its
    /// sessions, all or none of them. What is not there is not missed.
    pub async fn forget(&self, tenant: TenantId, account: AccountId) -> Result<(), Failure> {
        let forgotten = self.forget_all(tenant, account).await;
        forgotten.map_err(|error| self.database.explain(&error))
    }

    async fn forget_all(&self, tenant: TenantId, account: AccountId) -> Sql<()> {
        let mut transaction = self.database.write().await?;
        passwords::remove(&mut transaction, tenant, account).await?;
        sessions::end_all(&mut *transaction, tenant, account).await?;
        transaction.commit().await
    }

    /// Remembers that an API key was used; written at most once a minute for each key, and never
    /// in the caller's way. Only for keys that were found to be right.
    ///
    /// Must be called inside a Tokio runtime.
    pub fn key_used(&self, key: KeyId, at: Timestamp) {
        self.key_uses.used(key, at);
    }

    /// When these keys were last used, as far as they ever were. The use of a key on another node
    /// may be seen a minute late.
    pub async fn last_used(&self, keys: &[KeyId]) -> Result<BTreeMap<KeyId, Timestamp>, Failure> {
        self.key_uses.last(keys).await
    }

    /// Deletes what has ended, a little at a time, for as long as it is awaited.
    pub async fn sweep_now_and_then(self, passwords: PasswordTable) {
        let sessions = self.sessions(Arc::new(OsEntropy));
        let invitations = passwords.invitations();
        loop {
            let now = passwords.now();
            let swept = [
                sessions.sweep(now).await,
                passwords.sweep(now).await,
                invitations.sweep(now).await,
            ];
            for swept in swept {
                if let Err(error) = swept {
                    tracing::warn!(%error, "what has ended could not be deleted");
                }
            }
            tokio::time::sleep(SWEEP_EVERY).await;
        }
    }

    /// Writes what is only remembered yet, and lets the connections go.
    pub async fn close(&self) {
        self.key_uses.note_all();
        self.uses.write().await;
        self.database.close().await;
    }
}

/// The id in a column of a row.
fn id<T>(row: &AnyRow, column: &str) -> Sql<T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let text: String = row.try_get(column)?;
    text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
