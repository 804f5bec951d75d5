//! `readmit demo`: the whole story on an embedded database, told step by step
//! and held against what the ledger says.

mod phone;
mod sample;
mod stage;
mod story;

use std::io::{self, Write};

use readmit::testing::TestClock;
use readmit::{
    Clock as _, Engine, EngineBuilder, Error, OpenError, ParseCodeError, StoreErrorKind,
    SystemClock, Tenant, Timestamp, VerifyError,
};
use readmit_http::web_database::{WebDatabase, WebPlace};

use crate::context::Context;
use crate::error::CliError;

use sample::calendar::Calendar;
use sample::{DemoPeople, DemoPerson};
use stage::Stage;
use story::Told;

/// Why the story did not go as told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// A step had another outcome.
    #[error("the story went otherwise at \"{what}\": expected {expected}, found {found}")]
    Otherwise { what: String, expected: String, found: String },
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Engine(#[from] Error),
    #[error(transparent)]
    Verify(#[from] VerifyError),
    #[error("the story was not told to its end: it cannot be written: {0}")]
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

/// Plays the story on a database of its own: a new one at the address that was
/// typed, or one in a temporary folder.
pub(crate) async fn run(context: &Context, no_serve: bool) -> Result<(), CliError> {
    let folder = tempfile::tempdir()?;
    let temporary = format!("sqlite://{}", folder.path().join("readmit.db").display());
    let (db, builder) = match context.db_given() {
        Some(db) => (db, fresh(context, db).await?),
        None => (temporary.as_str(), Engine::builder(&temporary)),
    };
    let (now, json) = (SystemClock.now(), context.output.is_json());
    if no_serve {
        return Ok(Demo::open(builder, now, json).await?.story_alone().await?);
    }
    let begins = Calendar::before(now).begins();
    let people = Demo::open(builder, begins, json).await?.filled(db, now).await?;
    introduce(&people, context);
    context.output.talk("The web pages are not part of this version yet.");
    Ok(())
}

/// Says who can sign in, and with what.
fn introduce(people: &DemoPeople, context: &Context) {
    for person in people.people.iter().filter(|person| person.featured) {
        let DemoPerson { tenant, login, name, what, password, phone, issued_code, .. } = person;
        let phone = phone.as_ref().map_or("no phone", |secret| secret.as_str());
        let code = issued_code.as_ref().map_or("", |code| code.as_str());
        let tenant = tenant.as_str();
        let who = format!("{tenant:<11} {login:<24} {name:<16} {what}");
        context.output.talk(format!("{who}\n    {password}  {phone}  {code}"));
    }
}

/// An engine to be opened on a database that is not there yet.
///
/// Looked at before anything is opened: an engine whose clock the story moves
/// ahead would end the bypasses of everybody else in the database.
async fn fresh(context: &Context, db: &str) -> Result<EngineBuilder, CliError> {
    // Without another key named, the key lies beside the database: its name with `.key` appended.
    let file = match Engine::builder(db).key_path() {
        Ok(Some(beside)) => beside.with_extension(""),
        Ok(None) | Err(OpenError::NoKey) => return on_a_server(context).await,
        Err(error) => return Err(error.into()),
    };
    match file.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => context.builder(),
        Err(error) => {
            let told = format!("{}: {error}", file.display());
            Err(io::Error::new(error.kind(), told).into())
        }
        Ok(_) => Err(CliError::Exists(format!(
            "{} is there already: the story needs a new database, and changed nothing",
            file.display()
        ))),
    }
}

/// A database on a server is new if there is no tenant in it.
async fn on_a_server(context: &Context) -> Result<EngineBuilder, CliError> {
    match context.builder()?.existing().open().await {
        Ok(engine) => {
            let tenants = engine.tenants().await;
            engine.close().await;
            if !tenants?.is_empty() {
                let what = "this database has tenants already: the story needs a new database, \
                            and changed nothing";
                return Err(CliError::Exists(what.to_owned()));
            }
        }
        Err(OpenError::Store(error)) if error.kind() == StoreErrorKind::Missing => {}
        Err(error) => return Err(error.into()),
    }
    context.builder()
}

/// The demo on an engine whose clock it moves.
struct Demo {
    engine: Engine,
    clock: TestClock,
    json: bool,
}

impl Demo {
    /// Opens the engine; its clock begins at this moment and is moved by the story.
    async fn open(
        builder: EngineBuilder,
        begins: Timestamp,
        json: bool,
    ) -> Result<Self, DemoError> {
        let clock = TestClock::at(begins);
        let engine = builder.clock(clock.clone()).open().await?;
        Ok(Self { engine, clock, json })
    }

    /// Only the story.
    async fn story_alone(self) -> Result<(), DemoError> {
        let told = self.tell(&mut io::stdout()).await;
        self.engine.close().await;
        told.map(|_| ())
    }

    /// The story, and what happened from then to the present.
    async fn filled(self, db: &str, now: Timestamp) -> Result<DemoPeople, DemoError> {
        let filled = self.fill(db, now, &mut io::stdout()).await;
        self.engine.close().await;
        filled
    }

    async fn fill(
        &self,
        db: &str,
        now: Timestamp,
        out: &mut dyn Write,
    ) -> Result<DemoPeople, DemoError> {
        let told = self.tell(out).await?;
        let place = WebPlace::beside(db).map_err(Error::from)?;
        let web = WebDatabase::open(&place).await.map_err(Error::from)?;
        let people = sample::fill(&self.engine, &self.clock, told, &web, now).await;
        web.close().await;
        people
    }

    async fn tell(&self, out: &mut dyn Write) -> Result<Told, DemoError> {
        let tenant = self.engine.tenant("acme-msp").await?;
        let mut stage = Stage::new(tenant.clone(), self.clock.clone(), out, self.json);
        let cast = story::prologue(&mut stage).await?;
        let alice = story::alice_gets_back_in(&mut stage, &cast).await?;
        let carol = story::carol_does_not_use_it(&mut stage, &cast).await?;
        verify(&tenant, out, self.json).await?;
        Ok(Told { cast, alice, carol })
    }
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
    Ok(out.flush()?)
}
