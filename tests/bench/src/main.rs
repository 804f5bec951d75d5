//! Measures Readmit beside its peers and the raw database, in one run: the same two events, the
//! same durability, in turn, the medians, and the ratios.
//!
//! | module | what it holds |
//! |---|---|
//! | `plan` | how much is measured, and in which cases |
//! | `database`, `server` | fresh databases; a PostgreSQL server for this run alone |
//! | `readmit_engine`, `peer`, `message_db`, `raw` | the subjects |
//! | `subject`, `compare` | all subjects in turn, one table for each database |
//! | `growth` | a ledger that grows; verifying and replaying it |
//! | `read_models` | catching up, pages of many customers |
//! | `rest`, `phone` | the REST API under load; authenticator apps for it |
//! | `pages` | the web pages |
//! | `report` | targets |
//!
//! The one driver of all subjects is a crate beside this one, `driver`; `sqlite-es` and
//! `postgres-es` run in a program of their own, `peers`.

mod compare;
mod database;
mod growth;
mod message_db;
mod pages;
mod peer;
mod phone;
mod plan;
mod raw;
mod read_models;
mod readmit_engine;
mod report;
mod rest;
mod server;
mod settings;
mod subject;

use std::path::PathBuf;

use clap::Parser;

use database::Database;
use plan::{Plan, Programs};
use raw::Sample;
use readmit_bench_driver::Fallible;
use server::Server;

/// Measures Readmit beside its peers and the raw database.
#[derive(Debug, Parser)]
struct Arguments {
    /// Less of everything, in one round: to see that it runs. Its figures mean little.
    #[arg(long)]
    quick: bool,
    /// Lets the ledger grow to 10 million events.
    #[arg(long)]
    ten_million: bool,
    /// Only this database: sqlite or postgres.
    #[arg(long)]
    only: Option<Only>,
    /// Only these parts; all, if none is named.
    #[arg(long, value_name = "PART")]
    part: Vec<Part>,
    /// Connections of each peer; `sqlite-es` and `postgres-es` open 10 unless told otherwise.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=150))]
    connections: u32,
    /// The program that is shipped, which `tests/bench/run` builds.
    #[arg(long, env = "BENCH_READMIT", default_value = "target/release/readmit")]
    readmit: PathBuf,
    /// The program of the peers, which `tests/bench/run` builds.
    #[arg(long, env = "BENCH_PEERS", default_value = "target/release/readmit-bench-peers")]
    peers: PathBuf,
    /// Where databases are made: a folder on a real disk.
    #[arg(long, env = "BENCH_DIR", default_value = "target")]
    folder: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Commands, beside the peers and the raw database
    Commands,
    /// A ledger that grows
    Growth,
    /// Read models
    ReadModels,
    /// The REST API
    Rest,
    /// The web pages
    Pages,
}

#[tokio::main]
async fn main() -> Fallible<()> {
    // Whoever is interrupted still stops the server and deletes what was made.
    tokio::select! {
        outcome = run(Arguments::parse()) => outcome,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
    }
}

async fn run(arguments: Arguments) -> Fallible<()> {
    let programs = Programs { readmit: arguments.readmit, peers: arguments.peers };
    let plan = Plan::new(arguments.quick, arguments.ten_million, programs, arguments.connections);
    std::fs::create_dir_all(&arguments.folder)?;
    let folder = tempfile::TempDir::with_prefix_in("bench-", arguments.folder.canonicalize()?)?;
    // A server that runs as another user must be able to come here.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;

    settings::machine(folder.path(), &plan)?;
    let sqlite = Database::Sqlite { folder: folder.path().into() };
    let sample = Sample::take(&sqlite, plan.fast).await?;
    println!("an event: {} bytes on average", sample.body_bytes());

    let mut databases = Vec::new();
    if arguments.only != Some(Only::Postgres) {
        databases.push(sqlite);
    }
    if arguments.only != Some(Only::Sqlite) {
        let server = Server::start(folder.path())?;
        let message_db = match message_db::install(&server, folder.path()) {
            Ok(()) => true,
            Err(error) => {
                eprintln!("!! message-db is SKIPPED, and its target with it: {error}");
                false
            }
        };
        databases.push(Database::Postgres { folder: folder.path().into(), server, message_db });
    }
    for database in &databases {
        settings::database(database, &plan).await?;
    }
    let mut targets = Vec::new();
    let is_wanted = |part| arguments.part.is_empty() || arguments.part.contains(&part);
    for database in databases.iter().filter(|_| is_wanted(Part::Commands)) {
        targets.extend(compare::run(database, &plan, &sample).await?);
    }
    for database in databases.iter().filter(|_| is_wanted(Part::Growth)) {
        targets.extend(growth::run(database, &plan, &sample).await?);
    }
    for database in databases.iter().filter(|_| is_wanted(Part::ReadModels)) {
        targets.extend(read_models::run(database, &plan).await?);
    }
    for database in databases.iter().filter(|_| is_wanted(Part::Rest)) {
        targets.extend(rest::run(database, &plan).await?);
    }
    for database in databases.iter().filter(|_| is_wanted(Part::Pages)) {
        targets.extend(pages::run(database, &plan).await?);
    }
    report::targets(&targets);
    Ok(())
}
