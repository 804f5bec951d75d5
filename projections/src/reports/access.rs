//! Who held which roles, and when.

use std::collections::BTreeMap;
use std::ops::Range;

use readmit_domain::event::{AdminAuthorised, ApiKeyIssued};
use readmit_domain::{AdminId, Event, KeyId, KeyLabel, Recorded, Role, Timestamp, Who};
use readmit_runtime::Envelope;
use serde::Serialize;

use crate::replay::Projection;

/// Every role that was held in a tenant, in the order they were given: a fold over the tenant's
/// own events.
#[derive(Debug, Clone, Default)]
pub struct Holdings {
    rows: Vec<Holding>,
    /// Where the last row of each stands.
    last: BTreeMap<Holder, usize>,
}

/// What one admin or key held, from one moment to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// Who.
    pub holder: Holder,
    /// What a key is for.
    pub label: Option<KeyLabel>,
    /// What they might be.
    pub roles: Vec<Role>,
    /// From when.
    pub from: Timestamp,
    /// Who gave it.
    pub given_by: Who,
    /// Until when: at this moment it no longer holds. A key may name its end beforehand.
    pub until: Option<Timestamp>,
    /// How it ends or ended.
    pub ending: Option<Ending>,
    /// Who ended it; none if it ends by itself.
    pub ended_by: Option<Who>,
}

/// An admin or an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Holder {
    /// An admin.
    Admin(AdminId),
    /// The key of a service or of an auditor's tool.
    Key(KeyId),
}

/// How somebody ceased to hold roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Other roles took their place.
    Replaced,
    /// The admin was suspended.
    Suspended,
    /// The key was revoked.
    Revoked,
    /// The key names its own end.
    Expires,
}

impl Holdings {
    /// Takes in the next event of the tenant.
    pub fn evolve(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::AdminAuthorised(data) => {
                self.end(Holder::Admin(data.admin), recorded, Ending::Replaced);
                self.begin(Holding::of_admin(data, recorded));
            }
            Event::AdminSuspended(data) => {
                self.end(Holder::Admin(data.admin), recorded, Ending::Suspended);
            }
            Event::ApiKeyIssued(data) => self.begin(Holding::of_key(data, recorded)),
            Event::ApiKeyRevoked(data) => {
                self.end(Holder::Key(data.key), recorded, Ending::Revoked);
            }
            _ => {}
        }
    }

    /// What was held at any moment of a period, its end excluded.
    pub fn during(self, period: &Range<Timestamp>) -> Vec<Holding> {
        self.rows.into_iter().filter(|row| row.is_held_during(period)).collect()
    }

    fn begin(&mut self, row: Holding) {
        self.last.insert(row.holder, self.rows.len());
        self.rows.push(row);
    }

    fn end(&mut self, holder: Holder, recorded: &Recorded, ending: Ending) {
        let last = self.last.get(&holder).and_then(|row| self.rows.get_mut(*row));
        // What has ended already is not ended again.
        if let Some(row) = last.filter(|row| row.until.is_none_or(|until| recorded.at < until)) {
            row.until = Some(recorded.at);
            row.ending = Some(ending);
            row.ended_by = Some(recorded.who);
        }
    }
}

impl Projection for Holdings {
    fn evolve(&mut self, event: &Envelope) {
        Self::evolve(self, &event.recorded());
    }
}

impl Holding {
    /// Whether it holds at this moment.
    pub fn is_held_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Whether it holds at any moment of a period, its end excluded. What was given and taken in
    /// the same moment counts too.
    pub fn is_held_during(&self, period: &Range<Timestamp>) -> bool {
        let reaches = self.until.is_none_or(|until| period.start < until);
        self.from < period.end && (reaches || period.start <= self.from)
    }

    fn of_admin(data: &AdminAuthorised, recorded: &Recorded) -> Self {
        Self {
            holder: Holder::Admin(data.admin),
            label: None,
            roles: data.roles.clone(),
            from: recorded.at,
            given_by: recorded.who,
            until: None,
            ending: None,
            ended_by: None,
        }
    }

