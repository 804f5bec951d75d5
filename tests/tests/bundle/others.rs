//! Other people's verifiers: Go's checksum database, a Python package, openssl and sha256sum.
//!
//! Where one of them cannot be had its test says so loudly and passes, but not under
//! `READMIT_TESTS_REQUIRE_ALL=1`, as in CI.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use readmit_tests::Result;
use readmit_tests::chance::Chance;
use tempfile::TempDir;

use crate::{Files, Log, made_leaves, read_files, real_leaves, write_files};

/// A bundle of an engine's ledger, and what else an auditor has.
struct Audit {
    house: TempDir,
    log: Log,
    leaves: Vec<Vec<u8>>,
    whole: Files,
}

/// What somebody else's program says of a folder, under a key, with an older checkpoint.
type Ask<'a> = &'a dyn Fn(&Path, &str, &Path) -> Result<Output>;

impl Audit {
    async fn new() -> Result<Self> {
        let (log, leaves, house) = (Log::new()?, real_leaves(600).await?, tempfile::tempdir()?);
        log.write(&house.path().join("bundle"), &leaves)?;
        let whole = read_files(&house.path().join("bundle"))?;
        Ok(Self { house, log, leaves, whole })
    }

    fn bundle(&self) -> PathBuf {
        self.house.path().join("bundle")
    }

    fn vkey(&self) -> String {
        self.log.keys().iter().map(ToString::to_string).collect()
    }

    /// The checkpoint of the first so many of these leaves, in a file.
    fn older(&self, size: usize, leaves: &[Vec<u8>]) -> Result<PathBuf> {
        let file = self.house.path().join("older");
        let leaves = leaves.get(..size).ok_or("there are fewer leaves")?;
        fs::write(&file, self.log.checkpoint(leaves)?.to_string())?;
        Ok(file)
    }

    /// Has a program check what is whole, and what is not.
    fn hold_against(&self, ask: Ask<'_>) -> Result<()> {
        let key = self.vkey();
        for size in [1, 256, 300, 512, self.leaves.len()] {
            let said = ask(&self.bundle(), &key, &self.older(size, &self.leaves)?)?;
            let text = String::from_utf8_lossy(&said.stdout);
            assert!(said.status.success(), "{said:?}");
            let root = self.log.checkpoint(&self.leaves)?.checkpoint().root();
            let events = format!("events       {}\n", self.leaves.len());
            let last = format!("every event from 0 to {}\n", self.leaves.len() - 1);
            let goes_on = format!("goes on from {size} events");
            let shown = [root.to_string(), data_encoding::BASE64.encode(root.as_bytes())];
            assert!(shown.iter().any(|root| text.contains(root)), "{text}");
            for expected in [events, last, goes_on] {
                assert!(text.contains(&expected), "{expected} is not in: {text}");
            }
        }

        let older = self.older(300, &self.leaves)?;
        let fails = |folder: &Path, key: &str, older: &Path, what: &str| -> Result<()> {
            let said = ask(folder, key, older)?;
            let refused =
                !said.status.success() && String::from_utf8_lossy(&said.stderr).contains("BROKEN");
            assert!(refused, "{what} was not found: {said:?}");
            Ok(())
        };
        for (what, files) in self.damaged()? {
            let folder = tempfile::tempdir()?;
            write_files(folder.path(), &files)?;
            fails(folder.path(), &key, &older, &what)?;
        }
        let stranger = Log::of("stranger.example/log")?.keys().remove(0).to_string();
        fails(&self.bundle(), &stranger, &older, "another key")?;
        let forked = self.older(300, &made_leaves(300, 7)?)?;
        fails(&self.bundle(), &key, &forked, "a fork")
    }

    /// Each damage in words, and the files after it.
    fn damaged(&self) -> Result<BTreeMap<String, Files>> {
        let mut chance = Chance::from_environment()?;
        let mut cases = BTreeMap::new();
        for (name, bytes) in &self.whole {
            // Nobody reads the page but us; the keys are given.
            if name == "README.md" || name == "vkey" {
                continue;
            }
            let mut files = self.whole.clone();
            files.remove(name);
            cases.insert(format!("{name} gone"), files);
            let mut files = self.whole.clone();
            let place = usize::try_from(chance.below(bytes.len() as u64))?;
            let damaged = files.get_mut(name).ok_or("no such file")?;
            let byte = damaged.get_mut(place).ok_or("no such byte")?;
            *byte ^= 1 << chance.below(8);
            cases.insert(format!("a flipped bit of byte {place} of {name}"), files);
        }
        let mut files = self.whole.clone();
        let older = self.log.checkpoint(&made_leaves(600, 7)?)?.to_string();
        files.insert("checkpoint".to_owned(), older.into_bytes());
        cases.insert("the checkpoint of another tree".to_owned(), files);
        Ok(cases)
    }
}

/// Where things are kept from one run to the next.
fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("verifiers").join(name)
}

