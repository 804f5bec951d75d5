//! `report alerts`: misuse and debt that the rules found in a period.

use std::{fmt, io};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use readmit::reports::csv;
use readmit::{Alert, AlertQuery, Error, PAGE_ITEMS_MAX, Rule, Severity, Tenant};
use serde::Serialize;

use super::ReportArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Sheet, table};
use crate::people::{People, Person};
use crate::period::Period;
use crate::words;

#[derive(Debug, Args)]
pub(crate) struct AlertArgs {
    #[command(flatten)]
    pub(super) report: ReportArgs,
    /// Only those of this rule
    #[arg(long, value_parser = rule())]
    rule: Option<Rule>,
}

fn rule() -> impl TypedValueParser<Value = Rule> {
    let names = Rule::ALL.iter().map(|rule| rule.name());
    PossibleValuesParser::new(names).try_map(|name: String| name.parse::<Rule>())
}

#[derive(Serialize)]
struct Register {
    tenant: String,
    period: Period,
    alerts: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    alert: Alert,
    severity: Severity,
    subject_person: Person,
    account_person: Person,
    message: String,
}

const HEADERS: [&str; 8] =
    ["time", "severity", "rule", "about", "account", "event", "recovery", "what was found"];

impl Told {
    fn row(&self) -> [String; 8] {
        let Alert { at, position, rule, recovery, .. } = &self.alert;
        [
            words::moment(*at),
            words::severity(self.severity).to_owned(),
            rule.name().to_owned(),
            self.subject_person.to_string(),
            self.account_person.to_string(),
            position.to_string(),
            recovery.map(|recovery| recovery.to_string()).unwrap_or_default(),
            self.message.clone(),
        ]
    }
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        table(f, HEADERS, self.alerts.iter().map(Told::row))
    }
}

impl Sheet for Register {
    fn csv(&self) -> io::Result<Vec<u8>> {
        csv(HEADERS, self.alerts.iter().map(Told::row))
    }
}

pub(super) async fn run(context: &Context, args: &AlertArgs) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let period = args.report.period.period(&tenant).await?;
    let mut people = People::of(&tenant).await?;
    let mut alerts = Vec::new();
    for alert in found(&tenant, period, args.rule).await? {
        alerts.push(Told {
            severity: alert.severity(),
            subject_person: people.person(alert.subject).await?,
            account_person: people.person(alert.account).await?,
            message: alert.sentence(),
            alert,
        });
    }
    let count = alerts.len();
    let tenant = tenant.name().to_owned();
    context.output.answer_as(&args.report.form, &Register { tenant, period, alerts })?;
    context.output.talk(format_args!(
        "{count} alert(s) in {period}. Each is a reason to look, and no verdict."
    ));
    Ok(())
}

/// The newest first.
async fn found(tenant: &Tenant, period: Period, rule: Option<Rule>) -> Result<Vec<Alert>, Error> {
    let views = tenant.views().await?;
    views.caught_up().await?;
    let mut query = AlertQuery::new().from(period.from).before(period.to).limit(PAGE_ITEMS_MAX);
    if let Some(rule) = rule {
        query = query.rule(rule);
    }
    let mut alerts = Vec::new();
    loop {
        let page = views.alerts(&query).await?;
        alerts.extend(page.items);
        let Some(next) = page.next else { return Ok(alerts) };
        query = query.after(next);
    }
}
