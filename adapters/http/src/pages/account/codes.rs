//! `/codes`: new recovery codes, shown once, to be saved.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use readmit::{Done, NewCodes, RegenerateCodes};
use zeroize::Zeroizing;

use super::device::first_show_a_code;
use super::progress::Rail;
use super::{Act, draw, login};
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::shown;
use crate::pages::visitor::{Own, Standing, Visitor};
use crate::pages::when::When;
use crate::pages::words::Words;

/// What is kept for the page, under this name.
const KEPT: &str = "codes";
/// The cookie that changes when they were saved.
const SAVED: &str = "codes-saved";

#[derive(Template)]
#[template(path = "portal/codes.html")]
struct CodesPage {
    chrome: Chrome,
    rail: Option<Rail>,
    codes: Vec<Zeroizing<String>>,
    account: String,
    issuer: String,
    at: When,
    file: String,
}

/// *Generate New Codes*: the old ones are void.
pub(super) async fn generate(visitor: Visitor, Form(act): Form<Act>) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    let command = RegenerateCodes::new(own.id);
    match shown::carry_out(&visitor.app, &own.caller, own.token, command, act.command, KEPT).await {
        Ok(()) => Ok(Redirect::to("/codes").into_response()),
        Err(problem) => Err(first_show_a_code(&own, problem)),
    }
}

pub(super) async fn show(visitor: Visitor) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    let kept = visitor.app.shown.find::<Done<NewCodes>>(own.token, KEPT);
    let (codes, at) = match &kept {
        Some(done) => (done.codes.iter().map(readmit::RecoveryCode::expose).collect(), done.at),
        None => (Vec::new(), visitor.app.engine.now()),
    };
    let (account, issuer, at) = (login(&own), own.tenant().name().to_owned(), When(at));
    let page = CodesPage {
        // Once the codes are there, the recovery is over; its last step is to save them.
        rail: (own.standing == Standing::RecoveryOver).then(Rail::at_the_codes),
        file: file_name(&account, &issuer, at),
        codes,
        account,
        issuer,
        at,
        chrome: own.chrome,
    };
    Ok(Page(page).into_response())
}

/// Whether there are codes that were not saved yet.
pub(super) fn are_shown(visitor: &Visitor, own: &Own) -> bool {
    visitor.app.shown.find::<Done<NewCodes>>(own.token, KEPT).is_some()
}

/// The codes as a file, for browsers without scripts.
pub(super) async fn file(visitor: Visitor) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    let kept = visitor.app.shown.find::<Done<NewCodes>>(own.token, KEPT);
    let done = kept.ok_or_else(|| Refused::Elsewhere("/codes".to_owned()))?;
    let (account, issuer, at) = (login(&own), own.tenant().name(), When(done.at));
    let words = visitor.words();
    let mut text = Zeroizing::new(heading(words, &account, issuer, at));
    for code in &done.codes {
        text.push('\n');
        text.push_str(&code.expose());
    }
    text.push('\n');
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CONTENT_DISPOSITION, saved_as(&file_name(&account, issuer, at))),
    ];
    Ok((headers, text.to_string()).into_response())
}

fn file_name(account: &str, issuer: &str, at: When) -> String {
    format!("recovery-codes-{account}-{issuer}-{}.txt", at.day())
}

/// As RFC 8187 writes names that may hold anything.
fn saved_as(name: &str) -> HeaderValue {
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let attachment = format!("attachment; filename*=UTF-8''{name}");
    HeaderValue::try_from(attachment).unwrap_or(HeaderValue::from_static("attachment"))
}

fn heading(words: &Words, account: &str, issuer: &str, at: When) -> String {
    let told = words.say("codes-file").text("account", account).text("issuer", issuer);
    format!("{}\n", told.text("day", at.day()).text("time", at.clock()))
}

/// The visitor has saved them.
pub(super) async fn saved(visitor: Visitor) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    visitor.app.shown.forget(own.token, KEPT);
    // A browser that keeps pages for its back button, whatever it was told, lets go of them when a
    // cookie changes that no script can read.
    let saved = visitor.app.cookies.cookie(SAVED, draw(&visitor)?.to_string());
    let next = match own.standing {
        Standing::Recovery { .. } | Standing::RecoveryOver => "/my-account/finished",
        Standing::FirstSetUp | Standing::SecondFactor { .. } | Standing::Password => "/security",
    };
    Ok((CookieJar::new().add(saved), Redirect::to(next)).into_response())
}
