//! `POST /sessions`

use axum::extract::State;
use readmit::{AccountId, AdminId, Login, SignIn, Tenant, TenantName};
use serde::Deserialize;
use utoipa::ToSchema;

use super::SessionView;
use crate::answer::Answer;
use crate::app::{App, AppState};
use crate::extract::Body;
use crate::password::Password;
use crate::problem::Problem;
use crate::sign_in::{Credentials, begin_session, by_password, refused};
use crate::view::schema;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInBody {
    /// The tenant's name; not needed where there is only one.
    #[schema(value_type = Option<String>, nullable = false, example = "acme-msp")]
    tenant: Option<TenantName>,
    /// The admin's login.
    #[schema(value_type = schema::Login)]
    login: Login,
    /// The admin's password.
    // Said, so that a password that is missing is told as missing, not as no text.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    #[schema(value_type = String, format = Password, max_length = 256)]
    password: Password,
}

/// Signs an admin in with their password. The second factor comes next.
#[utoipa::path(post, path = "/sessions", tag = "sessions", request_body = SignInBody,
    responses((status = 201, body = SessionView, description = "The password is right")),
    security(()))]
pub(super) async fn begin(
    State(app): State<AppState>,
    Body(body): Body<SignInBody>,
) -> Result<Answer<SessionView>, Problem> {
    let SignInBody { tenant, login, password } = body;
    let credentials = Credentials { tenant, login, password };
    let is_admin = |account| matches!(account, AccountId::Admin(_));
    let (tenant, account) = by_password(&app, credentials, is_admin).await?;
    let AccountId::Admin(admin) = account else { return Err(refused()) };
    match tenant.sign_in(admin).await? {
        SignIn::SecondFactor(_) | SignIn::Bypass(_) => {}
        SignIn::Refused(why) => return Err(why.into()),
        _ => {
            let detail = "This admin has no second factor yet: sign in on the pages to set it up, \
                          or run `readmit admin enrol`.";
            return Err(Problem::new("mfa_not_on", detail));
        }
    }
    open(&app, &tenant, admin).await
}

async fn open(app: &App, tenant: &Tenant, admin: AdminId) -> Result<Answer<SessionView>, Problem> {
    let state = tenant.state().await?;
    let known = state.admins.get(&admin).ok_or_else(refused)?;
    let token = begin_session(app, tenant, admin.into()).await?;
    let session = app.sessions.find(&token, app.engine.now()).await?.ok_or_else(refused)?;
    Ok(Answer::created(SessionView {
        token: Some(token.expose()),
        admin,
        tenant: tenant.name().to_owned(),
        roles: known.roles.clone(),
        second_factor_needed: true,
        second_factor_at: None,
        ends_at: session.ends_at,
    }))
}
