//! A witness that nobody here wrote: `aics-witness` of the Python package index.
//!
//! `tests/run` installs it. Where it is missing, these tests say so and pass, unless
//! `READMIT_TESTS_REQUIRE_ALL=1`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use readmit::witness::{VerifierKey, WitnessError, Witnessed};
use readmit_tests::Result;
use tempfile::TempDir;

use crate::log::{Log, ORIGIN, PATIENCE};

/// In a folder of the target directory, with its version.
const PROGRAM: &str = "aics-witness-0.1.0/bin/aics-witness";

/// A running witness with a database of its own; it goes when it is dropped.
struct Foreign {
    process: Child,
    folder: TempDir,
    url: String,
    key: VerifierKey,
}

impl Foreign {
    /// One that knows this log; none where it is not installed.
    fn start(log: &Log) -> Result<Option<Self>> {
        let Some(program) = program()? else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        let key = run(&program, folder.path(), &["init", "--name", "witness.example/aics"])?;
        let key = key.split_whitespace().find(|word| word.matches('+').count() >= 2);
        let key = key.ok_or("it tells no key")?.parse()?;
        let vkey = log.key().to_string();
        run(&program, folder.path(), &["add-log", "--origin", ORIGIN, "--vkey", &vkey])?;
        let (process, url) = serve(&program, folder.path())?;
        Ok(Some(Self { process, folder, url, key }))
    }

    /// Stops it as a crash would, and starts it again on the same database.
    fn restart(&mut self) -> Result {
        let Some(program) = program()? else { return Err("it is gone".into()) };
        self.stop()?;
        (self.process, self.url) = serve(&program, self.folder.path())?;
        Ok(())
    }

    fn stop(&mut self) -> Result {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    async fn cosign(&self, log: &Log, known: u64) -> Result<Result<Witnessed, WitnessError>> {
        let witnessed = log.submit_to(&self.url, &self.key, known, PATIENCE).await?;
        if let Ok(witnessed) = &witnessed {
            let keys = [self.key.clone()];
            assert_eq!(witnessed.checkpoint.verify(log.key(), &keys)?, witnessed.cosigned);
            assert_eq!(witnessed.cosigned.len(), 1);
        }
        Ok(witnessed)
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        // Nobody can help if it has ended already.
        let _ = self.stop();
    }
}

fn program() -> Result<Option<PathBuf>> {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PROGRAM);
    if program.exists() {
        return Ok(Some(program));
    }
    let missing = format!("{} is missing: tests/run installs it", program.display());
    if std::env::var("READMIT_TESTS_REQUIRE_ALL").is_ok_and(|all| all == "1") {
        return Err(missing.into());
    }
    eprintln!("SKIPPED: {missing}");
    Ok(None)
}

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env_remove("AICS_WITNESS_CONFIG").env_remove("WITNESS_SEED_HEX");
    command
}

fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Result<String> {
    let output = command(program, folder).args(arguments).output()?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
    }
}

/// Starts it on a free port, which it tells.
fn serve(program: &Path, folder: &Path) -> Result<(Child, String)> {
    let mut process = command(program, folder)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = process.stderr.take().ok_or("it has no stderr")?;
    let mut lines = BufReader::new(stderr).lines();
    let mut told = String::new();
    for line in lines.by_ref() {
        let line = line?;
        if let Some((_, rest)) = line.split_once("127.0.0.1:") {
            let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
            // Somebody has to read what it says, or it would wait for ever in the end.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok((process, format!("http://127.0.0.1:{port}")));
        }
        told.push_str(&line);
    }
    process.wait()?;
    Err(format!("it does not serve: {told}").into())
}

#[tokio::test]
async fn a_foreign_witness_cosigns_a_log_that_grows() -> Result {
    let mut log = Log::of(300)?;
    let Some(mut witness) = Foreign::start(&log)? else { return Ok(()) };
    witness.cosign(&log, 0).await??;
    witness.cosign(&log, 300).await??;
    log.grow(1_000, "event")?;
    witness.cosign(&log, 300).await??;
    // It keeps what it knows; we forget it.
    witness.restart()?;
    log.grow(7, "event")?;
    let witnessed = witness.cosign(&log, 0).await??;
    assert_eq!(witnessed.checkpoint.checkpoint().size(), 1_307);
    assert_eq!(witnessed.forgot, None);
    Ok(())
}

#[tokio::test]
async fn a_foreign_witness_refuses_a_log_that_was_rolled_back_or_went_its_own_way() -> Result {
    let log = Log::of(300)?;
    let Some(witness) = Foreign::start(&log)? else { return Ok(()) };
    witness.cosign(&log, 0).await??;

    let old = Log::of(200)?;
    for remembered in [0, 200] {
        let error = witness.cosign(&old, remembered).await?;
        let loud = matches!(error, Err(WitnessError::RolledBack { known: 300, ours: 200, .. }));
        assert!(loud, "{error:?}");
    }
    for more in [100, 150] {
        let mut fork = Log::of(200)?;
        fork.grow(more, "another event")?;
        let error = witness.cosign(&fork, 0).await?;
        assert!(matches!(error, Err(WitnessError::Forked { known: 300, .. })), "{error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_foreign_witness_says_whom_it_does_not_know() -> Result {
    let Some(witness) = Foreign::start(&Log::of(0)?)? else { return Ok(()) };
    let error = witness.cosign(&Log::with("readmit.example/led_02", 1, 3)?, 0).await?;
    assert!(matches!(error, Err(WitnessError::UnknownOrigin { .. })), "{error:?}");
    let error = witness.cosign(&Log::with(ORIGIN, 2, 3)?, 0).await?;
    assert!(matches!(error, Err(WitnessError::UnknownKey { .. })), "{error:?}");
    Ok(())
}
