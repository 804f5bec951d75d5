//! Opening the database of the read models.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use readmit_runtime::Failure;
use readmit_runtime::ports::{StoreError, StoreErrorKind};
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};

use super::failure::explain;
use super::{Database, Dialect, Sql};

/// Where the read models are kept.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadPlace {
    /// A SQLite file of their own.
    File(PathBuf),
    /// The schema `NAME_read` beside the ledger's schema `NAME`, in the PostgreSQL database at
    /// this address.
    Server {
        /// The address, perhaps with a password.
        url: String,
        /// The address, as it may be shown.
        shown: String,
    },
    /// Memory, for as long as it is open; what grows too large is moved to a temporary file.
    Memory,
}

impl ReadPlace {
    /// The file beside a ledger's: `readmit-read.db` for `readmit.db`.
    pub fn beside(ledger: &Path) -> Self {
        let stem = ledger.file_stem().unwrap_or(ledger.as_os_str()).to_string_lossy();
        Self::File(ledger.with_file_name(format!("{stem}-read.db")))
    }
}

impl std::fmt::Debug for ReadPlace {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

impl ReadPlace {
    /// Whether read models are kept there.
    pub async fn exists(&self) -> Result<bool, Failure> {
        match self {
            Self::File(path) => Ok(path.exists()),
            Self::Server { url, shown } => {
                schema_exists(url).await.map_err(|error| explain(shown, &error))
            }
            Self::Memory => Ok(false),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Server { shown, .. } => shown.clone(),
            Self::Memory => "memory".to_owned(),
        }
    }
}

/// `RDMR`, the application id in the header of every file of read models: the ledger's own file
/// has another, so neither is ever taken for the other.
const APPLICATION_ID: i64 = 1_380_207_954;
const MARK_AS_OURS: &str = "PRAGMA application_id = 1380207954";

/// Connections that read at once.
const READERS: u32 = 4;
/// Nobody waits longer for a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// What each connection to a file is told. Rows are made again if a power cut loses them, so a
/// commit need not wait for the disk; what is erased must be destroyed, not just forgotten.
const FILE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
    PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = 16384; \
    PRAGMA journal_size_limit = 67108864";
/// The writer inserts into indexes all over the tables: 64 MiB hold the inner pages of those of some
/// million customers. (Negative: KiB, not pages.)
const WRITER_CACHE: &str = "PRAGMA cache_size = -65536";
const MEMORY_SETTINGS: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
    PRAGMA trusted_schema = OFF; PRAGMA cache_size = -65536";

impl Database {
    /// Opens the database, and makes it if it is not there.
    pub(crate) async fn open(place: &ReadPlace) -> Result<Self, Failure> {
        sqlx::any::install_default_drivers();
        let shown = place.shown();
        let opened = match place {
            ReadPlace::File(path) => file(path, shown.clone()).await,
            ReadPlace::Server { url, .. } => server(url, shown.clone()).await,
            ReadPlace::Memory => memory(shown.clone()).await,
        };
        opened.map_err(|error| match error {
            Opening::Sql(error) => explain(&shown, &error),
            Opening::Refused(refused) => refused.into(),
        })
    }
}

enum Opening {
    Sql(sqlx::Error),
    Refused(StoreError),
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
    let mut connection = AnyConnection::connect(&url).await?;
    check_owner(&mut connection, &place).await?;
    connection.close().await?;
    let writer = pool(1, format!("{FILE_SETTINGS}; {WRITER_CACHE}")).connect(&url).await?;
    let readers = pool(READERS, FILE_SETTINGS.to_owned()).connect(&url).await?;
    Ok(Database { dialect: Dialect::Sqlite, place, writer, readers, erasures: Arc::default() })
}

async fn memory(place: String) -> Result<Database, Opening> {
    // An empty name: SQLite keeps it in memory, and on disk what does not fit its cache.
    let writer = pool(1, MEMORY_SETTINGS.to_owned())
        .idle_timeout(None)
        .max_lifetime(None)
        .connect("sqlite://?mode=rwc&cache=private")
        .await?;
    let (readers, erasures) = (writer.clone(), Arc::default());
    Ok(Database { dialect: Dialect::Sqlite, place, readers, writer, erasures })
}

async fn server(url: &str, place: String) -> Result<Database, Opening> {
    let mut connection = AnyConnection::connect(url).await?;
    let schema: String =
        connection.fetch_one("SELECT current_schema() || '_read'").await?.try_get(0)?;
    let quoted = format!("\"{}\"", schema.replace('"', "\"\""));
    if schema.len() > LONGEST_NAME {
        let what = format!(
            "the name {schema} is too long for a schema of PostgreSQL: keep the ledger in a schema of a shorter name"
        );
        return Err(Opening::Refused(StoreError::new(StoreErrorKind::BadAddress, what)));
    }
    make_schema(&mut connection, &schema, &quoted).await?;
    connection.close().await?;
    // Rows are made again if a crash loses them, so a commit need not wait for the disk.
    let settings = format!(
        "SET search_path TO {quoted}; SET synchronous_commit = off; SET plan_cache_mode = \
         force_custom_plan; SET client_min_messages = warning"
    );
    let writer = pool(1, settings.clone()).connect(url).await?;
    let readers = pool(READERS, settings).connect(url).await?;
    Ok(Database { dialect: Dialect::Postgres, place, writer, readers, erasures: Arc::default() })
}

/// A longer name would be cut, and might then be the ledger's own.
const LONGEST_NAME: usize = 63;

async fn schema_is_there(connection: &mut AnyConnection, schema: &str) -> Sql<bool> {
    let select = "SELECT count(*) FROM pg_namespace WHERE nspname = $1";
    let found = sqlx::query(select).bind(schema).fetch_one(connection).await?;
    Ok(found.try_get::<i64, _>(0)? > 0)
}

async fn schema_exists(url: &str) -> Sql<bool> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    let select = "SELECT count(*) FROM pg_namespace WHERE nspname = current_schema() || '_read'";
    let found: i64 = connection.fetch_one(select).await?.try_get(0)?;
    connection.close().await?;
    Ok(found > 0)
}

