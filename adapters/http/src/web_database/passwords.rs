//! The built-in table of passwords.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use readmit::{AccountId, Clock, Entropy, Failure, Login, TenantId, Timestamp};
use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

use super::Sql;
use super::attempts::{self, Attempt};
use super::digests::{Compared, Digests, Salt};
use super::invitations::{self, Invitations};
use super::open::Database;
use crate::password::{AcceptedPassword, Password, PasswordAnswer, PasswordCheck, PasswordFailure};

const SET: &str = "INSERT INTO passwords (tenant, account, digest, changed_at) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, account) DO UPDATE SET \
    digest = excluded.digest, changed_at = excluded.changed_at";
/// The password may have been changed meanwhile.
const REPLACE: &str =
    "UPDATE passwords SET digest = $4 WHERE tenant = $1 AND account = $2 AND digest = $3";
const REMOVE: &str = "DELETE FROM passwords WHERE tenant = $1 AND account = $2";
const HAS: &str = "SELECT count(*) FROM passwords WHERE tenant = $1 AND account = $2";

/// Passwords in the web database: argon2id digests, and how often somebody was wrong.
///
/// As many are computed at once as there are cores, and a bounded number waits; beyond that the
/// answer is [`PasswordFailure::Busy`]. Clones share that bound.
#[derive(Clone)]
pub struct PasswordTable {
    database: Database,
    digests: Digests,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// The id to check a password against for a login that nobody has: always the same one for the
/// same login, so that it has to wait after as many wrong passwords as a login that somebody has.
pub fn stand_in(tenant: TenantId, login: &Login) -> Result<AccountId, Failure> {
    let digest = Sha256::new()
        .chain_update(b"readmit login that nobody has\0")
        .chain_update(tenant.to_string())
        .chain_update(login.as_str())
        .finalize();
    // The text of an id: 26 characters, of which the first holds three bits. Ids that the engine
    // draws begin with a time and are never met by chance.
    let alphabet = b"0123456789abcdefghjkmnpqrstvwxyz";
    let character = |byte: &u8| alphabet.get(usize::from(byte % 32)).copied().map(char::from);
    let suffix: String = digest.iter().skip(1).take(25).filter_map(character).collect();
    format!("cus_7{suffix}").parse().map_err(|_| Failure::Bug("an id of another form"))
}

#[async_trait]
impl PasswordCheck for PasswordTable {
    /// After ten wrong ones in a row the next has to wait for a minute, then for two, up to an
    /// hour. The right one begins the count anew, as does a day without any. (The lock-out of the
    /// second factor is the engine's.)
    async fn check(
        &self,
        tenant: TenantId,
        account: AccountId,
        password: &Password,
    ) -> Result<PasswordAnswer, PasswordFailure> {
        // Whoever is turned away is not counted.
        let place = self.digests.place()?;
        let salt = self.salt()?;
        let attempt = attempts::begin(&self.database, tenant, account, self.clock.now()).await;
        let digest = match attempt.map_err(|error| self.database.explain(&error))? {
            Attempt::Wait { until } => return Ok(PasswordAnswer::Wait { until }),
            Attempt::Counted { digest } => digest,
        };
        let compared = place.compare(password.clone(), digest.clone(), salt).await?;
        if !compared.is_right {
            return Ok(PasswordAnswer::Wrong);
        }
        let settled = self.settle(tenant, account, digest, compared).await;
        settled.map_err(|error| self.database.explain(&error))?;
        Ok(PasswordAnswer::Right)
    }

    fn table(&self) -> Option<&Self> {
        Some(self)
    }
}

impl PasswordTable {
    pub(super) fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { database, digests: Digests::new(), clock, entropy }
    }

    /// Invitations to set the first of an account's passwords; digests are computed within the same
    /// bound.
    pub fn invitations(&self) -> Invitations {
        Invitations::new(self.clone())
    }

