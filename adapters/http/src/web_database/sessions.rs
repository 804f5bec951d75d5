//! Sessions: who has shown what, and until when that holds.

use std::fmt;
use std::sync::Arc;

use readmit::{AccountId, Entropy, Failure, Seconds, TenantId, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row as _};

use super::open::Database;
use super::token::SessionToken;
use super::uses::{AT_MOST_EVERY, Used, Uses};
use super::{SWEPT_AT_ONCE, Sql, id};

/// A session ends this long after it began, whatever is done with it. SP 800-63B-4 §2.2.3 asks for
/// 24 hours at most.
const LIFETIME: Seconds = Seconds::hours(12);
/// A session ends after this long without use. SP 800-63B-4 §2.2.3 asks for an hour at most.
const IDLE: Seconds = Seconds::minutes(30);
/// Live sessions of one account; one more ends the oldest.
const MOST_OF_AN_ACCOUNT: i64 = 20;

const MAKE_ROOM: &str = "DELETE FROM sessions WHERE tenant = $1 AND account = $2 \
    AND digest NOT IN (SELECT digest FROM sessions WHERE tenant = $1 AND account = $2 \
    AND ends_at > $3 AND used_at > $4 ORDER BY created_at DESC, digest LIMIT $5)";
const INSERT: &str = "INSERT INTO sessions \
    (digest, tenant, account, created_at, used_at, ends_at, level, second_factor_at, epoch) \
    VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)";
const FIND: &str = "SELECT tenant, account, created_at, used_at, ends_at, level, \
    second_factor_at, epoch FROM sessions WHERE digest = $1 AND ends_at > $2 AND used_at > $3";
const RAISE: &str = "UPDATE sessions SET digest = $1, level = $2, second_factor_at = $3, \
    used_at = $4 WHERE digest = $5 AND ends_at > $4 AND used_at > $6";
const ROTATE: &str = "UPDATE sessions SET digest = $1, used_at = $2 \
    WHERE digest = $3 AND ends_at > $2 AND used_at > $4";
const END: &str = "DELETE FROM sessions WHERE digest = $1";
const END_ALL: &str = "DELETE FROM sessions WHERE tenant = $1 AND account = $2";
const END_OTHERS: &str = "DELETE FROM sessions WHERE tenant = $1 AND account = $2 AND digest <> $3";
const SWEEP: &str = "DELETE FROM sessions WHERE digest IN \
    (SELECT digest FROM sessions WHERE ends_at <= $1 OR used_at <= $2 LIMIT $3)";

/// The sessions of admins and customers. Clones are the same sessions.
#[derive(Clone)]
pub struct Sessions {
    database: Database,
    uses: Arc<Uses>,
    entropy: Arc<dyn Entropy>,
}

/// A session that is to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSession {
    /// Of which tenant.
    pub tenant: TenantId,
    /// Whose it is.
    pub account: AccountId,
    /// What its holder has shown.
    pub level: SessionLevel,
    /// The account's `session_epoch`.
    pub epoch: u32,
}

/// A live session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// Of which tenant.
    pub tenant: TenantId,
    /// Whose it is.
    pub account: AccountId,
    /// What its holder has shown.
    pub level: SessionLevel,
    /// The account's `session_epoch` when the session began: if it has moved on since, the
    /// session is dead, which the caller has to look at.
    pub epoch: u32,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, before this; it may be a minute behind.
    pub used_at: Timestamp,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
}

/// What the holder of a session has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionLevel {
    /// The password.
    Password,
    /// The password, and a second factor.
    SecondFactor {
        /// When: what `Actor::with_second_factor` takes.
        at: Timestamp,
    },
}

impl SessionLevel {
    /// When a second factor was shown, if one was.
    pub const fn second_factor_at(self) -> Option<Timestamp> {
        match self {
            Self::Password => None,
            Self::SecondFactor { at } => Some(at),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SecondFactor { .. } => "second_factor",
        }
    }

    fn micros(self) -> i64 {
        self.second_factor_at().map_or(0, Timestamp::unix_micros)
    }
}

impl Sessions {
    pub(super) fn new(database: Database, uses: Arc<Uses>, entropy: Arc<dyn Entropy>) -> Self {
        Self { database, uses, entropy }
    }

    /// Begins a session; it lives for 12 hours, or until it is not used for 30 minutes.
    ///
    /// If the account has 20 live sessions, the oldest ends. Two nodes of which each begins one at
    /// the same moment may leave one more, until the next begins.
    pub async fn begin(&self, new: NewSession, now: Timestamp) -> Result<SessionToken, Failure> {
        let token = SessionToken::draw(&*self.entropy)?;
        self.insert(&token, new, now).await.map_err(|error| self.database.explain(&error))?;
        Ok(token)
    }

    /// The session of this token, if it lives.
    ///
    /// Its use is noted, at most once a minute and after this has answered.
    pub async fn find(
        &self,
        token: &SessionToken,
        now: Timestamp,
    ) -> Result<Option<Session>, Failure> {
        let query = sqlx::query(FIND).bind(token.digest().into_text());
        let query = query.bind(now.unix_micros()).bind((now - IDLE).unix_micros());
        let row = query.fetch_optional(self.database.reader()).await;
        let session = row.and_then(|row| row.as_ref().map(parse).transpose());
        let session = session.map_err(|error| self.database.explain(&error))?;
        if session.is_some_and(|session| now >= session.used_at + AT_MOST_EVERY) {
            self.uses.note(Used::Session(token.digest()), now);
        }
        Ok(session)
    }

