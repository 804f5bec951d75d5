//! `/audit`: whether the ledger holds together, what is worth a look, and when and by whom bypasses
//! are granted.

use askama::Template;
use axum::response::{IntoResponse, Redirect};
use readmit::{
    ActivityQuery, Alert, AlertQuery, AuditSubject, RecoveryId, Seconds, Severity, Tenant,
};
use serde::Deserialize;

use super::look_at;
use super::people::People;
use super::pictures::{Bars, Heat};
use super::verified::{self, Banner, Found};
use crate::extract::Query;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::pages::when::When;
use crate::pages::words::Words;
use crate::problem::Problem;

/// Periods to choose from, in days.
const PERIODS: [u32; 3] = [30, 90, 365];
/// Alerts on the page: the newest.
const ALERTS: usize = 20;

#[derive(Template)]
#[template(path = "desk/audit.html")]
struct AuditPage {
    chrome: Chrome,
    tenant: String,
    banner: Banner,
    days: u32,
    periods: [u32; 3],
    alerts: Vec<Told>,
    heat: Heat,
    bars: Bars,
}

/// An alert as the page tells it.
struct Told {
    rule: &'static str,
    chip: &'static str,
    who: String,
    sentence: String,
    at: When,
    recovery: Option<RecoveryId>,
    position: u64,
}

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    days: u32,
}

impl Default for Asked {
    fn default() -> Self {
        Self { days: 30 }
    }
}

pub(super) async fn show(
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Refused> {
    let days = PERIODS.into_iter().find(|days| *days == asked.days).ok_or_else(|| {
        Problem::new("invalid_query", "Expected one of 30, 90, 365 days.").about("days")
    })?;
    let admin = look_at(&visitor, AuditSubject::Verification).await?;
    let tenant = admin.tenant();
    let banner = verified::recent(&visitor.app, tenant).await;
    let now = visitor.app.engine.now();
    let views = tenant.views().await?;
    let from = now - Seconds::days(days - 1);
    let activity = views.activity(ActivityQuery::new().from(from).to(now)).await?;
    let mut people = People::of(&visitor.app, tenant).await?;
    let query = AlertQuery::new().from(now - Seconds::days(days)).limit(ALERTS);
    let alerts = alerts(visitor.words(), tenant, &mut people, &query).await?;
    Ok(Page(AuditPage {
        tenant: tenant.name().to_owned(),
        banner,
        days,
        periods: PERIODS,
        alerts,
        heat: Heat::of(&activity.grants_by_hour),
        bars: Bars::of(&people.admins, &activity.admins),
        chrome: admin.chrome,
    }))
}

/// Has the ledger verified anew, and comes back.
pub(super) async fn verify(visitor: Visitor) -> Result<Redirect, Refused> {
    let admin = look_at(&visitor, AuditSubject::Verification).await?;
    verified::anew(&visitor.app, admin.tenant()).await;
    Ok(Redirect::to("/audit"))
}

async fn alerts(
    words: &Words,
    tenant: &Tenant,
    people: &mut People,
    query: &AlertQuery,
) -> Result<Vec<Told>, Problem> {
    let mut told = Vec::new();
    for alert in tenant.views().await?.alerts(query).await?.items {
        told.push(Told {
            rule: alert.rule.name(),
            chip: chip(&alert),
            who: people.account(alert.subject).await?,
            sentence: words.tell(&alert.told()),
            at: When(alert.at),
            recovery: alert.recovery,
            position: alert.position,
        });
    }
    Ok(told)
}

fn chip(alert: &Alert) -> &'static str {
    match alert.severity() {
        Severity::Critical => "no",
        Severity::Warning => "alert",
        _ => "off",
    }
}
