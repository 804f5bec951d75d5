//! `/sign-in/recovery`: the bypass in the place of the second factor.

use askama::Template;
use axum::response::{IntoResponse, Response};
use readmit::{AccountId, BypassOffer, CommandId, CustomerId, Proof, RedeemBypass, SignIn};
use serde::Deserialize;

use super::go_on;
use crate::identify::{Caller, Who};
use crate::pages::form::{self, Form};
use crate::pages::page::{Chrome, Page, Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::pages::when::When;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "door/recovery.html")]
struct RecoveryPage {
    chrome: Chrome,
    tenant: String,
    from: When,
    until: When,
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
    let (caller, customer) = who(&visitor)?;
    let offer = offer(caller, customer).await?;
    Ok(Page(page(&visitor, caller, &offer, None).await?))
}

pub(super) async fn redeem(
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let (caller, customer) = who(&visitor)?;
    match redeemed(caller, customer, &typed).await {
        Ok(token) => go_on(&visitor, &token, "/portal").await,
        Err(problem) => {
            // If the bypass is gone, the next page says so.
            let offer = offer(caller, customer).await?;
            let error = Some(visitor.words().why(&problem));
            Ok(unprocessable(page(&visitor, caller, &offer, error).await?))
        }
    }
}

async fn redeemed(
    caller: &Caller,
    customer: CustomerId,
    typed: &Typed,
) -> Result<zeroize::Zeroizing<String>, Problem> {
    let command = match typed.issued_code.trim() {
        "" => RedeemBypass::new(customer),
        code => RedeemBypass::new(customer).code(code.parse().map_err(
            |error: readmit::ParseCodeError| Problem::new("code_malformed", error.to_string()),
        )?),
    };
    let actor = caller.actor();
    let done = caller.tenant().execute(&actor, command).with_id(typed.command).await?;
    let recovering = actor.in_recovery(done.session);
    Ok(caller.tenant().recovery_token(&recovering, done.until).await?.expose())
}

/// The customer who has shown their password.
fn who(visitor: &Visitor) -> Result<(&Caller, CustomerId), Refused> {
    let caller = visitor.caller().ok_or(Refused::SignIn { then: None })?;
    match caller.who() {
        Who::Customer { customer, .. } => Ok((caller, *customer)),
        Who::Recovering { .. } => Err(Refused::Elsewhere("/my-account".to_owned())),
        Who::Admin { .. } | Who::Key { .. } => Err(Problem::not_permitted().into()),
    }
}

async fn offer(caller: &Caller, customer: CustomerId) -> Result<BypassOffer, Refused> {
    match caller.tenant().sign_in(customer).await? {
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
    let id: AccountId = who(visitor)?.1.into();
    let account = caller.tenant().account(id).await?;
    let from = account.case.as_ref().and_then(|case| match &case.progress {
        readmit::Progress::Open(open) => Some(open.from),
        readmit::Progress::Awaiting { .. } => None,
    });
    Ok(RecoveryPage {
        chrome: visitor.chrome(Surface::Door),
        tenant: caller.tenant().name().to_owned(),
        from: from.unwrap_or(visitor.app.engine.now()).into(),
        until: offer.until.into(),
        needs_code: offer.proof == Proof::PasswordAndIssuedCode,
        second_factor: offer.second_factor.is_some(),
        command: visitor.app.engine.draw_command_id()?,
        error,
    })
}
