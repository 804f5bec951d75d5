//! Separation of duties: nobody approves what they asked for, grants for themselves, or enrols the
//! device of a case that they granted.

use readmit_domain::assess::CaseRecord;
use readmit_domain::{AccountId, RecoveryId, Who};
use serde::Serialize;

/// Whether duties stayed separate. The engine refuses what would break this; the report shows that
/// it did, by looking at every case, whoever wrote it into the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Duties {
    /// Cases looked at.
    pub cases: u64,
    /// Of these, cases that were asked for and then granted: two people were needed.
    pub approved: u64,
    /// Of these, cases that were granted and in which a device was enrolled.
    pub enrolled: u64,
    /// Where duties were not separate; none, if the engine did what it promises.
    pub breaches: Vec<Breach>,
}

/// A case in which one person did what takes two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// The case.
    pub recovery: RecoveryId,
    /// The account it is about.
    pub account: AccountId,
    /// What they did.
    pub duty: BreachedDuty,
    /// Who.
    pub who: Who,
}

/// What takes two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreachedDuty {
    /// They approved what they had asked for.
    ApprovedOwnRequest,
    /// They granted a bypass of their own account's second factor.
    GrantedToThemselves,
    /// They granted the bypass, and enrolled the device.
    EnrolledAfterOwnGrant,
}

impl Duties {
    /// Looks at these cases.
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a CaseRecord>) -> Self {
        cases.into_iter().fold(Self::default(), Self::look_at)
    }

    /// Looks at one more case.
    #[must_use]
    pub fn look_at(mut self, case: &CaseRecord) -> Self {
        self.cases += 1;
        let Some(granted) = case.granted else { return self };
        let who = granted.who;
        let breach = |duty| Breach { recovery: case.recovery, account: case.account, duty, who };
        if let Some(requested) = case.requested {
            self.approved += 1;
            if requested.who.is_same(&who) {
                self.breaches.push(breach(BreachedDuty::ApprovedOwnRequest));
            }
        }
        if who.account() == Some(case.account) {
            self.breaches.push(breach(BreachedDuty::GrantedToThemselves));
        }
        if let Some(enrolled) = case.device_enrolled {
            self.enrolled += 1;
            if enrolled.who.is_same(&who) {
                self.breaches.push(breach(BreachedDuty::EnrolledAfterOwnGrant));
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use readmit_domain::event::{BypassGranted, BypassRequested, DeviceEnrolled};
    use readmit_domain::testing::{ALICE, BOB, BYPASS, CASE, PETRA, PHONE, START};
    use readmit_domain::{
        Actor, AdminId, Event, IdentityCheck, NewEvent, Proof, Recorded, Seconds, Terms,
    };

    use super::*;

    fn terms() -> Terms {
        Terms {
            reason: None,
            ticket: None,
            identity_check: IdentityCheck::None,
            proof: Proof::Password,
            lifetime_seconds: Seconds::hours(1),
            max_uses: 1,
            networks: Vec::new(),
        }
    }

    fn by(actor: &Actor, event: impl Into<Event>) -> Recorded {
        let NewEvent { recovery, event } = NewEvent::of(CASE, event);
        Recorded { at: START, who: actor.who, recovery, event }
    }

    fn requested(admin: AdminId) -> Recorded {
        let requested =
            BypassRequested { bypass: BYPASS, terms: terms(), from: None, until: START };
        by(&Actor::admin(admin), requested)
    }

    fn granted(admin: AdminId) -> Recorded {
        let granted = BypassGranted { bypass: BYPASS, terms: terms(), from: START, until: START };
        by(&Actor::admin(admin), granted)
    }

    fn enrolled(actor: &Actor) -> Recorded {
        by(actor, DeviceEnrolled { device: PHONE, step: 1 })
    }

    fn given(account: impl Into<AccountId>, events: &[Recorded]) -> CaseRecord {
        let (first, rest) = events.split_first().unwrap();
        let begun = CaseRecord::begin(account.into(), first).unwrap();
        rest.iter().fold(begun, CaseRecord::evolve)
    }

    fn then(duties: &Duties, breaches: &[(BreachedDuty, AdminId)]) {
        let found = duties.breaches.iter().map(|breach| (breach.duty, breach.who.account()));
        let expected: Vec<_> =
            breaches.iter().map(|(duty, who)| (*duty, Some((*who).into()))).collect();
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn two_people_and_the_customer_keep_their_duties_apart() {
        let alice = Actor::customer(ALICE);
        let apart = given(ALICE, &[requested(BOB), granted(PETRA), enrolled(&alice)]);
        let alone = given(ALICE, &[granted(BOB)]);
        let asked = given(ALICE, &[requested(BOB)]);
        let duties = Duties::of([&apart, &alone, &asked]);
        assert_eq!((duties.cases, duties.approved, duties.enrolled), (3, 1, 1));
        then(&duties, &[]);
    }

    #[test]
    fn whoever_approves_what_they_asked_for_is_told() {
        // Whatever they had shown each time.
        let fresh = Actor::admin(BOB).vouched_second_factor(START);
        let granted = Recorded { who: fresh.who, ..granted(BOB) };
        let duties = Duties::of([&given(ALICE, &[requested(BOB), granted])]);
        then(&duties, &[(BreachedDuty::ApprovedOwnRequest, BOB)]);
    }

    #[test]
    fn whoever_enrols_after_their_own_grant_is_told() {
        let case = given(ALICE, &[granted(BOB), enrolled(&Actor::admin(BOB))]);
        then(&Duties::of([&case]), &[(BreachedDuty::EnrolledAfterOwnGrant, BOB)]);
    }

    #[test]
    fn whoever_grants_for_themselves_is_told() {
        let case = given(BOB, &[requested(PETRA), granted(BOB), enrolled(&Actor::admin(BOB))]);
        let both = [BreachedDuty::GrantedToThemselves, BreachedDuty::EnrolledAfterOwnGrant];
        then(&Duties::of([&case]), &both.map(|duty| (duty, BOB)));
    }
}
