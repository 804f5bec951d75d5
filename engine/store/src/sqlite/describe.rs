//! Facts about the database, for people.

use readmit_runtime::ports::store::StoreError;

use super::{Sqlite, session};
use crate::sql::fields::{Fields, damaged};
use crate::sql::statement::Statement;

const VERSION: &str = "SELECT sqlite_version()";
const JOURNAL: &str = "PRAGMA journal_mode";
const SYNCHRONOUS: &str = "SELECT CASE synchronous WHEN 0 THEN 'off' WHEN 1 THEN 'normal' \
    WHEN 2 THEN 'full' ELSE 'extra' END FROM pragma_synchronous";
const SCHEMA: &str = "SELECT CAST(max(version) AS TEXT) FROM _sqlx_migrations";

impl Sqlite {
    /// Asked on the connection that writes: durability is a property of that one.
    pub(super) async fn facts(&self) -> Result<Vec<(String, String)>, StoreError> {
        let queries = [VERSION, JOURNAL, SYNCHRONOUS, SCHEMA].map(Statement::new);
        let mut answers = Vec::new();
        let mut writer = self.writer.lend().await.map_err(|failure| self.explain(failure))?;
        session::run(&mut writer, &queries, &mut |_, row| {
            let bad = || damaged("the database", "a setting");
            answers.push(row.text(0).ok_or_else(bad)?.to_owned());
            Ok(())
        })
        .await
        .map_err(|stopped| self.explain(stopped.failure))?;
        writer.give_back();
        let size = std::fs::metadata(&self.place).map_or(0, |metadata| metadata.len());
        let mut facts = vec![("product".to_owned(), "SQLite".to_owned())];
        let names = ["version", "journal mode", "synchronous", "schema version"];
        facts.extend(names.map(str::to_owned).into_iter().zip(answers));
        facts.push(("file".to_owned(), self.place.clone()));
        facts.push(("file size".to_owned(), format!("{size} bytes")));
        Ok(facts)
    }
}
