//! `/codes`: new recovery codes, shown once, to be saved.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use readmit::{Done, NewCodes, RegenerateCodes};
use zeroize::Zeroizing;

use super::device::first_show_a_code;
use super::progress::Rail;
use super::{Act, login};
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::shown;
use crate::pages::visitor::{Standing, Visitor};
use crate::pages::when::When;
use crate::pages::words::Words;

/// What is kept for the page, under this name.
const KEPT: &str = "codes";

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
        Ok(_) => Ok(Redirect::to("/codes").into_response()),
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
        rail: Rail::of(&own).await?,
        file: format!("recovery-codes-{account}-{issuer}-{}.txt", at.day()),
        codes,
        account,
        issuer,
        at,
        chrome: own.chrome,
    };
    Ok(Page(page).into_response())
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
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
    ];
    Ok((headers, text.to_string()).into_response())
}

fn heading(words: &Words, account: &str, issuer: &str, at: When) -> String {
    let told = words.say("codes-file").text("account", account).text("issuer", issuer);
    format!("{}\n", told.text("day", at.day()).text("time", at.clock()))
}

/// The visitor has saved them.
pub(super) async fn saved(visitor: Visitor) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    visitor.app.shown.forget(own.token, KEPT);
    let next = match own.standing {
        Standing::Recovery { .. } | Standing::RecoveryOver => "/my-account/finished",
        Standing::FirstSetUp | Standing::SecondFactor { .. } | Standing::Password => "/security",
    };
    Ok(Redirect::to(next).into_response())
}
