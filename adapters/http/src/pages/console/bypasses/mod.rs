//! `/console/bypasses`: those that await an answer, those that are open, those that have ended.

mod answer;
mod awaiting;
mod over;

use askama::Template;
use axum::response::IntoResponse;
use readmit::{
    AuditSubject, BypassId, CommandId, IdentityCheck, PageCursor, RecoveryId, RecoveryQuery,
    RecoveryRow, TenantState, Timestamp, Views, Who,
};
use serde::Deserialize;

use self::awaiting::{Awaiting, Chosen};
use self::over::Over;
use super::acting::Acting;
use super::person::{self, Person};
use super::time_left::TimeLeft;
use super::wrong::Wrong;
use super::{WORKS, may, say};
use crate::extract::Query;
use crate::pages::names::{self, Admins};
use crate::pages::page::{Chrome, Page, Surface};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::pages::words::Words;
use crate::problem::Problem;

pub(super) use answer::{approve, deny, revoke};

/// Requests on a page: for each, the history of its account is read.
const AWAITING: usize = 20;
/// Open ones on a page.
const OPEN: usize = 25;
/// Those that have ended, on a page.
const OVER: usize = 20;

#[derive(Template)]
#[template(path = "console/bypasses.html")]
struct BypassesPage {
    chrome: Chrome,
    awaiting: Part<Awaiting>,
    open: Part<Open>,
    over: Part<Over>,
    needs_code: bool,
    checks: Vec<(&'static str, String)>,
    wrong: Wrong,
}

/// A page of one of the lists.
struct Part<T> {
    rows: Vec<T>,
    /// Where its first page is, if this is a later one.
    first: Option<&'static str>,
    /// Where it goes on.
    next: Option<String>,
}

/// One that the customer can use, or has used.
struct Open {
    about: About,
    reason: String,
    ticket: String,
    left: TimeLeft,
    stage: &'static str,
    revoke: Option<CommandId>,
}

/// What is told of both those that wait and those that are open.
struct About {
    person: Person,
    /// Who asked for it, or granted it.
    by: String,
    until: When,
    recovery: RecoveryId,
    bypass: BypassId,
    /// What its form is told apart by from the others.
    form: String,
}

/// Where each of the lists goes on.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    awaiting: Option<PageCursor>,
    open: Option<PageCursor>,
    over: Option<PageCursor>,
}

/// The page under way.
struct Listing<'v> {
    visitor: &'v Visitor,
    admin: &'v Admin,
    state: &'v TenantState,
    views: &'v Views,
    logins: &'v Admins,
    now: Timestamp,
}

pub(super) async fn show(
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    let acting = Acting::new(&visitor, &admin, "");
    let (chosen, wrong) = (Chosen::default(), Wrong::default());
    Ok(Page(page(&visitor, &admin, &acting, asked, &chosen, wrong).await?))
}

/// A case; also one that was opened a moment ago.
pub(super) async fn case_of(admin: &Admin, id: RecoveryId) -> Result<RecoveryRow, Problem> {
    let views = admin.tenant().views().await?;
    if let Some(row) = views.recovery(id).await? {
        return Ok(row);
    }
    views.caught_up().await?;
    views.recovery(id).await?.ok_or_else(Problem::not_found)
}

