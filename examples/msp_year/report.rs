//! What was planted beside what was found.

use std::collections::{BTreeMap, BTreeSet};

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use readmit::{AccountId, AdminId, Alert, Rule, Severity};

use crate::misuse::Kind;
use crate::office::Year;

/// The report, for people.
pub(crate) fn report(years: &[Year], verbose: bool) -> String {
    let mut parts = vec![misuse(years), honest(years), by_rule(years), sizes(years)];
    if verbose {
        parts.push(details(years));
    }
    parts.join("\n\n")
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header);
    table
}

fn misuse(years: &[Year]) -> String {
    let mut table = table(&["misuse", "planted", "found", "median days until found"]);
    for kind in Kind::ALL {
        let planted = years
            .iter()
            .filter(|year| year.misuse.as_ref().is_some_and(|misuse| misuse.kind == kind));
        let planted: Vec<&Year> = planted.collect();
        let mut days: Vec<u32> = planted.iter().filter_map(|year| days_until_found(year)).collect();
        days.sort_unstable();
        let median = days.get(days.len() / 2).map_or_else(|| "-".into(), u32::to_string);
        let (planted, found) = (planted.len().to_string(), days.len().to_string());
        table.add_row([kind.name().to_owned(), planted, found, median]);
    }
    table.to_string()
}

fn days_until_found(year: &Year) -> Option<u32> {
    let misuse = year.misuse.as_ref()?;
    let alert = misuse.found(&year.alerts)?;
    Some(alert.at.since(misuse.first).0 / 86_400)
}

/// Admins who did nothing wrong, each with the alerts about them.
fn honest_admins(year: &Year) -> impl Iterator<Item = (AdminId, Vec<&Alert>)> {
    let misused = year.misuse.as_ref().map(|misuse| misuse.admin);
    let honest = year.admins.iter().copied().filter(move |admin| Some(*admin) != misused);
    honest.map(|admin| {
        let about = |alert: &&Alert| alert.subject == AccountId::from(admin);
        (admin, year.alerts.iter().filter(about).collect())
    })
}

fn honest(years: &[Year]) -> String {
    let mut flagged: BTreeMap<Rule, usize> = BTreeMap::new();
    let (mut all, mut any, mut urgent) = (0_usize, 0_usize, 0_usize);
    for (_, alerts) in years.iter().flat_map(honest_admins) {
        let rules: BTreeSet<Rule> = alerts.iter().map(|alert| alert.rule).collect();
        all += 1;
        any += usize::from(!rules.is_empty());
        urgent += usize::from(alerts.iter().any(|alert| alert.severity() > Severity::Notice));
        for rule in rules {
            *flagged.entry(rule).or_default() += 1;
        }
    }
    let mut table = table(&["honest admins", "how many", "of a thousand"]);
    let mut row = |what: &str, count: usize| {
        let of_a_thousand = count * 1000 / all.max(1);
        table.add_row([what.to_owned(), count.to_string(), of_a_thousand.to_string()]);
    };
    row("all", all);
    row("flagged in the year", any);
    row("  as more than a notice", urgent);
    for (rule, count) in flagged {
        row(&format!("  by {}", rule.name()), count);
    }
    table.to_string()
}

fn by_rule(years: &[Year]) -> String {
    let mut table = table(&["alerts by rule", "how many"]);
    for rule in Rule::ALL {
        let alerts = years.iter().flat_map(|year| &year.alerts);
        let count = alerts.filter(|alert| alert.rule == *rule).count();
        table.add_row([rule.name().to_owned(), count.to_string()]);
    }
    table.to_string()
}

fn sizes(years: &[Year]) -> String {
    let grants: u64 = years.iter().map(|year| year.grants).sum();
    let events: u64 = years.iter().map(|year| year.events).sum();
    let mut refused: BTreeMap<&str, u64> = BTreeMap::new();
    for (kind, count) in years.iter().flat_map(|year| &year.refused) {
        *refused.entry(kind).or_default() += count;
    }
    let refused: Vec<String> =
        refused.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    format!("{events} events, {grants} grants; refused: {}", refused.join(", "))
}

/// Each misuse that was not found, and each alert about an honest admin.
fn details(years: &[Year]) -> String {
    let mut lines = Vec::new();
    for year in years {
        if let Some(misuse) = &year.misuse
            && misuse.found(&year.alerts).is_none()
        {
            let Year { name, admins, .. } = year;
            let (kind, first) = (misuse.kind.name(), misuse.first);
            lines.push(format!("{name}: {kind} since {first} not found ({} admins)", admins.len()));
        }
        for alert in honest_admins(year).flat_map(|(_, alerts)| alerts) {
            let (rule, sentence) = (alert.rule.name(), alert.sentence());
            lines.push(format!("{} {} {rule}: {sentence}", year.name, alert.at));
        }
    }
    lines.join("\n")
}
