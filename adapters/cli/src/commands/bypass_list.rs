//! `bypass list`: the open cases, or all of them.

use std::fmt;

use readmit::{CaseRecord, Tenant, Timestamp};
use serde::Serialize;

use crate::case::NamedCase;
use crate::context::Context;
use crate::error::CliError;
use crate::output::table;
use crate::people::People;
use crate::words;

#[derive(Serialize)]
struct Cases {
    recoveries: Vec<Listed>,
    #[serde(skip)]
    now: Timestamp,
}

/// One case, and when it ends by itself.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    case: NamedCase,
    until: Option<Timestamp>,
}

impl Listed {
    fn until(&self, now: Timestamp) -> String {
        match (self.case.record().ended, self.until) {
            (Some((at, _)), _) => format!("ended {}", words::moment(at)),
            (None, Some(until)) => words::until(until, now),
            (None, None) => String::new(),
        }
    }

    fn row(&self, now: Timestamp) -> [String; 8] {
        let case = &self.case;
        [
            case.account(),
            case.state(),
            self.until(now),
            case.by(),
            words::reason(case.terms().reason),
            case.ticket(),
            case.profile().to_owned(),
            case.record().recovery.to_string(),
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
            recoveries.push(Listed { case: NamedCase::of(&mut people, record).await?, until });
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
