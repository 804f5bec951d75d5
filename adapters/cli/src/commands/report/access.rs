//! `report access`: who held which roles when, and whether duties stayed separate.

use std::{fmt, io};

use readmit::reports::{Breach, BreachedDuty, Duties, Ending, Holder, Holding, csv};
use readmit::{Role, Timestamp};
use serde::Serialize;

use super::ReportArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Format, Sheet, table};
use crate::people::People;
use crate::period::Period;
use crate::words;

#[derive(Serialize)]
struct Access {
    tenant: String,
    period: Period,
    at: Timestamp,
    holdings: Vec<Named>,
    duties: Duties,
    #[serde(skip)]
    breaches: Vec<String>,
}

/// Roles with the names of who held, gave and ended them.
#[derive(Serialize)]
struct Named {
    #[serde(flatten)]
    holding: Holding,
    name: String,
    given_by_name: String,
    ended_by_name: Option<String>,
    current: bool,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers =
            ["who", "kind", "roles", "from", "until", "ended", "given by", "ended by", "current"];
        let rows = self.holdings.iter().map(|named| {
            let Holding { from, until, .. } = &named.holding;
            named.row(words::moment(*from), until.map(words::moment))
        });
        table(f, headers, rows)?;
        write!(f, "\n{}", self.separation())
    }
}

impl Sheet for Access {
    fn csv(&self) -> io::Result<Vec<u8>> {
        let headers = [
            "who", "kind", "roles", "from", "until", "ended", "given by", "ended by", "current",
            "id",
        ];
        let rows = self.holdings.iter().map(|named| {
            let Holding { holder, from, until, .. } = &named.holding;
            let [who, kind, roles, from, until, ended, given, taken, current] =
                named.row(from.to_string(), until.map(|until| until.to_string()));
            let id = match holder {
                Holder::Admin(id) => id.to_string(),
                Holder::Key(id) => id.to_string(),
            };
            [who, kind, roles, from, until, ended, given, taken, current, id]
        });
        csv(headers, rows)
    }
}

impl Access {
    /// How far duties stayed separate, in sentences.
    fn separation(&self) -> String {
        let Duties { cases, approved, enrolled, .. } = self.duties;
        let verdict = if self.breaches.is_empty() {
            "Nobody did alone what takes two.".to_owned()
        } else {
            format!(
                "NOT SEPARATE in {} place(s):\n{}",
                self.breaches.len(),
                self.breaches.join("\n")
            )
        };
        format!(
            "Separation of duties: {cases} case(s) of {} looked at; {approved} asked for and then \
             granted, {enrolled} with a device enrolled after the grant. {verdict}",
            self.period
        )
    }
}

impl Named {
    async fn of(people: &mut People, holding: Holding, at: Timestamp) -> Result<Self, CliError> {
        let name = match (holding.holder, &holding.label) {
            (Holder::Admin(id), _) => people.person(id).await?.to_string(),
            (Holder::Key(_), Some(label)) => label.as_str().to_owned(),
            (Holder::Key(id), None) => id.to_string(),
        };
        let given_by_name = people.actor(&holding.given_by).await?;
        let ended_by_name = match &holding.ended_by {
            Some(who) => Some(people.actor(who).await?),
            None => None,
        };
        let current = holding.is_held_at(at);
        Ok(Self { holding, name, given_by_name, ended_by_name, current })
    }

    fn row(&self, from: String, until: Option<String>) -> [String; 9] {
        let kind = match self.holding.holder {
            Holder::Admin(_) => "admin",
            Holder::Key(_) => "key",
        };
        let roles: Vec<&str> = self.holding.roles.iter().map(|role: &Role| role.name()).collect();
        [
            self.name.clone(),
            kind.to_owned(),
            roles.join(", "),
            from,
            until.unwrap_or_default(),
            self.holding.ending.map(ending).unwrap_or_default().to_owned(),
            self.given_by_name.clone(),
            self.ended_by_name.clone().unwrap_or_default(),
            if self.current { "yes" } else { "no" }.to_owned(),
        ]
    }
}

const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Replaced => "other roles",
        Ending::Suspended => "suspended",
        Ending::Revoked => "revoked",
        Ending::Expires => "its own end",
    }
}

async fn told(people: &mut People, breach: &Breach) -> Result<String, CliError> {
    let what = match breach.duty {
        BreachedDuty::ApprovedOwnRequest => "approved what they had asked for",
        BreachedDuty::GrantedToThemselves => "granted it to themselves",
        BreachedDuty::EnrolledAfterOwnGrant => "granted it and enrolled the device",
    };
    let (who, account) = (people.actor(&breach.who).await?, people.person(breach.account).await?);
    Ok(format!("  {} for {account}: {who} {what}", breach.recovery))
}

pub(super) async fn run(context: &Context, args: &ReportArgs) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let period = args.period.period(&tenant).await?;
    let mut people = People::of(&tenant).await?;
    let report = tenant.access_report(period.range()).await?;
    let mut holdings = Vec::new();
    for holding in report.holdings {
        holdings.push(Named::of(&mut people, holding, report.at).await?);
    }
    let mut breaches = Vec::new();
    for breach in &report.duties.breaches {
        breaches.push(told(&mut people, breach).await?);
    }
    let (tenant, at, duties) = (tenant.name().to_owned(), report.at, report.duties);
    let access = Access { tenant, period, at, holdings, duties, breaches };
    context.output.answer_as(&args.form, &access)?;
    if args.form.format == Some(Format::Csv) {
        context.output.talk(access.separation());
    }
    Ok(())
}
