//! `recovery list`: cases, by period, admin, reason, end, profile.

use std::{fmt, io};

use clap::{Args, ValueEnum};
use readmit::{
    AccountId, AdminId, CaseEnd, CaseRecord, Profile, Reason, RecoveryId, Tenant, Timestamp,
};
use serde::Serialize;

use crate::args::{self, AccountName};
use crate::case::{self, NamedCase, began};
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
    #[arg(long, value_enum, value_name = "HOW")]
    ended: Option<Ended>,
    /// Those of which this is the strictest profile they met
    #[arg(long, value_enum)]
    profile: Option<Met>,
    /// So many at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=500))]
    limit: u16,
    /// Go on where the page before ended: what that one named
    #[arg(long, value_name = "CURSOR")]
    after: Option<RecoveryId>,
    #[command(flatten)]
    pub(super) form: FormatArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Ended {
    Completed,
    Denied,
    Revoked,
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Met {
    Strict,
    Standard,
    None,
}

/// The filters, with names looked up.
struct Filter<'a> {
    args: &'a ListArgs,
    admin: Option<AdminId>,
    requested_by: Option<AccountId>,
    now: Timestamp,
}

#[derive(Serialize)]
struct Recoveries {
    recoveries: Vec<NamedCase>,
    next: Option<String>,
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
    let mut people = People::of(&tenant).await?;
    let admin = match &args.admin {
        Some(name) => Some(people.admin(name).await?),
        None => None,
    };
    let requested_by = match &args.requested_by {
        Some(name) => Some(people.find(name).await?.id),
        None => None,
    };
    let now = tenant.latest().await?;
    let filter = Filter { args, admin, requested_by, now };
    let (cases, next) = page(&tenant, &filter).await?;
    let recoveries = NamedCase::all(&mut people, cases).await?;
    if recoveries.is_empty() {
        context.output.talk("There is no such recovery.");
    }
    context.output.answer_as(&args.form, &Recoveries { recoveries, next: next.clone() })?;
    if let Some(next) = next {
        context.output.talk(format!("\nThere are more: repeat this with --after {next}"));
    }
    Ok(())
}

/// A page of cases, and where the next one begins.
async fn page(
    tenant: &Tenant,
    filter: &Filter<'_>,
) -> Result<(Vec<CaseRecord>, Option<String>), CliError> {
    let mut cases: Vec<CaseRecord> = tenant.recoveries().await?.into_values().collect();
    cases.reverse();
    let after = filter.args.after;
    let mut rest = cases
        .into_iter()
        .filter(|case| after.is_none_or(|after| case.recovery < after))
        .filter(|case| filter.takes(case));
    let page: Vec<CaseRecord> = rest.by_ref().take(filter.args.limit.into()).collect();
    let last = page.last().map(|case| case.recovery.to_string());
    Ok((page, rest.next().and(last)))
}

impl Filter<'_> {
    fn takes(&self, case: &CaseRecord) -> bool {
        let Self { args, admin, requested_by, now } = self;
        let began = began(case);
        let by = |step: Option<readmit::Step>| step.and_then(|step| step.who.account());
        let open = case.ended.is_none() && case.window.is_none_or(|(_, until)| *now < until);
        (open || !args.open)
            && args.from.is_none_or(|from| began.is_some_and(|at| from <= at))
            && args.to.is_none_or(|to| began.is_some_and(|at| at < to))
            && admin.is_none_or(|admin| by(case.granted) == Some(admin.into()))
            && requested_by.is_none_or(|account| by(case.requested) == Some(account))
            && args.reason.is_none_or(|reason| case.terms.reason == Some(reason))
            && args.ended.is_none_or(|ended| case.ended.is_some_and(|(_, end)| ended.is(end)))
            && args.profile.is_none_or(|profile| case.profile_met() == profile.profile())
    }
}

impl Ended {
    const fn is(self, end: CaseEnd) -> bool {
        matches!(
            (self, end),
            (Self::Completed, CaseEnd::Completed { .. })
                | (Self::Denied, CaseEnd::Denied)
                | (Self::Revoked, CaseEnd::Revoked { .. })
                | (Self::Expired, CaseEnd::Expired { .. })
        )
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
