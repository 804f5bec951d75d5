//! `POST /not-me`: somebody says that this was not them. Everything stops at once.

use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use readmit::{AccountId, ReportUnrecognised};

use crate::identify::Who;
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;

/// Ends what is open and freezes the account, whatever its owner has shown so far.
pub(super) async fn report(visitor: Visitor) -> Result<Response, Refused> {
    let (caller, token) =
        visitor.caller().zip(visitor.token()).ok_or(Refused::SignIn { then: None })?;
    let id: AccountId = match caller.who() {
        Who::Admin { admin, .. } => (*admin).into(),
        Who::Customer { customer, .. } | Who::Recovering { customer, .. } => (*customer).into(),
        Who::Key { .. } => return Err(Problem::not_permitted().into()),
    };
    match caller.tenant().execute(&caller.actor(), ReportUnrecognised::new(id)).await {
        Ok(_) | Err(readmit::Error::Refused(readmit::Refusal::Frozen)) => {}
        Err(error) => return Err(error.into()),
    }
    visitor.app.sessions.end_all(caller.tenant().id(), id).await?;
    visitor.app.known.forget(&token);
    let jar = visitor.app.cookies.forget(CookieJar::new());
    Ok((jar, Redirect::to("/sign-in?after=reported")).into_response())
}