/// Two nodes that start at once make it once: one of them is told that it is there.
async fn make_schema(connection: &mut AnyConnection, schema: &str, quoted: &str) -> Sql<()> {
    // Who may only use it is not asked for the right to make one.
    if schema_is_there(connection, schema).await? {
        return Ok(());
    }
    let create = format!("CREATE SCHEMA IF NOT EXISTS {quoted}");
    match connection.execute(AssertSqlSafe(create.clone())).await {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {}
        made => {
            made?;
        }
    }
    Ok(())
}

fn pool(connections: u32, settings: String) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let settings = settings.clone();
            Box::pin(async move {
                connection.execute(AssertSqlSafe(settings)).await?;
                Ok(())
            })
        })
}

/// The file holds names: nobody else on the machine may read it.
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
        _ => Err(Opening::Refused(StoreError::new(
            StoreErrorKind::NotOurs,
            format!("{place} is there already and holds no read models: it was left as it was"),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_stands_beside_the_ledgers() {
        for (ledger, expected) in [
            ("readmit.db", "readmit-read.db"),
            ("/var/lib/readmit/acme.sqlite", "/var/lib/readmit/acme-read.db"),
            ("ledger", "ledger-read.db"),
        ] {
            assert_eq!(ReadPlace::beside(Path::new(ledger)), ReadPlace::File(expected.into()));
        }
    }

    #[tokio::test]
    async fn paths_with_odd_characters_are_opened_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a%20b#c?d e.db");
        let database = Database::open(&ReadPlace::File(path.clone())).await.unwrap();
        database.close().await;
        assert!(std::fs::metadata(&path).unwrap().len() > 0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    /// Each task has connections of its own, as a process has.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn nodes_that_open_it_at_once_make_it_once() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let place = ReadPlace::File(folder.path().join("read.db"));
            let mut opening = tokio::task::JoinSet::new();
            for _ in 0..8 {
                let place = place.clone();
                opening.spawn(async move { Database::open(&place).await.map(|_| ()) });
            }
            for opened in opening.join_all().await {
                opened.unwrap();
            }
        }
    }

    #[tokio::test]
    async fn a_file_of_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        let url = format!("sqlite://{}?mode=rwc", path.display());
        sqlx::any::install_default_drivers();
        let mut other = AnyConnection::connect(&url).await.unwrap();
        other.execute("CREATE TABLE theirs (a)").await.unwrap();
        other.close().await.unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = Database::open(&ReadPlace::File(path.clone())).await.err().unwrap();
        assert!(error.to_string().contains("left as it was"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
        std::fs::write(&path, "no database at all, but long enough to be read as one").unwrap();
        let error = Database::open(&ReadPlace::File(path)).await.err().unwrap();
        assert!(error.to_string().contains("delete it"), "{error}");
    }
}
