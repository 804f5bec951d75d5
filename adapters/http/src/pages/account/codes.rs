//! `/codes`: new recovery codes, shown once, to be saved.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use readmit::{CommandId, Done, NewCodes, RegenerateCodes};
use zeroize::Zeroizing;

use super::device::first_show_a_code;
use super::progress::Rail;
use super::{Act, draw, login};
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::shown;
use crate::pages::visitor::{Standing, Visitor};
use crate::pages::when::When;

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
    command: CommandId,
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
        command: draw(&visitor)?,
        chrome: own.chrome,
    };
    Ok(Page(page).into_response())
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
