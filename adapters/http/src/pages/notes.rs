//! What people note beside what they do: private data, sealed beside the event, gone with an erasure.

use readmit::{Envelope, Tenant};

use crate::problem::Problem;

/// The note of the command that an event came of. It stands beside the first event of that command, which
/// may be the end of the case before.
pub(super) async fn of_command(
    tenant: &Tenant,
    history: &[Envelope],
    event: &Envelope,
) -> Result<Option<String>, Problem> {
    let first = history.iter().find(|other| other.command == event.command);
    beside(tenant, first.unwrap_or(event)).await
}

/// What was noted with an event, as long as it is there.
pub(super) async fn beside(tenant: &Tenant, event: &Envelope) -> Result<Option<String>, Problem> {
    let note = tenant.private(event).await?.and_then(|private| private.note);
    Ok(note.map(|note| note.as_str().to_owned()))
}
