//! `/device`: a new device is set up by its QR code, and confirmed by its first code.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use data_encoding::BASE64;
use qrcode::QrCode;
use qrcode::render::svg;
use readmit::{CommandId, ConfirmEnrolment, DeviceId, Done, Enrolment, StartEnrolment};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::progress::Rail;
use super::{Act, draw, login};
use crate::identify::{TokenDigest, Who};
use crate::pages::form::{self, Form};
use crate::pages::page::{Chrome, Page, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::shown;
use crate::pages::visitor::{Own, Standing, Visitor};
use crate::problem::Problem;

/// What is kept for the page, under this name.
const KEPT: &str = "device";
/// The size of the QR code; the style sheet scales it.
const PIXELS: u32 = 256;

#[derive(Template)]
#[template(path = "portal/device.html")]
struct DevicePage {
    chrome: Chrome,
    rail: Option<Rail>,
    started: Option<Started>,
    /// Where the visitor came from.
    back: &'static str,
    error: Option<String>,
    /// For starting anew, and for confirming.
    again: CommandId,
    command: CommandId,
}

/// A device that is being set up.
struct Started {
    device: DeviceId,
    qr: Zeroizing<String>,
    uri: Zeroizing<String>,
    secret: Zeroizing<String>,
    groups: Vec<Zeroizing<String>>,
}

#[derive(Deserialize)]
pub(super) struct Confirming {
    device: String,
    #[serde(default)]
    totp: String,
    #[serde(deserialize_with = "form::command_id")]
    command: CommandId,
}

pub(super) async fn show(visitor: Visitor) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    Ok(Page(page(&visitor, own, None).await?).into_response())
}

/// *Set up Now*: an earlier set-up that is not finished ends.
pub(super) async fn start(visitor: Visitor, Form(act): Form<Act>) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    let command = StartEnrolment::new(own.id);
    match shown::carry_out(&visitor.app, &own.caller, own.token, command, act.command, KEPT).await {
        Ok(()) => Ok(Redirect::to("/device").into_response()),
        Err(problem) => Err(first_show_a_code(&own, problem)),
    }
}

/// Makes the device active by its first code.
pub(super) async fn confirm(
    visitor: Visitor,
    Form(typed): Form<Confirming>,
) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    match confirmed(&own, &typed).await {
        Ok(done) => {
            visitor.app.shown.forget(own.token, KEPT);
            go_on(&visitor, &own, &done).await
        }
        Err(problem) if problem.status().is_server_error() => Err(problem.into()),
        Err(problem) => {
            let error = visitor.words().why(&problem);
            let own = visitor.own().await?;
            Ok(unprocessable(page(&visitor, own, Some(error)).await?))
        }
    }
}

async fn confirmed(own: &Own, typed: &Confirming) -> Result<Done<readmit::Enrolled>, Problem> {
    let device: DeviceId = typed.device.parse().map_err(|_| Problem::not_found())?;
    let digits: String = typed.totp.chars().filter(|c| !c.is_whitespace()).collect();
    let code = digits.parse().map_err(|error: readmit::ParseCodeError| {
        Problem::new("code_malformed", error.to_string()).about("totp")
    })?;
    let command = ConfirmEnrolment::new(own.id, device, code);
    Ok(own.tenant().execute(&own.actor(), command).with_id(typed.command).await?)
}

/// In a recovery the codes come next. Otherwise the code that was just shown is a second factor: a
/// session that had none has one now, and goes on under another token.
async fn go_on(
    visitor: &Visitor,
    own: &Own,
    done: &Done<readmit::Enrolled>,
) -> Result<Response, Refused> {
    let session = match own.caller.who() {
        Who::Recovering { .. } | Who::Key { .. } => {
            return Ok(Redirect::to("/my-account/mfa").into_response());
        }
        Who::Admin { session, .. } | Who::Customer { session, .. } => session,
    };
    let app = &visitor.app;
    let raised = app.sessions.raise(&session.token, done.at, app.engine.now()).await?;
    app.known.forget(&TokenDigest::of(&session.token.expose()));
    let raised = raised.ok_or_else(|| visitor.sign_in_again())?;
    let jar = app.cookies.bring(CookieJar::new(), &raised.expose());
    Ok((jar, Redirect::to("/security")).into_response())
}

/// Where a fresh second factor is what is missing, that comes first.
pub(super) fn first_show_a_code(own: &Own, problem: Problem) -> Refused {
    match (own.standing, problem.code()) {
        (Standing::SecondFactor { .. }, "second_factor_not_fresh" | "no_right_to_enrol") => {
            Refused::Elsewhere("/sign-in/code?then=%2Fsecurity".to_owned())
        }
        _ => problem.into(),
    }
}

async fn page(visitor: &Visitor, own: Own, error: Option<String>) -> Result<DevicePage, Refused> {
    let kept = visitor.app.shown.find::<Done<Enrolment>>(own.token, KEPT);
    let pending = own.account.enrolment.filter(|it| visitor.app.engine.now() < it.until);
    // What was kept counts only as long as it is what is being set up.
    let kept = kept.filter(|kept| pending.is_some_and(|pending| pending.device == kept.device));
    let started = match kept {
        Some(kept) => Some(started(&own, &kept)?),
        None => None,
    };
    let back = match own.standing {
        Standing::Recovery { .. } | Standing::FirstSetUp => "/my-account/mfa",
        _ => "/security",
    };
    let rail = Rail::of(&own, visitor.app.engine.now()).await?;
    let (again, command) = (draw(visitor)?, draw(visitor)?);
    Ok(DevicePage { rail, started, back, error, again, command, chrome: own.chrome })
}

fn started(own: &Own, enrolment: &Enrolment) -> Result<Started, Problem> {
    let lost = || Problem::new("internal", "The secret is not there.");
    let secret = enrolment.secret.as_ref().ok_or_else(lost)?;
    let uri = secret.otpauth_uri(own.tenant().name(), &login(own)).map_err(|_| lost())?;
    let code = QrCode::new(uri.as_bytes()).map_err(|_| lost())?;
    // Four modules of white around it, whatever the theme (ISO/IEC 18004).
    let picture = code.render::<svg::Color<'_>>().min_dimensions(PIXELS, PIXELS).build();
    let picture = Zeroizing::new(picture);
    let qr = format!("data:image/svg+xml;base64,{}", BASE64.encode(picture.as_bytes()));
    let text = secret.expose_base32();
    let groups = text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned());
    Ok(Started {
        device: enrolment.device,
        qr: Zeroizing::new(qr),
        uri,
        groups: groups.map(Zeroizing::new).collect(),
        secret: text,
    })
}
