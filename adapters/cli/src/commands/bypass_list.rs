//! `bypass list`: the open cases, or all of them.

use std::fmt;

use readmit::{CaseRecord, PageCursor, Profile, RecoveryQuery, RecoveryRow, Tenant, Timestamp};
use serde::Serialize;

use crate::args::PageArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::output::table;
use crate::people::{People, Person};
use crate::words;

#[derive(Serialize)]
struct Cases {
    recoveries: Vec<Listed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<PageCursor>,
    #[serde(skip)]
    now: Timestamp,
}

/// One case with everything that its register keeps of it.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    record: CaseRecord,
    person: Person,
    requested_by: Option<String>,
    granted_by: Option<String>,
    until: Timestamp,
    profile_met: Option<Profile>,
}

impl Listed {
    /// Who is answerable for it: who asked, and who granted.
    fn by(&self) -> String {
        match (&self.requested_by, &self.granted_by) {
            (Some(requested), Some(granted)) => format!("{requested}, {granted}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => String::new(),
        }
    }

    fn state(&self) -> String {
        match self.record.ended {
            Some((_, end)) => words::end(end),
            None => words::stage(self.record.stage).to_owned(),
        }
    }

    fn until(&self, now: Timestamp) -> String {
        match self.record.ended {
            Some((at, _)) => format!("ended {}", words::moment(at)),
            None => words::until(self.until, now),
        }
    }

    fn row(&self, now: Timestamp) -> [String; 8] {
        let terms = &self.record.terms;
        [
            self.person.to_string(),
            self.state(),
            self.until(now),
            self.by(),
            words::reason(terms.reason),
            terms.ticket.as_ref().map(|ticket| ticket.as_str().to_owned()).unwrap_or_default(),
            words::profile(self.profile_met).to_owned(),
            self.record.recovery.to_string(),
        ]
    }
}

impl fmt::Display for Cases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers =
            ["account", "state", "until", "by", "reason", "ticket", "profile met", "recovery"];
        table(f, headers, self.recoveries.iter().map(|listed| listed.row(self.now)))
    }
}

pub(super) async fn run(
    context: &Context,
    tenant: &Tenant,
    all: bool,
    page: &PageArgs,
) -> Result<(), CliError> {
    let views = tenant.views().await?;
    views.caught_up().await?;
    let found = if all {
        let mut query = RecoveryQuery::new().limit(page.limit);
        if let Some(after) = &page.after {
            query = query.after(after.clone());
        }
        views.recoveries(&query).await?
    } else {
        views.open_bypasses(page.after.clone(), Some(page.limit)).await?
    };
    let mut people = People::of(tenant).await?;
    let mut recoveries = Vec::new();
    for row in found.items {
        recoveries.push(listed(&mut people, row).await?);
    }
    if recoveries.is_empty() {
        context.output.talk(if all {
            "There was no recovery yet."
        } else {
            "No recovery is open. Those that have ended: readmit bypass list --all"
        });
    }
    let next = found.next.clone();
    context.output.answer(&Cases { recoveries, next: found.next, now: views.now() })?;
    context.output.talk_of_next(next.as_ref());
    Ok(())
}

async fn listed(people: &mut People, row: RecoveryRow) -> Result<Listed, CliError> {
    let (profile_met, until, record) = (row.profile_met(), row.due, row.record);
    let person = people.person(record.account).await?;
    let requested_by = match record.requested {
        Some(step) => Some(people.actor(&step.who).await?),
        None => None,
    };
    let granted_by = match record.granted {
        Some(step) => Some(people.actor(&step.who).await?),
        None => None,
    };
    Ok(Listed { record, person, requested_by, granted_by, until, profile_met })
}
