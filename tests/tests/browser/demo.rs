//! `readmit demo`, started as people start it, and everybody's phones.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use readmit_tests::Result;
use serde_json::Value;
use thirtyfour::By;

use crate::window::Window;

/// The demonstration, ended with the test.
pub(crate) struct Demo {
    process: Child,
    /// Where the pages are.
    pub(crate) address: String,
    sign_ins: Vec<Value>,
}

impl Demo {
    /// Starts it, and waits until its pages are there.
    pub(crate) fn start() -> Result<Self> {
        let program = program()?;
        let mut process = Command::new(&program)
            .args(["demo", "--json", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let said = process.stdout.take().ok_or("it says nothing")?;
        for line in BufReader::new(said).lines() {
            let said: Value = serde_json::from_str(&line?)?;
            if let Some(address) = said["pages"].as_str() {
                let sign_ins = said["sign_ins"].as_array().cloned().unwrap_or_default();
                return Ok(Self { process, address: address.to_owned(), sign_ins });
            }
        }
        Err(format!("the demo ended before its pages were there: {:?}", process.wait()?).into())
    }

    /// Signs somebody in, with the code that their phone shows; so far as the rules let them.
    pub(crate) async fn sign_in(&self, window: &Window, login: &str) -> Result {
        let person = self.sign_ins.iter().find(|person| person["login"] == login);
        let person = person.ok_or("nobody has this login")?;
        let of = |what: &str| person[what].as_str().ok_or("it is not said");
        window.open("/sign-in").await?;
        window.type_into("Company", of("company")?).await?;
        window.type_into("Login", login).await?;
        window.type_into("Password", of("password")?).await?;
        window.press("Sign in").await
    }

    /// Types the code that somebody's phone shows.
    pub(crate) async fn second_factor(&self, window: &Window, login: &str) -> Result {
        window.open("/demo").await?;
        let shown = format!("//tr[.//code[. = {login:?}]]/td[last() - 1]//code");
        let code = window.shown(By::XPath(shown)).await?.text().await?;
        window.open("/sign-in/code").await?;
        window.type_into("Code from your authenticator app", &code).await?;
        window.press("Continue").await
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Its database is in a folder of its own, which it would remove itself on Ctrl-C.
        let told = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status();
        if told.is_ok_and(|told| told.success()) {
            drop(self.process.wait());
        }
    }
}

/// The program beside the tests: whoever builds all tests of the workspace builds it too.
fn program() -> Result<PathBuf> {
    let tests = std::env::current_exe()?;
    let folder = tests.parent().and_then(|deps| deps.parent()).ok_or("a strange folder")?;
    let program = folder.join("readmit");
    if program.exists() {
        return Ok(program);
    }
    Err(format!("{} is missing: cargo build -p readmit-cli", program.display()).into())
}
