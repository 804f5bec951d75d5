//! `/sign-in/recovery`: the bypass in the place of the second factor.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use readmit::{AccountId, BypassOffer, CommandId, Proof, RedeemBypass, SignIn};
use serde::Deserialize;

use crate::identify::{Caller, Who};
use crate::pages::form::{self, Form};
use crate::pages::page::{Chrome, Page, Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::pages::when::{When, left_of};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "door/recovery.html")]
struct RecoveryPage {
    chrome: Chrome,
    tenant: String,
    from: When,
    until: When,
    /// The part of it that is left, of a thousand.
    left: i64,
    needs_code: bool,
    /// Whether a second factor would do too.
    second_factor: bool,
    command: CommandId,
    error: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    issued_code: String,
    #[serde(deserialize_with = "form::command_id")]
    command: CommandId,
}

pub(super) async fn show(visitor: Visitor) -> Result<impl IntoResponse, Refused> {
    let (caller, account) = who(&visitor)?;
    let offer = offer(caller, account).await?;
    Ok(Page(page(&visitor, caller, &offer, None).await?))
}

/// Lets them in by the bypass. The session that stands for their password goes on: should this answer be
/// lost, or the form be sent twice, the same form brings the same answer.
pub(super) async fn redeem(
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let (caller, account) = who(&visitor)?;
    match redeemed(caller, account, &typed).await {
        Ok(token) => {
            let jar = visitor.app.cookies.bring(CookieJar::new(), &token);
            Ok((jar, Redirect::to("/portal")).into_response())
        }
        Err(problem) => {
            // If the bypass is gone, that is all there is to say.
            let Ok(offer) = offer(caller, account).await else { return Err(problem.into()) };
            let error = Some(visitor.words().why(&problem));
            Ok(unprocessable(page(&visitor, caller, &offer, error).await?))
        }
    }
}

async fn redeemed(
    caller: &Caller,
    account: AccountId,
    typed: &Typed,
) -> Result<zeroize::Zeroizing<String>, Problem> {
    let command = match typed.issued_code.trim() {
        "" => RedeemBypass::new(account),
        code => RedeemBypass::new(account).code(code.parse().map_err(
            |error: readmit::ParseCodeError| Problem::new("code_malformed", error.to_string()),
        )?),
    };
    let actor = caller.actor();
    let done = caller.tenant().execute(&actor, command).with_id(typed.command).await?;
    let recovering = actor.in_recovery(done.session);
    Ok(caller.tenant().recovery_token(&recovering, done.until).await?.expose())
}

/// Who has shown their password.
fn who(visitor: &Visitor) -> Result<(&Caller, AccountId), Refused> {
    let caller = visitor.caller().ok_or_else(|| visitor.sign_in_again())?;
    match caller.who() {
        Who::Customer { customer, .. } => Ok((caller, (*customer).into())),
        Who::Admin { admin, .. } => Ok((caller, (*admin).into())),
        Who::Recovering { .. } => Err(Refused::Elsewhere("/my-account".to_owned())),
        Who::Key { .. } => Err(Problem::not_permitted().into()),
    }
}

async fn offer(caller: &Caller, account: AccountId) -> Result<BypassOffer, Refused> {
    match caller.tenant().sign_in(account).await? {
        SignIn::Bypass(offer) => Ok(offer),
        SignIn::Refused(why) => Err(Problem::from(why).into()),
        // There is none any more, or there never was one.
        _ => Err(Refused::Elsewhere("/sign-in/code".to_owned())),
    }
}

async fn page(
    visitor: &Visitor,
    caller: &Caller,
    offer: &BypassOffer,
    error: Option<String>,
) -> Result<RecoveryPage, Refused> {
    let account = caller.tenant().account(who(visitor)?.1).await?;
    let from = account.case.as_ref().and_then(|case| match &case.progress {
        readmit::Progress::Open(open) => Some(open.from),
        readmit::Progress::Awaiting { .. } => None,
    });
    let now = visitor.app.engine.now();
    let from = from.unwrap_or(now);
    Ok(RecoveryPage {
        chrome: visitor.chrome(Surface::Door),
        tenant: caller.tenant().name().to_owned(),
        from: from.into(),
        left: left_of(from, offer.until, now),
        until: offer.until.into(),
        needs_code: offer.proof == Proof::PasswordAndIssuedCode,
        second_factor: offer.second_factor.is_some(),
        command: visitor.app.engine.draw_command_id()?,
        error,
    })
}
