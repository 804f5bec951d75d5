//! Counting failed passwords, and making whoever tries too many of them wait.
//!
//! An attempt is counted as failed before anything is compared, and taken back when the password
//! was right. So of any number of attempts at once no more are compared than one after another,
//! and a crash in between forgets none.

use readmit::{AccountId, Failure, Seconds, TenantId, Timestamp};
use sqlx::{AnyConnection, Row as _};

use super::open::Database;
use super::{SWEPT_AT_ONCE, Sql};

/// So many in a row are compared without a wait.
const FREE_OF_WAITING: i64 = 10;
const FIRST_WAIT: Seconds = Seconds::minutes(1);
const LONGEST_WAIT: Seconds = Seconds::hours(1);
/// Attempts are forgotten this long after the last one, whether or not the account has a password:
/// otherwise a pause of a day would tell which logins somebody has. Whoever pauses gains nothing: ten
/// attempts a day are fewer than one an hour.
const FORGOTTEN_AFTER: Seconds = Seconds::days(1);

/// Nothing comes back of an account that has to wait. A time to wait for that is further away than
/// any ever set was written by a clock that was wrong.
const COUNT: &str = "INSERT INTO password_attempts (tenant, account, failures, locked_until, last_at) \
    VALUES ($1, $2, 1, 0, $3) ON CONFLICT (tenant, account) DO UPDATE SET \
    failures = password_attempts.failures + 1, last_at = $3 \
    WHERE password_attempts.locked_until <= $3 OR password_attempts.locked_until > $4 \
    RETURNING failures";
const LOCK: &str =
    "UPDATE password_attempts SET locked_until = $3 WHERE tenant = $1 AND account = $2";
const LOCKED_UNTIL: &str =
    "SELECT locked_until FROM password_attempts WHERE tenant = $1 AND account = $2";
const DIGEST: &str = "SELECT digest FROM passwords WHERE tenant = $1 AND account = $2";
const FORGIVE: &str = "DELETE FROM password_attempts WHERE tenant = $1 AND account = $2";
/// The time is compared again when a row is deleted: somebody may have tried meanwhile.
const SWEEP: &str = "DELETE FROM password_attempts WHERE last_at <= $1 AND (tenant, account) IN \
    (SELECT tenant, account FROM password_attempts WHERE last_at <= $1 LIMIT $2)";

/// Whether an attempt may be compared.
pub(super) enum Attempt {
    /// It was counted; with what to compare, if there is anything.
    Counted {
        digest: Option<String>,
    },
    Wait {
        until: Timestamp,
    },
}

/// Counts an attempt. The same statements run whether or not there is such an account.
///
/// The row stays locked until the commit, so attempts on one account are counted one by one.
pub(super) async fn begin(
    database: &Database,
    tenant: TenantId,
    account: AccountId,
    now: Timestamp,
) -> Sql<Attempt> {
    let (tenant, account) = (tenant.to_string(), account.to_string());
    let mut transaction = database.write().await?;
    let counted = sqlx::query(COUNT)
        .bind(&tenant)
        .bind(&account)
        .bind(now.unix_micros())
        .bind((now + LONGEST_WAIT).unix_micros())
        .fetch_optional(&mut *transaction)
        .await?;
    let Some(counted) = counted else {
        let locked = sqlx::query(LOCKED_UNTIL).bind(&tenant).bind(&account);
        let until = locked.fetch_one(&mut *transaction).await?.try_get(0)?;
        transaction.rollback().await?;
        return Ok(Attempt::Wait { until: Timestamp::from_unix_micros(until) });
    };
    if let Some(wait) = wait_after(counted.try_get(0)?) {
        let lock = sqlx::query(LOCK).bind(&tenant).bind(&account);
        lock.bind((now + wait).unix_micros()).execute(&mut *transaction).await?;
    }
    let digest = sqlx::query(DIGEST).bind(&tenant).bind(&account);
    let digest = digest.fetch_optional(&mut *transaction).await?;
    let digest = digest.map(|row| row.try_get(0)).transpose()?;
    transaction.commit().await?;
    Ok(Attempt::Counted { digest })
}

/// Forgets the failed attempts of an account: its password was right, or is another now.
pub(super) async fn forgive(
    connection: &mut AnyConnection,
    tenant: TenantId,
    account: AccountId,
) -> Sql<()> {
    let query = sqlx::query(FORGIVE).bind(tenant.to_string()).bind(account.to_string());
    query.execute(connection).await.map(drop)
}

/// Deletes what was counted for an account, a day after the last attempt.
pub(super) async fn sweep(database: &Database, now: Timestamp) -> Result<u64, Failure> {
    let query = sqlx::query(SWEEP)
        .bind((now - FORGOTTEN_AFTER).unix_micros())
        .bind(SWEPT_AT_ONCE.cast_signed());
    let done = query.execute(database.writer()).await;
    done.map(|done| done.rows_affected()).map_err(|error| database.explain(&error))
}

/// How long to wait after so many failures in a row: after the tenth a minute, and twice as long
/// after each one more, up to an hour.
fn wait_after(failures: i64) -> Option<Seconds> {
    let beyond = u32::try_from(failures.checked_sub(FREE_OF_WAITING)?).ok()?;
    let doubled = 2_u32.saturating_pow(beyond).saturating_mul(FIRST_WAIT.0);
    Some(Seconds(doubled).min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_begin_at_the_tenth_failure_and_double_up_to_an_hour() {
        let waits: Vec<_> = (9..=17).map(wait_after).collect();
        let minutes = |minutes| Some(Seconds::minutes(minutes));
        assert_eq!(waits[..5], [None, minutes(1), minutes(2), minutes(4), minutes(8)]);
        assert_eq!(waits[5..], [minutes(16), minutes(32), minutes(60), minutes(60)]);
        assert_eq!(wait_after(1_000_000), minutes(60));
        assert_eq!(wait_after(0), None);
    }
}
