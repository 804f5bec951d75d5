//! `/audit/report`: what is printed and signed: every case of a period, and who held which roles.

use askama::Template;
use axum::response::IntoResponse;
use readmit::reports::BypassException;
use readmit::{AuditSubject, CaseEnd, CaseRecord, RecoveryRow};
use serde::Deserialize;

use super::access::Access;
use super::line::Line;
use super::look_at;
use super::people::People;
use super::period::Period;
use super::verified::{self, Banner, Found};
use crate::extract::Query;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::pages::when::When;

#[derive(Template)]
#[template(path = "desk/report.html")]
struct ReportPage {
    chrome: Chrome,
    tenant: String,
    period: Period,
    made: When,
    made_for: String,
    banner: Banner,
    totals: Totals,
    cases: Vec<Line>,
    access: Access,
}

/// The cases in numbers.
#[derive(Debug, Default, PartialEq, Eq)]
struct Totals {
    cases: usize,
    completed: usize,
    expired: usize,
    revoked: usize,
    denied: usize,
    open: usize,
    strict: usize,
    standard: usize,
    neither: usize,
    reviewed: usize,
    /// Half of the recoveries took no longer, from the grant to the new device.
    median: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: String,
    to: String,
}

pub(super) async fn show(
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Refused> {
    let now = visitor.app.engine.now();
    let period = Period::of(&asked.from, &asked.to, now)?;
    let admin = look_at(&visitor, AuditSubject::Report).await?;
    let tenant = admin.tenant();
    let banner = verified::recent(&visitor.app, tenant).await;
    let mut people = People::of(&visitor.app, tenant).await?;
    let rows = tenant.cases(&period.range()).await?;
    let totals = Totals::of(&rows);
    let mut cases = Vec::new();
    for row in rows {
        let case = BypassException::from(row.record);
        cases.push(Line::of(visitor.words(), &mut people, &case).await?);
    }
    let access = tenant.access_report(period.range()).await?;
    Ok(Page(ReportPage {
        tenant: tenant.name().to_owned(),
        period,
        made: When(now),
        made_for: people.account(admin.id.into()).await?,
        banner,
        totals,
        cases,
        access: Access::of(&mut people, access).await?,
        chrome: admin.chrome,
    }))
}

impl ReportPage {
    fn csv(&self) -> String {
        let (from, to) = (self.period.first_day(), self.period.last_day());
        format!("/audit/recoveries.csv?from={from}&to={to}")
    }
}

impl Totals {
    fn of(rows: &[RecoveryRow]) -> Self {
        let mut totals = Self { cases: rows.len(), ..Self::default() };
        for row in rows {
            *match row.record.ended.map(|(_, end)| end) {
                Some(CaseEnd::Completed { .. }) => &mut totals.completed,
                Some(CaseEnd::Expired { .. }) => &mut totals.expired,
                Some(CaseEnd::Revoked { .. }) => &mut totals.revoked,
                Some(CaseEnd::Denied) => &mut totals.denied,
                None => &mut totals.open,
            } += 1;
            *match row.profile_met() {
                Some(readmit::Profile::Strict) => &mut totals.strict,
                Some(readmit::Profile::Standard) => &mut totals.standard,
                None => &mut totals.neither,
            } += 1;
            totals.reviewed += usize::from(row.review.is_some());
        }
        totals.median = median(rows.iter().map(|row| &row.record));
        totals
    }
}

fn median<'c>(cases: impl Iterator<Item = &'c CaseRecord>) -> Option<String> {
    let took = cases.filter_map(|case| Some(case.device_enrolled?.at.since(case.granted?.at)));
    let mut all: Vec<readmit::Seconds> = took.collect();
    all.sort_unstable();
    all.get(all.len().checked_sub(1)? / 2).map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_without_cases_has_no_median() {
        assert_eq!(Totals::of(&[]), Totals::default());
    }
}
