//! The two kinds of database, and fresh databases of each.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use readmit::Engine;

use crate::server::Server;
use readmit_bench_driver::Fallible;

/// A kind of database, and where its databases are made.
pub enum Database {
    Sqlite {
        folder: PathBuf,
    },
    /// `message_db` says whether message-db could be installed on it.
    Postgres {
        folder: PathBuf,
        server: Server,
        message_db: bool,
    },
}

/// One database, and the key that goes with it.
#[derive(Debug, Clone)]
pub struct Place {
    pub url: String,
    pub key: PathBuf,
    /// Of SQLite.
    pub file: Option<PathBuf>,
}

static MADE: AtomicUsize = AtomicUsize::new(0);

impl Database {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    /// The peer that keeps its events in such a database.
    pub const fn peer(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite-es",
            Self::Postgres { .. } => "postgres-es",
        }
    }

    /// A database with nothing in it.
    pub async fn empty(&self, what: &str) -> Fallible<Place> {
        let name = format!("{what}_{}", MADE.fetch_add(1, Ordering::Relaxed));
        Ok(match self {
            Self::Sqlite { folder } => sqlite(folder, &name),
            Self::Postgres { folder, server, .. } => {
                let url = server.create(&name).await?;
                Place { url, key: folder.join(format!("{name}.key")), file: None }
            }
        })
    }

    /// A database with Readmit's tables and nothing in them.
    pub async fn with_tables(&self, what: &str) -> Fallible<Place> {
        let place = self.empty(what).await?;
        let engine = Engine::builder(&place.url).key_file(&place.key).open().await?;
        engine.close().await;
        Ok(place)
    }

    /// Deletes a database that nobody uses any more.
    pub async fn delete(&self, place: Place) -> Fallible<()> {
        match self {
            Self::Postgres { server, .. } => server.delete(&place.url).await,
            Self::Sqlite { .. } => {
                let file = place.file.unwrap_or_default();
                let beside = file.with_extension("").into_os_string();
                for name in [file.into_os_string(), beside] {
                    for database in ["", "-read.db", "-web.db"] {
                        for suffix in ["", "-wal", "-shm"] {
                            let mut file = name.clone();
                            file.push(database);
                            file.push(suffix);
                            // It may be gone with its last connection, or never have been there.
                            let _ = std::fs::remove_file(file);
                        }
                    }
                }
                Ok(())
            }
        }
    }
}

fn sqlite(folder: &Path, name: &str) -> Place {
    let file = folder.join(format!("{name}.db"));
    let url = format!("sqlite://{}", file.display());
    Place { url, key: folder.join(format!("{name}.key")), file: Some(file) }
}
