//! Starts the child, kills it, reads what it had told.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use readmit_tests::Result;
use readmit_tests::report::{Line, lines};

/// Lets a child live for so long; answers what it had told when it was killed.
pub(crate) fn killed_after(life: Duration, arguments: &[&str]) -> Result<Vec<Line>> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_crash-child"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut output = child.stdout.take().ok_or("the child says nothing")?;
    // Read all along, so that it never waits for us.
    let reader = std::thread::spawn(move || {
        let mut written = String::new();
        output.read_to_string(&mut written).map(|_| written)
    });
    std::thread::sleep(life);
    // SIGKILL: it has no say in it.
    child.kill()?;
    let status = child.wait()?;
    let written = reader.join().map_err(|_| "the reader panicked")??;
    let told = lines(&written)?;
    if status.code().is_some() {
        return Err(format!("the child ended by itself, {status}: {:?}", told.last()).into());
    }
    Ok(told)
}
