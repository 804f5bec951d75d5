//! message-db: appends by its function `write_message`, with the version that is expected.
//!
//! Nothing is loaded and no rule is applied: this is the least that a command would cost on it.

use std::path::Path;
use std::process::Command;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::types::Uuid;

use crate::server::{Server, run};
use readmit_bench_driver::{Fallible, Subject, shape};

const PACKAGE: &str = "@eventide/message-db@1.3.1";

const WRITE: &str = "SELECT message_store.write_message($1, $2, $3, $4::jsonb, $5::jsonb, $6)";

/// Fetches message-db by npm into this folder, and installs it as the database `message_store`.
pub fn install(server: &Server, folder: &Path) -> Fallible<()> {
    let npm = ["install", "--silent", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix"];
    run(Command::new("npm").args(npm).arg(folder).arg(PACKAGE))?;
    let script = folder.join("node_modules/@eventide/message-db/database/install.sh");
    let path = std::env::var("PATH").unwrap_or_default();
    run(Command::new("bash")
        .arg(script)
        .env("PATH", format!("{}:{path}", server.programs.display()))
        .env("PGHOST", "127.0.0.1")
        .env("PGPORT", server.port.to_string())
        .env("PGUSER", "postgres"))
}

/// message-db on the server that it was installed on.
pub struct MessageDb {
    pool: PgPool,
    /// Another name for each measurement, so that streams begin anew.
    run: Uuid,
    categories: usize,
}

impl MessageDb {
    pub async fn open(server: &Server, categories: usize, connections: u32) -> Fallible<Self> {
        let options: PgConnectOptions = server.url("message_store").parse()?;
        // Its functions call each other without the name of their schema.
        let options = options.options([("search_path", "message_store,public")]);
        let pool = PgPoolOptions::new().max_connections(connections).connect_with(options).await?;
        Ok(Self { pool, run: shape::new_id(), categories })
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Subject for MessageDb {
    async fn command(&self, task: usize, number: usize) -> Fallible<()> {
        let (kind, data) = if number.is_multiple_of(2) {
            ("BypassGranted", shape::granted())
        } else {
            ("BypassRevoked", shape::revoked())
        };
        let (run, category) = (self.run.simple(), task % self.categories);
        let stream = format!("tenant{category}-{run}_{task}_{}", number / 4);
        let metadata = serde_json::to_string(&shape::metadata())?;
        sqlx::query(WRITE)
            .bind(shape::new_id().to_string())
            .bind(stream)
            .bind(kind)
            .bind(data.to_string())
            .bind(metadata)
            .bind(i64::try_from(number % 4)? - 1)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
