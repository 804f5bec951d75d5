//! A customer: the fold over their events.

use std::fmt;
use std::str::FromStr;

use readmit_domain::account::{CodeSet, Lock, Mfa};
use readmit_domain::{Account, CustomerId, Event, Login, PersonName, Stage, Timestamp};
use readmit_runtime::Envelope;
use serde::{Deserialize, Serialize};

use super::CUSTOMERS;
use crate::database::{Row, Table, Value, integer, text};
use crate::model::Entry;
use crate::replay::lets_in;

/// A customer as of the last event that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomerRow {
    /// Who.
    pub customer: CustomerId,
    /// What they sign in with; none once erased.
    pub login: Option<Login>,
    /// What they are called, if that is known; none once erased.
    pub name: Option<PersonName>,
    /// When they became known.
    pub registered_at: Timestamp,
    /// When a second factor or a bypass last let them in.
    pub last_sign_in: Option<Timestamp>,
    /// Position of the last event about them.
    pub position: u64,
    /// Their state.
    pub account: Account,
}

/// What matters most of a customer, in a word. A guard hides what is behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerStatus {
    /// Never had a device.
    NotSetUp,
    /// MFA is on.
    On,
    /// MFA was turned off.
    Off,
    /// Too many wrong codes.
    Locked,
    /// They said "this wasn't me".
    Frozen,
    /// Personal data and secrets are destroyed.
    Erased,
}

impl CustomerRow {
    pub(super) fn new(customer: CustomerId, event: &Envelope) -> Self {
        Self {
            customer,
            login: None,
            name: None,
            registered_at: event.at,
            last_sign_in: None,
            position: event.position,
            account: Account::new(customer.into()),
        }
    }

    pub(super) fn evolve(mut self, entry: &Entry) -> Self {
        let event = &entry.event;
        match &event.event {
            Event::CustomerRegistered(_) => {
                self.login = entry.private.as_ref().and_then(|private| private.login.clone());
                self.name = entry.private.as_ref().and_then(|private| private.name.clone());
            }
            Event::CustomerErased(_) => {
                self.login = None;
                self.name = None;
            }
            other if lets_in(other) => self.last_sign_in = Some(event.at),
            _ => {}
        }
        Self { position: event.position, account: self.account.evolve(&event.recorded()), ..self }
    }

    /// What matters most of them at this moment.
    pub fn status(&self, now: Timestamp) -> CustomerStatus {
        match self.lasting_status() {
            status @ (CustomerStatus::Erased | CustomerStatus::Frozen) => status,
            _ if self.account.lock_at(now).is_some() => CustomerStatus::Locked,
            status => status,
        }
    }

    /// How far their recovery has come, if one is open at this moment. One whose time is over has
    /// ended, even if nobody has recorded it yet.
    pub fn stage(&self, now: Timestamp) -> Option<Stage> {
        self.account
            .case
            .as_ref()
            .filter(|case| now < case.due())
            .map(readmit_domain::account::Case::stage)
    }

    /// When their open recovery ends by itself.
    pub fn until(&self, now: Timestamp) -> Option<Timestamp> {
        self.account.due().filter(|due| now < *due)
    }

    /// Recovery codes that can still be used; none if there is no set.
    pub fn codes_left(&self) -> Option<u8> {
        self.account.codes().map(CodeSet::left)
    }

    /// What does not pass by itself.
    const fn lasting_status(&self) -> CustomerStatus {
        match (&self.account.mfa, self.account.frozen, self.account.erased) {
            (_, _, true) => CustomerStatus::Erased,
            (_, true, _) => CustomerStatus::Frozen,
            (Mfa::NotSetUp, ..) => CustomerStatus::NotSetUp,
            (Mfa::On { .. }, ..) => CustomerStatus::On,
            (Mfa::Off, ..) => CustomerStatus::Off,
        }
    }

    /// Until when a lock holds that nothing hides, in microseconds; 0 without one.
    fn locked_until(&self) -> i64 {
        match (self.lasting_status(), self.account.lock) {
            (CustomerStatus::Erased | CustomerStatus::Frozen, _) | (_, None) => 0,
            (_, Some(Lock { until: Some(until) })) => until.unix_micros(),
            (_, Some(Lock { until: None })) => i64::MAX,
        }
    }
}

impl Row for CustomerRow {
    const TABLE: &'static Table = &CUSTOMERS;

    fn found_by(&self) -> Vec<Value> {
        let case = self.account.case.as_ref();
        let login = self.login.as_ref().map(Login::as_str).unwrap_or_default();
        let stage = case.map(|case| stage_name(case.stage())).unwrap_or_default();
        vec![
            text(login),
            text(self.lasting_status()),
            integer(self.locked_until()),
            text(stage),
            integer(case.map(|case| case.due().unix_micros()).unwrap_or_default()),
            // Who has no set comes before who has no code left.
            integer(self.codes_left().map_or(-1, i64::from)),
            integer(self.last_sign_in.map(Timestamp::unix_micros).unwrap_or_default()),
        ]
    }
}

/// A stage, as rows name it.
pub(crate) const fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::AwaitingApproval => "awaiting_approval",
        Stage::Granted => "granted",
        Stage::SignedIn => "signed_in",
        Stage::MfaDisabled => "mfa_disabled",
        Stage::DeviceEnrolled => "device_enrolled",
    }
}

impl CustomerStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::NotSetUp, Self::On, Self::Off, Self::Locked, Self::Frozen, Self::Erased];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotSetUp => "not_set_up",
            Self::On => "on",
            Self::Off => "off",
            Self::Locked => "locked",
            Self::Frozen => "frozen",
            Self::Erased => "erased",
        }
    }
}

impl fmt::Display for CustomerStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no status of a customer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no status: expected one of not_set_up, on, off, locked, frozen, erased")]
pub struct ParseCustomerStatusError(String);

impl FromStr for CustomerStatus {
    type Err = ParseCustomerStatusError;

    fn from_str(text: &str) -> Result<Self, ParseCustomerStatusError> {
        let folded = text.replace('-', "_");
        let found = Self::ALL.into_iter().find(|status| status.name() == folded);
        found.ok_or_else(|| ParseCustomerStatusError(text.chars().take(64).collect()))
    }
}
