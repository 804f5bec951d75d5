//! The tables, step by step: what sqlx is given, and words for what it says.

use std::borrow::Cow;

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::failure::Failure;

/// One step towards the tables of this version: what it is called, and its SQL. Steps are never
/// changed or removed, only added to: a database remembers a checksum of each.
pub(crate) type Step = (&'static str, &'static str);

/// The steps, in order, for sqlx to take.
pub(crate) fn migrator(steps: &'static [Step]) -> Migrator {
    let steps = (1..).zip(steps).map(|(version, (name, sql))| {
        let name = Cow::Borrowed(*name);
        Migration::new(version, name, MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(steps.collect());
    // What makes nodes take turns is the database's own way, not a session lock.
    migrator.set_locking(false);
    migrator
}

/// Says why a database cannot be brought to these tables.
pub(crate) fn explain(error: MigrateError, steps: &[Step]) -> Failure {
    let what = match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            return Failure::Sql(error);
        }
        MigrateError::VersionMissing(version) => {
            let known = steps.len();
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
