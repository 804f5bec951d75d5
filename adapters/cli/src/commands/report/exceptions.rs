//! `report exceptions`: every bypass of a period.

use std::{fmt, io};

use readmit::Profile;
use serde::Serialize;

use super::ReportArgs;
use crate::case::{self, NamedCase};
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Sheet, table};
use crate::people::People;
use crate::period::Period;
use crate::words;

#[derive(Serialize)]
struct Register {
    tenant: String,
    period: Period,
    exceptions: Vec<NamedCase>,
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers = [
            "account",
            "asked by",
            "granted by",
            "granted at",
            "reason",
            "ticket",
            "identity",
            "proof",
            "lifetime",
            "used at",
            "state",
            "ended at",
            "profile met",
            "missing for the next",
            "recovery",
        ];
        table(f, headers, self.exceptions.iter().map(row))
    }
}

impl Sheet for Register {
    fn csv(&self) -> io::Result<Vec<u8>> {
        case::sheet(&self.exceptions)
    }
}

fn row(case: &NamedCase) -> [String; 15] {
    let (record, terms) = (case.record(), case.terms());
    let used: Vec<String> = record.used.iter().copied().map(words::moment).collect();
    let missing = case
        .next_profile()
        .map(|next| format!("{}: {}", words::profile(Some(next)), case.missing()));
    [
        case.account(),
        case.requested_by(),
        case.granted_by(),
        record.granted.map(|step| words::moment(step.at)).unwrap_or_default(),
        words::reason(terms.reason),
        case.ticket(),
        words::identity_check(terms.identity_check),
        words::proof(terms.proof).to_owned(),
        terms.lifetime_seconds.to_string(),
        used.join(", "),
        case.state(),
        record.ended.map(|(at, _)| words::moment(at)).unwrap_or_default(),
        case.profile().to_owned(),
        missing.unwrap_or_default(),
        record.recovery.to_string(),
    ]
}

pub(super) async fn run(context: &Context, args: &ReportArgs) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let period = args.period.period(&tenant).await?;
    let mut people = People::of(&tenant).await?;
    let found = tenant.exception_report(period.range()).await?;
    let met = |profile| found.iter().filter(|case| case.profile_met == profile).count();
    let told = format!(
        "{} bypass(es) began in {period}: {} met the profile strict, {} standard, {} none.",
        found.len(),
        met(Some(Profile::Strict)),
        met(Some(Profile::Standard)),
        met(None)
    );
    let exceptions = NamedCase::all(&mut people, found).await?;
    let tenant = tenant.name().to_owned();
    context.output.answer_as(&args.form, &Register { tenant, period, exceptions })?;
    context.output.talk(told);
    Ok(())
}
