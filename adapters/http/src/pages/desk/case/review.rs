//! `POST /audit/recoveries/{id}/review`: an auditor signs a case off.

use axum::response::{IntoResponse as _, Redirect, Response};
use readmit::{CommandId, Envelope, RecoveryId, RecoveryRow, SignOffReview, Tenant, Verdict};
use serde::Deserialize;

use super::super::enter;
use super::super::people::People;
use super::{find, page};
use crate::extract::{How, PathOf};
use crate::pages::form::{self, Form};
use crate::pages::names;
use crate::pages::page::unprocessable;
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::pages::words::Words;
use crate::problem::Problem;

/// What was said of a case last.
pub(super) struct Reviewed {
    pub(super) by: String,
    pub(super) at: When,
    /// By its stored name.
    pub(super) verdict: &'static str,
    pub(super) note: Option<String>,
    pub(super) position: u64,
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
            let error = Some(visitor.words().why(&problem));
            Ok(unprocessable(page(&visitor, admin, row, None, sent.typed, error).await?))
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

impl Reviewed {
    pub(super) async fn of(
        tenant: &Tenant,
        words: &Words,
        people: &People,
        row: &RecoveryRow,
    ) -> Result<Option<Self>, Problem> {
        let Some(review) = &row.review else { return Ok(None) };
        let leaf = tenant.leaves(review.position).await?.into_iter().next();
        let note = match leaf.and_then(|leaf| Envelope::decode(&leaf).ok()) {
            Some(event) => tenant.private(&event).await?.and_then(|private| private.note),
            None => None,
        };
        Ok(Some(Self {
            by: names::who(words, &people.admins, &review.by),
            at: When(review.at),
            verdict: verdict(review.verdict),
            note: note.map(|note| note.as_str().to_owned()),
            position: review.position,
        }))
    }
}

impl Typed {
    pub(super) fn is(&self, name: &str) -> bool {
        self.verdict.map(verdict) == Some(name)
    }
}

const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::Questioned => "questioned",
    }
}
