//! What a sentence says, before it is put into the words of a language.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

use readmit_domain::event::{
    AdminAuthorised, BypassGranted, BypassRequested, BypassUsed, MfaDisabled,
};
use readmit_domain::{Event, Seconds, Terms, Timestamp};
use serde::{Deserialize, Serialize};

/// One sentence in no language: which message of the Fluent files tells it, and what it tells.
///
/// This is what is worth keeping of a line of history: the wording may change, and there may be
/// other languages, without the ledger being read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// The message: the stored name of the event, or of the rule of an alert.
    pub id: Cow<'static, str>,
    /// What the message can say, by name.
    pub args: BTreeMap<Cow<'static, str>, Arg>,
}

/// One thing that a message can say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Arg {
    /// A number, which may also choose between singular and plural.
    Number(u64),
    /// An id, a stored word that a message chooses by, or a name of no person.
    Text(String),
    /// A moment.
    Moment(Timestamp),
    /// A span of time.
    Span(Seconds),
}

impl Sentence {
    /// The sentence that tells an event. (That of an alert is
    /// [`Alert::told`](crate::alerts::Alert::told).) Nothing of a person stands in an event, and so
    /// none in a sentence.
    pub fn of(event: &Event) -> Self {
        let sentence = Self::named(event.name());
        match event {
            Event::BypassRequested(data) => sentence.requested(data),
            Event::BypassGranted(data) => sentence.granted(data),
            Event::BypassRevoked(data) => sentence.word("cause", &data.cause),
            Event::BypassUsed(data) => sentence.used(data),
            Event::BypassCodeRejected(data) => sentence.number("attempts_left", data.attempts_left),
            Event::BypassExpired(data) => sentence.word("stage", &data.stage),
            Event::RecoveryCompleted(data) => {
                sentence.text("codes", if data.codes { "renewed" } else { "kept" })
            }
            Event::MfaDisabled(data) => sentence.disabled(data),
            Event::EnrolmentStarted(data) => sentence.moment("until", data.until),
            Event::EnrolmentCodeRejected(data) => {
                sentence.number("attempts_left", data.attempts_left)
            }
            Event::DeviceEnrolled(data) => sentence.text("device", data.device),
            Event::DeviceRemoved(data) => sentence.text("device", data.device),
            Event::CodesRegenerated(data) => sentence.number("count", data.count),
            Event::RecoveryCodeUsed(data) => sentence.number("left", data.left),
            Event::SecondFactorRejected(data) => {
                sentence.word("method", &data.method).number("failures", data.failures)
            }
            Event::AccountLocked(data) => sentence.locked(data.until),
            other => sentence.of_tenant(other),
        }
    }

    fn of_tenant(self, event: &Event) -> Self {
        match event {
            Event::TenantCreated(data) => self.text("tenant", data.name.as_str()),
            Event::AdminAuthorised(data) => self.authorised(data),
            Event::AdminSuspended(data) => self.text("admin", data.admin),
            Event::ApiKeyIssued(data) => {
                self.text("key", data.key).text("label", data.label.as_str())
            }
            Event::ApiKeyRevoked(data) => self.text("key", data.key),
            Event::AuditAccessed(data) => self.word("what", &data.what),
            Event::ReviewSignedOff(data) => {
                self.text("recovery", data.reviewed).word("verdict", &data.verdict)
            }
            Event::LegalHoldPlaced(data) => self.text("customer", data.customer),
            Event::LegalHoldLifted(data) => self.text("customer", data.customer),
            // The name of the event says it all.
            _ => self,
        }
    }

    fn requested(self, data: &BypassRequested) -> Self {
        let sentence = self.grounds(&data.terms).moment("until", data.until);
        sentence.with("lifetime", Arg::Span(data.terms.lifetime_seconds))
    }

    fn granted(self, data: &BypassGranted) -> Self {
        self.grounds(&data.terms)
            .word("proof", &data.terms.proof)
            .number("uses", data.terms.max_uses)
            .moment("until", data.until)
    }

    /// Why: a reason, a ticket, both or neither.
    fn grounds(self, terms: &Terms) -> Self {
        let grounds = match (terms.reason, &terms.ticket) {
            (Some(_), Some(_)) => "reason_and_ticket",
            (Some(_), None) => "reason",
            (None, Some(_)) => "ticket",
            (None, None) => "none",
        };
        let mut sentence = self.text("grounds", grounds);
        if let Some(reason) = terms.reason {
            sentence = sentence.text("reason", reason);
        }
        if let Some(ticket) = &terms.ticket {
            sentence = sentence.text("ticket", ticket.as_str());
        }
        sentence
    }

    fn used(self, data: &BypassUsed) -> Self {
        self.number("use", data.use_number).moment("until", data.session_until)
    }

    fn disabled(self, data: &MfaDisabled) -> Self {
        let codes = if data.codes.is_some() { "voided" } else { "none" };
        self.number("devices", data.devices.len() as u64).text("codes", codes)
    }

    fn locked(self, until: Option<Timestamp>) -> Self {
        match until {
            Some(until) => self.text("end", "moment").moment("until", until),
            None => self.text("end", "unlocked"),
        }
    }

    fn authorised(self, data: &AdminAuthorised) -> Self {
        let names: Vec<&str> = data.roles.iter().map(|role| role.name()).collect();
        self.text("admin", data.admin)
            .number("roles", data.roles.len() as u64)
            .text("names", names.join(", "))
    }
}

impl Sentence {
    pub(crate) const fn named(id: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), args: BTreeMap::new() }
    }

    fn with(mut self, name: &'static str, arg: Arg) -> Self {
        self.args.insert(name.into(), arg);
        self
    }

    pub(crate) fn number(self, name: &'static str, number: impl Into<u64>) -> Self {
        self.with(name, Arg::Number(number.into()))
    }

    pub(crate) fn text(self, name: &'static str, text: impl Display) -> Self {
        self.with(name, Arg::Text(text.to_string()))
    }

    fn moment(self, name: &'static str, at: Timestamp) -> Self {
        self.with(name, Arg::Moment(at))
    }

    /// A word that a message chooses by, as it is stored.
    fn word(self, name: &'static str, word: &impl Serialize) -> Self {
        let stored = serde_json::to_value(word).ok();
        let stored = stored.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
        self.text(name, stored)
    }
}
