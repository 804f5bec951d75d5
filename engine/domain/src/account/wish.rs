//! What is wished of a bypass, before policy has had its say.

use ipnet::IpNet;
use serde::Serialize;

use crate::command::Personal;
use crate::terms::MOST_NETWORKS;
use crate::{
    Demands, IdentityCheck, IntoText, Note, Policy, Proof, Reason, Refusal, Seconds, Terms,
    TextError, Ticket, Timestamp,
};

/// A bypass may not be set to start later than this.
const FURTHEST_START: Seconds = Seconds::days(30);

/// What is wished of a bypass, before policy has had its say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Wish {
    pub(super) from: Option<Timestamp>,
    pub(super) end: Option<End>,
    pub(super) uses: Option<u8>,
    pub(super) proof: Option<Proof>,
    pub(super) reason: Option<Reason>,
    ticket: Option<Ticket>,
    pub(super) identity_check: Option<IdentityCheck>,
    pub(super) networks: Vec<IpNet>,
    note: Option<Note>,
    /// The first text that could not be parsed.
    invalid: Option<TextError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum End {
    After(Seconds),
    At(Timestamp),
}

macro_rules! wishes {
    ($name:ident) => {
        impl $name {
            /// The reason.
            #[must_use]
            pub fn reason(mut self, reason: crate::Reason) -> Self {
                self.wish.reason = Some(reason);
                self
            }

            /// Where the case is kept in the tenant's ticket system.
            #[must_use]
            pub fn ticket(mut self, ticket: impl crate::IntoText<crate::Ticket>) -> Self {
                self.wish.set_ticket(ticket);
                self
            }

            /// How the caller's identity was checked.
            #[must_use]
            pub fn identity_check(mut self, check: crate::IdentityCheck) -> Self {
                self.wish.identity_check = Some(check);
                self
            }

            /// Free text about the case. Personal data.
            #[must_use]
            pub fn note(mut self, note: impl crate::IntoText<crate::Note>) -> Self {
                self.wish.set_note(note);
                self
            }

            /// How long the bypass lives; policy's default if not given.
            #[must_use]
            pub fn lifetime(mut self, lifetime: crate::Seconds) -> Self {
                self.wish.set_lifetime(lifetime);
                self
            }

            /// How long the bypass lives, in minutes.
            #[must_use]
            pub fn for_minutes(self, minutes: u32) -> Self {
                self.lifetime(crate::Seconds::minutes(minutes))
            }
        }
    };
}

pub(super) use wishes;

impl Wish {
    pub(super) fn set_lifetime(&mut self, lifetime: Seconds) {
        self.end = Some(End::After(lifetime));
    }

    pub(super) fn set_ticket(&mut self, ticket: impl IntoText<Ticket>) {
        match ticket.into_text() {
            Ok(ticket) => self.ticket = Some(ticket),
            Err(why) => self.invalid = self.invalid.or(Some(why)),
        }
    }

    pub(super) fn set_note(&mut self, note: impl IntoText<Note>) {
        match note.into_text() {
            Ok(note) => self.note = Some(note),
            Err(why) => self.invalid = self.invalid.or(Some(why)),
        }
    }

    pub(super) const fn personal(&self) -> Personal<'_> {
        Personal { login: None, name: None, note: self.note.as_ref() }
    }

    /// The terms and the start that policy makes of the wish, or what policy misses.
    pub(super) fn terms(
        &self,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(Terms, Timestamp), Refusal> {
        if let Some(why) = self.invalid {
            return Err(Refusal::InvalidText { why });
        }
        if self.networks.len() > MOST_NETWORKS {
            return Err(Refusal::TooManyNetworks);
        }
        let from = self.from.unwrap_or(now);
        let terms = Terms {
            reason: self.reason,
            ticket: self.ticket.clone(),
            identity_check: self.identity_check.unwrap_or(IdentityCheck::None),
            proof: self.proof.unwrap_or(policy.proof),
            lifetime_seconds: self.lifetime(policy, from, now)?,
            max_uses: self.uses.unwrap_or(1),
            networks: self.networks.clone(),
        };
        terms.require_allowed(policy)?;
        if self.reason == Some(Reason::Other) && self.note.is_none() {
            return Err(Refusal::NoteMissing);
        }
        Ok((terms, from))
    }

    /// The terms of a request by somebody who cannot vouch for the customer's
    /// identity: how it was checked is for the approver to say.
    pub(super) fn terms_without_identity_check(
        &self,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(Terms, Timestamp), Refusal> {
        let demands = Demands { identity_check: false, ..policy.demands };
        let policy = Policy { demands, ..policy.clone() };
        Self { identity_check: None, ..self.clone() }.terms(&policy, now)
    }

    fn lifetime(
        &self,
        policy: &Policy,
        from: Timestamp,
        now: Timestamp,
    ) -> Result<Seconds, Refusal> {
        let start_fits = now <= from && from <= now + FURTHEST_START;
        let lifetime = match self.end {
            None => policy.lifetime.default_seconds,
            Some(End::After(lifetime)) => lifetime,
            Some(End::At(until)) if until > from => until.since(from),
            Some(End::At(_)) => return Err(Refusal::ImpossibleWindow),
        };
        if !start_fits || lifetime == Seconds(0) {
            return Err(Refusal::ImpossibleWindow);
        }
        Ok(lifetime)
    }
}

impl Terms {
    /// Refuses terms that policy does not allow.
    pub(super) fn require_allowed(&self, policy: &Policy) -> Result<(), Refusal> {
        let (least, most) = (policy.lifetime.least_seconds, policy.lifetime.most_seconds);
        if self.lifetime_seconds < least || most < self.lifetime_seconds {
            return Err(Refusal::LifetimeOutsidePolicy { least, most });
        }
        if !(1..=policy.most_uses).contains(&self.max_uses) {
            return Err(Refusal::UsesOutsidePolicy { most: policy.most_uses });
        }
        if self.proof < policy.proof {
            return Err(Refusal::ProofTooWeak);
        }
        if policy.demands.reason && self.reason.is_none() {
            return Err(Refusal::ReasonMissing);
        }
        if policy.demands.ticket && self.ticket.is_none() {
            return Err(Refusal::TicketMissing);
        }
        if policy.demands.identity_check && self.identity_check == IdentityCheck::None {
            return Err(Refusal::IdentityCheckMissing);
        }
        Ok(())
    }
}
