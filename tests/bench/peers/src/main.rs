//! A peer in a process of its own: `readmit-bench-peers sqlite FILE TENANTS CONNECTIONS`,
//! or `readmit-bench-peers postgres URL TENANTS CONNECTIONS`.
//!
//! It says what it runs on, one line; then, for each line with a load that it reads, it carries
//! the load out and answers one line with the figures. It ends where its input ends.

mod peer;

use std::sync::Arc;

use readmit_bench_driver::{Answer, Fallible, Load, Subject, drive, memory_mib};
use tokio::io::{AsyncBufReadExt as _, BufReader};

#[tokio::main]
async fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["sqlite", file, tenants, connections] => {
            let (peer, version) =
                peer::sqlite(file.as_ref(), tenants.parse()?, connections.parse()?).await?;
            serve(peer, &version).await
        }
        ["postgres", url, tenants, connections] => {
            let (peer, version) =
                peer::postgres(url, tenants.parse()?, connections.parse()?).await?;
            serve(peer, &version).await
        }
        _ => {
            Err("say sqlite or postgres, where, for how many tenants, by how many connections"
                .into())
        }
    }
}

async fn serve(peer: impl Subject, version: &str) -> Fallible<()> {
    println!("{version}");
    let peer = Arc::new(peer);
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let load: Load = serde_json::from_str(&line)?;
        let figures = drive(&peer, load).await?;
        println!("{}", serde_json::to_string(&Answer { figures, memory_mib: memory_mib() })?);
    }
    Ok(())
}
