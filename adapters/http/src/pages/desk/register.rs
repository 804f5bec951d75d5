//! `/audit/recoveries`: the register of exceptions, page by page.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use readmit::reports::BypassException;
use readmit::{AuditSubject, Ended, Reason};

use super::filter::{Filter, OPEN, UNREVIEWED};
use super::line::Line;
use super::people::People;
use super::{enter, record};
use crate::extract::Query;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

pub(super) const PATH: &str = "/audit/recoveries";
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
) -> Result<Response, Refused> {
    let admin = enter(&visitor).await?;
    let query = match filter.query(visitor.app.engine.now()) {
        Ok(query) => query.limit(ROWS),
        Err(wrong) => {
            return Ok(wrong.page(admin, "register-title", PATH, &filter.from, &filter.to));
        }
    };
    record(&admin, AuditSubject::Register).await?;
    Ok(Page(page(&visitor, admin, filter, &query).await?).into_response())
}

async fn page(
    visitor: &Visitor,
    admin: Admin,
    filter: Filter,
    query: &readmit::RecoveryQuery,
) -> Result<RegisterPage, Problem> {
    let tenant = admin.tenant();
    let page = tenant.views().await?.recoveries(query).await?;
    let mut people = People::of(&visitor.app, tenant).await?;
    people.meet_those_of(&page.items).await?;
    let mut cases = Vec::new();
    for row in page.items {
        let case = BypassException::from(row);
        cases.push(Line::of(visitor.words(), &mut people, &case).await?);
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
    Ok(RegisterPage {
        chrome: admin.chrome,
        filter,
        admins,
        reasons: Reason::ALL,
        profiles: ["strict", "standard", "none"],
        cases,
        next,
    })
}

impl RegisterPage {
    /// The ends with the address of each; the first is any, the second that there is none yet.
    fn ends(&self) -> Vec<(&'static str, String)> {
        let link = |name: &'static str| (name, self.filter.ended(name).address(PATH));
        ["", OPEN].into_iter().chain(Ended::ALL.into_iter().map(Ended::name)).map(link).collect()
    }

    /// What auditors said, with the address of each; the first is whatever they did.
    fn reviews(&self) -> [(&'static str, String); 4] {
        let link = |name: &'static str| (name, self.filter.review(name).address(PATH));
        ["", UNREVIEWED, "questioned", "accepted"].map(link)
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
