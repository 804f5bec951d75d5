//! A bypass that somebody asked for, with what a second person must know before they answer.

use readmit::{CommandId, IdentityCheck, RecoveryRow};

use super::{About, Listing};
use crate::pages::console::{may, say, terms};
use crate::problem::Problem;

pub(super) struct Awaiting {
    pub(super) about: About,
    pub(super) terms: terms::Told,
    /// Until when it can be approved, for whoever reads no local time.
    pub(super) ends: String,
    pub(super) answer: Option<Answer>,
    /// The message that says why the visitor cannot answer it, if so.
    pub(super) no_answer: &'static str,
    pub(super) withdraw: Option<CommandId>,
}

/// What the visitor can answer.
pub(super) struct Answer {
    pub(super) approve: CommandId,
    pub(super) deny: CommandId,
    /// Whether whoever approves must say how they made sure who it is.
    pub(super) needs_check: bool,
    /// What they have chosen so far; empty if nothing.
    pub(super) check: String,
}

/// What a form to approve brought that is shown again.
#[derive(Default)]
pub(super) struct Chosen {
    pub(super) form: String,
    pub(super) check: String,
}

impl Listing<'_> {
    pub(super) async fn awaiting(
        &self,
        row: &RecoveryRow,
        chosen: &Chosen,
    ) -> Result<Awaiting, Problem> {
        let record = &row.record;
        let asked_by = record.requested.as_ref().map(|step| step.who);
        let about = self.about(row, asked_by.as_ref()).await?;
        let rights = may::About::row(row);
        let needs_check = self.state.policy.demands.identity_check
            && record.terms.identity_check == IdentityCheck::None;
        let check = if chosen.form == about.form { chosen.check.clone() } else { String::new() };
        let answer = if may::answer(self.admin, self.state, rights) {
            Some(Answer { approve: self.draw()?, deny: self.draw()?, needs_check, check })
        } else {
            None
        };
        let withdraw = if may::revoke(self.admin, rights) { Some(self.draw()?) } else { None };
        let terms = terms::Told::of(self.admin.tenant(), self.words(), row, &record.terms).await?;
        let asked = may::asked(self.admin, rights);
        Ok(Awaiting {
            about,
            terms,
            ends: say::moment(row.due, self.now),
            answer,
            no_answer: if asked { "bypasses-own" } else { "bypasses-not-approver" },
            withdraw,
        })
    }
}
