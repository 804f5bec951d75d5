//! `/audit`: whether the ledger holds together, what is worth a look, and when and by whom bypasses
//! are granted.

use std::time::Duration;

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use readmit::{ActivityQuery, AuditSubject, PageCursor, Seconds};
use serde::Deserialize;
use tokio::time::timeout;

use super::alerts::Alerts;
use super::compare::{self, Compared};
use super::look_at;
use super::people::People;
use super::pictures::{Bars, Heat};
use super::verified::{self, Banner, Found};
use crate::extract::Query;
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

/// Periods to choose from, in days.
const PERIODS: [u32; 3] = [30, 90, 365];
/// How long the page waits for the read models, so that what was just granted is counted. They may
/// never follow a ledger that is damaged, and this page is the one that must say so.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Template)]
#[template(path = "desk/audit.html")]
struct AuditPage {
    chrome: Chrome,
    tenant: String,
    banner: Banner,
    days: u32,
    periods: [u32; 3],
    alerts: Alerts,
    /// Whether the alerts before these are left out.
    later: bool,
    compared: Option<Compared>,
    /// The checkpoint as it was typed.
    typed: String,
    heat: Heat,
    bars: Bars,
}

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    days: u32,
    /// Where the alerts go on.
    alerts: Option<PageCursor>,
}

impl Default for Asked {
    fn default() -> Self {
        Self { days: 30, alerts: None }
    }
}

/// What the form brings; the button alone brings nothing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    checkpoint: String,
}

pub(super) async fn show(
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Refused> {
    if !PERIODS.contains(&asked.days) {
        let detail = "Expected one of 30, 90, 365 days.";
        return Err(Problem::new("invalid_query", detail).about("days").into());
    }
    let admin = look_at(&visitor, AuditSubject::Verification).await?;
    Ok(Page(page(&visitor, admin, asked).await?).into_response())
}

/// Has the ledger verified anew, and comes back; or compares it with a checkpoint, and says what came
/// of it.
pub(super) async fn verify(visitor: Visitor, Form(kept): Form<Kept>) -> Result<Response, Refused> {
    let admin = look_at(&visitor, AuditSubject::Verification).await?;
    let typed = kept.checkpoint;
    if typed.trim().is_empty() {
        verified::anew(&visitor.app, admin.tenant()).await;
        return Ok(Redirect::to("/audit").into_response());
    }
    let compared = match compare::read(&typed) {
        Some(checkpoint) => {
            let found = verified::anew(&visitor.app, admin.tenant()).await;
            Compared::of(admin.tenant(), &checkpoint, found).await
        }
        None => Compared::Unreadable,
    };
    let unreadable = matches!(compared, Compared::Unreadable);
    let page = page(&visitor, admin, Asked::default()).await?;
    let page = AuditPage { compared: Some(compared), typed, ..page };
    Ok(if unreadable { unprocessable(page) } else { Page(page).into_response() })
}

async fn page(visitor: &Visitor, admin: Admin, asked: Asked) -> Result<AuditPage, Problem> {
    let Asked { days, alerts: after } = asked;
    let tenant = admin.tenant();
    let banner = verified::recent(&visitor.app, tenant).await;
    let now = visitor.app.engine.now();
    let from = now - Seconds::days(days - 1);
    let views = tenant.views().await?;
    let _ = timeout(PATIENCE, views.caught_up()).await;
    let activity = views.activity(ActivityQuery::new().from(from).to(now)).await?;
    let mut people = People::of(&visitor.app, tenant).await?;
    let later = after.is_some();
    Ok(AuditPage {
        tenant: tenant.name().to_owned(),
        banner,
        days,
        periods: PERIODS,
        alerts: Alerts::of(visitor, &admin, &mut people, days, after).await?,
        later,
        compared: None,
        typed: String::new(),
        heat: Heat::of(&activity.grants_by_hour),
        bars: Bars::of(&people.admins, &activity.admins),
        chrome: admin.chrome,
    })
}

impl AuditPage {
    /// What came of the comparison, unless what was typed is no checkpoint.
    const fn compared(&self) -> Option<&Compared> {
        match &self.compared {
            Some(Compared::Unreadable) | None => None,
            compared => compared.as_ref(),
        }
    }

    const fn unreadable(&self) -> bool {
        matches!(self.compared, Some(Compared::Unreadable))
    }
}
