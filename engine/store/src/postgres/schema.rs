//! Whose database it is; the tables: made, brought up to date, or refused.

use std::time::{Duration, Instant};

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};
use sqlx::PgConnection;

use super::session;
use crate::sql::failure::Failure;
use crate::sql::steps::{Step, explain, migrator};

const STEPS: [Step; 2] = [
    ("ledger", include_str!("../../migrations/postgres/0001_ledger.sql")),
    ("stamps", include_str!("../../migrations/postgres/0002_stamps.sql")),
];

/// All relations of the current schema, those of them that are the lease, and the schema's name.
const FOUND: &str = "SELECT count(c.oid), count(c.oid) FILTER (WHERE c.relname = 'readmit_lease'), \
    current_schema() FROM pg_class AS c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') \
    AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";

/// The lease is the first table of all, and so also marks the others as ours.
const CREATE_LEASE: &str = "CREATE TABLE IF NOT EXISTS readmit_lease \
    (name text NOT NULL PRIMARY KEY, holder uuid NOT NULL, until timestamptz NOT NULL)";
/// A node that died in the middle holds up the others for a minute. If it only slept, its step
/// fails: the table of steps has room for each of them once.
const TAKE_LEASE: &str = "INSERT INTO readmit_lease AS l (name, holder, until) \
    VALUES ('migration', gen_random_uuid(), now() + interval '60 seconds') \
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until \
    WHERE l.until < now() RETURNING holder::text";
const END_LEASE: &str = "UPDATE readmit_lease SET until = '-infinity' \
    WHERE name = 'migration' AND holder = $1::uuid";
const APPLIED: &str = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";
const HAS_STEPS: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";

/// Longer than a lease lives.
const LONGEST_WAIT: Duration = Duration::from_secs(75);
const PAUSE: Duration = Duration::from_millis(50);

/// Brings the tables up to date, one node at a time.
pub(super) async fn migrate(connection: &mut PgConnection, create: bool) -> Result<(), Failure> {
    check_owner(connection, create).await?;
    // Who may only read and write rows can use tables that are up to date.
    if is_up_to_date(connection).await? {
        return Ok(());
    }
    let holder = take_lease(connection).await?;
    let migrator = migrator(&STEPS);
    let migrated = migrator.run_direct(None, &mut *connection, false).await;
    let ended = sqlx::query(END_LEASE).bind(holder).execute(&mut *connection).await;
    migrated.map_err(|error| explain(error, &STEPS))?;
    ended?;
    Ok(())
}

async fn check_owner(connection: &mut PgConnection, create: bool) -> Result<(), Failure> {
    let (all, ours, schema): (i64, i64, Option<String>) =
        sqlx::query_as(FOUND).fetch_one(connection).await?;
    let (kind, what) = match (schema, all, ours) {
        (None, ..) => (
            StoreErrorKind::NotOurs,
            "the database has no schema that this user may use: create one, and name it with \
             ?options=-csearch_path%3DNAME"
                .to_owned(),
        ),
        (Some(schema), 1.., 0) => (
            StoreErrorKind::NotOurs,
            format!(
                "the schema {schema} of this database holds tables of something else, and was \
                 left as it is: give an empty database, or a schema of its own with \
                 ?options=-csearch_path%3DNAME"
            ),
        ),
        (Some(schema), 0, _) if !create => (
            StoreErrorKind::Missing,
            format!(
                "the schema {schema} of this database is empty: `readmit init` makes the tables"
            ),
        ),
        _ => return Ok(()),
    };
    Err(StoreError::new(kind, what).into())
}

async fn is_up_to_date(connection: &mut PgConnection) -> Result<bool, Failure> {
    let (has_steps,): (bool,) = sqlx::query_as(HAS_STEPS).fetch_one(&mut *connection).await?;
    if !has_steps {
        return Ok(false);
    }
    let applied: Vec<(i64, Vec<u8>)> = sqlx::query_as(APPLIED).fetch_all(connection).await?;
    let migrator = migrator(&STEPS);
    let known = migrator.iter().map(|step| (step.version, step.checksum.to_vec()));
    Ok(known.eq(applied))
}

async fn take_lease(connection: &mut PgConnection) -> Result<String, Failure> {
    let started = Instant::now();
    loop {
        match try_lease(connection).await {
            Ok(Some(holder)) => return Ok(holder),
            // Two nodes that make the first table at once: one of them is told that it is there.
            Err(error) if !session::is_race(&error) => return Err(error.into()),
            Ok(None) | Err(_) => {}
        }
        if started.elapsed() >= LONGEST_WAIT {
            let what = "another node has been bringing the tables up to date for over a minute: \
                        see what it is doing, then try again";
            return Err(StoreError::new(StoreErrorKind::Busy, what).into());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_lease(connection: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    sqlx::query(CREATE_LEASE).execute(&mut *connection).await?;
    let holder: Option<(String,)> = sqlx::query_as(TAKE_LEASE).fetch_optional(connection).await?;
    Ok(holder.map(|(holder,)| holder))
}
