//! The history in sentences.
//!
//! | file | what it holds |
//! |---|---|
//! | `sentence` | which message tells an event, and what it tells: in no language |
//! | `wording` | puts a sentence into the words of a language |
//! | `en.ftl` | the English words, all of them; of the alerts too |
//! | `de.ftl` | the German words, all of them |
//! | `table`, `query` | the history of a ledger as rows, and the questions asked of them |

mod query;
mod sentence;
mod table;
#[cfg(test)]
mod tests;
mod wording;

use readmit_domain::{Event, RecoveryId, StreamId, Timestamp, Who};
use readmit_runtime::Envelope;
use serde::Serialize;

pub use query::TimelineQuery;
pub(crate) use query::timeline;
pub use sentence::{Arg, Sentence};
pub(crate) use table::{TABLES, VERSION, fold};
pub use wording::Wording;

/// One line of history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// Where it stands in the ledger.
    pub position: u64,
    /// The stored name of the event.
    pub event: &'static str,
    /// Whose history it belongs to.
    pub stream: StreamId,
    /// Who acted.
    pub who: Who,
    /// The case it belongs to.
    pub recovery: Option<RecoveryId>,
    /// What happened, to be told in any language ([`Wording`]).
    pub sentence: Sentence,
    /// What happened, in one English sentence without names of people.
    pub summary: String,
}

impl From<&Envelope> for TimelineEntry {
    fn from(event: &Envelope) -> Self {
        let sentence = Sentence::of(&event.event);
        Self {
            at: event.at,
            position: event.position,
            event: event.event.name(),
            stream: event.stream,
            who: event.who,
            recovery: event.recovery,
            summary: Wording::english().tell(&sentence),
            sentence,
        }
    }
}

/// What happened, in one English sentence without names of people.
pub fn sentence(event: &Event) -> String {
    Wording::english().tell(&Sentence::of(event))
}
