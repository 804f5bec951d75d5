//! Auditors leave traces too: what they looked at, and what they thought of it.

use serde::Serialize;

use crate::command::{Decision, Personal, TenantRule};
use crate::event::{AuditAccessed, AuditSubject, ReviewSignedOff, Verdict};
use crate::tenant::Tenant;
use crate::{Context, IntoText, Note, Permission, RecoveryId, Refusal, TextError};

/// Records that an auditor looked at history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordAuditAccess {
    what: AuditSubject,
}

impl RecordAuditAccess {
    /// What was looked at.
    pub const fn new(what: AuditSubject) -> Self {
        Self { what }
    }
}

impl TenantRule for RecordAuditAccess {
    fn decide(&self, _: &Tenant, context: &Context<'_>) -> Decision {
        context.permit_or_system(Permission::Audit)?;
        Ok(vec![AuditAccessed { what: self.what }.into()])
    }
}

/// Records what an auditor thinks of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignOffReview {
    reviewed: RecoveryId,
    verdict: Verdict,
    note: Option<Result<Note, TextError>>,
}

impl SignOffReview {
    /// What the auditor thinks of this case.
    pub const fn new(reviewed: RecoveryId, verdict: Verdict) -> Self {
        Self { reviewed, verdict, note: None }
    }

    /// Why. Personal data; needed to question a case.
    #[must_use]
    pub fn note(mut self, note: impl IntoText<Note>) -> Self {
        self.note = Some(note.into_text());
        self
    }
}

impl TenantRule for SignOffReview {
    fn decide(&self, _: &Tenant, context: &Context<'_>) -> Decision {
        context.permit(Permission::Audit)?;
        match (&self.note, self.verdict) {
            (Some(Err(why)), _) => return Err(Refusal::InvalidText { why: *why }),
            (None, Verdict::Questioned) => return Err(Refusal::NoteMissing),
            (Some(Ok(_)), _) | (None, Verdict::Accepted) => {}
        }
        Ok(vec![ReviewSignedOff { reviewed: self.reviewed, verdict: self.verdict }.into()])
    }

    fn personal(&self) -> Personal<'_> {
        let note = self.note.as_ref().and_then(|note| note.as_ref().ok());
        Personal { note, ..Personal::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::testing::{AUDREY, BOB, CASE, OLGA, Scenario};

    #[test]
    fn whoever_looks_at_history_leaves_a_trace() {
        for actor in [Actor::admin(AUDREY), Actor::admin(OLGA), Actor::system()] {
            let what = AuditSubject::Export;
            Scenario::new()
                .when(&actor, RecordAuditAccess::new(what))
                .then(&[AuditAccessed { what }.into()]);
        }
    }

    #[test]
    fn an_auditor_accepts_a_case_or_questions_it_with_a_note() {
        let mut scenario = Scenario::new();
        let audrey = Actor::admin(AUDREY);
        let signed = |verdict| [ReviewSignedOff { reviewed: CASE, verdict }.into()];
        scenario
            .when(&audrey, SignOffReview::new(CASE, Verdict::Accepted))
            .then(&signed(Verdict::Accepted));
        let questioned = SignOffReview::new(CASE, Verdict::Questioned);
        scenario.when(&audrey, questioned.clone()).then_refused("note_missing");
        scenario.when(&audrey, questioned.clone().note(" ")).then_refused("invalid_text");
        let questioned = questioned.note("who called whom?");
        assert_eq!(questioned.personal().note.map(Note::as_str), Some("who called whom?"));
        scenario.when(&audrey, questioned).then(&signed(Verdict::Questioned));
    }

    #[test]
    fn nobody_else_does_and_nobody_signs_off_for_the_operator() {
        let mut scenario = Scenario::new();
        let accepted = SignOffReview::new(CASE, Verdict::Accepted);
        scenario.when(&Actor::admin(BOB), accepted.clone()).then_refused("not_permitted");
        scenario.when(&Actor::system(), accepted).then_refused("not_permitted");
        scenario
            .when(&Actor::admin(BOB), RecordAuditAccess::new(AuditSubject::Case))
            .then_refused("not_permitted");
    }
}
