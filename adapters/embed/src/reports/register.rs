//! The register of exceptions as a table for spreadsheets: the same wherever it is made.

use std::io;

use readmit_domain::Timestamp;
use readmit_domain::assess::Step;

use super::{BypassException, csv, csv_rows, words};

/// A case with what those are called who had a part in it: private data, which stands in no event.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes a table fills it in")]
pub struct NamedException<'c> {
    /// The case.
    pub case: &'c BypassException,
    /// Whose account it is about: the login, or the id once erased.
    pub account: String,
    /// Who asked for it; empty if nobody had to.
    pub requested_by: String,
    /// Who granted it; empty if nobody did.
    pub granted_by: String,
}

const HEADERS: [&str; 26] = [
    "recovery",
    "account",
    "account id",
    "requested by",
    "requested at",
    "granted by",
    "granted at",
    "reason",
    "ticket",
    "identity check",
    "proof",
    "lifetime seconds",
    "uses",
    "networks",
    "from",
    "until",
    "used at",
    "mfa disabled at",
    "device enrolled at",
    "state",
    "ended at",
    "profile met",
    "next profile",
    "missing for it",
    "open or ended",
    "signed off",
];

/// Cases as CSV, with all that their register keeps of them. Moments are exact there.
///
/// # Errors
/// Never in practice: it is written into memory.
pub fn exceptions_csv<'c>(
    cases: impl IntoIterator<Item = NamedException<'c>>,
) -> io::Result<Vec<u8>> {
    csv(HEADERS, cases.into_iter().map(NamedException::row))
}

/// The same without a header: the next part of a file that is made page by page, and begins with
/// `exceptions_csv` of none.
///
/// # Errors
/// Never in practice: it is written into memory.
pub fn exceptions_csv_rows<'c>(
    cases: impl IntoIterator<Item = NamedException<'c>>,
) -> io::Result<Vec<u8>> {
    csv_rows(cases.into_iter().map(NamedException::row))
}

impl NamedException<'_> {
    fn row(self) -> [String; 26] {
        let (record, terms) = (&self.case.record, &self.case.record.terms);
        let at = |step: Option<Step>| exact(step.map(|step| step.at));
        let used: Vec<String> = record.used.iter().map(ToString::to_string).collect();
        let networks: Vec<String> = terms.networks.iter().map(ToString::to_string).collect();
        let ticket = terms.ticket.as_ref().map(|ticket| ticket.as_str().to_owned());
        let next = self.case.next_profile.map(|next| words::profile(Some(next)).to_owned());
        [
            record.recovery.to_string(),
            self.account,
            record.account.to_string(),
            self.requested_by,
            at(record.requested),
            self.granted_by,
            at(record.granted),
            terms.reason.map(|reason| reason.name().to_owned()).unwrap_or_default(),
            ticket.unwrap_or_default(),
            terms.identity_check.name().to_owned(),
            terms.proof.name().to_owned(),
            terms.lifetime_seconds.0.to_string(),
            terms.max_uses.to_string(),
            networks.join(", "),
            exact(record.window.map(|(from, _)| from)),
            exact(record.window.map(|(_, until)| until)),
            used.join(" "),
            at(record.mfa_disabled),
            at(record.device_enrolled),
            state(self.case),
            exact(record.ended.map(|(at, _)| at)),
            words::profile(self.case.profile_met).to_owned(),
            next.unwrap_or_default(),
            missing(self.case),
            if record.ended.is_some() { "ended" } else { "open" }.to_owned(),
            self.case.signed_off.map(words::verdict).unwrap_or_default().to_owned(),
        ]
    }
}

/// How a case ended, or how far it has come.
pub fn state(case: &BypassException) -> String {
    match case.record.ended {
        Some((_, end)) => words::end(end),
        None => words::stage(case.record.stage).to_owned(),
    }
}

/// What a case lacked of the next stricter profile.
pub fn missing(case: &BypassException) -> String {
    let missing: Vec<&str> = case.missing.iter().copied().map(words::shortfall).collect();
    missing.join(", ")
}

fn exact(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}
