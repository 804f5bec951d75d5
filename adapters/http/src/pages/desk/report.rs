//! `/audit/report`: what is printed and signed: the cases of a period, and who held which roles.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use readmit::reports::BypassException;
use readmit::{AuditSubject, RecoveryQuery};
use serde::Deserialize;

use super::access::Access;
use super::line::Line;
use super::people::People;
use super::period::Period;
use super::totals::Totals;
use super::verified::{self, Banner, Found};
use super::{enter, record};
use crate::extract::Query;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::problem::Problem;

const PATH: &str = "/audit/report";
/// Cases that are listed: some five sheets of paper, and more than anybody reads on a screen. All of
/// them stand in the file.
const LISTED: usize = 100;

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
    /// The first of them.
    cases: Vec<Line>,
    access: Access,
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
) -> Result<Response, Refused> {
    let admin = enter(&visitor).await?;
    let period = match Period::of(&asked.from, &asked.to, visitor.app.engine.now()) {
        Ok(period) => period,
        Err(wrong) => {
            return Ok(wrong.page(admin, "report-title", PATH, &asked.from, &asked.to));
        }
    };
    record(&admin, AuditSubject::Report).await?;
    Ok(Page(page(&visitor, admin, period).await?).into_response())
}

async fn page(visitor: &Visitor, admin: Admin, period: Period) -> Result<ReportPage, Problem> {
    let tenant = admin.tenant();
    let banner = verified::recent(&visitor.app, tenant).await;
    let mut people = People::of(&visitor.app, tenant).await?;
    let range = period.range();
    let query = RecoveryQuery::new().opened_from(range.start).opened_before(range.end);
    let mut pages = tenant.case_pages(query).await?;
    let (mut totals, mut cases) = (Totals::default(), Vec::new());
    while let Some(mut page) = pages.next().await? {
        for row in &page {
            totals.add(row);
        }
        page.truncate(LISTED.saturating_sub(cases.len()));
        people.meet_those_of(&page).await?;
        for row in page {
            let case = BypassException::from(row);
            cases.push(Line::of(visitor.words(), &mut people, &case).await?);
        }
    }
    let access = tenant.access_report(range).await?;
    Ok(ReportPage {
        tenant: tenant.name().to_owned(),
        period,
        made: When(visitor.app.engine.now()),
        made_for: people.account(admin.id.into()).await?,
        banner,
        totals,
        cases,
        access: Access::of(&mut people, access).await?,
        chrome: admin.chrome,
    })
}

impl ReportPage {
    fn csv(&self) -> String {
        let (from, to) = (self.period.first_day(), self.period.last_day());
        format!("/audit/recoveries.csv?from={from}&to={to}")
    }

    /// How many cases are not listed.
    fn more(&self) -> usize {
        self.totals.cases.saturating_sub(self.cases.len())
    }
}
