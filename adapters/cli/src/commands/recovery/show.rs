//! `recovery show`: one case, all that is kept of it, and its history.

use std::fmt;

use readmit::{RecoveryId, Step, TimelineEntry};
use serde::Serialize;

use super::find;
use crate::case::NamedCase;
use crate::context::Context;
use crate::error::CliError;
use crate::history::{Told, history};
use crate::output::fields;
use crate::people::People;
use crate::words;

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    case: NamedCase,
    history: Vec<Told>,
    reviews: Vec<Told>,
}

pub(super) async fn run(context: &Context, recovery: RecoveryId) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let row = find(&tenant, recovery).await?;
    let mut people = People::of(&tenant).await?;
    let events = tenant.recovery_history(&row.record).await?;
    let history = Told::all(&mut people, events.iter().map(TimelineEntry::from)).await?;
    let reviews = tenant.reviews(recovery).await?;
    let reviews = Told::all(&mut people, reviews.iter().map(TimelineEntry::from)).await?;
    let case = NamedCase::of(&mut people, row).await?;
    context.output.answer(&Shown { case, history, reviews })
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let case = &self.case;
        let (record, terms) = (case.record(), case.terms());
        let used: Vec<String> = record.used.iter().copied().map(words::moment).collect();
        let window = record
            .window
            .map(|(from, until)| format!("{} to {}", words::moment(from), words::moment(until)));
        let missing = case
            .next_profile()
            .map(|next| format!("{} for {}", case.missing(), words::profile(Some(next))));
        fields(
            f,
            [
                ("recovery", record.recovery.to_string()),
                ("account", case.account()),
                ("state", case.state()),
                ("asked by", by(&case.requested_by(), record.requested)),
                ("granted by", by(&case.granted_by(), record.granted)),
                ("reason", words::reason(terms.reason)),
                ("ticket", case.ticket()),
                ("identity check", words::identity_check(terms.identity_check)),
                ("proof", words::proof(terms.proof).to_owned()),
                ("lifetime", terms.lifetime_seconds.to_string()),
                ("window", window.unwrap_or_default()),
                ("networks", case.networks()),
                ("used", format!("{} of {} {}", used.len(), terms.max_uses, used.join(", "))),
                ("MFA off", at(record.mfa_disabled)),
                ("new device", at(record.device_enrolled)),
                ("ended", record.ended.map(|(at, _)| words::moment(at)).unwrap_or_default()),
                ("profile met", case.profile().to_owned()),
                ("missing", missing.unwrap_or_default()),
                ("bypass", record.bypass.to_string()),
            ],
        )?;
        writeln!(f)?;
        history(f, &self.history)?;
        if !self.reviews.is_empty() {
            writeln!(f)?;
        }
        history(f, &self.reviews)
    }
}

fn by(name: &str, step: Option<Step>) -> String {
    step.map(|step| format!("{name}, {}", words::moment(step.at))).unwrap_or_default()
}

fn at(step: Option<Step>) -> String {
    step.map(|step| words::moment(step.at)).unwrap_or_default()
}
