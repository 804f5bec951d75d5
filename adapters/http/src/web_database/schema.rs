//! The tables, and the way to them from every version that was ever published.

use sqlx::{AnyConnection, AssertSqlSafe, Executor as _, Row as _};

use super::Sql;
use super::failure::refuse;
use super::open::Opening;

/// Step *n* leads from version *n* - 1 to version *n*. A step that was ever published is not
/// changed: what is to be different is a step more.
///
/// Times are microseconds since 1970; 0 where there is none.
pub(super) const STEPS: &[&str] = &[PASSWORDS_AND_SESSIONS, INVITATIONS];

const PASSWORDS_AND_SESSIONS: &str = "CREATE TABLE passwords (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    digest TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, account));
CREATE TABLE password_attempts (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, account));
CREATE INDEX password_attempts_by_time ON password_attempts (last_at);
CREATE TABLE sessions (
    digest TEXT NOT NULL PRIMARY KEY,
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    level TEXT NOT NULL,
    second_factor_at BIGINT NOT NULL,
    epoch BIGINT NOT NULL);
CREATE INDEX sessions_by_account ON sessions (tenant, account);
CREATE INDEX sessions_by_end ON sessions (ends_at);
CREATE INDEX sessions_by_use ON sessions (used_at);
CREATE TABLE key_uses (
    key_id TEXT NOT NULL PRIMARY KEY,
    used_at BIGINT NOT NULL)";

/// One of an account at most: a new one takes the place of the older.
const INVITATIONS: &str = "CREATE TABLE invitations (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, account));
CREATE INDEX invitations_by_end ON invitations (ends_at)";

const SETTINGS: &str =
    "CREATE TABLE IF NOT EXISTS settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)";
const SET_VERSION: &str = "INSERT INTO settings (name, value) VALUES ('schema_version', $1) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// Brings the tables to the newest version, inside a transaction that no other migration of this
/// database runs beside.
pub(super) async fn migrate(
    connection: &mut AnyConnection,
    steps: &[&str],
    place: &str,
) -> Result<(), Opening> {
    let version = version(connection).await?;
    if version > steps.len() {
        return Err(Opening::Refused(refuse(format!(
            "the web database in {place} has version {version}, and this program knows versions \
             up to {}: it was left as it was; use the newer program",
            steps.len()
        ))));
    }
    if version == steps.len() {
        return Ok(());
    }
    for step in steps.iter().skip(version) {
        connection.execute(AssertSqlSafe((*step).to_owned())).await?;
    }
    let newest = steps.len().to_string();
    sqlx::query(SET_VERSION).bind(newest).execute(&mut *connection).await?;
    Ok(())
}

/// The version of the tables; 0 where there are none.
async fn version(connection: &mut AnyConnection) -> Sql<usize> {
    connection.execute(SETTINGS).await?;
    let select = "SELECT value FROM settings WHERE name = 'schema_version'";
    let Some(row) = connection.fetch_optional(select).await? else { return Ok(0) };
    let text: String = row.try_get(0)?;
    text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    use super::*;

    async fn in_memory() -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect("sqlite://?mode=rwc&cache=private").await.unwrap()
    }

    #[tokio::test]
    async fn an_older_schema_is_brought_forward_and_keeps_its_rows() {
        let mut connection = in_memory().await;
        assert!(migrate(&mut connection, STEPS, "memory").await.is_ok());
        connection.execute("INSERT INTO key_uses VALUES ('key', 7)").await.unwrap();
        let mut steps = STEPS.to_vec();
        steps.push("ALTER TABLE key_uses ADD COLUMN uses BIGINT NOT NULL DEFAULT 1");
        for _ in 0..2 {
            assert!(migrate(&mut connection, &steps, "memory").await.is_ok());
        }
        let row = connection.fetch_one("SELECT used_at + uses FROM key_uses").await.unwrap();
        assert_eq!(row.get::<i64, _>(0), 8);
        assert_eq!(version(&mut connection).await.unwrap(), steps.len());
    }

    #[tokio::test]
    async fn every_published_version_is_brought_forward() {
        for version in 1..STEPS.len() {
            let mut connection = in_memory().await;
            assert!(migrate(&mut connection, &STEPS[..version], "memory").await.is_ok());
            let insert = "INSERT INTO passwords VALUES ('tenant', 'account', 'digest', 7)";
            connection.execute(insert).await.unwrap();
            assert!(migrate(&mut connection, STEPS, "memory").await.is_ok());
            let row = connection.fetch_one("SELECT changed_at FROM passwords").await.unwrap();
            assert_eq!(row.get::<i64, _>(0), 7);
            connection.execute("SELECT digest FROM invitations").await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_newer_schema_is_refused() {
        let mut connection = in_memory().await;
        assert!(migrate(&mut connection, STEPS, "memory").await.is_ok());
        connection.execute("UPDATE settings SET value = '99'").await.unwrap();
        match migrate(&mut connection, STEPS, "memory").await {
            Err(Opening::Refused(failure)) => {
                assert!(failure.to_string().contains("version 99"), "{failure}");
            }
            _ => panic!("a newer schema was taken"),
        }
    }
}
