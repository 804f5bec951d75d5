//! `/console/keys`: the keys of programs.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use readmit::{CommandId, IssueApiKey, KeyId, KeyLabel, RevokeApiKey, Seconds, Timestamp};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::acting::Acting;
use super::wrong::{Wrong, invalid};
use super::{OWNS, say};
use crate::extract::PathOf;
use crate::pages::form::{self, Form};
use crate::pages::page::{Chrome, Page, Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::problem::Problem;

/// What a new key is kept under, to be shown to the session that made it.
const SHOWN: &str = "new key";
const FIELDS: [&str; 3] = ["label", "days", "totp"];
/// What the form that makes a key is told apart by from those that revoke one.
const NEW: &str = "new";

#[derive(Template)]
#[template(path = "console/keys.html")]
struct KeysPage {
    chrome: Chrome,
    tenant: String,
    rows: Vec<Key>,
    new: Option<NewKey>,
    typed: Typed,
    needs_code: bool,
    wrong: Wrong,
}

/// A key on the list.
struct Key {
    id: KeyId,
    /// What its form is told apart by.
    form: String,
    label: String,
    roles: String,
    last_used: Option<When>,
    until: Option<When>,
    /// Whether it has ended by itself.
    expired: bool,
    revoked: bool,
    command: CommandId,
}

/// A key that was made a moment ago.
#[derive(Clone)]
struct NewKey {
    label: String,
    token: Zeroizing<String>,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    label: String,
    #[serde(default)]
    role: String,
    /// Until when, in days from now; until revoked if empty.
    #[serde(default)]
    days: String,
    #[serde(default)]
    totp: String,
    #[serde(deserialize_with = "form::command_id")]
    command: CommandId,
}

pub(super) async fn show(visitor: Visitor) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let acting = Acting::new(&visitor, &admin, "");
    let typed = Typed::new(&visitor)?;
    Ok(Page(page(&visitor, &admin, &acting, typed, Wrong::default()).await?))
}

pub(super) async fn issue(visitor: Visitor, Form(typed): Form<Typed>) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let mut acting = Acting::new(&visitor, &admin, &typed.totp);
    let done = issued(&visitor, &mut acting, &typed).await;
    answered(&visitor, &admin, &acting, Sent::New(&typed), done).await
}

pub(super) async fn revoke(
    visitor: Visitor,
    PathOf(id): PathOf<KeyId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let mut acting = Acting::new(&visitor, &admin, &typed.totp);
    let done = acting.carry_out(typed.command, RevokeApiKey::new(id)).await.map(|_| ());
    answered(&visitor, &admin, &acting, Sent::Revocation(id), done).await
}

/// Which form was sent.
enum Sent<'t> {
    New(&'t Typed),
    Revocation(KeyId),
}

async fn issued(visitor: &Visitor, acting: &mut Acting<'_>, typed: &Typed) -> Result<(), Problem> {
    let label: KeyLabel = typed.label.parse().map_err(|why| invalid("label", &why))?;
    let name = label.as_str().to_owned();
    let mut command = IssueApiKey::new(label);
    if typed.role == "auditor" {
        command = command.auditor();
    }
    if !typed.days.is_empty() {
        let days: u32 = typed.days.parse().map_err(|why| invalid("days", &why))?;
        command = command.until(visitor.app.engine.now() + Seconds::days(days));
    }
    let done = acting.carry_out(typed.command, command).await?;
    if let Some(token) = &done.token {
        let new = NewKey { label: name, token: token.expose() };
        visitor.app.shown.keep(acting.session(), SHOWN, new);
    }
    Ok(())
}

async fn answered(
    visitor: &Visitor,
    admin: &Admin,
    acting: &Acting<'_>,
    sent: Sent<'_>,
    done: Result<(), Problem>,
) -> Result<Response, Refused> {
    match done {
        Ok(()) => Ok(acting.answer(Redirect::to("/console/keys"))),
        Err(problem) => {
            let wrong = Wrong::of(visitor.words(), problem, &FIELDS)?;
            let (typed, wrong) = match sent {
                Sent::New(typed) => (typed.again(), wrong.in_form(NEW)),
                Sent::Revocation(id) => (Typed::new(visitor)?, wrong.in_form(id.to_string())),
            };
            Ok(acting.answer(unprocessable(page(visitor, admin, acting, typed, wrong).await?)))
        }
    }
}

async fn page(
    visitor: &Visitor,
    admin: &Admin,
    acting: &Acting<'_>,
    typed: Typed,
    wrong: Wrong,
) -> Result<KeysPage, Refused> {
    let app = &visitor.app;
    let state = admin.tenant().state().await?;
    let ids: Vec<KeyId> = state.keys.keys().copied().collect();
    let last_used = app.web.last_used(&ids).await?;
    let now: Timestamp = app.engine.now();
    let mut rows = Vec::new();
    for (id, known) in &state.keys {
        rows.push(Key {
            id: *id,
            form: id.to_string(),
            label: known.label.as_str().to_owned(),
            roles: say::roles(visitor.words(), &known.roles),
            last_used: last_used.get(id).copied().map(When),
            until: known.until.map(When),
            expired: known.until.is_some_and(|until| until <= now),
            revoked: known.revoked,
            command: app.engine.draw_command_id()?,
        });
    }
    rows.sort_by_key(|key| key.revoked || key.expired);
    let new = app.shown.find::<NewKey>(admin.token, SHOWN);
    Ok(KeysPage {
        chrome: admin.chrome.clone(),
        tenant: admin.tenant().name().to_owned(),
        rows,
        new: new.map(|new| NewKey::clone(&new)),
        typed,
        needs_code: acting.needs_code(&state.policy),
        wrong,
    })
}

impl Typed {
    fn new(visitor: &Visitor) -> Result<Self, Refused> {
        let command = visitor.app.engine.draw_command_id()?;
        let [label, role, days, totp] = ["", "service", "365", ""].map(str::to_owned);
        Ok(Self { label, role, days, totp, command })
    }

    fn again(&self) -> Self {
        let (label, role, days) = (self.label.clone(), self.role.clone(), self.days.clone());
        Self { label, role, days, totp: String::new(), command: self.command }
    }
}
