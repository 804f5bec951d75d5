//! The `sqlite3` command line, as somebody else who opens the same file.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Result;

/// Runs SQL on a database file; answers what it prints, columns separated by `|`.
pub fn sql(database: &Path, text: &str) -> Result<String> {
    let mut child = sqlite3(database)?;
    let mut input = child.stdin.take().ok_or("sqlite3 takes no input")?;
    writeln!(input, ".bail on\n.timeout 5000\n{text}")?;
    drop(input);
    let output = child.wait_with_output()?;
    if output.status.success() && output.stderr.is_empty() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        let why = String::from_utf8_lossy(&output.stderr);
        Err(format!("sqlite3 {}: {why} in: {text}", output.status).into())
    }
}

/// Somebody else who holds the right to write to a database, until dropped.
#[derive(Debug)]
pub struct WriteLock(Child);

impl WriteLock {
    /// Takes the right to write.
    pub fn take(database: &Path) -> Result<Self> {
        let mut child = sqlite3(database)?;
        let input = child.stdin.as_mut().ok_or("sqlite3 takes no input")?;
        writeln!(input, ".timeout 5000\nBEGIN IMMEDIATE;\nSELECT 'held';")?;
        let mut said = String::new();
        let output = child.stdout.as_mut().ok_or("sqlite3 says nothing")?;
        BufReader::new(output).read_line(&mut said)?;
        if said.trim() == "held" { Ok(Self(child)) } else { Err("no lock to be had".into()) }
    }
}

impl Drop for WriteLock {
    fn drop(&mut self) {
        // Without a client the transaction is gone; nobody can help if killing fails.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn sqlite3(database: &Path) -> Result<Child> {
    let mut command = Command::new("sqlite3");
    command.arg("-batch").arg(database);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let missing = |error| format!("sqlite3 cannot be run (Debian: apt install sqlite3): {error}");
    Ok(command.spawn().map_err(missing)?)
}
