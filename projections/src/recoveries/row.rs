//! A case: the fold over its events, and over what auditors said of it.

use readmit_domain::assess::{CaseEnd, CaseRecord, Shortfall, Step, assess};
use readmit_domain::{AccountId, Event, Profile, Reason, StreamId, Timestamp, Verdict, Who};
use readmit_runtime::Envelope;
use serde::{Deserialize, Serialize};

use super::RECOVERIES;
use crate::database::{Row, Table, Value, integer, text};

/// One recovery case, as of the last event that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecoveryRow {
    /// Who asked, granted, used it; when; how it ended.
    pub record: CaseRecord,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Until when it can be approved, or used: then it ends by itself.
    pub due: Timestamp,
    /// Position of its first event.
    pub opened_position: u64,
    /// Position of its last event. What auditors say of it later stands elsewhere.
    pub last_position: u64,
    /// What an auditor said of it last.
    pub review: Option<Review>,
}

/// What an auditor said of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Review {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Who,
    /// What they think of it.
    pub verdict: Verdict,
    /// Position of the event that says so.
    pub position: u64,
}

impl RecoveryRow {
    /// The row that this event begins, if it begins a case.
    pub(super) fn begin(event: &Envelope) -> Option<Self> {
        let StreamId::Account(account) = event.stream else { return None };
        let record = CaseRecord::begin(account, &event.recorded())?;
        Some(Self {
            due: due(&event.event).unwrap_or(event.at),
            record,
            opened_at: event.at,
            opened_position: event.position,
            last_position: event.position,
            review: None,
        })
    }

    pub(super) fn evolve(self, event: &Envelope) -> Self {
        if let Event::ReviewSignedOff(data) = &event.event {
            let (at, by, position) = (event.at, event.who, event.position);
            return Self {
                review: Some(Review { at, by, verdict: data.verdict, position }),
                ..self
            };
        }
        Self {
            due: due(&event.event).unwrap_or(self.due),
            record: self.record.evolve(&event.recorded()),
            last_position: event.position,
            ..self
        }
    }

    /// Whether it is open at this moment. One whose time is over has ended, even if nobody has
    /// recorded it yet.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.record.ended.is_none() && now < self.due
    }

    /// The strictest profile it met, if any.
    pub fn profile_met(&self) -> Option<Profile> {
        self.record.profile_met()
    }

    /// What it lacks of the strict profile.
    pub fn missing(&self) -> Vec<Shortfall> {
        assess(&self.record, &Profile::Strict.policy())
    }
}

/// Until when a case that reaches this event can be approved, or used.
fn due(event: &Event) -> Option<Timestamp> {
    match event {
        Event::BypassRequested(data) => Some(data.until),
        Event::BypassGranted(data) => Some(data.until),
        _ => None,
    }
}

impl Row for RecoveryRow {
    const TABLE: &'static Table = &RECOVERIES;

    fn found_by(&self) -> Vec<Value> {
        let record = &self.record;
        vec![
            text(record.account),
            integer(self.opened_at.unix_micros()),
            text(person(record.requested.as_ref())),
            text(person(record.granted.as_ref())),
            text(record.terms.reason.map(Reason::name).unwrap_or_default()),
            text(record.ended.map(|(_, end)| end_name(end)).unwrap_or_default()),
            integer(self.due.unix_micros()),
            text(profile_name(self.profile_met())),
            text(
                self.review.as_ref().map(|review| verdict_name(review.verdict)).unwrap_or_default(),
            ),
        ]
    }
}

/// Who took a step, as rows name them: a person, or nobody.
fn person(step: Option<&Step>) -> String {
    let account: Option<AccountId> = step.and_then(|step| step.who.account());
    account.map(|account| account.to_string()).unwrap_or_default()
}

/// A profile, as rows name it.
pub(super) const fn profile_name(profile: Option<Profile>) -> &'static str {
    match profile {
        Some(Profile::Strict) => "strict",
        Some(Profile::Standard) => "standard",
        None => "none",
    }
}

/// What an auditor said of a case last, as rows name it.
pub(super) const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::Questioned => "questioned",
    }
}

/// An end, as rows name it.
pub(super) const fn end_name(end: CaseEnd) -> &'static str {
    match end {
        CaseEnd::Completed { .. } => "completed",
        CaseEnd::Denied => "denied",
        CaseEnd::Revoked { .. } => "revoked",
        CaseEnd::Expired { .. } => "expired",
    }
}
