//! `sqlite-es` or `postgres-es`, measured in a process of its own.

use std::process::Stdio;

use readmit_bench_driver::{Answer, Fallible, Load};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;

use crate::database::Place;
use crate::plan::Plan;

/// A peer that runs, and its ends of two pipes.
pub struct Peer {
    /// What it said it runs on.
    pub version: String,
    pipes: Mutex<(ChildStdin, Lines<BufReader<ChildStdout>>)>,
    /// Ends with us.
    process: Child,
}

impl Peer {
    /// Starts the program on this database, which is empty.
    pub async fn start(plan: &Plan, place: &Place, tenants: usize) -> Fallible<Self> {
        let program = &plan.peers;
        let mut command = Command::new(program);
        match &place.file {
            Some(file) => command.arg("sqlite").arg(file),
            None => command.arg("postgres").arg(&place.url),
        };
        command.arg(tenants.to_string()).arg(plan.connections.to_string()).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let started = command.spawn().map_err(|error| format!("{}: {error}", program.display()));
        let mut process = started?;
        let input = process.stdin.take().ok_or("no pipe to the peer")?;
        let output = process.stdout.take().ok_or("no pipe from the peer")?;
        let mut lines = BufReader::new(output).lines();
        let version = lines.next_line().await?.ok_or("the peer did not start")?;
        Ok(Self { version, pipes: Mutex::new((input, lines)), process })
    }

    /// Has it carry out a load, and waits for the figures.
    pub async fn drive(&self, load: Load) -> Fallible<Answer> {
        let mut pipes = self.pipes.lock().await;
        let (input, lines) = &mut *pipes;
        input.write_all(format!("{}\n", serde_json::to_string(&load)?).as_bytes()).await?;
        let answer = lines.next_line().await?.ok_or("the peer ended")?;
        Ok(serde_json::from_str(&answer)?)
    }

    /// Lets it end.
    pub async fn close(self) -> Fallible<()> {
        let Self { pipes, mut process, .. } = self;
        drop(pipes);
        process.wait().await?;
        Ok(())
    }
}