async fn page(
    visitor: &Visitor,
    admin: &Admin,
    acting: &Acting<'_>,
    asked: Asked,
    chosen: &Chosen,
    wrong: Wrong,
) -> Result<BypassesPage, Refused> {
    admin.caller.record_access(AuditSubject::Register).await?;
    let state = admin.tenant().state().await?;
    let views = admin.tenant().views().await?;
    let logins = visitor.app.names.admins(admin.tenant()).await?;
    let now = views.now();
    let listing = Listing { visitor, admin, state: &state, views: &views, logins: &logins, now };
    let query = RecoveryQuery::new;
    let awaiting = query().awaiting_at(now).limit(AWAITING);
    let awaiting = listing.cases("awaiting", awaiting, asked.awaiting).await?;
    let open = listing.cases("open", query().granted_at(now).limit(OPEN), asked.open).await?;
    let over = listing.cases("over", query().over().limit(OVER), asked.over).await?;
    let (mut waiting, mut usable, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    for row in &awaiting.rows {
        waiting.push(listing.awaiting(row, chosen).await?);
    }
    for row in &open.rows {
        usable.push(listing.open(row).await?);
    }
    for row in &over.rows {
        ended.extend(listing.over(row).await?);
    }
    // A form that is on another page by now cannot say what is wrong with it.
    let here = waiting.iter().any(|row| wrong.is_in(&row.about.form));
    Ok(BypassesPage {
        chrome: admin.chrome.clone(),
        awaiting: awaiting.with(waiting),
        open: open.with(usable),
        over: over.with(ended),
        needs_code: acting.needs_code(&state.policy),
        checks: checks(visitor),
        wrong: if here { wrong } else { wrong.above_all() },
    })
}

/// How an identity can be checked, for whoever approves.
fn checks(visitor: &Visitor) -> Vec<(&'static str, String)> {
    let done = IdentityCheck::ALL.iter().filter(|check| **check != IdentityCheck::None);
    done.map(|check| (check.name(), say::check(visitor.words(), *check))).collect()
}

/// What the form that approves a case is told apart by.
fn form(row: &RecoveryRow) -> String {
    format!("approve-{}", row.record.bypass)
}

impl Part<RecoveryRow> {
    /// The same with what is told of its rows.
    fn with<T>(self, rows: Vec<T>) -> Part<T> {
        Part { rows, first: self.first, next: self.next }
    }
}

impl Listing<'_> {
    const fn words(&self) -> &'static Words {
        self.visitor.words()
    }

    fn draw(&self) -> Result<CommandId, Problem> {
        Ok(self.visitor.app.engine.draw_command_id()?)
    }

    async fn cases(
        &self,
        name: &str,
        query: RecoveryQuery,
        after: Option<PageCursor>,
    ) -> Result<Part<RecoveryRow>, Problem> {
        let is_later = after.is_some();
        let query = match after {
            Some(cursor) => query.after(cursor),
            None => query,
        };
        let page = self.views.recoveries(&query).await?;
        Ok(Part {
            rows: page.items,
            first: is_later.then_some("/console/bypasses"),
            next: page.next.map(|cursor| format!("/console/bypasses?{name}={cursor}#{name}")),
        })
    }

    async fn open(&self, row: &RecoveryRow) -> Result<Open, Problem> {
        let (record, words) = (&row.record, self.words());
        let granted = record.granted.as_ref().map(|step| step.who);
        let from = record.window.map_or(row.opened_at, |(from, _)| from);
        let may_revoke = may::revoke(self.admin, may::About::row(row));
        Ok(Open {
            about: self.about(row, granted.as_ref()).await?,
            reason: say::reason(words, record.terms.reason),
            ticket: say::ticket(&record.terms),
            left: TimeLeft::of(from, row.due, self.now),
            stage: person::stage_name(record.stage),
            revoke: if may_revoke { Some(self.draw()?) } else { None },
        })
    }

    async fn over(&self, row: &RecoveryRow) -> Result<Option<Over>, Problem> {
        let Some((ended, end)) = row.record.ended else { return Ok(None) };
        let who = row.record.granted.or(row.record.requested).map(|step| step.who);
        let person = Person::find(self.views, self.logins, row.record.account).await?;
        let by = who.map(|who| names::who(self.words(), self.logins, &who));
        let took = ended.since(row.opened_at);
        Ok(Some(Over::new(self.words(), person, by.unwrap_or_default(), ended, took, end)))
    }

    async fn about(&self, row: &RecoveryRow, who: Option<&Who>) -> Result<About, Problem> {
        let record = &row.record;
        Ok(About {
            person: Person::find(self.views, self.logins, record.account).await?,
            by: who.map(|who| names::who(self.words(), self.logins, who)).unwrap_or_default(),
            until: row.due.into(),
            recovery: record.recovery,
            bypass: record.bypass,
            form: form(row),
        })
    }
}
