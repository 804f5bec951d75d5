//! Histories, honest and not, and what is said of them.

mod customers;
mod grants;
mod hours;
mod peers;
mod states;
mod told;

use std::collections::BTreeMap;

use readmit_domain::event::{
    AccountUnfrozen, BypassExpired, BypassGranted, BypassRequested, BypassUsed, RecoveryCompleted,
    SecondFactorVerified,
};
use readmit_domain::{
    AccountId, AdminId, CustomerId, Event, IdentityCheck, Proof, Seconds, Stage, Terms, Timestamp,
    Who,
};
use readmit_runtime::Envelope;

use super::team::Team;
use super::watch::{concerns, watch};
use super::watched::Watched;
use super::{Alert, Rule};

/// A Monday, ten o'clock.
const MONDAY: &str = "2026-01-05T10:00:00Z";

/// A history that is written by hand and watched while it is.
#[derive(Debug, Default)]
struct History {
    team: Team,
    accounts: BTreeMap<AccountId, Watched>,
    now: Timestamp,
    position: u64,
    alerts: Vec<Alert>,
}

impl History {
    /// A ledger that began so long ago that its admins can be judged.
    fn old_enough() -> Self {
        let mut history = Self { now: MONDAY.parse().unwrap(), ..Self::default() };
        history.sign_in(admin(1));
        history.later(Seconds::days(63));
        history
    }

    fn later(&mut self, span: Seconds) -> &mut Self {
        self.now = self.now + span;
        self
    }

    fn record(&mut self, account: impl Into<AccountId>, who: Who, event: impl Into<Event>) {
        self.record_in(account, who, Some(id("rec", 1)), event);
    }

    fn record_in(
        &mut self,
        account: impl Into<AccountId>,
        who: Who,
        recovery: Option<readmit_domain::RecoveryId>,
        event: impl Into<Event>,
    ) {
        let account = account.into();
        self.position += 1;
        let event = Envelope {
            ledger: id("led", 1),
            position: self.position,
            stream: account.into(),
            version: self.position,
            at: self.now,
            who,
            command: id("cmd", self.position),
            recovery,
            event: event.into(),
            private: None,
        };
        if concerns(&event) {
            let watched = self.accounts.entry(account).or_default();
            self.alerts.extend(watch(&mut self.team, watched, &event));
        }
    }

    /// An admin's ordinary sign-in.
    fn sign_in(&mut self, by: AdminId) {
        let verified = SecondFactorVerified { device: id("dev", 1), step: 1 };
        self.record_in(by, of(by), None, verified);
    }

    fn request(&mut self, by: AdminId, customer: CustomerId) {
        let until = self.now + Seconds::hours(24);
        let bypass = id("byp", self.position);
        self.record(
            customer,
            of(by),
            BypassRequested { bypass, terms: terms(), from: None, until },
        );
    }

    fn grant(&mut self, by: AdminId, customer: CustomerId) {
        let (from, until) = (self.now, self.now + Seconds::hours(1));
        let bypass = id("byp", self.position);
        self.record(customer, of(by), BypassGranted { bypass, terms: terms(), from, until });
    }

    /// The customer redeems the bypass and finishes.
    fn recover(&mut self, customer: CustomerId) {
        let session_until = self.now + Seconds::minutes(15);
        let used = BypassUsed { bypass: id("byp", 1), use_number: 1, session_until };
        self.record(customer, Who::Customer { id: customer, via: None, second_factor: None }, used);
        self.record(customer, Who::System, RecoveryCompleted { codes: true });
    }

    /// A grant and what it is for.
    fn let_in(&mut self, by: AdminId, customer: CustomerId) {
        self.grant(by, customer);
        self.recover(customer);
    }

    fn expire(&mut self, customer: CustomerId) {
        self.record(customer, Who::System, BypassExpired { stage: Stage::Granted });
    }

    fn unfreeze(&mut self, by: AdminId, customer: CustomerId) {
        self.record_in(customer, of(by), None, AccountUnfrozen {});
    }

    /// Whom this rule was about, each time it fired.
    fn fired(&self, rule: Rule) -> Vec<AccountId> {
        let alerts = self.alerts.iter().filter(|alert| alert.rule == rule);
        alerts.map(|alert| alert.subject).collect()
    }

    /// The rules that have fired, in order, each with whom it is about.
    fn said(&self) -> Vec<(Rule, AccountId)> {
        self.alerts.iter().map(|alert| (alert.rule, alert.subject)).collect()
    }
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(prefix: &str, number: u64) -> T {
    format!("{prefix}_{number:026}").parse().unwrap()
}

fn admin(number: u64) -> AdminId {
    id("adm", number)
}

fn customer(number: u64) -> CustomerId {
    id("cus", number)
}

fn of(admin: AdminId) -> Who {
    Who::Admin { id: admin, second_factor: None }
}

fn terms() -> Terms {
    Terms {
        reason: None,
        ticket: None,
        identity_check: IdentityCheck::CallBack,
        proof: Proof::Password,
        lifetime_seconds: Seconds::hours(1),
        max_uses: 1,
        networks: Vec::new(),
    }
}
