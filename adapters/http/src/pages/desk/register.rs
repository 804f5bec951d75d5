//! `/audit/recoveries`, and the same as `/audit/recoveries.csv`: the register of exceptions.

use askama::Template;
use axum::response::{IntoResponse, Response};
use readmit::reports::{BypassException, NamedException, exceptions_csv};
use readmit::{AuditSubject, Ended, PAGE_ITEMS_MAX, Reason, RecoveryRow, Tenant};

use super::filter::Filter;
use super::line::Line;
use super::people::People;
use super::{look_at, saved_as};
use crate::extract::Query;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;

const PATH: &str = "/audit/recoveries";
/// Cases on a page.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "desk/recoveries.html")]
struct RegisterPage {
    chrome: Chrome,
    filter: Filter,
    /// Every admin by id and login.
    admins: Vec<(String, String)>,
    reasons: &'static [Reason],
    profiles: [&'static str; 3],
    cases: Vec<Line>,
    next: Option<String>,
}

pub(super) async fn show(
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Result<impl IntoResponse, Refused> {
    let query = filter.query()?.limit(ROWS);
    let admin = look_at(&visitor, AuditSubject::Register).await?;
    let tenant = admin.tenant();
    let views = tenant.views().await?;
    views.caught_up().await?;
    let page = views.recoveries(&query).await?;
    let mut people = People::of(&visitor.app, tenant).await?;
    let mut cases = Vec::new();
    for row in page.items {
        cases.push(Line::of(visitor.words(), &mut people, &row.record.into()).await?);
    }
    let next = page.next.map(|cursor| {
        let address = filter.address(PATH);
        let join = if address.contains('?') { '&' } else { '?' };
        format!("{address}{join}cursor={cursor}")
    });
    let mut admins: Vec<(String, String)> = people
        .admins
        .iter()
        .map(|(id, login)| (id.to_string(), login.as_str().to_owned()))
        .collect();
    admins.sort_by(|(_, a), (_, b)| a.cmp(b));
    Ok(Page(RegisterPage {
        chrome: admin.chrome,
        filter,
        admins,
        reasons: Reason::ALL,
        profiles: ["strict", "standard", "none"],
        cases,
        next,
    }))
}

pub(super) async fn csv(
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Result<Response, Refused> {
    filter.query()?;
    let admin = look_at(&visitor, AuditSubject::Register).await?;
    let tenant = admin.tenant();
    let mut people = People::of(&visitor.app, tenant).await?;
    let cases: Vec<BypassException> =
        all(tenant, &filter).await?.into_iter().map(|row| row.record.into()).collect();
    let mut named = Vec::new();
    // As the command line tells them: the oldest first.
    for case in cases.iter().rev() {
        named.push(NamedException {
            account: people.account(case.record.account).await?,
            requested_by: people.step(case.record.requested).await?,
            granted_by: people.step(case.record.granted).await?,
            case,
        });
    }
    let failed = |_| Problem::new("internal", "The file could not be made.");
    let bytes = exceptions_csv(named).map_err(failed)?;
    let name = format!("{}-recoveries.csv", tenant.name());
    Ok((saved_as("text/csv; charset=utf-8", &name), bytes).into_response())
}

/// All cases that a filter means, the latest first.
async fn all(tenant: &Tenant, filter: &Filter) -> Result<Vec<RecoveryRow>, Problem> {
    let views = tenant.views().await?;
    views.caught_up().await?;
    let first = Filter { cursor: String::new(), ..filter.clone() };
    let mut query = first.query()?.limit(PAGE_ITEMS_MAX);
    let mut cases = Vec::new();
    loop {
        let page = views.recoveries(&query).await?;
        cases.extend(page.items);
        let Some(next) = page.next else { return Ok(cases) };
        query = query.after(next);
    }
}

impl RegisterPage {
    /// The ends with the address of each; the first is any.
    fn ends(&self) -> Vec<(&'static str, String)> {
        let link = |name: &'static str| (name, self.filter.ended(name).address(PATH));
        std::iter::once("").chain(Ended::ALL.into_iter().map(Ended::name)).map(link).collect()
    }

    fn csv(&self) -> String {
        self.filter.address("/audit/recoveries.csv")
    }

    /// The address of a page about the same period.
    fn over(&self, path: &str) -> String {
        let Filter { from, to, .. } = self.filter.clone();
        Filter { from, to, ..Filter::default() }.address(path)
    }
}
