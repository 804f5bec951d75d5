//! `recovery list`: cases, by period, admin, reason, end, profile.

use std::{fmt, io};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use readmit::{Ended, PageCursor, Profile, Reason, RecoveryQuery, Timestamp};
use serde::Serialize;

use crate::args::{self, AccountName, PageArgs};
use crate::case::{self, NamedCase};
use crate::context::Context;
use crate::error::CliError;
use crate::output::{FormatArgs, Sheet, table};
use crate::people::People;
use crate::period;
use crate::words;

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those that are open now, whose end comes first, first
    #[arg(long, conflicts_with_all = ["from", "to", "admin", "requested_by", "reason", "ended", "profile"])]
    open: bool,
    /// Those that began at this moment or later: 2026-11-24 is midnight UTC
    #[arg(long, value_name = "TIME", value_parser = args::moment)]
    from: Option<Timestamp>,
    /// Those that began before this moment
    #[arg(long, value_name = "TIME", value_parser = args::moment)]
    to: Option<Timestamp>,
    /// Those that this admin granted or approved
    #[arg(long, value_name = "LOGIN|ID")]
    admin: Option<AccountName>,
    /// Those that this person asked for, where a second one had to approve
    #[arg(long, value_name = "LOGIN|ID")]
    requested_by: Option<AccountName>,
    /// Those for this reason
    #[arg(long, value_parser = args::reason())]
    reason: Option<Reason>,
    /// Those that ended so
    #[arg(long, value_name = "HOW", value_parser = ended())]
    ended: Option<Ended>,
    /// Those of which this is the strictest profile they met
    #[arg(long, value_enum)]
    profile: Option<Met>,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    pub(super) form: FormatArgs,
}

/// A profile, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Met {
    Strict,
    Standard,
    None,
}

fn ended() -> impl TypedValueParser<Value = Ended> {
    let names = Ended::ALL.map(Ended::name);
    PossibleValuesParser::new(names).try_map(|name: String| name.parse::<Ended>())
}

#[derive(Serialize)]
struct Recoveries {
    recoveries: Vec<NamedCase>,
    next: Option<PageCursor>,
}

impl fmt::Display for Recoveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers = [
            "account",
            "began",
            "state",
            "ended at",
            "by",
            "reason",
            "ticket",
            "profile met",
            "recovery",
        ];
        let rows = self.recoveries.iter().map(|case| {
            [
                case.account(),
                case.began().map(words::moment).unwrap_or_default(),
                case.state(),
                case.record().ended.map(|(at, _)| words::moment(at)).unwrap_or_default(),
                case.by(),
                words::reason(case.terms().reason),
                case.ticket(),
                case.profile().to_owned(),
                case.record().recovery.to_string(),
            ]
        });
        table(f, headers, rows)
    }
}

impl Sheet for Recoveries {
    fn csv(&self) -> io::Result<Vec<u8>> {
        case::sheet(&self.recoveries)
    }
}

pub(super) async fn run(context: &Context, args: &ListArgs) -> Result<(), CliError> {
    period::check(args.from, args.to)?;
    let tenant = context.tenant().await?;
    let views = tenant.views().await?;
    views.caught_up().await?;
    let mut people = People::of(&tenant).await?;
    let found = if args.open {
        views.open_bypasses(args.page.after.clone(), Some(args.page.limit)).await?
    } else {
        views.recoveries(&args.query(&mut people).await?).await?
    };
    let next = found.next;
    let recoveries = NamedCase::all(&mut people, found.items).await?;
    if recoveries.is_empty() {
        context.output.talk("There is no such recovery.");
    }
    context.output.answer_as(&args.form, &Recoveries { recoveries, next: next.clone() })?;
    context.output.talk_of_next(next.as_ref());
    Ok(())
}

impl ListArgs {
    /// What is asked for, with names looked up.
    async fn query(&self, people: &mut People) -> Result<RecoveryQuery, CliError> {
        let mut query = RecoveryQuery::new().limit(self.page.limit);
        if let Some(from) = self.from {
            query = query.opened_from(from);
        }
        if let Some(to) = self.to {
            query = query.opened_before(to);
        }
        if let Some(admin) = &self.admin {
            query = query.granted_by(people.admin(admin).await?);
        }
        if let Some(person) = &self.requested_by {
            query = query.requested_by(people.find(person).await?.id);
        }
        if let Some(reason) = self.reason {
            query = query.reason(reason);
        }
        if let Some(ended) = self.ended {
            query = query.ended(ended);
        }
        if let Some(met) = self.profile {
            query = query.profile(met.profile());
        }
        if let Some(after) = &self.page.after {
            query = query.after(after.clone());
        }
        Ok(query)
    }
}

impl Met {
    const fn profile(self) -> Option<Profile> {
        match self {
            Self::Strict => Some(Profile::Strict),
            Self::Standard => Some(Profile::Standard),
            Self::None => None,
        }
    }
}
