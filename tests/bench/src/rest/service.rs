//! `readmit serve`, as it is shipped, in a process of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use readmit_bench_driver::{Fallible, memory_mib_of};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use super::client::Client;
use crate::database::Place;

/// A service that runs. It logs to a file, a line for each request.
pub struct Service {
    pub address: SocketAddr,
    child: Child,
}

/// Between two looks at a service that is starting.
const A_MOMENT: Duration = Duration::from_millis(50);

impl Service {
    /// Starts it, and waits until it answers and its read models have seen every event.
    pub async fn start(program: &Path, place: &Place) -> Fallible<Self> {
        let log = place.key.with_extension("log");
        let mut command = readmit(program, place);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
        // All load comes with one key from one address.
        command.env("READMIT_HTTP_LIMITS__REQUESTS_PER_SECOND_PER_CREDENTIAL", "0");
        command.env("READMIT_HTTP_LIMITS__REQUESTS_PER_SECOND_PER_ADDRESS", "0");
        command.stdin(Stdio::null()).stderr(std::fs::File::create(&log)?);
        let mut child = command.spawn().map_err(|why| format!("{}: {why}", program.display()))?;
        let address = loop {
            if let Some(address) = address_in(&log)? {
                break address;
            }
            if child.try_wait()?.is_some() {
                return Err(format!("it did not start: {}", std::fs::read_to_string(log)?).into());
            }
            tokio::time::sleep(A_MOMENT).await;
        };
        let this = Self { address, child };
        while this.lag().await? != Some(0) {
            tokio::time::sleep(A_MOMENT).await;
        }
        Ok(this)
    }

    /// Events that read models have not seen yet, if it is known.
    async fn lag(&self) -> Fallible<Option<u64>> {
        let ready = Client::connect(self.address).await?.get("/readyz").await;
        // Far behind is not ready.
        Ok(ready.and_then(|reply| reply.json()).ok().and_then(|json| json["lag_events"].as_u64()))
    }

    pub fn memory_mib(&self) -> f64 {
        memory_mib_of(&self.process())
    }

    /// Seconds that its threads have worked so far.
    pub fn cpu_seconds(&self) -> f64 {
        cpu_seconds_of(&self.process())
    }

    fn process(&self) -> String {
        self.child.id().unwrap_or_default().to_string()
    }

    /// Tells it to stop, and waits until it has: every request is answered then.
    pub async fn stop(mut self) -> Fallible<()> {
        Command::new("kill").arg(self.process()).status().await?;
        match self.child.wait().await? {
            status if status.success() => Ok(()),
            status => Err(format!("the service ended badly: {status}").into()),
        }
    }
}

/// Gives an admin a password, as an operator does.
pub async fn set_password(
    program: &Path,
    place: &Place,
    login: &str,
    password: &str,
) -> Fallible<()> {
    let mut command = readmit(program, place);
    command.args(["admin", "password", login]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().map_err(|why| format!("{}: {why}", program.display()))?;
    let mut stdin = child.stdin.take().ok_or("no pipe")?;
    stdin.write_all(format!("{password}\n").as_bytes()).await?;
    drop(stdin);
    match child.wait().await? {
        status if status.success() => Ok(()),
        status => Err(format!("the password was not set: {status}").into()),
    }
}

/// The program on this database. It ends with us.
fn readmit(program: &Path, place: &Place) -> Command {
    let mut command = Command::new(program);
    command.kill_on_drop(true).arg("--db").arg(&place.url).arg("--key-file").arg(&place.key);
    command
}

/// Where a service says that it answers, once it does.
fn address_in(log: &PathBuf) -> Fallible<Option<SocketAddr>> {
    let log = std::fs::read_to_string(log)?;
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut addresses = lines.filter(|line| line["tls"].is_boolean());
    Ok(addresses.next().and_then(|line| line["address"].as_str()?.parse().ok()))
}

/// Of this process, or of the one with this id; unknown outside of Linux.
pub fn cpu_seconds_of(process: &str) -> f64 {
    /// In which Linux tells times, on whatever machine (`man 5 proc`, `man 7 time`).
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name of the program may hold spaces; the times are the 12th and 13th after it.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|text| text.parse().ok()).collect();
    if ticks.is_empty() { f64::NAN } else { ticks.iter().sum::<f64>() / TICKS_PER_SECOND }
}
