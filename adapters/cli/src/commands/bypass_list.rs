//! `bypass list`: the open cases, or all of them.

use std::fmt;

use readmit::{PageCursor, RecoveryQuery, Tenant, Timestamp};
use serde::Serialize;

use crate::args::PageArgs;
use crate::case::NamedCase;
use crate::context::Context;
use crate::error::CliError;
use crate::output::table;
use crate::people::People;
use crate::words;

#[derive(Serialize)]
struct Cases {
    recoveries: Vec<Listed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<PageCursor>,
    #[serde(skip)]
    now: Timestamp,
}

/// One case, and when it ends by itself.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    case: NamedCase,
    until: Timestamp,
}

impl Listed {
    fn until(&self, now: Timestamp) -> String {
        match self.case.record().ended {
            Some((at, _)) => format!("ended {}", words::moment(at)),
            None => words::until(self.until, now),
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
        let until = row.due;
        recoveries.push(Listed { case: NamedCase::of(&mut people, row).await?, until });
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
