//! `/security/password`: another password.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use readmit::{Login, TenantName};
use serde::Deserialize;

use super::{end_recovery, login, parsed_login};
use crate::identify::{TokenDigest, Who};
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Own, Standing, Visitor};
use crate::password::{AcceptedPassword, Password, PasswordAnswer};
use crate::problem::Problem;
use crate::sign_in;
use crate::web_database::PasswordTable;

#[derive(Template)]
#[template(path = "portal/password.html")]
struct PasswordPage {
    chrome: Chrome,
    login: String,
    error: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    current: Password,
    password: Password,
    again: Password,
}

pub(super) async fn show(visitor: Visitor) -> Result<Response, Refused> {
    let own = signed_in(&visitor).await?;
    table(&visitor)?;
    Ok(Page(PasswordPage { login: login(&own), error: None, chrome: own.chrome }).into_response())
}

/// Sets another password. Every other session of the account ends, a recovery too, and this one goes on
/// under another token.
pub(super) async fn change(
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let own = signed_in(&visitor).await?;
    match changed(&visitor, &own, typed).await {
        Ok(()) => {}
        Err(problem) if problem.status().is_server_error() => return Err(problem.into()),
        Err(problem) => {
            let error = Some(visitor.words().why(&problem));
            return Ok(unprocessable(PasswordPage {
                login: login(&own),
                error,
                chrome: own.chrome,
            }));
        }
    }
    let (Who::Admin { session, .. } | Who::Customer { session, .. }) = own.caller.who() else {
        return Err(Problem::not_permitted().into());
    };
    let app = &visitor.app;
    let rotated = app.sessions.rotate(&session.token, app.engine.now()).await?;
    app.known.forget(&TokenDigest::of(&session.token.expose()));
    let rotated = rotated.ok_or_else(|| visitor.sign_in_again())?;
    app.sessions.end_others(own.tenant().id(), own.id, &rotated).await?;
    end_recovery(&own.caller, own.id).await?;
    let jar = app.cookies.bring(CookieJar::new(), &rotated.expose());
    Ok((jar, Redirect::to("/security")).into_response())
}

async fn changed(visitor: &Visitor, own: &Own, typed: Typed) -> Result<(), Problem> {
    let table = table(visitor)?;
    let accepted = accepted(own.tenant().name(), parsed_login(own), &typed.password, &typed.again)?;
    let app = &visitor.app;
    match app.passwords.check(own.tenant().id(), own.id, &typed.current).await? {
        PasswordAnswer::Right => {}
        PasswordAnswer::Wrong => {
            return Err(Problem::new("password_wrong", "That is not the password so far."));
        }
        PasswordAnswer::Wait { until } => return Err(sign_in::wait(app, until)),
    }
    Ok(table.set_password(own.tenant().id(), own.id, &accepted, app.engine.now()).await?)
}

/// The new password, if it was typed twice alike and may be one.
pub(in crate::pages) fn accepted(
    tenant: &str,
    login: Option<Login>,
    password: &Password,
    again: &Password,
) -> Result<AcceptedPassword, Problem> {
    if password.expose() != again.expose() {
        return Err(Problem::new("password_differs", "The two are not the same."));
    }
    let tenant: TenantName = tenant.parse().map_err(|_| Problem::not_found())?;
    let login = login.ok_or_else(Problem::not_found)?;
    AcceptedPassword::new(password.clone(), &login, &tenant)
        .map_err(|refusal| Problem::new(refusal.kind(), refusal.to_string()))
}

/// Who may see to their password: whoever has shown all that they can.
async fn signed_in(visitor: &Visitor) -> Result<Own, Refused> {
    let own = visitor.own().await?;
    match own.standing {
        Standing::SecondFactor { .. } | Standing::Password => Ok(own),
        _ => Err(Refused::Elsewhere("/my-account".to_owned())),
    }
}

/// The passwords, if they are kept here.
fn table(visitor: &Visitor) -> Result<&PasswordTable, Problem> {
    visitor.app.passwords.table().ok_or_else(|| {
        Problem::new("not_found", "Passwords are kept elsewhere, and changed there.")
    })
}
