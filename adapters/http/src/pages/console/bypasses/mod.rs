//! `/console/bypasses`: those that await an answer, those that are open, those that have ended.

mod answer;
mod over;

use askama::Template;
use axum::response::IntoResponse;
use readmit::{
    AuditSubject, BypassId, CommandId, IdentityCheck, RecoveryId, RecoveryQuery, RecoveryRow, Role,
    Stage, Views,
};

use self::over::Over;
use super::acting::Acting;
use super::person::{self, Person};
use super::wrong::Wrong;
use super::{APPROVES, GRANTS, WORKS, say};
use crate::pages::names::{self, Admins};
use crate::pages::page::{Chrome, Page, Surface};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::problem::Problem;

pub(super) use answer::{approve, deny, revoke};

/// Open ones on the page: those whose end comes first.
const OPEN: usize = 50;
/// The latest ones, of which those that have ended are shown.
const LATEST: usize = 30;

#[derive(Template)]
#[template(path = "console/bypasses.html")]
struct BypassesPage {
    chrome: Chrome,
    awaiting: Vec<Awaiting>,
    open: Vec<Open>,
    /// Whether there are more than these.
    more: bool,
    over: Vec<Over>,
    needs_code: bool,
    checks: Vec<(&'static str, String)>,
    wrong: Wrong,
}

/// One that somebody asked for.
#[expect(clippy::struct_excessive_bools, reason = "what its row offers")]
struct Awaiting {
    about: About,
    /// Whether the visitor asked for it.
    own: bool,
    may_answer: bool,
    may_withdraw: bool,
    /// Whether whoever approves must say how they made sure who it is.
    needs_check: bool,
}

/// One that the customer can use, or has used.
struct Open {
    about: About,
    from: When,
    stage: &'static str,
    may_revoke: bool,
}

/// What is told of both.
struct About {
    person: Person,
    reason: String,
    ticket: String,
    /// Who asked for it, or granted it.
    by: String,
    until: When,
    /// The same, for whoever reads no local time.
    ends: String,
    recovery: RecoveryId,
    bypass: BypassId,
    command: CommandId,
}

/// The page under way.
struct Listing<'v> {
    visitor: &'v Visitor,
    admin: &'v Admin,
    views: &'v Views,
    logins: &'v Admins,
}

pub(super) async fn show(visitor: Visitor) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    let acting = Acting::new(&visitor, &admin, "");
    Ok(Page(page(&visitor, &admin, &acting, Wrong::default()).await?))
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
    wrong: Wrong,
) -> Result<BypassesPage, Refused> {
    admin.caller.record_access(AuditSubject::Register).await?;
    let policy = admin.tenant().state().await?.policy;
    let views = admin.tenant().views().await?;
    let logins = visitor.app.names.admins(admin.tenant()).await?;
    let cases = views.open_bypasses(None, Some(OPEN)).await?;
    let latest = views.recoveries(&RecoveryQuery::new().limit(LATEST)).await?;
    let listing = Listing { visitor, admin, views: &views, logins: &logins };
    let (mut awaiting, mut open, mut over) = (Vec::new(), Vec::new(), Vec::new());
    for row in &cases.items {
        if row.record.stage == Stage::AwaitingApproval {
            awaiting.push(listing.awaiting(row, policy.demands.identity_check).await?);
        } else {
            open.push(listing.open(row).await?);
        }
    }
    for row in &latest.items {
        over.extend(listing.over(row).await?);
    }
    over.sort_by_key(|over| std::cmp::Reverse(over.ended.0));
    Ok(BypassesPage {
        chrome: admin.chrome.clone(),
        awaiting,
        open,
        more: cases.next.is_some(),
        over,
        needs_code: acting.needs_code(&policy),
        checks: checks(visitor),
        wrong,
    })
}

/// How an identity can be checked, for whoever approves.
fn checks(visitor: &Visitor) -> Vec<(&'static str, String)> {
    let done = IdentityCheck::ALL.iter().filter(|check| **check != IdentityCheck::None);
    done.map(|check| (check.name(), say::check(visitor.words(), *check))).collect()
}

impl Listing<'_> {
    async fn awaiting(&self, row: &RecoveryRow, check: bool) -> Result<Awaiting, Problem> {
        let record = &row.record;
        let asked = record.requested.as_ref().map(|step| step.who);
        let own = asked.is_some_and(|who| who.account() == Some(self.admin.id.into()));
        let revokes = self.admin.holds(&GRANTS);
        Ok(Awaiting {
            own,
            may_answer: self.admin.holds(&APPROVES) && !own,
            may_withdraw: revokes || (own && self.admin.holds(&[Role::Helpdesk])),
            needs_check: check && record.terms.identity_check == IdentityCheck::None,
            about: self.about(row, asked.as_ref()).await?,
        })
    }

    async fn open(&self, row: &RecoveryRow) -> Result<Open, Problem> {
        let granted = row.record.granted.as_ref().map(|step| step.who);
        let set_up = row.record.stage == Stage::DeviceEnrolled;
        Ok(Open {
            from: row.record.window.map_or(row.opened_at, |(from, _)| from).into(),
            stage: person::stage_name(row.record.stage),
            may_revoke: self.admin.holds(&GRANTS) && !set_up,
            about: self.about(row, granted.as_ref()).await?,
        })
    }

    async fn over(&self, row: &RecoveryRow) -> Result<Option<Over>, Problem> {
        let Some((ended, end)) = row.record.ended else { return Ok(None) };
        let who = row.record.granted.or(row.record.requested).map(|step| step.who);
        let person = Person::find(self.views, self.logins, row.record.account).await?;
        let by = who.map(|who| names::who(self.visitor.words(), self.logins, &who));
        let took = ended.since(row.opened_at);
        Ok(Some(Over::new(self.visitor.words(), person, by.unwrap_or_default(), ended, took, end)))
    }

    async fn about(&self, row: &RecoveryRow, who: Option<&readmit::Who>) -> Result<About, Problem> {
        let (words, record) = (self.visitor.words(), &row.record);
        Ok(About {
            person: Person::find(self.views, self.logins, record.account).await?,
            reason: say::reason(words, record.terms.reason),
            ticket: say::ticket(&record.terms),
            by: who.map(|who| names::who(words, self.logins, who)).unwrap_or_default(),
            until: row.due.into(),
            ends: say::moment(row.due, self.views.now()),
            recovery: record.recovery,
            bypass: record.bypass,
            command: self.visitor.app.engine.draw_command_id()?,
        })
    }
}
