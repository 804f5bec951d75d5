//! Opening the web database, and its connections.
//!
//! sqlx's `Any` driver runs one SQL text on SQLite and on PostgreSQL; what the two do differently
//! is said here, and nowhere else.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use readmit::{Failure, StoreError, StoreErrorKind};
use sqlx::any::AnyPoolOptions;
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Connection as _, Executor as _, Row as _,
    Transaction,
};

use super::failure::{explain, is_busy, refuse};
use super::schema::{self, STEPS};
use super::{Sql, WebPlace};

/// The database, opened. Clones share its connections.
#[derive(Clone)]
pub(super) struct Database {
    dialect: Dialect,
    /// Where it is, for people.
    place: String,
    /// Of a file: one connection, so that whoever has it is the only writer of this process.
    writer: AnyPool,
    /// For a server the same pool; for memory too, since it is gone with its connection.
    readers: AnyPool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

/// `RDMW`, the application id in the header of every web database: the ledger's own file and that
/// of the read models have others, so none is ever taken for another.
const APPLICATION_ID: i64 = 1_380_207_959;
const MARK_AS_OURS: &str = "PRAGMA application_id = 1380207959";

/// Connections that read at once.
const READERS: u32 = 4;
/// Connections to a server: each is busy for a few round trips at a time.
const SERVER_CONNECTIONS: u32 = 8;
/// Nobody waits longer for a connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// Five seconds in all, as long as any other statement waits.
const TRIES: u32 = 100;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);
/// A longer name of a schema would be cut, and might then be the ledger's own.
const LONGEST_NAME: usize = 63;

/// What each connection to a file is told. Nothing here can be made again from the ledger, so a
/// commit waits for the disk; what is deleted must be destroyed, not just forgotten.
const FILE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; \
    PRAGMA journal_size_limit = 16777216";
const MEMORY_SETTINGS: &str =
    "PRAGMA journal_mode = MEMORY; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF";

impl Database {
    /// Opens the database, and makes it if it is not there.
    pub(super) async fn open(place: &WebPlace) -> Result<Self, Failure> {
        sqlx::any::install_default_drivers();
        let shown = place.shown();
        let opened = match place {
            WebPlace::File(path) => file(path, shown.clone()).await,
            WebPlace::Server { url, .. } => server(url, shown.clone()).await,
            WebPlace::Memory => memory(shown.clone()).await,
        };
        opened.map_err(|error| match error {
            Opening::Sql(error) => explain(&shown, &error),
            Opening::Refused(failure) => failure,
        })
    }

    /// A transaction that writes. On a file no other does so meanwhile; on a server others wait
    /// for the rows that this one has changed.
    pub(super) async fn write(&self) -> Sql<Transaction<'static, Any>> {
        match self.dialect {
            // A plain BEGIN that writes later is told "busy" at once if another process writes.
            Dialect::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await,
            Dialect::Postgres => self.writer.begin().await,
        }
    }

    /// For a statement that writes, and stands alone.
    pub(super) const fn writer(&self) -> &AnyPool {
        &self.writer
    }

    /// For a statement that reads.
    pub(super) const fn reader(&self) -> &AnyPool {
        &self.readers
    }

    /// A failure in words that say what happened and what to do.
    pub(super) fn explain(&self, error: &sqlx::Error) -> Failure {
        explain(&self.place, error)
    }

    /// Lets the connections go.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({})", self.place)
    }
}

/// Why a database was not opened.
pub(super) enum Opening {
    Sql(sqlx::Error),
    Refused(Failure),
}

