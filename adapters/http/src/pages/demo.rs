//! `/demo`: who can sign in to the demonstration, and the phones in their hands.
//!
//! There only if the router was made with [`DemoPeople`], as `readmit demo` does.

use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use readmit::Seconds;
use serde::Deserialize;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::form::Form;
use super::page::{Chrome, Page, Surface, unprocessable};
use super::refused::Refused;
use super::visitor::Visitor;
use super::when::When;
use crate::app::AppState;
use crate::problem::Problem;

/// Seconds for which a code is shown (RFC 6238 §5.2).
const STEP: u64 = 30;
/// Phones that visitors may add.
const ADDED_MOST: usize = 100;

/// Somebody of the demonstration.
pub struct DemoPerson {
    /// Of which tenant.
    pub tenant: String,
    /// What they sign in with.
    pub login: String,
    /// What they are, in a few words.
    pub what: String,
    /// Their password.
    pub password: String,
    /// The secret in their phone, in base32; none if they have lost it, or never had one.
    pub phone: Option<Zeroizing<String>>,
    /// Whether to begin with them.
    pub featured: bool,
}

/// Everybody of the demonstration, and what visitors add to their phones.
pub struct DemoPeople {
    people: Vec<(DemoPerson, Option<Totp>)>,
    added: Mutex<Vec<Totp>>,
}

impl DemoPeople {
    /// These people.
    pub fn new(people: Vec<DemoPerson>) -> Self {
        let with_phone = |person: DemoPerson| {
            let phone = person.phone.as_ref().and_then(|secret| phone(secret));
            (person, phone)
        };
        Self { people: people.into_iter().map(with_phone).collect(), added: Mutex::default() }
    }
}

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/demo", get(show).post(add))
}

#[derive(Template)]
#[template(path = "demo.html")]
struct DemoPage {
    chrome: Chrome,
    /// Those to begin with, and everybody else.
    groups: [Vec<Row>; 2],
    added: Vec<[String; 2]>,
    /// When the phones show other codes.
    until: When,
    wrong: bool,
}

/// Somebody, with the code that their phone shows now, and the next.
struct Row {
    tenant: String,
    login: String,
    what: String,
    password: String,
    codes: Option<[String; 2]>,
}

#[derive(Deserialize)]
struct Typed {
    secret: Zeroizing<String>,
}

async fn show(visitor: Visitor, State(app): State<AppState>) -> Result<Response, Refused> {
    Ok(Page(page(&visitor, &app, false)?).into_response())
}

/// Adds a secret to the phone.
async fn add(
    visitor: Visitor,
    State(app): State<AppState>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let Some(phone) = phone(&typed.secret) else {
        return Ok(unprocessable(page(&visitor, &app, true)?));
    };
    let mut added = people(&app)?.added.lock().unwrap_or_else(PoisonError::into_inner);
    if added.len() == ADDED_MOST {
        added.remove(0);
    }
    added.push(phone);
    Ok(Redirect::to("/demo").into_response())
}

fn people(app: &AppState) -> Result<&DemoPeople, Problem> {
    app.demo.as_ref().ok_or_else(Problem::not_found)
}

fn page(visitor: &Visitor, app: &AppState, wrong: bool) -> Result<DemoPage, Refused> {
    let people = people(app)?;
    let now = app.engine.now().unix_seconds();
    let left = u32::try_from(STEP - now % STEP).unwrap_or_default();
    let codes = |phone: &Totp| [now, now + STEP].map(|at| phone.generate(at).to_string());
    let mut groups = [Vec::new(), Vec::new()];
    for (person, phone) in &people.people {
        let row = Row {
            tenant: person.tenant.clone(),
            login: person.login.clone(),
            what: person.what.clone(),
            password: person.password.clone(),
            codes: phone.as_ref().map(codes),
        };
        let [featured, others] = &mut groups;
        if person.featured { featured.push(row) } else { others.push(row) }
    }
    let added = people.added.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(DemoPage {
        chrome: visitor.chrome(Surface::Demo),
        groups,
        added: added.iter().map(codes).collect(),
        until: (app.engine.now() + Seconds(left)).into(),
        wrong,
    })
}

fn phone(secret: &str) -> Option<Totp> {
    let plain: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
    let secret = Secret::try_from_base32(plain.to_uppercase()).ok()?;
    Builder::new().with_secret(secret).with_account_name("demo").build().ok()
}
