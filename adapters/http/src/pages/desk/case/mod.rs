//! `/audit/recoveries/{id}`: one case, event by event.
//!
//! | module | what it holds |
//! |---|---|
//! | `changes` | the account as of an event, and what the event changed |
//! | `lanes` | the picture |
//! | `replay` | the case with its account folded anew, event by event |
//! | `review` | the sign-off |

mod changes;
mod lanes;
mod replay;
mod review;

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use readmit::reports::BypassException;
use readmit::{AuditSubject, CommandId, RecoveryId, RecoveryRow};
use serde::Deserialize;

use self::lanes::Lanes;
use self::replay::{Entry, Fact, Replay};
use self::review::{Reviewed, Typed};
use super::enter;
use super::line::Line;
use super::people::People;
use crate::extract::{PathOf, Query};
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::problem::Problem;

pub(super) use self::review::review;

#[derive(Template)]
#[template(path = "desk/case.html")]
struct CasePage {
    chrome: Chrome,
    case: Line,
    terms: Terms,
    lanes: Lanes,
    step: usize,
    took: String,
    facts: Vec<Fact>,
    entries: Vec<Entry>,
    reviewed: Option<Reviewed>,
    ended: bool,
    command: CommandId,
    typed: Typed,
    error: Option<String>,
}

/// What was granted, by whom.
struct Terms {
    requested_by: String,
    requested: Option<When>,
    granted_by: String,
    granted: Option<When>,
    window: Option<(When, When)>,
    proof: &'static str,
    uses: u8,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    step: Option<usize>,
}

pub(super) async fn show(
    visitor: Visitor,
    PathOf(id): PathOf<RecoveryId>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let admin = enter(&visitor).await?;
    let row = find(&admin, id).await?;
    record(&visitor, &admin, id, &headers).await?;
    let page = page(&visitor, admin, row, asked.step, Typed::default(), None).await?;
    Ok(Page(page).into_response())
}

/// A case, also if it began a moment ago.
async fn find(admin: &Admin, id: RecoveryId) -> Result<RecoveryRow, Problem> {
    let views = admin.tenant().views().await?;
    views.caught_up().await?;
    views.recovery(id).await?.ok_or_else(Problem::not_found)
}

/// Records that the case is looked at: always, but for the slider's own requests of a session that
/// has just opened the case, which would drown the ledger.
async fn record(
    visitor: &Visitor,
    admin: &Admin,
    id: RecoveryId,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let shown = &visitor.app.shown;
    let name = format!("case {id}");
    if by_script(headers) && shown.find::<()>(admin.token, &name).is_some() {
        return Ok(());
    }
    admin.caller.record_access(AuditSubject::Case).await?;
    shown.keep(admin.token, &name, ());
    Ok(())
}

/// Whether a script of ours asks, as browsers say it (W3C Fetch Metadata).
fn by_script(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|it| it == value);
    is("sec-fetch-dest", "empty") && is("sec-fetch-site", "same-origin")
}

async fn page(
    visitor: &Visitor,
    admin: Admin,
    row: RecoveryRow,
    step: Option<usize>,
    typed: Typed,
    error: Option<String>,
) -> Result<CasePage, Refused> {
    let words = visitor.words();
    let tenant = admin.tenant();
    let mut people = People::of(&visitor.app, tenant).await?;
    let replay = Replay::of(tenant, &row.record).await?;
    let step = step.unwrap_or(replay.events.len()).clamp(1, replay.events.len().max(1));
    let reviewed = Reviewed::of(tenant, words, &people, &row).await?;
    let exception = BypassException::from(row.record);
    let case = Line::of(words, &mut people, &exception).await?;
    let terms = Terms::of(&mut people, &exception).await?;
    Ok(CasePage {
        case,
        terms,
        lanes: Lanes::of(&replay.events, step),
        step,
        took: replay.took(),
        facts: replay.facts(words, step),
        entries: replay.entries(words, &people),
        reviewed,
        ended: exception.record.ended.is_some(),
        command: visitor.app.engine.draw_command_id()?,
        typed,
        error,
        chrome: admin.chrome,
    })
}

impl CasePage {
    /// The event that is looked at.
    fn now(&self) -> Option<&Entry> {
        self.entries.get(self.step - 1)
    }

    fn first(&self) -> bool {
        self.step <= 1
    }

    fn last(&self) -> bool {
        self.step >= self.entries.len()
    }
}

impl Terms {
    async fn of(people: &mut People, case: &BypassException) -> Result<Self, Problem> {
        let record = &case.record;
        Ok(Self {
            requested_by: people.step(record.requested).await?,
            requested: record.requested.map(|step| When(step.at)),
            granted_by: people.step(record.granted).await?,
            granted: record.granted.map(|step| When(step.at)),
            window: record.window.map(|(from, until)| (When(from), When(until))),
            proof: record.terms.proof.name(),
            uses: record.terms.max_uses,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_calls_a_script_of_ours_is_one() {
        let asks = |headers: &[(&'static str, &'static str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(*name, value.parse().unwrap());
            }
            by_script(&map)
        };
        assert!(asks(&[("sec-fetch-dest", "empty"), ("sec-fetch-site", "same-origin")]));
        assert!(!asks(&[("sec-fetch-dest", "document"), ("sec-fetch-site", "same-origin")]));
        assert!(!asks(&[("sec-fetch-dest", "empty"), ("sec-fetch-site", "cross-site")]));
        assert!(!asks(&[]));
    }
}
