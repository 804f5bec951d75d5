//! What the figures depend on, printed first.

use std::path::Path;

use readmit::Engine;
use readmit_bench_driver::Fallible;

use crate::database::Database;
use crate::peer::Peer;
use crate::plan::Plan;

/// The machine, and how much is measured.
pub fn machine(folder: &Path, plan: &Plan) -> Fallible<()> {
    println!("== settings");
    let cores = std::thread::available_parallelism()?;
    println!("{cores} cores; everything, the server of PostgreSQL too, runs on this machine");
    println!("databases in {}", folder.display());
    println!(
        "{} rounds in turn, medians; commands: {} one at a time, {} of Readmit and raw with many in \
         flight, {} of the peers",
        plan.rounds, plan.single, plan.fast, plan.slow
    );
    println!("acknowledged is durable: SQLite WAL, synchronous=FULL, for everybody;");
    println!("PostgreSQL as the server says below, over TCP on 127.0.0.1, for everybody");
    println!("peers keep {} connections, Readmit what it opens by itself", plan.connections);
    println!("Readmit: accounts enrolled before, the engine opened anew; each is loaded once");
    println!("message-db: appends alone; nothing is loaded, no rule applied");
    println!("sqlite-es, postgres-es: in a process of their own, whose memory is the one shown");
    Ok(())
}

/// The database, as the server and the engine describe it.
pub async fn database(database: &Database, plan: &Plan) -> Fallible<()> {
    let place = database.empty("settings").await?;
    let peer = Peer::start(plan, &place, 1).await?;
    println!("{:<12} {}", database.name(), peer.version);
    peer.close().await?;
    database.delete(place).await?;
    if let Database::Postgres { server, .. } = database {
        for (name, value) in server.settings().await? {
            println!("{:<12} {name} = {value}", "PostgreSQL");
        }
        return Ok(());
    }
    let place = database.with_tables("settings").await?;
    let engine = Engine::builder(&place.url).key_file(&place.key).open().await?;
    for (name, value) in engine.describe().await? {
        println!("{:<12} {name} = {value}", database.name());
    }
    engine.close().await;
    database.delete(place).await
}
