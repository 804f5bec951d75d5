//! Facts about the database, for people.

use readmit_runtime::ports::store::StoreError;

use super::{Postgres, session};
use crate::sql::fields::{Fields as _, damaged};

const FACTS: &str = "SELECT current_setting('server_version'), current_setting('fsync'), \
    current_setting('synchronous_commit'), current_setting('full_page_writes'), \
    (SELECT max(version)::text FROM _sqlx_migrations), \
    current_schema()::text, pg_database_size(current_database()) || ' bytes'";
const NAMES: [&str; 7] = [
    "version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "schema version",
    "schema",
    "database size",
];

impl Postgres {
    pub(super) async fn facts(&self) -> Result<Vec<(String, String)>, StoreError> {
        let explain = |failure| self.explain(failure);
        let mut reader = self.connections.lend().await.map_err(explain)?;
        let query = Ok((FACTS.to_owned(), sqlx::postgres::PgArguments::default()));
        let rows = session::run(&mut reader, query).await.map_err(explain)?;
        reader.give_back();
        let mut facts = vec![("product".to_owned(), "PostgreSQL".to_owned())];
        for (column, name) in NAMES.into_iter().enumerate() {
            let fact = rows.first().and_then(|row| row.text(column));
            let fact = fact.ok_or_else(|| damaged("the database", "a setting"))?;
            facts.push((name.to_owned(), fact.to_owned()));
        }
        facts.push(("address".to_owned(), self.place.clone()));
        Ok(facts)
    }
}