    /// The time, by the clock that attempts are counted by.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sets an account's password; what was counted against the old one is forgotten, and an
    /// invitation to set the first is void. Sessions go on: whoever changes a password ends them
    /// with `Sessions::end_all`, or with `Sessions::rotate` and `Sessions::end_others`.
    pub async fn set_password(
        &self,
        tenant: TenantId,
        account: AccountId,
        password: &AcceptedPassword,
        at: Timestamp,
    ) -> Result<(), PasswordFailure> {
        let digest = self.digest(password).await?;
        let stored = self.store(tenant, account, digest, at).await;
        Ok(stored.map_err(|error| self.database.explain(&error))?)
    }

    /// Removes an account's password, what was counted, and an invitation to set one; answers
    /// whether there was a password.
    pub async fn remove_password(
        &self,
        tenant: TenantId,
        account: AccountId,
    ) -> Result<bool, Failure> {
        self.remove(tenant, account).await.map_err(|error| self.database.explain(&error))
    }

    /// Whether an account has a password.
    pub async fn has_password(
        &self,
        tenant: TenantId,
        account: AccountId,
    ) -> Result<bool, Failure> {
        let query = sqlx::query_scalar::<_, i64>(HAS);
        let query = query.bind(tenant.to_string()).bind(account.to_string());
        let count = query.fetch_one(self.database.reader()).await;
        count.map(|count| count > 0).map_err(|error| self.database.explain(&error))
    }

    /// Deletes what was counted for accounts (mostly logins that nobody has) that nobody has tried
    /// for a day, [`SWEPT_AT_ONCE`](super::SWEPT_AT_ONCE) at most; answers how many.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64, Failure> {
        attempts::sweep(&self.database, now).await
    }

    /// The digest of a password that is to be stored.
    pub(super) async fn digest(
        &self,
        password: &AcceptedPassword,
    ) -> Result<String, PasswordFailure> {
        let place = self.digests.place()?;
        Ok(place.digest(password.password().clone(), self.salt()?).await?)
    }

    pub(super) const fn database(&self) -> &Database {
        &self.database
    }

    pub(super) fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    async fn store(
        &self,
        tenant: TenantId,
        account: AccountId,
        digest: String,
        at: Timestamp,
    ) -> Sql<()> {
        let mut transaction = self.database.write().await?;
        invitations::void(&mut transaction, tenant, account).await?;
        sqlx::query(SET)
            .bind(tenant.to_string())
            .bind(account.to_string())
            .bind(digest)
            .bind(at.unix_micros())
            .execute(&mut *transaction)
            .await?;
        attempts::forgive(&mut transaction, tenant, account).await?;
        transaction.commit().await
    }

    async fn remove(&self, tenant: TenantId, account: AccountId) -> Sql<bool> {
        let mut transaction = self.database.write().await?;
        let removed = remove(&mut transaction, tenant, account).await?;
        transaction.commit().await?;
        Ok(removed)
    }

    /// After the right password.
    async fn settle(
        &self,
        tenant: TenantId,
        account: AccountId,
        digest: Option<String>,
        compared: Compared,
    ) -> Sql<()> {
        let mut transaction = self.database.write().await?;
        if let Some(replacement) = compared.replacement {
            sqlx::query(REPLACE)
                .bind(tenant.to_string())
                .bind(account.to_string())
                .bind(digest)
                .bind(replacement)
                .execute(&mut *transaction)
                .await?;
        }
        attempts::forgive(&mut transaction, tenant, account).await?;
        transaction.commit().await
    }

    fn salt(&self) -> Result<Salt, Failure> {
        let mut salt = Salt::default();
        self.entropy.fill(&mut salt)?;
        Ok(salt)
    }
}

/// Removes the password of an account, what was counted, and an invitation to set one; answers whether
/// there was a password.
pub(super) async fn remove(
    connection: &mut AnyConnection,
    tenant: TenantId,
    account: AccountId,
) -> Sql<bool> {
    invitations::void(connection, tenant, account).await?;
    let query = sqlx::query(REMOVE).bind(tenant.to_string()).bind(account.to_string());
    let done = query.execute(&mut *connection).await?;
    attempts::forgive(connection, tenant, account).await?;
    Ok(done.rows_affected() > 0)
}

impl fmt::Debug for PasswordTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordTable").field("database", &self.database).finish_non_exhaustive()
    }
}
