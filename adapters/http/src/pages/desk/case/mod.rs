//! `/audit/recoveries/{id}`: one case, event by event.
//!
//! | module | what it holds |
//! |---|---|
//! | `changes` | the account as of an event, and what the event changed |
//! | `lanes` | the picture |
//! | `replay` | the case with its account folded anew, event by event |
//! | `terms` | what was asked for and granted |
//! | `review` | the sign-off |

mod changes;
mod lanes;
mod replay;
mod review;
mod terms;

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use readmit::reports::BypassException;
use readmit::{AuditSubject, CommandId, RecoveryId, RecoveryRow};
use serde::Deserialize;

use self::lanes::Lanes;
use self::replay::{Entry, Fact, Replay};
use self::review::{Reviews, Typed, Unsaid};
use self::terms::Terms;
use super::line::Line;
use super::people::People;
use super::{enter, record};
use crate::extract::{PathOf, Query};
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
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
    reviews: Reviews,
    ended: bool,
    /// Whether whoever looks has granted it themselves.
    own: bool,
    command: CommandId,
    typed: Typed,
    wrong: Option<Unsaid>,
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
    leave_trace(&visitor, &admin, id, &headers).await?;
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
async fn leave_trace(
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
    record(admin, AuditSubject::Case).await?;
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
    wrong: Option<Unsaid>,
) -> Result<CasePage, Refused> {
    let words = visitor.words();
    let tenant = admin.tenant();
    let mut people = People::of(&visitor.app, tenant).await?;
    let history = tenant.history(row.record.account).await?;
    let replay = Replay::of(&row.record, &history);
    let step = step.unwrap_or(replay.events.len()).clamp(1, replay.events.len().max(1));
    let reviews = Reviews::of(tenant, words, &people, &row).await?;
    let exception = BypassException::from(row);
    let case = Line::of(words, &mut people, &exception).await?;
    let terms = Terms::of(tenant, &mut people, &exception, &history).await?;
    let granted_by = exception.record.granted.and_then(|step| step.who.account());
    Ok(CasePage {
        case,
        terms,
        lanes: Lanes::of(&replay.events, step),
        step,
        took: replay.took(),
        facts: replay.facts(words, step),
        entries: replay.entries(words, &people),
        reviews,
        own: granted_by == Some(admin.id.into()),
        ended: exception.record.ended.is_some(),
        command: visitor.app.engine.draw_command_id()?,
        typed,
        wrong,
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

    /// Why a field of the form was not taken.
    fn wrong_at(&self, field: &str) -> Option<&str> {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == Some(field));
        wrong.map(|wrong| wrong.why.as_str())
    }

    /// Why the form was not carried out, if that is about none of its fields.
    fn refused(&self) -> Option<&str> {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field.is_none());
        wrong.map(|wrong| wrong.why.as_str())
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
