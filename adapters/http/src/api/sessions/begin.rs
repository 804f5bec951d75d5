//! `POST /sessions`

use axum::extract::State;
use readmit::{AccountId, AdminId, Login, SignIn, Tenant, TenantId, TenantName};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::SessionView;
use crate::answer::Answer;
use crate::app::{App, AppState};
use crate::extract::Body;
use crate::password::{Password, PasswordAnswer};
use crate::problem::Problem;
use crate::view::schema;
use crate::web_database::{NewSession, SessionLevel, stand_in};

/// What stands for the tenant where there is none of that name.
const NOBODYS: TenantId = TenantId::from_uuid(Uuid::nil());

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
    let tenant = tenant(&app, body.tenant).await?;
    let found = match &tenant {
        Some(tenant) => tenant.find(body.login.clone()).await?,
        None => None,
    };
    let admin = match found {
        Some(AccountId::Admin(admin)) => Some(admin),
        Some(AccountId::Customer(_)) | None => None,
    };
    // A login that no admin has costs as much time as a wrong password, and is counted as one; so
    // does a tenant that is none.
    let tenant_id = tenant.as_ref().map_or(NOBODYS, Tenant::id);
    let account = match admin {
        Some(admin) => admin.into(),
        None => stand_in(tenant_id, &body.login)?,
    };
    match app.passwords.check(tenant_id, account, &body.password).await? {
        PasswordAnswer::Right => {}
        PasswordAnswer::Wrong => return Err(refused()),
        PasswordAnswer::Wait { until } => {
            let wait = u64::from(until.since(app.engine.now()).0).saturating_add(1);
            return Err(Problem::new("rate_limited", "Too many wrong passwords.").retry_after(wait));
        }
    }
    let (tenant, admin) = tenant.zip(admin).ok_or_else(refused)?;
    match tenant.sign_in(admin).await? {
        SignIn::SecondFactor(_) | SignIn::Bypass(_) => {}
        SignIn::Refused(why) => return Err(why.into()),
        _ => {
            let detail = "This admin has no second factor yet: run `readmit admin enrol`.";
            return Err(Problem::new("mfa_not_on", detail));
        }
    }
    open(&app, &tenant, admin).await
}

/// The tenant that is named, or the only one.
async fn tenant(app: &App, name: Option<TenantName>) -> Result<Option<Tenant>, Problem> {
    if let Some(name) = name {
        return Ok(app.engine.find_tenant(name).await?);
    }
    let mut all = app.engine.tenants().await?;
    let first = all.pop();
    if all.is_empty() {
        return Ok(first);
    }
    let detail = "tenant: there are several tenants: say which.";
    Err(Problem::new("invalid_body", detail).about("tenant"))
}

async fn open(app: &App, tenant: &Tenant, admin: AdminId) -> Result<Answer<SessionView>, Problem> {
    let account = tenant.account(admin).await?;
    let state = tenant.state().await?;
    let known = state.admins.get(&admin).ok_or_else(refused)?;
    let new = NewSession {
        tenant: tenant.id(),
        account: admin.into(),
        level: SessionLevel::Password,
        epoch: account.session_epoch,
    };
    let now = app.engine.now();
    let token = app.sessions.begin(new, now).await?;
    let session = app.sessions.find(&token, now).await?.ok_or_else(refused)?;
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

fn refused() -> Problem {
    Problem::new(
        "sign_in_refused",
        "Login or password is wrong, or this account cannot sign in here.",
    )
}