    fn of_key(data: &ApiKeyIssued, recorded: &Recorded) -> Self {
        Self {
            holder: Holder::Key(data.key),
            label: Some(data.label.clone()),
            roles: data.roles.clone(),
            from: recorded.at,
            given_by: recorded.who,
            until: data.until,
            ending: data.until.map(|_| Ending::Expires),
            ended_by: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use readmit_domain::event::{AdminSuspended, ApiKeyRevoked};
    use readmit_domain::testing::{BOB, HANS, OLGA, START};
    use readmit_domain::{Actor, Seconds};

    use super::*;

    fn minute(minute: u32) -> Timestamp {
        START + Seconds::minutes(minute)
    }

    /// These events happened at these minutes, by Olga.
    fn given(events: impl IntoIterator<Item = (u32, Event)>) -> Holdings {
        let mut holdings = Holdings::default();
        for (at, event) in events {
            let (at, who) = (minute(at), Actor::admin(OLGA).who);
            holdings.evolve(&Recorded { at, who, recovery: None, event });
        }
        holdings
    }

    fn authorised(admin: AdminId, roles: &[Role]) -> Event {
        AdminAuthorised { admin, roles: roles.to_vec() }.into()
    }

    fn issued(key: KeyId, until: Option<Timestamp>) -> Event {
        let label = "portal".parse().unwrap();
        ApiKeyIssued { key, label, roles: vec![Role::Service], until, secret: true }.into()
    }

    fn key() -> KeyId {
        "key_01h455vb4pex5vsknk084sn02q".parse().unwrap()
    }

    /// Roles, from and until, in minutes, and how they ended.
    type Row = (Holder, Vec<Role>, u32, Option<u32>, Option<Ending>);

    fn then(rows: &[Holding]) -> Vec<Row> {
        let minutes = |at: Timestamp| at.since(START).0 / 60;
        let row = |row: &Holding| {
            let until = row.until.map(minutes);
            (row.holder, row.roles.clone(), minutes(row.from), until, row.ending)
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn roles_hold_until_others_take_their_place_or_the_admin_is_suspended() {
        let holdings = given([
            (0, authorised(BOB, &[Role::Helpdesk])),
            (1, authorised(HANS, &[Role::Auditor])),
            (5, authorised(BOB, &[Role::RecoveryAdmin])),
            (9, AdminSuspended { admin: BOB }.into()),
            (12, authorised(BOB, &[Role::Approver])),
        ]);
        let bob = Holder::Admin(BOB);
        let rows = holdings.during(&(minute(0)..minute(60)));
        assert_eq!(
            then(&rows),
            [
                (bob, vec![Role::Helpdesk], 0, Some(5), Some(Ending::Replaced)),
                (Holder::Admin(HANS), vec![Role::Auditor], 1, None, None),
                (bob, vec![Role::RecoveryAdmin], 5, Some(9), Some(Ending::Suspended)),
                (bob, vec![Role::Approver], 12, None, None),
            ]
        );
        let olga = Actor::admin(OLGA).who;
        assert!(rows.iter().all(|row| row.given_by == olga));
        assert_eq!(rows.first().and_then(|row| row.ended_by), Some(olga));
        let current = rows.iter().filter(|row| row.is_held_at(minute(10))).count();
        assert_eq!(current, 1, "Bob is suspended then");
    }

    #[test]
    fn a_key_holds_until_it_is_revoked_or_its_own_end_whichever_comes_first() {
        let key = key();
        let revoked = |at| (at, ApiKeyRevoked { key }.into());
        for (until, at, end, ending) in [
            (None, 5, 5, Ending::Revoked),
            (Some(minute(9)), 5, 5, Ending::Revoked),
            (Some(minute(9)), 9, 9, Ending::Expires),
            (Some(minute(9)), 20, 9, Ending::Expires),
        ] {
            let rows = given([(0, issued(key, until)), revoked(at)]);
            let rows = rows.during(&(minute(0)..minute(60)));
            assert_eq!(
                then(&rows),
                [(Holder::Key(key), vec![Role::Service], 0, Some(end), Some(ending))]
            );
            assert_eq!(rows[0].ended_by.is_some(), ending == Ending::Revoked);
            assert!(rows[0].is_held_at(minute(end - 1)) && !rows[0].is_held_at(minute(end)));
        }
    }

    #[test]
    fn a_period_shows_what_was_held_at_any_moment_of_it() {
        let events = || {
            [(10, authorised(BOB, &[Role::Helpdesk])), (20, AdminSuspended { admin: BOB }.into())]
        };
        for (from, to, shown) in [
            (0, 10, false),
            (0, 11, true),
            (12, 15, true),
            (19, 60, true),
            (20, 60, false),
            (0, 60, true),
        ] {
            let rows = given(events()).during(&(minute(from)..minute(to)));
            assert_eq!(!rows.is_empty(), shown, "{from} to {to}");
        }
    }

    #[test]
    fn what_was_given_and_taken_in_the_same_moment_is_shown() {
        let events =
            [(10, authorised(BOB, &[Role::Owner])), (10, authorised(BOB, &[Role::Helpdesk]))];
        assert_eq!(given(events).during(&(minute(10)..minute(11))).len(), 2);
    }

    #[test]
    fn whoever_holds_nothing_loses_nothing() {
        let events =
            [(0, AdminSuspended { admin: BOB }.into()), (1, ApiKeyRevoked { key: key() }.into())];
        assert_eq!(given(events).during(&(minute(0)..minute(60))), []);
    }
}
