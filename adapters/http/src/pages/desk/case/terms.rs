//! What was asked for and granted, by whom, and what they noted.

use readmit::reports::BypassException;
use readmit::{Envelope, Event, Tenant};

use super::super::people::People;
use crate::pages::when::When;
use crate::problem::Problem;

/// What was granted, by whom.
pub(super) struct Terms {
    pub(super) requested_by: String,
    pub(super) requested: Option<When>,
    pub(super) granted_by: String,
    pub(super) granted: Option<When>,
    pub(super) window: Option<(When, When)>,
    pub(super) proof: &'static str,
    pub(super) uses: u8,
    /// What whoever asked and whoever granted noted: private data, gone once the account is erased.
    pub(super) notes: Vec<String>,
}

impl Terms {
    pub(super) async fn of(
        tenant: &Tenant,
        people: &mut People,
        case: &BypassException,
        events: &[Envelope],
    ) -> Result<Self, Problem> {
        let record = &case.record;
        let mut notes = Vec::new();
        for event in events.iter().filter(|event| holds_a_note(&event.event)) {
            notes.extend(note(tenant, event).await?);
        }
        Ok(Self {
            requested_by: people.step(record.requested).await?,
            requested: record.requested.map(|step| When(step.at)),
            granted_by: people.step(record.granted).await?,
            granted: record.granted.map(|step| When(step.at)),
            window: record.window.map(|(from, until)| (When(from), When(until))),
            proof: record.terms.proof.name(),
            uses: record.terms.max_uses,
            notes,
        })
    }
}

const fn holds_a_note(event: &Event) -> bool {
    matches!(event, Event::BypassRequested(_) | Event::BypassGranted(_))
}

/// What was noted with an event, as long as it is there.
pub(super) async fn note(tenant: &Tenant, event: &Envelope) -> Result<Option<String>, Problem> {
    let note = tenant.private(event).await?.and_then(|private| private.note);
    Ok(note.map(|note| note.as_str().to_owned()))
}
