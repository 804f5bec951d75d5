//! Who held which roles in a period, and whether anybody did alone what takes two.

use readmit::reports::{AccessReport, Breach, BreachedDuty, Duties, Ending, Holder, Holding};
use readmit::{RecoveryId, Role, Timestamp};

use super::people::People;
use crate::pages::when::When;
use crate::problem::Problem;

/// Breaches that are told one by one; the engine lets none happen.
const BREACHES: usize = 50;

/// The report as a page shows it.
pub(super) struct Access {
    pub(super) holdings: Vec<Held>,
    pub(super) duties: Duties,
    /// The first of them.
    pub(super) breaches: Vec<Broken>,
}

/// What somebody held, from when to when.
pub(super) struct Held {
    pub(super) who: String,
    /// Whether it is an API key, and no admin.
    pub(super) key: bool,
    /// By their stored names.
    pub(super) roles: String,
    pub(super) from: When,
    pub(super) given_by: String,
    pub(super) until: Option<When>,
    /// How it ended, by name; it may name its end beforehand.
    pub(super) ending: &'static str,
    pub(super) ended_by: String,
    pub(super) current: bool,
}

/// A case in which somebody did alone what takes two.
pub(super) struct Broken {
    pub(super) recovery: RecoveryId,
    pub(super) account: String,
    pub(super) who: String,
    /// What they did, by name.
    pub(super) duty: &'static str,
}

impl Access {
    pub(super) async fn of(people: &mut People, report: AccessReport) -> Result<Self, Problem> {
        let mut holdings = Vec::new();
        for holding in &report.holdings {
            holdings.push(Held::of(people, holding, report.at).await?);
        }
        let mut breaches = Vec::new();
        for breach in report.duties.breaches.iter().take(BREACHES) {
            breaches.push(Broken::of(people, breach).await?);
        }
        Ok(Self { holdings, duties: report.duties, breaches })
    }
}

impl Held {
    async fn of(people: &mut People, holding: &Holding, now: Timestamp) -> Result<Self, Problem> {
        let who = match (holding.holder, &holding.label) {
            (Holder::Admin(id), _) => people.account(id.into()).await?,
            (Holder::Key(_), Some(label)) => label.as_str().to_owned(),
            (Holder::Key(id), None) => people.key(id),
        };
        let roles: Vec<&str> = holding.roles.iter().map(|role: &Role| role.name()).collect();
        let ended_by = match &holding.ended_by {
            Some(who) => people.actor(who).await?,
            None => String::new(),
        };
        Ok(Self {
            who,
            key: matches!(holding.holder, Holder::Key(_)),
            roles: roles.join(", "),
            from: When(holding.from),
            given_by: people.actor(&holding.given_by).await?,
            until: holding.until.map(When),
            ending: holding.ending.map_or("none", ending),
            ended_by,
            current: holding.is_held_at(now),
        })
    }
}

impl Broken {
    async fn of(people: &mut People, breach: &Breach) -> Result<Self, Problem> {
        Ok(Self {
            recovery: breach.recovery,
            account: people.account(breach.account).await?,
            who: people.actor(&breach.who).await?,
            duty: match breach.duty {
                BreachedDuty::ApprovedOwnRequest => "approved_own_request",
                BreachedDuty::GrantedToThemselves => "granted_to_themselves",
                BreachedDuty::EnrolledAfterOwnGrant => "enrolled_after_own_grant",
            },
        })
    }
}

const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Replaced => "replaced",
        Ending::Suspended => "suspended",
        Ending::Revoked => "revoked",
        Ending::Expires => "expires",
    }
}
