//! `GET /my-account`: there while permission stands; otherwise it says why not.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use readmit::{Account, Progress, Reason, RecoveryQuery, Stage, Timestamp};

use super::progress::{Rail, stage};
use crate::pages::names;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Own, Standing, Visitor};
use crate::pages::when::When;

#[derive(Template)]
#[template(path = "portal/my_account.html")]
struct MyAccountPage {
    chrome: Chrome,
    rail: Option<Rail>,
    granted: Option<Granted>,
    /// Whether the old device and codes still work.
    untouched: bool,
}

/// Who let them in, and why.
struct Granted {
    by: String,
    at: When,
    reason: Option<Reason>,
}

#[derive(Template)]
#[template(path = "portal/my_account_closed.html")]
struct ClosedPage {
    chrome: Chrome,
    tenant: String,
    /// Why: the name of a message.
    why: &'static str,
    /// When the last recovery ended, if there was one.
    ended: Option<When>,
    mfa_on: bool,
    whole: bool,
}

pub(super) async fn show(visitor: Visitor) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    if !own.standing.opens_my_account() {
        return closed(&visitor, own).await;
    }
    let page = MyAccountPage {
        rail: Rail::of(&own, visitor.app.engine.now()).await?,
        granted: granted(&visitor, &own).await?,
        untouched: matches!(stage(&own.account), Some(Stage::Granted | Stage::SignedIn)),
        chrome: own.chrome,
    };
    Ok(Page(page).into_response())
}

async fn granted(visitor: &Visitor, own: &Own) -> Result<Option<Granted>, Refused> {
    let Some(case) = own.account.case.as_ref() else { return Ok(None) };
    let Progress::Open(open) = &case.progress else { return Ok(None) };
    let row = own.tenant().views().await?.recovery(case.recovery).await?;
    let granted = row.and_then(|row| row.record.granted);
    let admins = visitor.app.names.admins(own.tenant()).await?;
    Ok(Some(Granted {
        by: match &granted {
            Some(step) => names::who(visitor.words(), &admins, &step.who),
            None => own.tenant().name().to_owned(),
        },
        at: granted.map_or(open.from, |step| step.at).into(),
        reason: case.terms.reason,
    }))
}

/// Why somebody is not in the recovery that is open for their account.
fn not_entered(account: &Account, now: Timestamp) -> &'static str {
    match account.case.as_ref().map(|case| &case.progress) {
        None => "closed-never",
        Some(Progress::Awaiting { .. }) => "closed-awaiting",
        Some(Progress::Open(open)) if now < open.from => "closed-not-begun",
        Some(Progress::Open(open)) if open.stage == Stage::Granted => "closed-not-used",
        Some(Progress::Open(_)) => "closed-in-use",
    }
}

/// Says why My Account is not there.
pub(super) async fn closed(visitor: &Visitor, own: Own) -> Result<Response, Refused> {
    let views = own.tenant().views().await?;
    // What ended it may have happened a moment ago.
    views.caught_up().await?;
    let last = views.recoveries(&RecoveryQuery::new().account(own.id).limit(1)).await?;
    let last = last.items.into_iter().next();
    let ended = last.as_ref().and_then(|row| row.record.ended);
    let now = visitor.app.engine.now();
    let why = match (own.standing, &ended, &last) {
        (Standing::RecoveryOver, Some((_, readmit::CaseEnd::Completed { .. })), _) => {
            return Err(Refused::Elsewhere("/my-account/finished".to_owned()));
        }
        (_, Some((_, readmit::CaseEnd::Revoked { .. })), _) => "closed-revoked",
        (_, Some((_, readmit::CaseEnd::Denied)), _) => "closed-denied",
        (_, Some((_, readmit::CaseEnd::Completed { .. })), _) => "closed-completed",
        (_, Some((_, readmit::CaseEnd::Expired { .. })), _) => "closed-expired",
        // Its time is over, and nobody has recorded it yet.
        (_, None, Some(row)) if !row.is_open(now) => "closed-expired",
        (Standing::RecoveryOver, None, Some(_)) => "closed-elsewhere",
        (_, None, _) => not_entered(&own.account, now),
    };
    let page = ClosedPage {
        tenant: own.tenant().name().to_owned(),
        why,
        ended: ended.map(|(at, _)| at.into()),
        mfa_on: !own.account.devices().is_empty(),
        whole: matches!(own.standing, Standing::SecondFactor { .. } | Standing::Password),
        chrome: own.chrome,
    };
    Ok((StatusCode::FORBIDDEN, Page(page)).into_response())
}
