//! What was asked for and granted, by whom, and what they noted.

use readmit::reports::BypassException;
use readmit::{Envelope, Event, RecoveryId, Tenant};

use super::super::people::People;
use crate::pages::notes;
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
        history: &[Envelope],
    ) -> Result<Self, Problem> {
        let record = &case.record;
        Ok(Self {
            requested_by: people.step(record.requested).await?,
            requested: record.requested.map(|step| When(step.at)),
            granted_by: people.step(record.granted).await?,
            granted: record.granted.map(|step| When(step.at)),
            window: record.window.map(|(from, until)| (When(from), When(until))),
            proof: record.terms.proof.name(),
            uses: record.terms.max_uses,
            notes: noted(tenant, history, record.recovery).await?,
        })
    }
}

/// What whoever asked for a case and whoever granted it noted.
async fn noted(
    tenant: &Tenant,
    history: &[Envelope],
    case: RecoveryId,
) -> Result<Vec<String>, Problem> {
    let mut all = Vec::new();
    for event in history.iter().filter(|event| event.recovery == Some(case)) {
        if matches!(event.event, Event::BypassRequested(_) | Event::BypassGranted(_)) {
            all.extend(notes::of_command(tenant, history, event).await?);
        }
    }
    Ok(all)
}