    /// Raises a live session to a second factor that was shown. The session goes on under the
    /// token that is answered, until it would have ended anyway; the old token is dead, so nobody
    /// who had it before gains anything (session fixation). None if it does not live.
    pub async fn raise(
        &self,
        token: &SessionToken,
        second_factor_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<SessionToken>, Failure> {
        let raised = SessionToken::draw(&*self.entropy)?;
        let level = SessionLevel::SecondFactor { at: second_factor_at };
        // One statement: of two who raise one session at once, one finds it gone.
        let query = sqlx::query(RAISE)
            .bind(raised.digest().into_text())
            .bind(level.word())
            .bind(level.micros())
            .bind(now.unix_micros())
            .bind(token.digest().into_text())
            .bind((now - IDLE).unix_micros());
        let done = query.execute(self.database.writer()).await;
        let done = done.map_err(|error| self.database.explain(&error))?;
        Ok((done.rows_affected() > 0).then_some(raised))
    }

    /// Lets a live session go on as it is under the token that is answered; the old token is dead.
    /// For what changes who may hold it, such as a new password. None if it does not live.
    pub async fn rotate(
        &self,
        token: &SessionToken,
        now: Timestamp,
    ) -> Result<Option<SessionToken>, Failure> {
        let rotated = SessionToken::draw(&*self.entropy)?;
        let query = sqlx::query(ROTATE)
            .bind(rotated.digest().into_text())
            .bind(now.unix_micros())
            .bind(token.digest().into_text())
            .bind((now - IDLE).unix_micros());
        let done = query.execute(self.database.writer()).await;
        let done = done.map_err(|error| self.database.explain(&error))?;
        Ok((done.rows_affected() > 0).then_some(rotated))
    }

    /// Ends a session: its holder signs out. One that has ended is not missed.
    pub async fn end(&self, token: &SessionToken) -> Result<(), Failure> {
        let query = sqlx::query(END).bind(token.digest().into_text());
        let done = query.execute(self.database.writer()).await;
        done.map(drop).map_err(|error| self.database.explain(&error))
    }

    /// Ends every session of an account; answers how many there were.
    pub async fn end_all(&self, tenant: TenantId, account: AccountId) -> Result<u64, Failure> {
        let done = end_all(self.database.writer(), tenant, account).await;
        done.map_err(|error| self.database.explain(&error))
    }

    /// Ends every session of an account but this one; answers how many there were. If this one is
    /// of another account, or has ended, none is left.
    pub async fn end_others(
        &self,
        tenant: TenantId,
        account: AccountId,
        keep: &SessionToken,
    ) -> Result<u64, Failure> {
        let query = sqlx::query(END_OTHERS).bind(tenant.to_string()).bind(account.to_string());
        let done = query.bind(keep.digest().into_text()).execute(self.database.writer()).await;
        done.map(|done| done.rows_affected()).map_err(|error| self.database.explain(&error))
    }

    /// Deletes sessions that have ended, [`SWEPT_AT_ONCE`] at most; answers how many.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64, Failure> {
        let query = sqlx::query(SWEEP)
            .bind(now.unix_micros())
            .bind((now - IDLE).unix_micros())
            .bind(SWEPT_AT_ONCE.cast_signed());
        let done = query.execute(self.database.writer()).await;
        done.map(|done| done.rows_affected()).map_err(|error| self.database.explain(&error))
    }

    async fn insert(&self, token: &SessionToken, new: NewSession, now: Timestamp) -> Sql<()> {
        let mut transaction = self.database.write().await?;
        sqlx::query(MAKE_ROOM)
            .bind(new.tenant.to_string())
            .bind(new.account.to_string())
            .bind(now.unix_micros())
            .bind((now - IDLE).unix_micros())
            .bind(MOST_OF_AN_ACCOUNT - 1)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(INSERT)
            .bind(token.digest().into_text())
            .bind(new.tenant.to_string())
            .bind(new.account.to_string())
            .bind(now.unix_micros())
            .bind((now + LIFETIME).unix_micros())
            .bind(new.level.word())
            .bind(new.level.micros())
            .bind(i64::from(new.epoch))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }
}

/// Ends every session of an account; answers how many there were.
pub(super) async fn end_all(
    executor: impl Executor<'_, Database = Any>,
    tenant: TenantId,
    account: AccountId,
) -> Sql<u64> {
    let query = sqlx::query(END_ALL).bind(tenant.to_string()).bind(account.to_string());
    query.execute(executor).await.map(|done| done.rows_affected())
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("database", &self.database).finish_non_exhaustive()
    }
}

fn parse(row: &AnyRow) -> Sql<Session> {
    let moment = |column| row.try_get(column).map(Timestamp::from_unix_micros);
    let word: String = row.try_get("level")?;
    let level = match word.as_str() {
        "password" => SessionLevel::Password,
        "second_factor" => SessionLevel::SecondFactor { at: moment("second_factor_at")? },
        _ => return Err(sqlx::Error::Decode("a session of an unknown level".into())),
    };
    let epoch: i64 = row.try_get("epoch")?;
    Ok(Session {
        tenant: id(row, "tenant")?,
        account: id(row, "account")?,
        level,
        epoch: epoch.try_into().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        created_at: moment("created_at")?,
        used_at: moment("used_at")?,
        ends_at: moment("ends_at")?,
    })
}
