//! The ledger beside a checkpoint that an auditor kept where nobody who can write the database can
//! write: what no verification of the database alone can see.

use readmit::tlog::SignedCheckpoint;
use readmit::{Discrepancy, Tenant, VerifyError};

use super::verified::Found;

/// What came of it.
pub(super) enum Compared {
    /// The ledger goes on from there.
    Agrees {
        /// How many events the checkpoint covers.
        events: u64,
    },
    /// It does not.
    Differs {
        /// The message that says so.
        says: &'static str,
        bad: Discrepancy,
    },
    /// Whether it does cannot be said, since the ledger itself was not found to hold together.
    Unknown,
    /// What was typed is no checkpoint.
    Unreadable,
}

/// Reads a checkpoint as it comes out of a form: with the line ends of forms, and perhaps without the
/// last of them.
pub(super) fn read(typed: &str) -> Option<SignedCheckpoint> {
    format!("{}\n", typed.trim().replace("\r\n", "\n")).parse().ok()
}

impl Compared {
    /// Compares the ledger, of which this was just found, with a checkpoint that was kept.
    pub(super) async fn of(tenant: &Tenant, kept: &SignedCheckpoint, found: Option<Found>) -> Self {
        let events = kept.checkpoint().size();
        match tenant.verify_against(kept).await {
            Err(VerifyError::Broken(bad)) => Self::Differs { says: message(&bad), bad },
            // That the tree goes on from there says something only of events that belong to it.
            Ok(()) => match found {
                Some(Found::Good { size, .. }) if events <= size => Self::Agrees { events },
                _ => Self::Unknown,
            },
            Err(error) => {
                tracing::error!(%error, "a ledger could not be compared with a checkpoint");
                Self::Unknown
            }
        }
    }
}

fn message(bad: &Discrepancy) -> &'static str {
    match bad.what {
        "the remembered checkpoint" => "compare-other-ledger",
        "size of the ledger" => "compare-cut-off",
        _ => "compare-other-history",
    }
}

#[cfg(test)]
mod tests {
    use readmit::tlog::{Checkpoint, NoteSigner, leaf_hash};

    use super::*;

    #[test]
    fn a_checkpoint_is_read_as_forms_send_it() {
        let log = NoteSigner::new("example.com/log", &[7; 32]).unwrap();
        let checkpoint = Checkpoint::new("example.com/log", 1, leaf_hash(b"event")).unwrap();
        let signed = SignedCheckpoint::sign(checkpoint, &log).unwrap();
        let text = signed.to_string();
        for typed in [
            text.clone(),
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
            format!(" \r\n{text}\r\n\r\n"),
        ] {
            assert_eq!(read(&typed).as_ref(), Some(&signed), "{typed:?}");
        }
        for typed in ["", "checkpoint", &text.replace("\n\n", "\n")] {
            assert_eq!(read(typed), None, "{typed:?}");
        }
    }
}
