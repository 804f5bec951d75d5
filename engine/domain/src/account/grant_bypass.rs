//! An admin lets one customer in without the second factor, for a short time.

use ipnet::IpNet;
use serde::Serialize;

use crate::account::Account;
use crate::account::evolve::GRANT_WINDOW;
use crate::account::wish::{End, Wish, wishes};
use crate::command::{AccountRule, Decision, Personal};
use crate::event::{
    BypassGranted, BypassRequested, BypassRevoked, Event, NewEvent, RevocationCause,
};
use crate::{
    AccountId, Context, FreshId, Permission, Proof, Refusal, SecondPerson, Stage, Terms, Timestamp,
};

/// Grants a bypass; asks for a second person where policy says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrantBypass {
    account: AccountId,
    replace: bool,
    #[serde(flatten)]
    wish: Wish,
}

wishes!(GrantBypass);

impl GrantBypass {
    /// A bypass for this account, on the terms that policy gives where nothing else is said.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into(), replace: false, wish: Wish::default() }
    }

    /// When the bypass starts; at once if not given.
    #[must_use]
    pub fn starting_at(mut self, from: Timestamp) -> Self {
        self.wish.from = Some(from);
        self
    }

    /// When the bypass ends, instead of a lifetime.
    #[must_use]
    pub fn ending_at(mut self, until: Timestamp) -> Self {
        self.wish.end = Some(End::At(until));
        self
    }

    /// How often it may be redeemed; once if not given.
    #[must_use]
    pub fn uses(mut self, uses: u8) -> Self {
        self.wish.uses = Some(uses);
        self
    }

    /// What redeeming it takes; what policy demands if not given.
    #[must_use]
    pub fn proof(mut self, proof: Proof) -> Self {
        self.wish.proof = Some(proof);
        self
    }

    /// Adds a network that it may be redeemed from; any if none is given.
    #[must_use]
    pub fn only_from(mut self, network: IpNet) -> Self {
        self.wish.networks.push(network);
        self
    }

    /// Ends an open case first, instead of being refused for it.
    #[must_use]
    pub fn replacing(mut self) -> Self {
        self.replace = true;
        self
    }
}

impl AccountRule for GrantBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context.tenant)?;
        context.permit(Permission::GrantBypass)?;
        context.require_other(account.id)?;
        account.require_usable()?;
        account.require_bypassable(&context.tenant.policy)?;
        let mut events = self.clear_the_way(account, context)?;
        let (terms, from) = self.wish.terms(&context.tenant.policy, context.now)?;
        context.require_fresh_second_factor()?;

        let recovery = context.fresh.recovery();
        events.push(if needs_second_person(account, context) {
            NewEvent::of(recovery, request(context, terms, self.wish.from))
        } else {
            let until = from + terms.lifetime_seconds;
            let bypass = context.fresh.bypass();
            NewEvent::of(recovery, BypassGranted { bypass, terms, from, until })
        });
        Ok(events)
    }

    fn personal(&self) -> Personal<'_> {
        self.wish.personal()
    }
}

impl GrantBypass {
    /// The events that end what is open, so that a new case can begin.
    fn clear_the_way(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_new_case(context.fresh)?;
        let Some(case) = account.live_case(context.now) else {
            return Ok(account.overdue_end(context.now));
        };
        if !self.replace {
            return Err(Refusal::CaseOpen);
        }
        if case.stage() == Stage::DeviceEnrolled {
            return Err(Refusal::TooLateToRevoke);
        }
        let revoked = BypassRevoked { cause: RevocationCause::Superseded };
        Ok(vec![NewEvent::of(case.recovery, revoked)])
    }
}

/// A request for a bypass on these terms.
pub(super) fn request(context: &Context<'_>, terms: Terms, from: Option<Timestamp>) -> Event {
    let until = context.now + context.tenant.policy.request_seconds;
    BypassRequested { bypass: context.fresh.bypass(), terms, from, until }.into()
}

fn needs_second_person(account: &Account, context: &Context<'_>) -> bool {
    let policy = &context.tenant.policy;
    let recent = account.granted_at.iter().filter(|at| context.now <= **at + GRANT_WINDOW).count();
    policy.second_person == SecondPerson::Always
        || account.id.is_admin()
        || recent >= usize::from(policy.grants_in_30_days)
}
