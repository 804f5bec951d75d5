//! One recovery case, with the names of those who had a part in it.

use std::io;

use readmit::reports::{self, BypassException, NamedException, exceptions_csv};
use readmit::{CaseRecord, Error, Profile, Step, Terms, Timestamp};
use serde::Serialize;

use crate::people::{People, Person};
use crate::words;

/// A case with everything that its register keeps of it.
#[derive(Serialize)]
pub(crate) struct NamedCase {
    #[serde(flatten)]
    exception: BypassException,
    person: Person,
    requested_by: Option<String>,
    granted_by: Option<String>,
}

impl NamedCase {
    pub(crate) async fn of(
        people: &mut People,
        exception: impl Into<BypassException>,
    ) -> Result<Self, Error> {
        let exception = exception.into();
        let record = &exception.record;
        let person = people.person(record.account).await?;
        let requested_by = name(people, record.requested).await?;
        let granted_by = name(people, record.granted).await?;
        Ok(Self { exception, person, requested_by, granted_by })
    }

    pub(crate) async fn all(
        people: &mut People,
        cases: impl IntoIterator<Item = impl Into<BypassException>>,
    ) -> Result<Vec<Self>, Error> {
        let mut named = Vec::new();
        for case in cases {
            named.push(Self::of(people, case).await?);
        }
        Ok(named)
    }

    pub(crate) const fn record(&self) -> &CaseRecord {
        &self.exception.record
    }

    pub(crate) const fn terms(&self) -> &Terms {
        &self.record().terms
    }

    pub(crate) fn account(&self) -> String {
        self.person.to_string()
    }

    pub(crate) fn requested_by(&self) -> String {
        self.requested_by.clone().unwrap_or_default()
    }

    pub(crate) fn granted_by(&self) -> String {
        self.granted_by.clone().unwrap_or_default()
    }

    /// Who is answerable for it: who asked, and who granted.
    pub(crate) fn by(&self) -> String {
        let both = [&self.requested_by, &self.granted_by];
        both.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn began(&self) -> Option<Timestamp> {
        began(self.record())
    }

    /// How it ended, or how far it has come.
    pub(crate) fn state(&self) -> String {
        reports::state(&self.exception)
    }

    pub(crate) fn ticket(&self) -> String {
        let ticket = self.terms().ticket.as_ref();
        ticket.map(|ticket| ticket.as_str().to_owned()).unwrap_or_default()
    }

    pub(crate) fn profile(&self) -> &'static str {
        words::profile(self.exception.profile_met)
    }

    pub(crate) const fn next_profile(&self) -> Option<Profile> {
        self.exception.next_profile
    }

    /// What it lacked of the next stricter profile.
    pub(crate) fn missing(&self) -> String {
        reports::missing(&self.exception)
    }

    pub(crate) fn networks(&self) -> String {
        let networks = self.terms().networks.iter().map(ToString::to_string);
        networks.collect::<Vec<_>>().join(", ")
    }

    fn for_spreadsheet(&self) -> NamedException<'_> {
        NamedException {
            case: &self.exception,
            account: self.account(),
            requested_by: self.requested_by(),
            granted_by: self.granted_by(),
        }
    }
}

/// Cases as CSV, with all that their register keeps of them.
pub(crate) fn sheet(cases: &[NamedCase]) -> io::Result<Vec<u8>> {
    exceptions_csv(cases.iter().map(NamedCase::for_spreadsheet))
}

/// When a case began: a request comes before its grant.
pub(crate) fn began(case: &CaseRecord) -> Option<Timestamp> {
    case.requested.or(case.granted).map(|step| step.at)
}

async fn name(people: &mut People, step: Option<Step>) -> Result<Option<String>, Error> {
    match step {
        Some(step) => Ok(Some(people.actor(&step.who).await?)),
        None => Ok(None),
    }
}
