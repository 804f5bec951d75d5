//! `/sign-in/code`: the second factor, to finish a sign-in or to show it again before what needs a
//! fresh one.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use readmit::{AccountId, CheckSecondFactor};
use serde::Deserialize;

use super::{destination, session};
use crate::extract::{How, Query};
use crate::identify::{Caller, TokenDigest, Who};
use crate::pages::account::is_open;
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page, Surface, unprocessable};
use crate::pages::place::{self, Place};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;
use crate::web_database::SessionToken;

#[derive(Template)]
#[template(path = "door/code.html")]
struct CodePage {
    chrome: Chrome,
    login: String,
    recovery_codes: bool,
    /// Whether somebody may be in a recovery of this account.
    elsewhere: bool,
    then: Option<Place>,
    error: Option<Wrong>,
}

/// What is wrong with a code, and with which of the two.
struct Wrong {
    why: String,
    recovery_code: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(deserialize_with = "place::optional")]
    then: Option<Place>,
}

/// One of the two codes.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    totp: String,
    #[serde(default)]
    recovery_code: String,
    #[serde(default, deserialize_with = "place::optional")]
    then: Option<Place>,
}

pub(super) async fn show(
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Refused> {
    Ok(Page(page(&visitor, asked.then, None).await?))
}

pub(super) async fn check(visitor: Visitor, Form(typed): Form<Typed>) -> Result<Response, Refused> {
    let (caller, _, _) = who(&visitor)?;
    match raise(&visitor, caller, &typed.totp, &typed.recovery_code).await {
        Ok(raised) => {
            let jar = visitor.app.cookies.bring(CookieJar::new(), &raised.expose());
            let address = destination(typed.then.as_ref(), caller.who());
            Ok((jar, Redirect::to(&address)).into_response())
        }
        Err(problem) if problem.status().is_server_error() => Err(problem.into()),
        Err(problem) => {
            let why = visitor.words().why(&problem);
            let error = Wrong { why, recovery_code: !typed.recovery_code.trim().is_empty() };
            Ok(unprocessable(page(&visitor, typed.then, Some(error)).await?))
        }
    }
}

/// Has a code checked, and the session go on under another token.
pub(crate) async fn raise(
    visitor: &Visitor,
    caller: &Caller,
    totp: &str,
    recovery_code: &str,
) -> Result<SessionToken, Problem> {
    let (id, token) = account_and_session(caller.who())?;
    let check = check_of(id, totp, recovery_code)?;
    // Under an id of its own: a repeated check must not open a second session.
    let done = caller.carry_out(&caller.actor(), check, How::default()).await?;
    let app = &visitor.app;
    let raised = app.sessions.raise(token, done.at, app.engine.now()).await?;
    app.known.forget(&TokenDigest::of(&token.expose()));
    raised.ok_or_else(|| Problem::unauthorised("The session has ended."))
}

fn check_of(id: AccountId, totp: &str, recovery_code: &str) -> Result<CheckSecondFactor, Problem> {
    let digits: String = totp.chars().filter(|c| !c.is_whitespace()).collect();
    let malformed = |error: readmit::ParseCodeError| {
        Problem::new("code_malformed", error.to_string()).about("code")
    };
    if recovery_code.trim().is_empty() {
        Ok(CheckSecondFactor::totp(id, digits.parse().map_err(malformed)?))
    } else {
        Ok(CheckSecondFactor::recovery_code(id, recovery_code.parse().map_err(malformed)?))
    }
}

impl CodePage {
    /// What is wrong with the code of the app.
    fn wrong_totp(&self) -> Option<&str> {
        self.error.as_ref().filter(|wrong| !wrong.recovery_code).map(|wrong| wrong.why.as_str())
    }

    /// What is wrong with the recovery code.
    fn wrong_recovery_code(&self) -> Option<&str> {
        self.error.as_ref().filter(|wrong| wrong.recovery_code).map(|wrong| wrong.why.as_str())
    }
}

async fn page(
    visitor: &Visitor,
    then: Option<Place>,
    error: Option<Wrong>,
) -> Result<CodePage, Refused> {
    let (caller, id, _) = who(visitor)?;
    let tenant = caller.tenant();
    let account = tenant.account(id).await?;
    Ok(CodePage {
        chrome: visitor.chrome(Surface::Door),
        login: visitor.app.names.login(tenant, id).await?,
        elsewhere: is_open(&account),
        recovery_codes: account.codes().is_some_and(|codes| codes.left() > 0),
        then,
        error,
    })
}

/// Who has begun to sign in.
fn who(visitor: &Visitor) -> Result<(&Caller, AccountId, &SessionToken), Refused> {
    let caller = visitor.caller().ok_or_else(|| visitor.sign_in_again())?;
    let (id, token) = account_and_session(caller.who()).map_err(|_| visitor.sign_in_again())?;
    Ok((caller, id, token))
}

fn account_and_session(who: &Who) -> Result<(AccountId, &SessionToken), Problem> {
    let id = match who {
        Who::Admin { admin, .. } => AccountId::from(*admin),
        Who::Customer { customer, .. } => AccountId::from(*customer),
        Who::Key { .. } | Who::Recovering { .. } => return Err(Problem::not_permitted()),
    };
    Ok((id, session(who).ok_or_else(Problem::not_permitted)?))
}
