//! The stage the story is played on: it prints each step, and holds it against the ledger.

use std::io::Write;

use readmit::{
    Account, AccountId, Done, Error, Mfa, Progress, Seconds, Stage as CaseStage, Tenant, Timestamp,
};
use serde::Serialize;

use super::DemoError;

/// Where a step is printed and checked.
pub(super) struct Stage<'a> {
    pub(super) tenant: Tenant,
    pub(super) clock: readmit::testing::TestClock,
    out: &'a mut dyn Write,
    json: bool,
    next_position: u64,
    number: u32,
}

/// One step, as printed with `--json`.
#[derive(Serialize)]
struct Line<'a> {
    step: u32,
    at: Timestamp,
    what: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recorded: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(
        tenant: Tenant,
        clock: readmit::testing::TestClock,
        out: &'a mut dyn Write,
        json: bool,
    ) -> Self {
        Self { tenant, clock, out, json, next_position: 0, number: 0 }
    }

    pub(super) fn now(&self) -> Timestamp {
        readmit::Clock::now(&self.clock)
    }

    /// Lets half a minute pass, so that every phone shows another code.
    pub(super) fn next_code(&self) {
        self.clock.advance(Seconds(30));
    }

    /// Prints a heading between acts.
    pub(super) fn heading(&mut self, text: &str) -> Result<(), DemoError> {
        if !self.json {
            writeln!(self.out, "\n{text}")?;
        }
        Ok(())
    }

    /// Prints what was done, and fails unless exactly these events were recorded.
    pub(super) async fn step(
        &mut self,
        what: &str,
        expected: &[&str],
        account: Option<AccountId>,
    ) -> Result<(), DemoError> {
        let recorded = self.recorded().await?;
        if recorded != expected {
            return Err(DemoError::otherwise(what, &expected.join(", "), &recorded.join(", ")));
        }
        let state = match account {
            Some(account) => Some(describe(&self.tenant.account(account).await?)),
            None => None,
        };
        self.print(what, recorded, None, state.as_deref())
    }

    /// Prints what was refused, and fails unless it was refused as one of these kinds,
    /// and just these events were recorded.
    pub(super) async fn refused<T>(
        &mut self,
        what: &str,
        answer: Result<Done<T>, Error>,
        kinds: &[&str],
        expected: &[&str],
    ) -> Result<(), DemoError> {
        let refusal = match answer {
            Err(Error::Refused(refusal)) if kinds.contains(&refusal.kind()) => refusal,
            Err(Error::Refused(refusal)) => {
                return Err(DemoError::otherwise(what, &kinds.join(" or "), refusal.kind()));
            }
            Err(error) => return Err(error.into()),
            Ok(_) => return Err(DemoError::otherwise(what, &kinds.join(" or "), "no refusal")),
        };
        let recorded = self.recorded().await?;
        if recorded != expected {
            return Err(DemoError::otherwise(what, &expected.join(", "), &recorded.join(", ")));
        }
        self.print(what, recorded, Some(refusal.kind()), None)
    }

    /// Prints what holds without any event, and fails if it does not.
    pub(super) async fn told(
        &mut self,
        what: &str,
        holds: bool,
        state: &str,
    ) -> Result<(), DemoError> {
        let recorded = self.recorded().await?;
        if !holds || !recorded.is_empty() {
            return Err(DemoError::otherwise(what, state, "something else"));
        }
        self.print(what, recorded, None, Some(state))
    }

    /// The names of the events since the last step.
    async fn recorded(&mut self) -> Result<Vec<&'static str>, DemoError> {
        let mut follower = self.tenant.follow(self.next_position);
        let mut names = Vec::new();
        while let Some(event) = follower.next_stored().await.map_err(Error::from)? {
            names.push(event.event.name());
            self.next_position = event.position + 1;
        }
        Ok(names)
    }

    fn print(
        &mut self,
        what: &str,
        recorded: Vec<&'static str>,
        refused: Option<&str>,
        state: Option<&str>,
    ) -> Result<(), DemoError> {
        self.number += 1;
        if self.json {
            let (step, at) = (self.number, self.now());
            let line = Line { step, at, what, recorded, refused, state };
            serde_json::to_writer(&mut *self.out, &line).map_err(std::io::Error::from)?;
            writeln!(self.out)?;
            return Ok(());
        }
        let recorded = recorded.join(" + ");
        let (happened, follows) = match (refused, state) {
            (Some(kind), _) if recorded.is_empty() => (format!("refused: {kind}"), String::new()),
            (Some(kind), _) => (format!("refused: {kind}"), format!("recorded: {recorded}")),
            (None, state) if recorded.is_empty() => {
                ("–".to_owned(), state.unwrap_or("").to_owned())
            }
            (None, state) => (recorded, state.unwrap_or("").to_owned()),
        };
        let line = format!("{:>3}  {what:<51} {happened:<36} {follows}", self.number);
        writeln!(self.out, "{}", line.trim_end())?;
        Ok(())
    }
}

/// An account in a few words.
fn describe(account: &Account) -> String {
    let mfa = match &account.mfa {
        Mfa::NotSetUp => "MFA not set up".to_owned(),
        Mfa::Off => "MFA off".to_owned(),
        Mfa::On { devices, codes } => {
            let codes = codes.as_ref().map_or(0, readmit::CodeSet::left);
            format!("MFA on ({} device, {codes} codes)", devices.len())
        }
    };
    let case = account.case.as_ref().map(|case| match (&case.progress, case.stage()) {
        (Progress::Awaiting { .. }, _) => "bypass awaits approval".to_owned(),
        (Progress::Open(open), CaseStage::Granted) => {
            format!("bypass open until {}", clock_time(open.until))
        }
        (Progress::Open(_), CaseStage::SignedIn) => "signed in by the bypass".to_owned(),
        (Progress::Open(_), CaseStage::DeviceEnrolled) => "recovery: codes to come".to_owned(),
        (Progress::Open(_), _) => "recovery under way".to_owned(),
    });
    let frozen = account.frozen.then(|| "frozen".to_owned());
    [Some(mfa), case, frozen].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The time of day in UTC.
fn clock_time(at: Timestamp) -> String {
    at.to_string().get(11..19).unwrap_or_default().to_owned()
}
