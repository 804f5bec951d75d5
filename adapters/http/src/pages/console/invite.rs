//! Invitation links: by them somebody sets their first password.

use std::sync::Arc;

use axum::http::{HeaderMap, Uri, header};
use readmit::{AccountId, CommandId, OsEntropy, SystemClock, Timestamp};
use tokio::sync::Mutex;

use super::acting::Acting;
use crate::app::App;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::problem::Problem;
use crate::web_database::{Invitations, PasswordTable};

/// What an invitation is kept under, to be shown to the session that made it.
const SHOWN: &str = "invitation of";

/// Of two clicks on one button, the second one waits here, and finds what the first one has made.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// A link that was made a moment ago.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) address: String,
    pub(super) until: When,
    /// The form that made it.
    command: CommandId,
}

/// Whether somebody can be invited: they have no password, and passwords are kept here.
pub(super) async fn can_be_invited(
    app: &App,
    admin: &Admin,
    account: AccountId,
) -> Result<bool, Problem> {
    match passwords(app) {
        Some(table) => Ok(!table.has_password(admin.tenant().id(), account).await?),
        None => Ok(false),
    }
}

/// Makes an invitation, which voids the one before, and keeps its link to be shown. A form that is sent
/// again makes none: the link that it has made may be on its way already.
pub(super) async fn invite(
    visitor: &Visitor,
    admin: &Admin,
    acting: &mut Acting<'_>,
    command: CommandId,
    account: AccountId,
    base: &str,
) -> Result<(), Problem> {
    let table = passwords(&visitor.app).ok_or_else(Problem::not_found)?;
    acting.require_fresh().await?;
    let now = visitor.app.engine.now();
    let _turn = ONE_AT_A_TIME.lock().await;
    let made = visitor.app.shown.find::<Link>(acting.session(), &name(account));
    if made.is_some_and(|made| made.command == command && now < made.until.0) {
        return Ok(());
    }
    let token = table.invitations().issue(admin.tenant().id(), account, now).await?;
    let token = token.ok_or_else(|| {
        Problem::new("unchanged", "The account has a password, so there is nothing to invite to.")
    })?;
    let address = format!("{base}/invitations/{}", token.expose().as_str());
    let shown = Link { address, until: (now + Invitations::LIFETIME).into(), command };
    visitor.app.shown.keep(acting.session(), &name(account), shown);
    Ok(())
}

/// The link that this session has just made for an account.
pub(super) fn shown(visitor: &Visitor, admin: &Admin, account: AccountId) -> Option<Link> {
    let now: Timestamp = visitor.app.engine.now();
    let link = visitor.app.shown.find::<Link>(admin.token, &name(account))?;
    (now < link.until.0).then(|| Link::clone(&link))
}

/// Where this server is, as the visitor calls it: scheme and host.
pub(super) fn base_address(app: &App, headers: &HeaderMap, uri: &Uri) -> Result<String, Problem> {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let host = host.filter(|host| !host.is_empty() && host.chars().all(plain));
    let host = host.ok_or_else(|| Problem::new("invalid_header", "host: expected a name."))?;
    let scheme = if app.cookies.by_tls { "https" } else { "http" };
    Ok(format!("{scheme}://{host}"))
}

fn name(account: AccountId) -> String {
    format!("{SHOWN} {account}")
}

/// The passwords, if they are kept here.
#[expect(clippy::unnecessary_wraps, reason = "passwords may be kept elsewhere")]
fn passwords(app: &App) -> Option<PasswordTable> {
    Some(app.web.passwords(Arc::new(SystemClock), Arc::new(OsEntropy)))
}
