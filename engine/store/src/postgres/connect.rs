//! Opening connections, and a database: every doubt about it is settled before it is written to.

use std::time::Duration;

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};

use super::words::Words;
use super::{Postgres, PostgresOptions, PostgresStore, error, schema, session};
use crate::pool::{Open, Pool};
use crate::sql::failure::Failure;

/// A server that does not let us in for so long is not there.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// The oldest server whose SQL is enough; older ones get no repairs any more either.
const OLDEST: i64 = 13;

/// What holds for every connection.
///
/// The planner is told what our statements are: few rows, each by its key, always. So the plan is
/// made once, and does not depend on what the tables looked like that day. Nobody waits for ever
/// for a head that a node which hangs has locked, and such a node loses it. A server on which
/// commits are not durable by default is told that ours are.
const SETTINGS: &str = "SET plan_cache_mode = force_generic_plan; SET jit = off; \
    SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
    SET enable_bitmapscan = off; SET max_parallel_workers_per_gather = 0; \
    SET cpu_tuple_cost = 1; SET lock_timeout = '5s'; \
    SET idle_in_transaction_session_timeout = '10s'; \
    SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'";

/// Version; whether it is a standby; what stands between a commit and the disk.
const SERVER: &str = "SELECT current_setting('server_version_num')::bigint / 10000, \
    pg_is_in_recovery()::int, current_setting('fsync'), current_setting('full_page_writes')";

/// How connections to a server are opened.
#[derive(Clone)]
pub(super) struct Server(pub(super) PgConnectOptions);

impl Open for Server {
    type Connection = PgConnection;

    async fn open(&self) -> Result<PgConnection, Failure> {
        let opening = async {
            let mut connection = self.0.connect().await?;
            session::execute_all(&mut connection, SETTINGS).await?;
            Ok(connection)
        };
        let late = || {
            let what = "the server does not answer: see that it runs and can be reached";
            Err(StoreError::new(StoreErrorKind::Unavailable, what).into())
        };
        tokio::time::timeout(LONGEST_CONNECT, opening).await.unwrap_or_else(|_| late())
    }
}

impl PostgresStore {
    /// Opens the store in a database, or refuses it in words that say what to do.
    ///
    /// # Errors
    ///
    /// `Missing`: no such database, or one without our tables, and not asked to make them.
    /// `NotOurs`: other tables stand there, or those of a newer version; nothing was changed.
    /// `BadAddress`: name or password is refused. `CannotWrite`: a standby, or not enough rights.
    /// `Busy`: another node has been making the tables for too long. `Unavailable`: no server, no
    /// connection left, or too old a server.
    pub async fn open(options: PostgresOptions) -> Result<Self, StoreError> {
        let place = options.url.to_string();
        let explain = |failure: Failure| failure.explain(&place, error::kind, error::advice);
        let server = Server(options.connection());
        let connections = options.lanes.get().saturating_add(options.readers.get());
        let pool = Pool::new(server.clone(), u32::try_from(connections).unwrap_or(u32::MAX));
        let mut connection = pool.lend().await.map_err(explain)?;
        check_server(&mut connection).await.map_err(explain)?;
        schema::migrate(&mut connection, options.create).await.map_err(explain)?;
        connection.give_back();
        let words = Words::new(server);
        Ok(Self::new(Postgres { place, lanes: options.lanes, connections: pool, words }))
    }
}

async fn check_server(connection: &mut PgConnection) -> Result<(), Failure> {
    let (version, standby, fsync, pages): (i64, i32, String, String) =
        sqlx::query_as(SERVER).fetch_one(connection).await?;
    check_version(version)?;
    if standby != 0 {
        let what = "this server is a standby, which cannot be written to: give the address of \
                    the primary";
        return Err(StoreError::new(StoreErrorKind::CannotWrite, what).into());
    }
    if fsync == "off" || pages == "off" {
        tracing::warn!(
            %fsync,
            full_page_writes = %pages,
            "a crash of this server can lose or damage what it acknowledged: turn both on"
        );
    }
    Ok(())
}

fn check_version(version: i64) -> Result<(), StoreError> {
    if version >= OLDEST {
        return Ok(());
    }
    let what = format!("PostgreSQL {version} is too old: use version {OLDEST} or later");
    Err(StoreError::new(StoreErrorKind::Unavailable, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_too_old_is_refused() {
        for version in [13, 15, 18, 100] {
            assert!(check_version(version).is_ok(), "{version}");
        }
        for version in [9, 10, 12] {
            let error = check_version(version).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Unavailable);
            assert!(error.to_string().contains("version 13 or later"), "{error}");
        }
    }
}
