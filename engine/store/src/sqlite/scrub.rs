//! Erased bytes, and where copies of them may still stand.
//!
//! With `secure_delete` SQLite overwrites what is deleted in the database file. But the
//! write-ahead log holds pages as they were before, until it happens to be overwritten from the
//! start. So after an erasure the log is written back and cut to nothing.

use std::sync::atomic::Ordering;

use sqlx::{AssertSqlSafe, Executor as _, SqliteConnection};

use super::{Sqlite, session};
use crate::sql::failure::Failure;
use crate::sql::fields::Fields as _;
use crate::sql::statement::Statement;

const DO_NOT_WAIT: &str = "PRAGMA busy_timeout = 0";
/// Answers whether somebody was in the way, first of three numbers.
const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

impl Sqlite {
    /// Empties the log of what was replaced outside a commit.
    pub(super) async fn scrub_now(&self) -> Result<(), Failure> {
        self.unscrubbed.store(true, Ordering::Release);
        let mut writer = self.writer.lend().await?;
        self.scrub(&mut writer).await?;
        writer.give_back();
        Ok(())
    }

    /// Empties the log if an erasure asks for that.
    ///
    /// Who reads at this very moment is not waited for: then it is tried again after the next
    /// commit, and closing the store does it anyway.
    pub(super) async fn scrub(&self, connection: &mut SqliteConnection) -> Result<(), Failure> {
        if !self.unscrubbed.load(Ordering::Acquire) {
            return Ok(());
        }
        session::execute(connection, DO_NOT_WAIT).await?;
        let mut in_the_way = false;
        session::run(connection, &[Statement::new(EMPTY_LOG)], &mut |_, row| {
            in_the_way = row.integer(0) != Some(0);
            Ok(())
        })
        .await?;
        self.unscrubbed.store(in_the_way, Ordering::Release);
        let wait = self.busy_timeout.as_millis();
        connection.execute(AssertSqlSafe(format!("PRAGMA busy_timeout = {wait}"))).await?;
        Ok(())
    }
}