fn verifiers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("verifiers")
}

/// Runs a program to its end; an error says what is missing or went wrong.
fn run(command: &mut Command) -> Result<()> {
    let said = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if said.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&said.stderr)).into())
}

/// What could be had; otherwise the test is over, unless nothing may be left out.
fn had<T>(what: &str, found: Result<T>) -> Result<Option<T>> {
    let error = match found {
        Ok(found) => return Ok(Some(found)),
        Err(error) => error,
    };
    if std::env::var_os("READMIT_TESTS_REQUIRE_ALL").is_some_and(|value| value == "1") {
        return Err(format!("{what} is required here: {error}").into());
    }
    eprintln!("SKIPPED: nobody else checked a bundle with {what}: {error}");
    Ok(None)
}

/// Go and the sources of its checksum database, both from Debian: nothing is downloaded.
fn build_go(to: &Path) -> Result<PathBuf> {
    let program = to.join("check");
    let mut go = Command::new("go");
    go.args(["build", "-o"]).arg(&program).arg(verifiers().join("go/main.go"));
    go.env("GO111MODULE", "off").env("GOPATH", "/usr/share/gocode").env("GOFLAGS", "");
    go.env("GOPROXY", "off").env("GOTOOLCHAIN", "local").env("GOCACHE", kept("go-cache"));
    run(&mut go)?;
    Ok(program)
}

/// A Python of its own with the package in it, made once for each list of what it holds.
fn install_python() -> Result<PathBuf> {
    let requirements = verifiers().join("python/requirements.txt");
    let listed = readmit_tlog::leaf_hash(&fs::read(&requirements)?).to_string();
    let folder = kept(&format!("python-{}", &listed[..16]));
    let python = folder.join("bin/python");
    if folder.join("complete").exists() {
        return Ok(python);
    }
    // What an earlier run has left there half done is written over.
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
    run(pip.arg(&requirements))?;
    fs::write(folder.join("complete"), "")?;
    Ok(python)
}

#[tokio::test]
async fn the_checksum_database_of_go_agrees() -> Result {
    let built = tempfile::tempdir()?;
    let Some(program) = had("Go", build_go(built.path()))? else { return Ok(()) };
    Audit::new().await?.hold_against(&|folder, key, older| {
        Ok(Command::new(&program).arg(folder).arg(key).arg(older).output()?)
    })
}

#[tokio::test]
async fn a_python_package_agrees() -> Result {
    let Some(python) = had("tlog-scales", install_python())? else { return Ok(()) };
    let script = verifiers().join("python/check.py");
    let audit = Audit::new().await?;
    audit.hold_against(&|folder, key, older| {
        Ok(Command::new(&python).arg(&script).arg(folder).arg(key).arg(older).output()?)
    })?;
    // Its own command, as the page in the bundle has it.
    let mut own = Command::new(python.with_file_name("tlog-tiles"));
    let said = own.args(["get-leaf", "--check"]).arg(audit.bundle()).arg("0").output()?;
    assert_eq!(said.stdout, audit.leaves[0], "{said:?}");
    Ok(())
}

/// The commands on the page in the bundle, as they stand there.
#[tokio::test]
async fn the_page_in_the_bundle_is_right() -> Result {
    let audit = Audit::new().await?;
    if had("openssl", run(Command::new("openssl").arg("version")))?.is_none() {
        return Ok(());
    }
    let page = fs::read_to_string(audit.bundle().join("README.md"))?;
    let scripts: Vec<_> =
        page.split("```sh\n").skip(1).filter_map(|it| it.split("```").next()).collect();
    let [hash, signature] = scripts[..] else { panic!("other scripts: {scripts:?}") };
    let ask = |script: &str, folder: &Path| -> Result<(bool, String)> {
        let mut sh = Command::new("sh");
        let said =
            sh.args(["-ec", script]).current_dir(folder).env("VKEY", audit.vkey()).output()?;
        Ok((said.status.success(), String::from_utf8(said.stdout)?))
    };
    let leaf = readmit_tlog::leaf_hash(&audit.leaves[0]);
    assert_eq!(ask(hash, &audit.bundle())?, (true, format!("{leaf}\n{leaf}\n")));
    let said =
        "Signature Verified Successfully\nof the log ".to_owned() + audit.log.keys()[0].name();
    assert_eq!(ask(signature, &audit.bundle())?, (true, said + "\n"));

    let mut files = audit.whole.clone();
    let checkpoint = String::from_utf8(files["checkpoint"].clone())?;
    let size = format!("\n{}\n", audit.leaves.len());
    files.insert("checkpoint".to_owned(), checkpoint.replace(&size, "\n599\n").into_bytes());
    let forged = tempfile::tempdir()?;
    write_files(forged.path(), &files)?;
    let (verified, said) = ask(signature, forged.path())?;
    assert!(!verified && !said.contains("of the log"), "{said}");
    Ok(())
}
