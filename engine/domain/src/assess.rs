//! A case from its first event to its end, and which profile it met.

use serde::{Deserialize, Serialize};

use crate::{
    AccountId, BypassId, Event, IdentityCheck, Policy, Profile, Recorded, RecoveryId,
    RevocationCause, SecondPerson, Seconds, Stage, Terms, Timestamp, Who,
};

/// One case, derived from its events: the row that an exception register keeps
/// (PCI DSS 8.5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRecord {
    /// The case.
    pub recovery: RecoveryId,
    /// The account it is about.
    pub account: AccountId,
    /// Its bypass.
    pub bypass: BypassId,
    /// On what terms.
    pub terms: Terms,
    /// Who asked for it, where a second person had to approve, and when.
    pub requested: Option<Step>,
    /// Who granted or approved it, and when.
    pub granted: Option<Step>,
    /// From when to when the bypass held, or would have.
    pub window: Option<(Timestamp, Timestamp)>,
    /// When it was redeemed, each time.
    pub used: Vec<Timestamp>,
    /// Who turned MFA off, and when.
    pub mfa_disabled: Option<Step>,
    /// Who enrolled the new device, and when.
    pub device_enrolled: Option<Step>,
    /// How it ended, and when.
    pub ended: Option<(Timestamp, CaseEnd)>,
    /// How far it has come.
    pub stage: Stage,
}

/// Who did something, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// Who, with the second factor they had shown.
    pub who: Who,
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum CaseEnd {
    /// A new device is enrolled.
    Completed {
        /// Whether new recovery codes were generated too.
        codes: bool,
    },
    /// A second person denied it.
    Denied,
    /// It was taken back.
    Revoked {
        /// Why.
        cause: RevocationCause,
    },
    /// It ran out of time.
    Expired {
        /// How far it had come.
        stage: Stage,
    },
}

/// What a case lacks of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Shortfall {
    /// No reason was given.
    Reason,
    /// No ticket was named.
    Ticket,
    /// The caller's identity was not checked.
    IdentityCheck,
    /// The password alone could redeem it.
    Proof,
    /// It could live longer than the profile allows, or shorter.
    Lifetime,
    /// It could be used more often than the profile allows.
    Uses,
    /// No second person approved it.
    SecondPerson,
    /// Whoever granted it had not shown a second factor lately.
    FreshSecondFactor,
}

impl CaseRecord {
    /// The record that this event begins, if it begins a case.
    #[expect(clippy::wildcard_enum_match_arm, reason = "only two events begin a case")]
    pub fn begin(account: AccountId, recorded: &Recorded) -> Option<Self> {
        let recovery = recorded.recovery?;
        let step = Some(Step { at: recorded.at, who: recorded.who });
        let record = |bypass, terms: &Terms, stage| Self {
            recovery,
            account,
            bypass,
            terms: terms.clone(),
            requested: None,
            granted: None,
            window: None,
            used: Vec::new(),
            mfa_disabled: None,
            device_enrolled: None,
            ended: None,
            stage,
        };
        match &recorded.event {
            Event::BypassRequested(data) => Some(Self {
                requested: step,
                ..record(data.bypass, &data.terms, Stage::AwaitingApproval)
            }),
            Event::BypassGranted(data) => Some(Self {
                granted: step,
                window: Some((data.from, data.until)),
                ..record(data.bypass, &data.terms, Stage::Granted)
            }),
            _ => None,
        }
    }

    /// The record after another event of the same case.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "most events are none of a case's")]
    pub fn evolve(mut self, recorded: &Recorded) -> Self {
        let at = recorded.at;
        let step = Step { at, who: recorded.who };
        match &recorded.event {
            Event::BypassGranted(data) => {
                // Who approves may have checked who it is in another way than who asked.
                self.terms = data.terms.clone();
                self.granted = Some(step);
                self.window = Some((data.from, data.until));
                self.stage = Stage::Granted;
            }
            Event::BypassUsed(_) => {
                self.used.push(at);
                self.stage = self.stage.max(Stage::SignedIn);
            }
            Event::MfaDisabled(_) => {
                self.mfa_disabled = Some(step);
                self.stage = Stage::MfaDisabled;
            }
            Event::DeviceEnrolled(_) => {
                self.device_enrolled = Some(step);
                self.stage = Stage::DeviceEnrolled;
            }
            Event::RecoveryCompleted(data) => {
                self.ended = Some((at, CaseEnd::Completed { codes: data.codes }));
            }
            Event::BypassDenied(_) => self.ended = Some((at, CaseEnd::Denied)),
            Event::BypassRevoked(data) => {
                self.ended = Some((at, CaseEnd::Revoked { cause: data.cause }));
            }
            Event::BypassExpired(data) => {
                self.ended = Some((at, CaseEnd::Expired { stage: data.stage }));
            }
            _ => {}
        }
        self
    }

    /// The strictest profile the case met, if any.
    pub fn profile_met(&self) -> Option<Profile> {
        [Profile::Strict, Profile::Standard]
            .into_iter()
            .find(|profile| assess(self, &profile.policy()).is_empty())
    }
}

/// What a case lacks of a policy. Of a case that was never granted, only what
/// it was asked for is judged.
pub fn assess(case: &CaseRecord, policy: &Policy) -> Vec<Shortfall> {
    let terms = &case.terms;
    let lifetime = policy.lifetime.least_seconds..=policy.lifetime.most_seconds;
    let for_admin = case.account.is_admin();
    let needs_second = for_admin || policy.second_person == SecondPerson::Always;
    let checks = [
        (Shortfall::Reason, policy.demands.reason && terms.reason.is_none()),
        (Shortfall::Ticket, policy.demands.ticket && terms.ticket.is_none()),
        (
            Shortfall::IdentityCheck,
            policy.demands.identity_check && terms.identity_check == IdentityCheck::None,
        ),
        (Shortfall::Proof, terms.proof < policy.proof),
        (Shortfall::Lifetime, !lifetime.contains(&terms.lifetime_seconds)),
        (Shortfall::Uses, terms.max_uses > policy.most_uses),
        (Shortfall::SecondPerson, case.granted.is_some() && needs_second && !case.two_people()),
        (
            Shortfall::FreshSecondFactor,
            case.granted.is_some_and(|granted| !granted.is_fresh(policy.fresh_seconds)),
        ),
    ];
    checks.into_iter().filter(|(_, lacks)| *lacks).map(|(shortfall, _)| shortfall).collect()
}

impl CaseRecord {
    fn two_people(&self) -> bool {
        match (&self.requested, &self.granted) {
            (Some(requested), Some(granted)) => !requested.who.is_same(&granted.who),
            _ => false,
        }
    }
}

impl Step {
    fn is_fresh(&self, within: Seconds) -> bool {
        self.who.second_factor().is_some_and(|shown| self.at <= shown.at + within)
    }
}
