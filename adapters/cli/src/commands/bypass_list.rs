//! `bypass list`: the open cases, or all of them.

use std::fmt;

use readmit::{CaseRecord, Profile, Tenant, Timestamp};
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::output::table;
use crate::people::{People, Person};
use crate::words;

#[derive(Serialize)]
struct Cases {
    recoveries: Vec<Listed>,
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
    until: Option<Timestamp>,
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
        match (self.record.ended, self.until) {
            (Some((at, _)), _) => format!("ended {}", words::moment(at)),
            (None, Some(until)) => words::until(until, now),
            (None, None) => String::new(),
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

pub(super) async fn run(context: &Context, tenant: &Tenant, all: bool) -> Result<(), CliError> {
    let now = context.engine().await?.now();
    let mut people = People::of(tenant).await?;
    let mut recoveries = Vec::new();
    for record in tenant.recoveries().await?.into_values() {
        let until = due(tenant, &record).await?;
        // What has run out is over, even if nobody has recorded it yet.
        let open = record.ended.is_none() && until.is_some_and(|until| now < until);
        if all || open {
            recoveries.push(listed(&mut people, record, until).await?);
        }
    }
    if recoveries.is_empty() {
        context.output.talk(if all {
            "There was no recovery yet."
        } else {
            "No recovery is open. Those that have ended: readmit bypass list --all"
        });
    }
    context.output.answer(&Cases { recoveries, now })
}

/// When an open case ends by itself; of one that has ended, when it would have.
async fn due(tenant: &Tenant, record: &CaseRecord) -> Result<Option<Timestamp>, CliError> {
    if let Some((_, until)) = record.window {
        return Ok(Some(until));
    }
    if record.ended.is_some() {
        return Ok(None);
    }
    let case = tenant.account(record.account).await?.case;
    Ok(case.filter(|case| case.recovery == record.recovery).map(|case| case.due()))
}

async fn listed(
    people: &mut People,
    record: CaseRecord,
    until: Option<Timestamp>,
) -> Result<Listed, CliError> {
    let person = people.person(record.account).await?;
    let requested_by = match record.requested {
        Some(step) => Some(people.actor(&step.who).await?),
        None => None,
    };
    let granted_by = match record.granted {
        Some(step) => Some(people.actor(&step.who).await?),
        None => None,
    };
    let profile_met = record.profile_met();
    Ok(Listed { record, person, requested_by, granted_by, until, profile_met })
}