impl From<sqlx::Error> for Opening {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

async fn file(path: &Path, place: String) -> Result<Database, Opening> {
    let path = std::path::absolute(path).map_err(sqlx::Error::Io)?;
    for_its_owner_alone(&path).map_err(sqlx::Error::Io)?;
    let url = url_of(&path);
    prepare(&url, &place).await?;
    let writer = pool(1, FILE_SETTINGS.to_owned()).test_before_acquire(false).connect(&url).await?;
    schema_of_file(&writer, &place).await?;
    let readers = pool(READERS, FILE_SETTINGS.to_owned()).test_before_acquire(false);
    let readers = readers.connect(&url).await?;
    Ok(Database { dialect: Dialect::Sqlite, place, writer, readers })
}

/// Makes a new file ours. While another process does the same, SQLite answers "busy" at once,
/// without the wait that it was asked for.
async fn prepare(url: &str, place: &str) -> Result<(), Opening> {
    let mut tries = TRIES;
    loop {
        tries -= 1;
        match prepare_once(url, place).await {
            Err(Opening::Sql(error)) if tries > 0 && is_busy(&error) => {
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            done => return done,
        }
    }
}

async fn prepare_once(url: &str, place: &str) -> Result<(), Opening> {
    let mut connection = AnyConnection::connect(url).await?;
    check_owner(&mut connection, place).await?;
    connection.execute(FILE_SETTINGS).await?;
    Ok(connection.close().await?)
}

async fn memory(place: String) -> Result<Database, Opening> {
    let writer = pool(1, MEMORY_SETTINGS.to_owned())
        .idle_timeout(None)
        .max_lifetime(None)
        .connect("sqlite://?mode=rwc&cache=private")
        .await?;
    schema_of_file(&writer, &place).await?;
    Ok(Database { dialect: Dialect::Sqlite, place, readers: writer.clone(), writer })
}

async fn schema_of_file(writer: &AnyPool, place: &str) -> Result<(), Opening> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    schema::migrate(&mut transaction, STEPS, place).await?;
    Ok(transaction.commit().await?)
}

async fn server(url: &str, place: String) -> Result<Database, Opening> {
    let mut connection = AnyConnection::connect(url).await?;
    let schema: String =
        connection.fetch_one("SELECT current_schema() || '_web'").await?.try_get(0)?;
    if schema.len() > LONGEST_NAME {
        let message = format!(
            "the name {schema} is too long for a schema of PostgreSQL: keep the ledger in a schema of a shorter name"
        );
        let refused = StoreError::new(StoreErrorKind::BadAddress, message);
        return Err(Opening::Refused(refused.into()));
    }
    let quoted = format!("\"{}\"", schema.replace('"', "\"\""));
    schema_of_server(&mut connection, &schema, &quoted, &place).await?;
    connection.close().await?;
    // Whatever the server does otherwise: a password that was set is on disk.
    let settings = format!(
        "SET search_path TO {quoted}; SET synchronous_commit = on; SET client_min_messages = warning"
    );
    let writer = pool(SERVER_CONNECTIONS, settings).connect(url).await?;
    Ok(Database { dialect: Dialect::Postgres, place, readers: writer.clone(), writer })
}

/// Of nodes that start at once, one makes the schema and its tables; the others wait for its
/// commit, and find them there.
async fn schema_of_server(
    connection: &mut AnyConnection,
    schema: &str,
    quoted: &str,
    place: &str,
) -> Result<(), Opening> {
    let mut transaction = connection.begin().await?;
    // "RDMW" again. `Any` does not know the type that the function answers.
    transaction.execute("SELECT pg_advisory_xact_lock(1380207959)::text").await?;
    let select = "SELECT count(*) FROM pg_namespace WHERE nspname = $1";
    let found = sqlx::query(select).bind(schema).fetch_one(&mut *transaction).await?;
    // Who was given a schema is not asked for the right to make one.
    if found.try_get::<i64, _>(0)? == 0 {
        transaction.execute(AssertSqlSafe(format!("CREATE SCHEMA {quoted}"))).await?;
    }
    transaction.execute(AssertSqlSafe(format!("SET LOCAL search_path TO {quoted}"))).await?;
    schema::migrate(&mut transaction, STEPS, place).await?;
    Ok(transaction.commit().await?)
}

fn pool(connections: u32, settings: String) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE).after_connect(
        move |connection, _| {
            let settings = settings.clone();
            Box::pin(async move {
                connection.execute(AssertSqlSafe(settings)).await?;
                Ok(())
            })
        },
    )
}

/// Nobody else on the machine may read the file. SQLite gives its companions the same mode.
fn for_its_owner_alone(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// The path as an address: sqlx decodes what follows `sqlite://`.
fn url_of(path: &Path) -> String {
    let escaped =
        path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{escaped}")
}

/// A file that is something else is left alone.
async fn check_owner(connection: &mut AnyConnection, place: &str) -> Result<(), Opening> {
    // Both are read at one moment: another process may be making the file ours.
    let mut reading = connection.begin().await?;
    let id: i64 = reading.fetch_one("PRAGMA application_id").await?.try_get(0)?;
    let tables: i64 = reading.fetch_one("SELECT count(*) FROM sqlite_schema").await?.try_get(0)?;
    reading.rollback().await?;
    match (id, tables) {
        (APPLICATION_ID, _) => Ok(()),
        (0, 0) => {
            connection.execute(MARK_AS_OURS).await?;
            Ok(())
        }
        _ => Err(Opening::Refused(refuse(format!(
            "{place} is there already and is no web database: it was left as it was"
        )))),
    }
}
