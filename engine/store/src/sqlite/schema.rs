//! The tables: created, brought up to date, or refused.

use std::borrow::Cow;

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Connection as _, SqlSafeStr as _, SqliteConnection};

use super::session;
use crate::sql::failure::Failure;

/// Every step, in order: what it is called, and its SQL. Steps are never changed or removed,
/// only added to: a database remembers a checksum of each.
const STEPS: [(&str, &str); 1] =
    [("ledger", include_str!("../../migrations/sqlite/0001_ledger.sql"))];

/// Changes nothing, but fails if the file cannot be written to: to begin a transaction is not
/// enough, SQLite makes one that only reads out of it then.
const PROBE: &str = "DELETE FROM settings WHERE false";

/// Brings the tables up to date, in one transaction.
///
/// `BEGIN IMMEDIATE` makes processes that start together take turns.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Not `run`: it would keep everything that opens a store out of tasks that may move.
    migrator().run_direct(None, &mut *transaction, false).await.map_err(explain)?;
    session::execute(&mut transaction, PROBE).await?;
    transaction.commit().await?;
    Ok(())
}

fn migrator() -> Migrator {
    let steps = (1..).zip(STEPS).map(|(version, (name, sql))| {
        let name = Cow::Borrowed(name);
        Migration::new(version, name, MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(steps.collect())
}

fn explain(error: MigrateError) -> Failure {
    let what = match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            return Failure::Sql(error);
        }
        MigrateError::VersionMissing(version) => {
            let known = STEPS.len();
            format!(
                "a newer version of Readmit made it (schema {version}; this version knows {known})"
            )
        }
        error => format!("an unreleased version of Readmit made it ({error})"),
    };
    let message = format!(
        "the database cannot be used by this version of Readmit: {what}. It was not changed; use \
         the version that made it, or a later one"
    );
    StoreError::new(StoreErrorKind::NotOurs, message).into()
}
