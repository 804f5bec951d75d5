//! A throw-away PostgreSQL server, and what may happen to one.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pgtemp::{PgTempDB, PgTempDBBuilder};

use crate::Result;

/// A server of its own on the loopback address; it goes, with its data, when it is dropped.
pub struct Server {
    running: PgTempDB,
    binaries: PathBuf,
    /// It was stopped and started again, so that `running` no longer knows its process.
    restarted: bool,
}

/// Of every server: what must be shown nowhere.
pub const PASSWORD: &str = "hunter2-of-the-tests";

/// Two cores may have much else to do.
const LONGEST_START: Duration = Duration::from_secs(20);

impl Server {
    /// Starts one, with all that makes a commit durable.
    pub async fn start() -> Result<Self> {
        let binaries = binaries()?;
        let builder = PgTempDBBuilder::new()
            .with_bin_path(&binaries)
            .with_password(PASSWORD)
            .with_initdb_arg("auth-host", "scram-sha-256")
            // Nobody reads what it says, so that it would wait for ever in the end.
            .with_config_param("log_min_messages", "panic")
            .with_config_param("fsync", "on")
            .with_config_param("full_page_writes", "on")
            .with_config_param("synchronous_commit", "on");
        let server = Self { running: builder.start_async().await, binaries, restarted: false };
        let started = Instant::now();
        while let Err(error) = psql(&server.url("postgres"), "SELECT 1") {
            if started.elapsed() > LONGEST_START {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(server)
    }

    /// An empty database of this name; answers its address.
    pub fn database(&self, name: &str) -> Result<String> {
        psql(&self.url("postgres"), &format!("CREATE DATABASE {name}"))?;
        Ok(self.url(name))
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        self.url_through(self.address(), database)
    }

    /// The address of a database, as seen through a proxy.
    pub fn url_through(&self, address: SocketAddr, database: &str) -> String {
        let (user, password) = (self.running.db_user(), self.running.db_pass());
        format!("postgres://{user}:{password}@{address}/{database}?sslmode=disable")
    }

    /// The folder of its files.
    pub fn data(&self) -> PathBuf {
        self.running.data_dir()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.running.db_port()).into()
    }

    /// Ends every connection to a database, whatever is under way on it.
    pub fn terminate_backends(&self, database: &str) -> Result {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ";
        psql(&self.url("postgres"), &format!("{end}'{database}'")).map(drop)
    }

    /// Stops it as a crash would: nothing is finished, nothing is flushed.
    pub fn stop_immediately(&mut self) -> Result {
        self.pg_ctl(&["-m", "immediate", "stop"])
    }

    /// Starts it again, on the same port and data.
    pub fn start_again(&mut self) -> Result {
        self.restarted = true;
        let port =
            format!("-p {} -k {}", self.running.db_port(), self.running.data_dir().display());
        self.pg_ctl(&["-o", &port, "-l", "/dev/null", "start"])
    }

    fn pg_ctl(&self, arguments: &[&str]) -> Result {
        let data = self.running.data_dir();
        // The server runs as whoever owns its data.
        let owner = std::fs::metadata(&data)?;
        let mut command = Command::new(self.binaries.join("pg_ctl"));
        command.arg("-w").arg("-s").arg("-D").arg(&data).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if std::fs::metadata("/proc/self")?.uid() != owner.uid() {
            command.gid(owner.gid()).uid(owner.uid());
        }
        let status = command.current_dir("/").status()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("pg_ctl {arguments:?}: {status}").into())
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.restarted {
            // Nobody can help if it was stopped already.
            let _ = self.pg_ctl(&["-m", "immediate", "stop"]);
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({})", self.address())
    }
}

/// Runs SQL on a database; answers what it prints, columns separated by `|`.
pub fn psql(url: &str, text: &str) -> Result<String> {
    let arguments = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", text];
    let output = Command::new("psql").args(arguments).output();
    let output = output.map_err(|error| format!("psql cannot be run: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        Err(format!("psql: {} in: {text}", String::from_utf8_lossy(&output.stderr)).into())
    }
}

/// Where Debian keeps the newest server, which is not on the path.
fn binaries() -> Result<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql");
    let mut found = Vec::new();
    for version in versions.read_dir().map_err(|_| MISSING)? {
        let version = version?;
        let number: u32 = version.file_name().to_string_lossy().parse().unwrap_or_default();
        let binaries = version.path().join("bin");
        if binaries.join("initdb").exists() {
            found.push((number, binaries));
        }
    }
    Ok(found.into_iter().max().ok_or(MISSING)?.1)
}

const MISSING: &str = "PostgreSQL is not installed (Debian: apt install postgresql)";
