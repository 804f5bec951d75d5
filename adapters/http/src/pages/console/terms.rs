//! On what terms a bypass is asked for or granted: what a second person must know before they say yes.

use readmit::{RecoveryRow, Tenant, Terms};

use super::say;
use crate::pages::notes;
use crate::pages::words::Words;
use crate::problem::Problem;

/// The terms, for people.
pub(super) struct Told {
    pub(super) reason: String,
    /// Empty without one.
    pub(super) ticket: String,
    pub(super) check: String,
    pub(super) lifetime: String,
    pub(super) proof: String,
    pub(super) uses: u8,
    /// From which networks; empty for any.
    pub(super) networks: String,
    /// What whoever asked for it, or granted it, wrote beside it: private data.
    pub(super) note: Option<String>,
}

impl Told {
    /// What a case was opened with, on these terms.
    pub(super) async fn of(
        tenant: &Tenant,
        words: &Words,
        row: &RecoveryRow,
        terms: &Terms,
    ) -> Result<Self, Problem> {
        let networks: Vec<String> = terms.networks.iter().map(ToString::to_string).collect();
        Ok(Self {
            reason: say::reason(words, terms.reason),
            ticket: say::ticket(terms),
            check: say::check(words, terms.identity_check),
            lifetime: say::span(words, terms.lifetime_seconds),
            proof: words.say(&format!("console-proof-{}", terms.proof)).to_string(),
            uses: terms.max_uses,
            networks: networks.join(", "),
            note: note(tenant, row).await?,
        })
    }
}

/// The note of the command that opened a case.
async fn note(tenant: &Tenant, row: &RecoveryRow) -> Result<Option<String>, Problem> {
    let history = tenant.history(row.record.account).await?;
    match history.iter().find(|event| event.position == row.opened_position) {
        Some(opened) => notes::of_command(tenant, &history, opened).await,
        None => Ok(None),
    }
}
