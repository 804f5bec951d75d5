//! `POST /audit/recoveries/{id}/review`: an auditor signs a case off.

use axum::response::{IntoResponse as _, Redirect, Response};
use readmit::{
    AuditSubject, CommandId, Envelope, Event, RecoveryId, RecoveryRow, SignOffReview, Tenant,
    Verdict,
};
use serde::Deserialize;

use super::super::line::verdict;
use super::super::people::People;
use super::super::{enter, record};
use super::{find, page};
use crate::extract::{How, PathOf};
use crate::pages::form::{self, Form};
use crate::pages::names;
use crate::pages::notes;
use crate::pages::page::unprocessable;
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::pages::words::Words;
use crate::problem::Problem;

/// Reviews that are shown of a case: more than anybody ever needed.
const REVIEWS: usize = 50;

/// What was said of a case, the oldest first.
pub(super) struct Reviews {
    /// Older ones, which the ledger has.
    pub(super) earlier: usize,
    pub(super) shown: Vec<Reviewed>,
}

/// What was said of a case once.
pub(super) struct Reviewed {
    pub(super) by: String,
    pub(super) at: When,
    /// By its stored name.
    pub(super) verdict: &'static str,
    pub(super) note: Option<String>,
    pub(super) position: u64,
}

/// Why the form was not taken.
pub(super) struct Unsaid {
    /// The field that it is about.
    pub(super) field: Option<&'static str>,
    pub(super) why: String,
}

/// What the auditor says.
#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    pub(super) verdict: Option<Verdict>,
    #[serde(default)]
    pub(super) note: String,
}

/// The form.
#[derive(Deserialize)]
pub(crate) struct Sent {
    #[serde(flatten)]
    typed: Typed,
    #[serde(deserialize_with = "form::command_id")]
    command: CommandId,
}

pub(crate) async fn review(
    visitor: Visitor,
    PathOf(id): PathOf<RecoveryId>,
    Form(sent): Form<Sent>,
) -> Result<Response, Refused> {
    let admin = enter(&visitor).await?;
    let row = find(&admin, id).await?;
    match sign_off(&admin, &row, &sent).await {
        Ok(()) => Ok(Redirect::to(&format!("/audit/recoveries/{id}")).into_response()),
        Err(problem) if problem.status().is_server_error() => Err(problem.into()),
        Err(problem) => {
            // What says no shows the whole case again.
            record(&admin, AuditSubject::Case).await?;
            let wrong = Some(Unsaid::of(visitor.words(), &problem));
            Ok(unprocessable(page(&visitor, admin, row, None, sent.typed, wrong).await?))
        }
    }
}

async fn sign_off(admin: &Admin, row: &RecoveryRow, sent: &Sent) -> Result<(), Problem> {
    if row.record.ended.is_none() {
        return Err(Problem::new("not_ended", "The recovery has not ended yet."));
    }
    let missing = || Problem::new("invalid_body", "The form has no verdict.").about("verdict");
    let verdict = sent.typed.verdict.ok_or_else(missing)?;
    let review = SignOffReview::new(row.record.recovery, verdict);
    let review = match sent.typed.note.trim() {
        "" => review,
        note => review.note(note),
    };
    let how = How { id: Some(sent.command), if_version: None };
    admin.caller.carry_out(&admin.caller.actor(), review, how).await?;
    Ok(())
}

impl Unsaid {
    fn of(words: &Words, problem: &Problem) -> Self {
        if problem.field() == Some("verdict") {
            return Self {
                field: Some("verdict"),
                why: words.say("case-verdict-missing").to_string(),
            };
        }
        let is_note = ["note_missing", "invalid_text"].contains(&problem.code());
        Self { field: is_note.then_some("note"), why: words.why(problem) }
    }
}

impl Reviews {
    pub(super) async fn of(
        tenant: &Tenant,
        words: &Words,
        people: &People,
        row: &RecoveryRow,
    ) -> Result<Self, Problem> {
        let events = match row.review {
            Some(_) => tenant.reviews(row.record.recovery).await?,
            None => Vec::new(),
        };
        let earlier = events.len().saturating_sub(REVIEWS);
        let mut shown = Vec::new();
        for event in events.iter().skip(earlier) {
            shown.extend(Reviewed::of(tenant, words, people, event).await?);
        }
        Ok(Self { earlier, shown })
    }
}

impl Reviewed {
    async fn of(
        tenant: &Tenant,
        words: &Words,
        people: &People,
        event: &Envelope,
    ) -> Result<Option<Self>, Problem> {
        let Event::ReviewSignedOff(said) = &event.event else { return Ok(None) };
        Ok(Some(Self {
            by: names::who(words, &people.admins, &event.who),
            at: When(event.at),
            verdict: verdict(said.verdict),
            note: notes::beside(tenant, event).await?,
            position: event.position,
        }))
    }
}

impl Typed {
    pub(super) fn is(&self, name: &str) -> bool {
        self.verdict.map(verdict) == Some(name)
    }
}
