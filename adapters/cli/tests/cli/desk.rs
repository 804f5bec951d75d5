//! A folder with a database, the real binary, and phones with authenticator apps.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use readmit::{
    AccountId, Actor, AdminId, AuthoriseAdmin, Clock as _, ConfirmEnrolment, CustomerId, Engine,
    RegenerateCodes, RegisterCustomer, Role, StartEnrolment, SystemClock, Tenant, TotpCode,
};
use serde_json::Value;
use totp_rs::{Builder, Secret, Totp};

pub(crate) const TENANT: &str = "acme-msp";
pub(crate) const ALICE: &str = "alice@example.com";

/// A folder of its own for each test.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
}

/// What a run of the binary gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// An authenticator app with one secret in it. No step of time is used twice.
pub(crate) struct Phone {
    app: Totp,
    next_step: u64,
}

impl Desk {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with a database and the tenant `acme-msp`.
    pub(crate) fn open() -> Self {
        let desk = Self::empty();
        desk.run(["init"]).ok();
        desk.run(["tenant", "create", TENANT]).ok();
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_readmit"));
        command.current_dir(self.folder.path()).args(arguments);
        for name in ["DB", "KEY_FILE", "MASTER_KEY", "TENANT", "CONFIG"] {
            command.env_remove(format!("READMIT_{name}"));
        }
        command.env_remove("RUST_LOG");
        command
    }

    pub(crate) fn run<const N: usize>(&self, arguments: [&str; N]) -> Run {
        run(self.command(arguments), "")
    }

    /// Runs it with this code as the line of standard input.
    pub(crate) fn run_with<const N: usize>(&self, arguments: [&str; N], code: &TotpCode) -> Run {
        run(self.command(arguments), code.expose())
    }

    /// Does something through the library, as an embedding service would.
    pub(crate) fn through_library<T>(&self, what: impl AsyncFnOnce(&Tenant) -> T) -> T {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let url = format!("sqlite://{}", self.path("readmit.db").display());
        runtime.block_on(async {
            let engine = Engine::builder(&url).existing().open().await.unwrap();
            let tenant = engine.tenant(TENANT).await.unwrap();
            let done = what(&tenant).await;
            engine.close().await;
            done
        })
    }

    /// An admin with these roles and a phone.
    pub(crate) fn admin(&self, login: &str, roles: &[Role]) -> (AdminId, Phone) {
        self.through_library(async |tenant: &Tenant| {
            let authorise = AuthoriseAdmin::new(login, roles.iter().copied());
            let id = tenant.execute(&Actor::system(), authorise).await.unwrap().admin;
            (id, enrol(tenant, id.into()).await)
        })
    }

    /// A customer with a phone and recovery codes.
    pub(crate) fn customer(&self, login: &str) -> (CustomerId, Phone) {
        self.through_library(async |tenant: &Tenant| {
            let register = RegisterCustomer::new(login);
            let id = tenant.execute(&Actor::system(), register).await.unwrap().customer;
            (id, enrol(tenant, id.into()).await)
        })
    }
}

async fn enrol(tenant: &Tenant, id: AccountId) -> Phone {
    let actor = Actor::person(id);
    let started = tenant.execute(&actor, StartEnrolment::new(id)).await.unwrap();
    let mut phone = Phone::new(&started.secret.as_ref().unwrap().expose_base32());
    let confirm = ConfirmEnrolment::new(id, started.device, phone.code());
    let confirmed = tenant.execute(&actor, confirm).await.unwrap();
    let actor = actor.with_second_factor(confirmed.at);
    tenant.execute(&actor, RegenerateCodes::new(id)).await.unwrap();
    phone
}

pub(crate) fn run(mut command: Command, input: &str) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that needs no code may have ended already.
    let _ = writeln!(child.stdin.take().unwrap(), "{input}");
    Run::of(&child.wait_with_output().unwrap())
}

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// It went well: what it answered.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self.stdout
    }

    /// It went well: the one document that it answered.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        let text = self.ok();
        serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}"))
    }

    /// It ended with this code and said these words on stderr, and no data.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, words: &str) -> String {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        assert!(self.stderr.contains(words), "{}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self.stderr
    }
}

impl Phone {
    /// Types a secret in.
    pub(crate) fn new(base32: &str) -> Self {
        let secret = Secret::try_from_base32(base32.replace(' ', "")).unwrap();
        let app = Builder::new().with_secret(secret).with_account_name("test").build().unwrap();
        Self { app, next_step: 0 }
    }

    /// A code that was not used before; waits for the clock if none is to be had yet.
    pub(crate) fn code(&mut self) -> TotpCode {
        while self.next_step > step_in(0) + 1 {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        // The engine takes the step before the present one too: one more code to be used at
        // once, unless that step is about to be too old.
        let step = self.next_step.max(step_in(5) - 1);
        self.next_step = step + 1;
        self.app.generate(step * 30).to_string().parse().unwrap()
    }
}

/// The step of time (RFC 6238) in so many seconds.
fn step_in(seconds: u64) -> u64 {
    (SystemClock.now().unix_seconds() + seconds) / 30
}
