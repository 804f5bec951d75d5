//! `POST /not-me`: somebody says that this was not them. Everything stops at once.

use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use readmit::{AccountId, ReportUnrecognised};

use crate::identify::Who;
use crate::pages::refused::Refused;
use crate::pages::visitor::{Notice, Visitor};
use crate::problem::Problem;

/// Ends what is open and freezes the account, whatever its owner has shown so far.
pub(super) async fn report(visitor: Visitor) -> Result<Response, Refused> {
    let not_reported = Refused::SignIn { notice: Some(Notice::NotReported), then: None };
    let (caller, token) = visitor.caller().zip(visitor.token()).ok_or(not_reported)?;
    let id: AccountId = match caller.who() {
        Who::Admin { admin, .. } => (*admin).into(),
        Who::Customer { customer, .. } => (*customer).into(),
        Who::Recovering { account, .. } => *account,
        Who::Key { .. } => return Err(Problem::not_permitted().into()),
    };
    match caller.tenant().execute(&caller.actor(), ReportUnrecognised::new(id)).await {
        Ok(_) | Err(readmit::Error::Refused(readmit::Refusal::Frozen)) => {}
        Err(error) => return Err(error.into()),
    }
    visitor.app.sessions.end_all(caller.tenant().id(), id).await?;
    visitor.app.known.forget(&token);
    let jar = visitor.app.cookies.forget(CookieJar::new());
    let signed_out = Refused::SignIn { notice: Some(Notice::Reported), then: None };
    Ok((jar, signed_out).into_response())
}
