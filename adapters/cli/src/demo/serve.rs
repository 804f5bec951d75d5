//! The web pages of the demo, on the database that it has filled.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use readmit::{Engine, EngineBuilder, OsEntropy, SystemClock};
use readmit_http::server::{self, Ready};
use readmit_http::web_database::{WebDatabase, WebPlace};
use readmit_http::{Settings, demo_router};
use serde::Serialize;

use super::sample::{DemoPeople, DemoPerson};
use crate::commands::serve::told_to_stop;
use crate::context::Context;
use crate::error::CliError;
use crate::output::table;

/// Where the pages are, and who can sign in to them.
#[derive(Serialize)]
struct Served<'a> {
    pages: String,
    phones: String,
    sign_ins: Vec<SignIn<'a>>,
}

#[derive(Serialize)]
struct SignIn<'a> {
    company: &'a str,
    login: &'a str,
    password: &'a str,
    what: &'a str,
}

impl fmt::Display for Served<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nThe pages            {}", self.pages)?;
        writeln!(f, "Everybody's phones   {}\n", self.phones)?;
        let rows = self
            .sign_ins
            .iter()
            .map(|it| [it.company, it.login, it.password, it.what].map(str::to_owned));
        table(f, ["company", "login", "password", "who"], rows)?;
        writeln!(f, "\nCtrl-C ends it. What was in a temporary folder is gone then.")
    }
}

/// Serves the pages until Ctrl-C.
pub(super) async fn serve(
    context: &Context,
    db: &str,
    builder: EngineBuilder,
    people: DemoPeople,
    listen: SocketAddr,
) -> Result<(), CliError> {
    let engine = builder.existing().open().await?;
    let web = WebDatabase::open(&WebPlace::beside(db).map_err(readmit::Error::from)?).await;
    let web = web.map_err(readmit::Error::from)?;
    let served = serve_on(context, &engine, &web, people, listen).await;
    web.close().await;
    engine.close().await;
    served
}

async fn serve_on(
    context: &Context,
    engine: &Engine,
    web: &WebDatabase,
    people: DemoPeople,
    listen: SocketAddr,
) -> Result<(), CliError> {
    engine.start_read_models().await?;
    let passwords = web.passwords(Arc::new(SystemClock), Arc::new(OsEntropy));
    let settings = Settings { listen, ..Settings::default() };
    let shown = readmit_http::DemoPeople::new(people.people.iter().map(on_the_page).collect());
    let router = demo_router(engine.clone(), web.clone(), Arc::new(passwords), &settings, shown)?;
    let told_to_stop = told_to_stop()?;
    let mut said = Ok(());
    let tell = |ready: Ready| said = say(context, &people, &ready);
    server::serve(router, &settings, tell, told_to_stop).await?;
    said
}

fn say(context: &Context, people: &DemoPeople, ready: &Ready) -> Result<(), CliError> {
    let pages = format!("http://{}", ready.address);
    let featured = people.people.iter().filter(|person| person.featured);
    let sign_ins = featured.map(|person| SignIn {
        company: person.tenant.as_str(),
        login: &person.login,
        password: &person.password,
        what: person.what,
    });
    let phones = format!("{pages}/demo");
    context.output.answer(&Served { phones, pages, sign_ins: sign_ins.collect() })
}

fn on_the_page(person: &DemoPerson) -> readmit_http::DemoPerson {
    let DemoPerson { tenant, login, name, what, password, phone, issued_code, featured } = person;
    let code = issued_code.as_ref().map_or_else(String::new, |code| format!(", code {}", **code));
    readmit_http::DemoPerson {
        tenant: tenant.as_str().to_owned(),
        login: login.clone(),
        what: format!("{name}, {what}{code}"),
        password: password.clone(),
        phone: phone.clone(),
        featured: *featured,
    }
}
