//! Events in sentences, with who acted.

use std::fmt;

use readmit::{Error, TimelineEntry};
use serde::Serialize;

use crate::output::table;
use crate::people::People;

/// One line of a history.
#[derive(Serialize)]
pub(crate) struct Told {
    #[serde(flatten)]
    entry: TimelineEntry,
    actor: String,
}

impl Told {
    pub(crate) async fn all(
        people: &mut People,
        entries: impl IntoIterator<Item = TimelineEntry>,
    ) -> Result<Vec<Self>, Error> {
        let mut told = Vec::new();
        for entry in entries {
            let actor = people.actor(&entry.who).await?;
            told.push(Self { entry, actor });
        }
        Ok(told)
    }
}

/// Writes a history as a table.
pub(crate) fn history(f: &mut fmt::Formatter<'_>, told: &[Told]) -> fmt::Result {
    let rows = told.iter().map(|told| {
        let TimelineEntry { at, position, event, summary, .. } = &told.entry;
        let event = (*event).to_owned();
        [position.to_string(), at.to_string(), told.actor.clone(), event, summary.clone()]
    });
    table(f, ["position", "time", "by", "event", "what happened"], rows)
}
