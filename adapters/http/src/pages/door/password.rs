//! `/sign-in`: login and password.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use readmit::{AccountId, SignIn, Tenant};
use serde::Deserialize;

use super::go_on;
use crate::extract::Query;
use crate::identify::{Caller, Who};
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page, Surface};
use crate::pages::place::{self, Place};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Notice, Standing, Visitor, unfinished};
use crate::password::Password;
use crate::problem::Problem;
use crate::sign_in::{Credentials, begin_session, by_password, refused};

#[derive(Template)]
#[template(path = "door/sign_in.html")]
struct SignInPage {
    chrome: Chrome,
    /// Whether there are several, so that one must be named.
    companies: bool,
    company: String,
    login: String,
    then: Option<Place>,
    notice: Option<Notice>,
    /// Where the visitor goes on who is signed in already.
    signed_in: Option<GoOn>,
    error: Option<String>,
}

/// Where somebody goes on who is signed in, and the message that says so.
struct GoOn {
    message: &'static str,
    address: &'static str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(deserialize_with = "place::optional")]
    then: Option<Place>,
    company: Option<String>,
    /// What has just happened, by name.
    after: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    company: String,
    login: String,
    password: Password,
    #[serde(default, deserialize_with = "place::optional")]
    then: Option<Place>,
}

pub(super) async fn show(
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Refused> {
    Ok(Page(SignInPage {
        chrome: visitor.chrome(Surface::Door),
        companies: several(&visitor).await?,
        company: asked.company.unwrap_or_default(),
        login: String::new(),
        then: asked.then,
        notice: asked.after.as_deref().and_then(Notice::named),
        signed_in: go_on_as(&visitor),
        error: None,
    }))
}

pub(super) async fn check(visitor: Visitor, Form(typed): Form<Typed>) -> Result<Response, Refused> {
    match signed_in(&visitor, &typed).await {
        Ok(response) => Ok(response),
        Err(Refused::Problem(problem)) => {
            let page = SignInPage {
                chrome: visitor.chrome(Surface::Door),
                companies: several(&visitor).await?,
                company: typed.company,
                login: typed.login,
                then: typed.then,
                notice: None,
                signed_in: go_on_as(&visitor),
                error: Some(visitor.words().why(&problem)),
            };
            let status = match problem.status() {
                StatusCode::UNAUTHORIZED => StatusCode::UNPROCESSABLE_ENTITY,
                status => status,
            };
            Ok((status, Page(page)).into_response())
        }
        Err(elsewhere) => Err(elsewhere),
    }
}

async fn signed_in(visitor: &Visitor, typed: &Typed) -> Result<Response, Refused> {
    // What is no login or company is nobody's.
    let login = typed.login.trim().parse().map_err(|_| refused())?;
    let tenant = match typed.company.trim() {
        "" => None,
        company => Some(company.parse().map_err(|_| refused())?),
    };
    let credentials = Credentials { tenant, login, password: typed.password.clone() };
    let anybody = |_: AccountId| true;
    let (tenant, account) = by_password(&visitor.app, credentials, anybody).await?;
    if is_recovering(visitor, &tenant, account).await? {
        // Signing in anew would give away what they have begun.
        return Err(Refused::Elsewhere("/my-account".to_owned()));
    }
    // Whom the rules turn away gets no session.
    if let SignIn::Refused(why) = tenant.sign_in(account).await? {
        return Err(Problem::from(why).into());
    }
    let next = unfinished(&tenant, account).await?;
    let token = begin_session(&visitor.app, &tenant, account).await?;
    let address = match &typed.then {
        Some(then) if next == "/sign-in/code" => then.after(&next),
        _ => next,
    };
    go_on(visitor, &token.expose(), &address).await
}

/// Whether the visitor is in a recovery of this very account.
async fn is_recovering(
    visitor: &Visitor,
    tenant: &Tenant,
    account: AccountId,
) -> Result<bool, Refused> {
    let Some(Who::Recovering { .. }) = visitor.caller().map(Caller::who) else { return Ok(false) };
    let own = visitor.own().await?;
    let same = own.id == account && own.tenant().id() == tenant.id();
    Ok(same && matches!(own.standing, Standing::Recovery { .. }))
}

fn go_on_as(visitor: &Visitor) -> Option<GoOn> {
    let who = visitor.caller()?.who();
    let message = match who {
        Who::Recovering { .. } => "sign-in-recovering",
        Who::Admin { .. } | Who::Customer { .. } => "sign-in-already",
        Who::Key { .. } => return None,
    };
    Some(GoOn { message, address: super::home_of(Some(who)) })
}

async fn several(visitor: &Visitor) -> Result<bool, Refused> {
    Ok(visitor.app.engine.tenants().await?.len() > 1)
}
