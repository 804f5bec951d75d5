//! What a plan says: who there is, what they lost and when, how it ended.

use readmit::{IdentityCheck, Policy, Reason, Role, Verdict};

use super::calendar::When;
use super::schedule::Act;

/// The history of one tenant, as it is planned.
pub(super) struct Plan {
    pub(super) tenant: &'static str,
    pub(super) policy: Policy,
    /// Whether every grant waits for a second person.
    pub(super) second_person: bool,
    /// What admins' logins end with.
    pub(super) domain: &'static str,
    pub(super) first_ticket: u32,
    pub(super) admins: &'static [AdminRow],
    pub(super) customers: &'static [CustomerRow],
    pub(super) cases: &'static [Case],
    pub(super) attacks: &'static [Attack],
    /// What else happened: when, about whom, what.
    pub(super) moments: &'static [(When, &'static str, Act)],
}

/// An admin: signs in as `key@domain`.
#[derive(Debug)]
pub(super) struct AdminRow {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) role: Role,
    pub(super) what: &'static str,
    /// Whether they were there before the plan, with whatever they have.
    pub(super) known: bool,
}

/// A customer. Their key is what stands before the @ of their login.
#[derive(Debug)]
pub(super) struct CustomerRow {
    pub(super) name: &'static str,
    pub(super) login: &'static str,
    /// How many working days ago they were registered.
    pub(super) since: u32,
    /// Every so many working days they sign in; 0 for never, not even to set MFA up.
    pub(super) every: u32,
    /// How many recovery codes they have used.
    pub(super) codes_used: u32,
    pub(super) known: bool,
    /// Whom the cast names, and what they are there for.
    pub(super) featured: Option<&'static str>,
}

/// A recovery.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) when: When,
    pub(super) customer: &'static str,
    /// Who asks for it: help desk requests, recovery admins grant.
    pub(super) by: &'static str,
    pub(super) reason: Reason,
    pub(super) check: IdentityCheck,
    pub(super) end: End,
    pub(super) note: Option<&'static str>,
    pub(super) uses: u8,
    /// Whether redeeming it takes a code where the policy does not ask for one.
    pub(super) with_code: bool,
    pub(super) review: Option<(Verdict, Option<&'static str>)>,
}

/// How far a recovery came, or how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Completed,
    /// A new phone, but no new codes until time was over.
    WithoutCodes,
    Unused,
    /// Signed in, and did nothing more.
    LeftSignedIn,
    /// Turned MFA off, and did nothing more.
    LeftOff,
    Withdrawn,
    ByCustomer,
    BySystem,
    /// Replaced by another, which was completed.
    Replaced,
    WrongCodes,
    /// "This wasn't me."
    Reported,
    /// The customer was erased meanwhile.
    Erased,
    Denied,
    /// Nobody answered the request.
    Unanswered,
    /// Open at the present: asked for, granted, and so on.
    Awaiting,
    Open,
    SignedIn,
    TurnedOff,
    Enrolled,
}

/// Somebody guesses at codes until the account is locked, and again when the lock is over.
#[derive(Debug)]
pub(super) struct Attack {
    pub(super) from: When,
    pub(super) customer: &'static str,
    pub(super) locks: u32,
}

pub(super) const fn admin(
    key: &'static str,
    name: &'static str,
    role: Role,
    what: &'static str,
) -> AdminRow {
    AdminRow { key, name, role, what, known: false }
}

impl AdminRow {
    pub(super) const fn known(self) -> Self {
        Self { known: true, ..self }
    }
}

pub(super) const fn customer(
    name: &'static str,
    login: &'static str,
    since: u32,
    every: u32,
) -> CustomerRow {
    CustomerRow { name, login, since, every, codes_used: 0, known: false, featured: None }
}

impl CustomerRow {
    pub(super) const fn codes_used(self, codes_used: u32) -> Self {
        Self { codes_used, ..self }
    }

    pub(super) const fn known(self) -> Self {
        Self { known: true, ..self }
    }

    pub(super) const fn featured(self, what: &'static str) -> Self {
        Self { featured: Some(what), ..self }
    }
}

pub(super) const fn case(
    when: When,
    customer: &'static str,
    by: &'static str,
    reason: Reason,
    check: IdentityCheck,
    end: End,
) -> Case {
    let (note, review) = (None, None);
    Case { when, customer, by, reason, check, end, note, uses: 1, with_code: false, review }
}

impl Case {
    pub(super) const fn note(self, note: &'static str) -> Self {
        Self { note: Some(note), ..self }
    }

    pub(super) const fn uses(self, uses: u8) -> Self {
        Self { uses, ..self }
    }

    pub(super) const fn with_code(self) -> Self {
        Self { with_code: true, ..self }
    }

    pub(super) const fn accepted(self) -> Self {
        Self { review: Some((Verdict::Accepted, None)), ..self }
    }

    pub(super) const fn questioned(self, why: &'static str) -> Self {
        Self { review: Some((Verdict::Questioned, Some(why))), ..self }
    }
}

/// What stands before the @.
pub(super) fn key(login: &'static str) -> &'static str {
    login.split('@').next().unwrap_or(login)
}

impl Plan {
    /// The first admin who has this role.
    pub(super) fn with_role(&self, role: Role) -> &'static str {
        self.admins.iter().find(|admin| admin.role == role).map_or("", |admin| admin.key)
    }

    pub(super) fn role(&self, key: &str) -> Option<Role> {
        self.admins.iter().find(|admin| admin.key == key).map(|admin| admin.role)
    }

    /// Whether a second person answers this.
    pub(super) fn is_answered(&self, case: &Case) -> bool {
        self.second_person || self.role(case.by) == Some(Role::Helpdesk)
    }
}
