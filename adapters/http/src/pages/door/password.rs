//! `/sign-in`: login and password.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use readmit::{AccountId, SignIn};
use serde::Deserialize;

use super::go_on;
use crate::extract::Query;
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page, Surface};
use crate::pages::place::{self, Place};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Visitor, unfinished};
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
    notice: Option<&'static str>,
    error: Option<String>,
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
    let notice = match asked.after.as_deref() {
        Some("signed-out") => Some("notice-signed-out"),
        Some("recovered") => Some("notice-recovered"),
        Some("password") => Some("notice-password-set"),
        Some("reported") => Some("notice-reported"),
        _ => None,
    };
    Ok(Page(SignInPage {
        chrome: visitor.chrome(Surface::Door),
        companies: several(&visitor).await?,
        company: asked.company.unwrap_or_default(),
        login: String::new(),
        then: asked.then,
        notice,
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
                error: Some(visitor.words().why(&problem)),
            };
            // What the browser brought along is not who has just failed to sign in.
            let jar = visitor.app.cookies.forget(CookieJar::new());
            let status = match problem.status() {
                StatusCode::UNAUTHORIZED => StatusCode::UNPROCESSABLE_ENTITY,
                status => status,
            };
            Ok((status, jar, Page(page)).into_response())
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

async fn several(visitor: &Visitor) -> Result<bool, Refused> {
    Ok(visitor.app.engine.tenants().await?.len() > 1)
}
