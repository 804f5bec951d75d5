//! `readmit demo`: the whole story on an embedded database, told step by step
//! and held against what the ledger says.

mod phone;
mod stage;
mod story;

use std::io::Write;

use readmit::testing::TestClock;
use readmit::{
    Clock as _, Engine, Error, OpenError, ParseCodeError, SystemClock, Tenant, VerifyError,
};

use stage::Stage;

/// Why the story did not go as told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// A step had another outcome.
    #[error("the story went otherwise at \"{what}\": expected {expected}, found {found}")]
    Otherwise { what: String, expected: String, found: String },
    /// The database has the tenant of the story already.
    #[error("the tenant acme-msp is in this database already: the story needs a fresh one")]
    NotFresh,
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Engine(#[from] Error),
    #[error(transparent)]
    Verify(#[from] VerifyError),
    #[error("cannot write: {0}")]
    Io(#[from] std::io::Error),
    #[error("the phone of the story failed: {0}")]
    Phone(String),
}

impl DemoError {
    fn otherwise(what: &str, expected: &str, found: &str) -> Self {
        let [what, expected, found] = [what, expected, found].map(str::to_owned);
        Self::Otherwise { what, expected, found }
    }
}

impl From<String> for DemoError {
    fn from(why: String) -> Self {
        Self::Phone(why)
    }
}

impl From<&str> for DemoError {
    fn from(why: &str) -> Self {
        Self::Phone(why.to_owned())
    }
}

impl From<ParseCodeError> for DemoError {
    fn from(error: ParseCodeError) -> Self {
        Self::Phone(error.to_string())
    }
}

/// Plays the story on this database, or on one in a temporary folder.
///
/// Its clock begins at the present and is moved by the story.
pub(crate) async fn run(
    db: Option<&str>,
    out: &mut dyn Write,
    json: bool,
) -> Result<(), DemoError> {
    let folder = tempfile::tempdir()?;
    let temporary = format!("sqlite://{}", folder.path().join("readmit.db").display());
    let clock = TestClock::at(SystemClock.now());
    let engine = Engine::builder(db.unwrap_or(&temporary)).clock(clock.clone()).open().await?;
    let told = tell(&engine, clock, out, json).await;
    engine.close().await;
    told
}

async fn tell(
    engine: &Engine,
    clock: TestClock,
    out: &mut dyn Write,
    json: bool,
) -> Result<(), DemoError> {
    if engine.find_tenant("acme-msp").await?.is_some() {
        return Err(DemoError::NotFresh);
    }
    let tenant = engine.tenant("acme-msp").await?;
    let mut stage = Stage::new(tenant.clone(), clock, out, json);
    let cast = story::prologue(&mut stage).await?;
    story::alice_gets_back_in(&mut stage, &cast).await?;
    story::carol_does_not_use_it(&mut stage, &cast).await?;
    verify(&tenant, out, json).await
}

/// The last step: everything that was stored is hashed again.
async fn verify(tenant: &Tenant, out: &mut dyn Write, json: bool) -> Result<(), DemoError> {
    let verified = tenant.verify().await?;
    if json {
        writeln!(out, r#"{{"verified":{},"root":"{}"}}"#, verified.size, verified.root)?;
    } else {
        let size = verified.size;
        writeln!(
            out,
            "\naudit verify: all {size} events hashed again; rows, times and root agree"
        )?;
        writeln!(out, "root {}", verified.root)?;
    }
    Ok(())
}
