//! A PostgreSQL server for this run alone, that keeps what it acknowledges.
//!
//! Not `pgtemp`: it turns durability off unless told otherwise, needs `sudo` where we are root,
//! and stops a server that writes more to its log than a pipe holds.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;

use readmit_bench_driver::Fallible;

/// What differs from the defaults. Durability is the default, but it is what matters here.
const SETTINGS: [&str; 8] = [
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=512MB",
    // No checkpoint in the middle of one measurement and not of another.
    "max_wal_size=8GB",
    "checkpoint_timeout=30min",
    "max_connections=200",
    "listen_addresses=127.0.0.1",
];

/// What is printed of the server.
const SHOWN: [&str; 9] = [
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "shared_buffers",
    "max_wal_size",
    "autovacuum",
    "max_connections",
];

/// A running server; it is stopped and its data deleted when dropped.
pub struct Server {
    pub programs: PathBuf,
    pub port: u16,
    folder: TempDir,
}

impl Server {
    /// Makes a cluster in a folder within this one, and starts it.
    pub fn start(within: &Path) -> Fallible<Self> {
        let programs = programs().ok_or("no PostgreSQL server is installed")?;
        let folder = TempDir::with_prefix_in("postgres-", within)?;
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()))?;
        }
        // The port is free now; nobody else is expected to take it within a second.
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self { programs, port, folder };
        run(server.program("initdb").args(["--username=postgres", "--auth=trust", "--no-sync"]))
            .map_err(|error| {
                format!(
                    "{error}\nThe folder for the databases must be one that the user postgres can \
                 enter: choose another by BENCH_DIR"
                )
            })?;
        let mut options = format!("-p {port} -k ''");
        for setting in SETTINGS {
            options.push_str(" -c ");
            options.push_str(setting);
        }
        let mut start = server.program("pg_ctl");
        start.args(["start", "--wait", "--silent", "--log=log", "--options"]).arg(options);
        // The server would keep a pipe open, and us waiting at its end.
        start.stdout(Stdio::null()).stderr(Stdio::null());
        if !start.status()?.success() {
            let log = std::fs::read_to_string(server.folder.path().join("log"));
            return Err(format!("PostgreSQL does not start: {}", log.unwrap_or_default()).into());
        }
        Ok(server)
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Makes an empty database; answers its address.
    pub async fn create(&self, database: &str) -> Fallible<String> {
        self.ask(format!("CREATE DATABASE {database}")).await?;
        Ok(self.url(database))
    }

    /// Deletes the database of this address, whoever uses it.
    pub async fn delete(&self, url: &str) -> Fallible<()> {
        let name = url.rsplit('/').next().and_then(|last| last.split('?').next());
        self.ask(format!("DROP DATABASE {} WITH (FORCE)", name.unwrap_or_default())).await
    }

    /// Names and values of the settings that matter, as the server says them.
    pub async fn settings(&self) -> Fallible<Vec<(&'static str, String)>> {
        let mut connection = PgConnection::connect(&self.url("postgres")).await?;
        let mut settings = Vec::new();
        for name in SHOWN {
            let show = AssertSqlSafe(format!("SHOW {name}"));
            settings.push((name, sqlx::query_scalar(show).fetch_one(&mut connection).await?));
        }
        connection.close().await?;
        Ok(settings)
    }

    async fn ask(&self, statement: String) -> Fallible<()> {
        let mut connection = PgConnection::connect(&self.url("postgres")).await?;
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// A program of PostgreSQL's, as a user that it agrees to be run by.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path()).env("PGDATA", self.folder.path().join("data"));
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = run(self.program("pg_ctl").args(["stop", "--mode=fast", "--silent"]));
        if let Err(error) = stopped {
            eprintln!("PostgreSQL was not stopped: {error}");
        }
    }
}

/// Runs a program to its end, quietly unless it fails.
pub fn run(command: &mut Command) -> Fallible<()> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} failed: {}", said.trim()).into())
}

/// Where `initdb` lies: on the path, or where Debian puts the newest version.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    on_path.or_else(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let version = |folder: &PathBuf| {
            folder.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok())
        };
        let newest = versions.flatten().map(|entry| entry.path()).max_by_key(version)?;
        Some(newest.join("bin")).filter(|folder| folder.join("initdb").exists())
    })
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
