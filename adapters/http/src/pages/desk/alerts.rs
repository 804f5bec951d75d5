//! What is worth a look: alerts, the gravest first, page by page.

use readmit::{Alert, AlertQuery, PageCursor, RecoveryId, Seconds, Severity};

use super::people::People;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::problem::Problem;

/// Alerts on a page: as many as fit on a screen or two.
const ALERTS: usize = 20;

/// A page of alerts.
pub(super) struct Alerts {
    pub(super) told: Vec<Told>,
    /// How many more there are behind them.
    pub(super) more: u64,
    /// Where these are.
    pub(super) next: Option<PageCursor>,
}

/// An alert as the page tells it.
pub(super) struct Told {
    pub(super) rule: &'static str,
    pub(super) chip: &'static str,
    pub(super) who: String,
    pub(super) sentence: String,
    pub(super) at: When,
    pub(super) recovery: Option<RecoveryId>,
    pub(super) position: u64,
}

impl Alerts {
    /// Those of so many days, from a place in their list on.
    pub(super) async fn of(
        visitor: &Visitor,
        admin: &Admin,
        people: &mut People,
        days: u32,
        after: Option<PageCursor>,
    ) -> Result<Self, Problem> {
        let views = admin.tenant().views().await?;
        let from = views.now() - Seconds::days(days);
        let all = || AlertQuery::new().from(from).gravest_first().limit(ALERTS);
        let query = match after {
            Some(after) => all().after(after),
            None => all(),
        };
        let page = views.alerts(&query).await?;
        let more = match page.next.clone() {
            Some(next) => views.count_alerts(&all().after(next)).await?,
            None => 0,
        };
        people.meet(page.items.iter().map(|alert| alert.subject)).await?;
        let mut told = Vec::new();
        for alert in page.items {
            told.push(Told {
                rule: alert.rule.name(),
                chip: chip(&alert),
                who: people.account(alert.subject).await?,
                sentence: visitor.words().tell(&alert.told()),
                at: When(alert.at),
                recovery: alert.recovery,
                position: alert.position,
            });
        }
        Ok(Self { told, more, next: page.next })
    }
}

fn chip(alert: &Alert) -> &'static str {
    match alert.severity() {
        Severity::Critical => "no",
        Severity::Warning => "alert",
        _ => "off",
    }
}
