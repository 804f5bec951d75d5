//! `/invitations/{token}` and `/invitation`: the first password.
//!
//! A link has to carry its token. It is taken out of the address at once, into a cookie, so that it
//! stands in no history and no screenshot; looking at it uses nothing up, since mail scanners look.

use askama::Template;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use readmit::{Login, Tenant};
use serde::Deserialize;

use crate::pages::account::accepted_password;
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page, Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Notice, Visitor};
use crate::pages::when::When;
use crate::password::Password;
use crate::problem::Problem;
use crate::web_database::{Invitation, InvitationToken, Invitations};

/// The cookie that keeps the token from the link to the form.
const INVITATION: &str = "invitation";

#[derive(Template)]
#[template(path = "door/invitation.html")]
struct InvitationPage {
    chrome: Chrome,
    tenant: String,
    login: String,
    ends: When,
    error: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    password: Password,
    again: Password,
}

/// Takes the token out of the address.
pub(super) async fn follow(
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Refused> {
    let token: InvitationToken = token.parse().map_err(|_| over())?;
    let text = token.expose().to_string();
    let jar = CookieJar::new().add(visitor.app.cookies.cookie(INVITATION, text));
    Ok((jar, Redirect::to("/invitation")).into_response())
}

pub(super) async fn show(visitor: Visitor, headers: HeaderMap) -> Result<Response, Refused> {
    let invited = Invited::find(&visitor, &headers).await?;
    Ok(Page(invited.page(&visitor, None)).into_response())
}

pub(super) async fn accept(
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let invited = Invited::find(&visitor, &headers).await?;
    let login = Some(invited.login.clone());
    let password =
        match accepted_password(invited.tenant.name(), login, &typed.password, &typed.again) {
            Ok(password) => password,
            Err(problem) => {
                let error = Some(visitor.words().why(&problem));
                return Ok(unprocessable(invited.page(&visitor, error)));
            }
        };
    let now = visitor.app.engine.now();
    let Some(_) = invitations(&visitor)?.accept(&invited.token, &password, now).await? else {
        return Err(over().into());
    };
    let mut cookie = visitor.app.cookies.cookie(INVITATION, String::new());
    cookie.make_removal();
    Ok((
        CookieJar::new().add(cookie),
        Refused::SignIn { notice: Some(Notice::PasswordSet), then: None },
    )
        .into_response())
}

/// Whom a link invites.
struct Invited {
    token: InvitationToken,
    invitation: Invitation,
    tenant: Tenant,
    login: Login,
}

impl Invited {
    async fn find(visitor: &Visitor, headers: &HeaderMap) -> Result<Self, Problem> {
        let jar = CookieJar::from_headers(headers);
        let cookie = jar.get(INVITATION).ok_or_else(over)?;
        let token: InvitationToken = cookie.value().parse().map_err(|_| over())?;
        let app = &visitor.app;
        let found = invitations(visitor)?.find(&token, app.engine.now()).await?;
        let invitation = found.ok_or_else(over)?;
        let tenant = app.tenant_by_id(invitation.tenant).await?.ok_or_else(over)?;
        let login = tenant.login(invitation.account).await?.ok_or_else(over)?;
        Ok(Self { token, invitation, tenant, login })
    }

    fn page(&self, visitor: &Visitor, error: Option<String>) -> InvitationPage {
        InvitationPage {
            chrome: visitor.chrome(Surface::Door),
            tenant: self.tenant.name().to_owned(),
            login: self.login.as_str().to_owned(),
            ends: self.invitation.ends_at.into(),
            error,
        }
    }
}

fn invitations(visitor: &Visitor) -> Result<Invitations, Problem> {
    // Where passwords are kept elsewhere, nobody is invited to choose one here.
    Ok(visitor.app.passwords.table().ok_or_else(over)?.invitations())
}

/// Used, ended, replaced, or never there: all of it looks alike to a stranger.
fn over() -> Problem {
    Problem::new("invitation_over", "This invitation was used, or has ended.")
}
