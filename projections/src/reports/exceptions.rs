//! The register of bypasses: what PCI DSS 8.5.1 calls exceptions, documented and approved.

use readmit_domain::assess::{CaseRecord, Shortfall, assess};
use readmit_domain::{Profile, Verdict};
use serde::Serialize;

use crate::recoveries::RecoveryRow;

/// One case, with the strictest profile it met and what it lacked of the next stricter one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BypassException {
    /// The case.
    #[serde(flatten)]
    pub record: CaseRecord,
    /// The strictest profile it met, if any. Of a case that was never granted, only what it was
    /// asked for is judged.
    pub profile_met: Option<Profile>,
    /// The next stricter profile; none above the strictest.
    pub next_profile: Option<Profile>,
    /// What it lacked of that one.
    pub missing: Vec<Shortfall>,
    /// What an auditor said of it last. None if nobody did, and where the record of the case alone was
    /// looked at, in which that does not stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_off: Option<Verdict>,
}

impl From<RecoveryRow> for BypassException {
    fn from(row: RecoveryRow) -> Self {
        let signed_off = row.review.map(|review| review.verdict);
        Self { signed_off, ..row.record.into() }
    }
}

impl From<CaseRecord> for BypassException {
    fn from(record: CaseRecord) -> Self {
        let profile_met = record.profile_met();
        let next_profile = match profile_met {
            None => Some(Profile::Standard),
            Some(Profile::Standard) => Some(Profile::Strict),
            Some(Profile::Strict) => None,
        };
        let missing = next_profile.map(|next| assess(&record, &next.policy())).unwrap_or_default();
        Self { record, profile_met, next_profile, missing, signed_off: None }
    }
}

#[cfg(test)]
mod tests {
    use readmit_domain::event::{BypassGranted, BypassRequested};
    use readmit_domain::testing::{ALICE, BOB, BYPASS, CASE, PETRA, START};
    use readmit_domain::{
        Actor, AdminId, Event, IdentityCheck, NewEvent, Proof, Reason, Recorded, Seconds, Terms,
    };

    use super::*;

    fn terms(reason: Option<Reason>) -> Terms {
        Terms {
            reason,
            ticket: "INC-4711".parse().ok(),
            identity_check: IdentityCheck::CallBack,
            proof: Proof::PasswordAndIssuedCode,
            lifetime_seconds: Seconds::minutes(15),
            max_uses: 1,
            networks: Vec::new(),
        }
    }

    fn by(admin: AdminId, event: impl Into<Event>) -> Recorded {
        let NewEvent { recovery, event } = NewEvent::of(CASE, event);
        let who = Actor::admin(admin).vouched_second_factor(START).who;
        Recorded { at: START, who, recovery, event }
    }

    /// Granted by Petra; asked for by Bob before, if two people are wanted.
    fn given(reason: Option<Reason>, two_people: bool) -> CaseRecord {
        let (bypass, terms) = (BYPASS, terms(reason));
        let until = START + Seconds::minutes(15);
        let requested = BypassRequested { bypass, terms: terms.clone(), from: None, until };
        let granted = by(PETRA, BypassGranted { bypass, terms, from: START, until });
        let record = if two_people {
            CaseRecord::begin(ALICE.into(), &by(BOB, requested)).map(|case| case.evolve(&granted))
        } else {
            CaseRecord::begin(ALICE.into(), &granted)
        };
        record.unwrap()
    }

    #[test]
    fn a_case_is_held_against_the_next_profile_above_the_one_it_met() {
        let lost = Some(Reason::LostDevice);
        for (record, met, next, missing) in [
            (given(lost, true), Some(Profile::Strict), None, vec![]),
            (
                given(lost, false),
                Some(Profile::Standard),
                Some(Profile::Strict),
                vec![Shortfall::SecondPerson],
            ),
            (given(None, true), None, Some(Profile::Standard), vec![Shortfall::Reason]),
        ] {
            let exception = BypassException::from(record);
            assert_eq!(exception.profile_met, met);
            assert_eq!(exception.next_profile, next);
            assert_eq!(exception.missing, missing);
        }
    }
}
