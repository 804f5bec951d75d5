//! From login and password to an account: what the API and the pages have in common.

use readmit::{AccountId, CustomerId, Login, Tenant, TenantId, TenantName, Timestamp};
use uuid::Uuid;

use crate::app::App;
use crate::password::{Password, PasswordAnswer};
use crate::problem::Problem;
use crate::web_database::{NewSession, SessionLevel, SessionToken, stand_in};

/// What stands for the tenant where there is none of that name.
const NOBODYS: TenantId = TenantId::from_uuid(Uuid::nil());

/// What somebody types who signs in.
pub(crate) struct Credentials {
    /// Not needed where there is only one.
    pub(crate) tenant: Option<TenantName>,
    pub(crate) login: Login,
    pub(crate) password: Password,
}

/// Whose login and password these are, if they are right and this kind of account is `welcome`.
///
/// A login that nobody has costs as much time as a wrong password, and is counted as one; so does a
/// tenant that is none.
pub(crate) async fn by_password(
    app: &App,
    credentials: Credentials,
    welcome: impl Fn(AccountId) -> bool,
) -> Result<(Tenant, AccountId), Problem> {
    let Credentials { tenant, login, password } = credentials;
    let tenant = tenant_of(app, tenant).await?;
    let found = match &tenant {
        Some(tenant) => tenant.find(login.clone()).await?,
        None => None,
    };
    let account = found.filter(|account| welcome(*account));
    let tenant_id = tenant.as_ref().map_or(NOBODYS, Tenant::id);
    let checked = match account {
        Some(account) => account,
        None => stand_in(tenant_id, &login)?,
    };
    match app.passwords.check(tenant_id, checked, &password).await? {
        PasswordAnswer::Right => tenant.zip(account).ok_or_else(refused),
        PasswordAnswer::Wrong => Err(refused()),
        PasswordAnswer::Wait { until } => Err(wait(app, until)),
    }
}

/// Begins a session of an account whose password was right.
pub(crate) async fn begin_session(
    app: &App,
    tenant: &Tenant,
    account: AccountId,
) -> Result<SessionToken, Problem> {
    let epoch = tenant.account(account).await?.session_epoch;
    let new = NewSession { tenant: tenant.id(), account, level: SessionLevel::Password, epoch };
    Ok(app.sessions.begin(new, app.engine.now()).await?)
}

/// Forgets how a customer signed in who is erased, as the ledger says; of anybody else, nothing.
///
/// Belongs behind each try to erase one, refused or not: whoever asks again makes up for what failed
/// in between the first time.
pub(crate) async fn forget_erased(
    app: &App,
    tenant: &Tenant,
    customer: CustomerId,
) -> Result<(), Problem> {
    if tenant.account(customer).await?.erased {
        app.web.forget(tenant.id(), customer.into()).await?;
    }
    Ok(())
}

/// The tenant that is named, or the only one.
async fn tenant_of(app: &App, name: Option<TenantName>) -> Result<Option<Tenant>, Problem> {
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

/// Which of the two is wrong is not told, nor whether there is such an account.
pub(crate) fn refused() -> Problem {
    Problem::new(
        "sign_in_refused",
        "Login or password is wrong, or this account cannot sign in here.",
    )
}

/// After too many wrong passwords.
pub(crate) fn wait(app: &App, until: Timestamp) -> Problem {
    let wait = u64::from(until.since(app.engine.now()).0).saturating_add(1);
    Problem::new("rate_limited", "Too many wrong passwords.")
        .with("until", until.to_string())
        .retry_after(wait)
}
