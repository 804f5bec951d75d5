//! The tables: created, brought up to date, or refused.

use sqlx::{Connection as _, SqliteConnection};

use super::session;
use crate::sql::failure::Failure;
use crate::sql::steps::{Step, explain, migrator};

const STEPS: [Step; 3] = [
    ("ledger", include_str!("../../migrations/sqlite/0001_ledger.sql")),
    ("fence", include_str!("../../migrations/sqlite/0002_fence.sql")),
    ("stamps", include_str!("../../migrations/sqlite/0003_stamps.sql")),
];

/// Changes nothing, but fails if the file cannot be written to: to begin a transaction is not
/// enough, SQLite makes one that only reads out of it then.
const PROBE: &str = "DELETE FROM settings WHERE false";

/// Brings the tables up to date, in one transaction.
///
/// `BEGIN IMMEDIATE` makes processes that start together take turns.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Not `run`: it would keep everything that opens a store out of tasks that may move.
    let migrator = migrator(&STEPS);
    migrator.run_direct(None, &mut *transaction, false).await.map_err(|e| explain(e, &STEPS))?;
    session::execute(&mut transaction, PROBE).await?;
    transaction.commit().await?;
    Ok(())
}
