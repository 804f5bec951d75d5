//! Who asks: from a bearer token to a [`Caller`].
//!
//! | token | who |
//! |---|---|
//! | `rmk_…` | a service, or an auditor's program, by its API key |
//! | `rms_…` | an admin who signed in; on the pages, a customer too |
//! | `rrs_…` | a customer in a recovery, or the service that speaks for them |

mod access;
mod caller;
mod known;

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use readmit::{AccountId, ApiKeyToken, RecoveryToken};

pub(crate) use access::{
    API_KEY, Access, AccessError, RECOVERY, Requirement, SESSION, SIGNING_IN, admit,
};
pub(crate) use caller::{Caller, Identity, SessionInUse, Who};
pub(crate) use known::{Known, TokenDigest};

use crate::app::App;
use crate::problem::Problem;
use crate::web_database::SessionToken;

/// The bearer token of a request; none if it brings no credential.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, more) = (values.next(), values.next());
    let Some(value) = value else { return Ok(None) };
    let token = value
        .to_str()
        .ok()
        .filter(|_| more.is_none())
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    token.map(Some).ok_or_else(|| Problem::unauthorised("The credential is no bearer token."))
}

/// Looks up whose token this is; none if it is nobody's any more.
///
/// A recovery is not remembered: what ends it ends it at once.
pub(crate) async fn look_up(
    app: &App,
    token: &str,
    digest: TokenDigest,
) -> Result<Option<Arc<Identity>>, Problem> {
    let (identity, lasts) = match token.get(..4) {
        Some("rmk_") => (by_key(app, token).await?, true),
        Some("rms_") => (by_session(app, token).await?, true),
        Some("rrs_") => (by_recovery(app, token).await?, false),
        _ => (None, false),
    };
    let identity = identity.map(Arc::new);
    if let Some(identity) = identity.as_ref().filter(|_| lasts) {
        app.known.remember(digest, Arc::clone(identity));
    }
    Ok(identity)
}

async fn by_key(app: &App, token: &str) -> Result<Option<Identity>, Problem> {
    let Ok(token) = token.parse::<ApiKeyToken>() else { return Ok(None) };
    let Some(holder) = app.engine.authenticate(&token).await? else { return Ok(None) };
    app.web.key_used(holder.key, app.engine.now());
    let who = Who::Key { key: holder.key, roles: holder.roles };
    Ok(Some(Identity { tenant: holder.tenant, who }))
}

/// A session holds as long as its account's epoch has not risen, and its owner may do anything.
async fn by_session(app: &App, token: &str) -> Result<Option<Identity>, Problem> {
    let Ok(token) = token.parse::<SessionToken>() else { return Ok(None) };
    let Some(session) = app.sessions.find(&token, app.engine.now()).await? else {
        return Ok(None);
    };
    let Some(tenant) = app.tenant_by_id(session.tenant).await? else { return Ok(None) };
    let account = tenant.account(session.account).await?;
    if account.session_epoch != session.epoch || account.frozen || account.erased {
        return Ok(None);
    }
    let second_factor_at = session.level.second_factor_at();
    let in_use = SessionInUse { token, second_factor_at, ends_at: session.ends_at };
    let who = match session.account {
        AccountId::Customer(customer) => Who::Customer { customer, session: in_use },
        AccountId::Admin(admin) => {
            let state = tenant.state().await?;
            let Some(known) = state.admins.get(&admin).filter(|known| !known.suspended) else {
                return Ok(None);
            };
            Who::Admin { admin, roles: known.roles.clone(), session: in_use }
        }
    };
    Ok(Some(Identity { tenant, who }))
}

async fn by_recovery(app: &App, token: &str) -> Result<Option<Identity>, Problem> {
    let Ok(token) = token.parse::<RecoveryToken>() else { return Ok(None) };
    let found = app.engine.recovering(&token).await?;
    Ok(found.map(|recovering| {
        let who = Who::Recovering {
            account: recovering.account,
            actor: Box::new(recovering.actor),
            until: recovering.until,
        };
        Identity { tenant: recovering.tenant, who }
    }))
}
