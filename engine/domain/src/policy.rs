//! A tenant's policy, and the two profiles it usually is.

use serde::{Deserialize, Serialize};

use crate::{Proof, Seconds};

/// What a tenant demands of every recovery. A change of policy is an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Whether an account may be without MFA.
    pub mfa: MfaPolicy,
    /// How long a bypass may live.
    pub lifetime: LifetimePolicy,
    /// Most uses an admin may give a bypass; the default is 1.
    pub most_uses: u8,
    /// The least a customer must show to redeem a bypass.
    pub proof: Proof,
    /// When a grant needs a second person.
    pub second_person: SecondPerson,
    /// What a grant must say about itself.
    pub demands: Demands,
    /// How old the actor's own second factor may be.
    pub fresh_seconds: Seconds,
    /// How long a recovery session and an enrolment last.
    pub enrolment_seconds: Seconds,
    /// How long a request waits for its approval.
    pub request_seconds: Seconds,
    /// When wrong codes lock an account.
    pub lockout: LockoutPolicy,
    /// Grants a customer may get within 30 days before a second person is needed.
    pub grants_in_30_days: u8,
}

/// Whether an account may be without MFA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MfaPolicy {
    /// Every account must set it up.
    Required,
    /// Each customer chooses.
    Optional,
}

/// How long a bypass may live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifetimePolicy {
    /// Unless the admin says otherwise.
    pub default_seconds: Seconds,
    /// At least.
    pub least_seconds: Seconds,
    /// At most.
    pub most_seconds: Seconds,
}

/// When a grant needs a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondPerson {
    /// When the account is an admin's.
    ForAdmins,
    /// Always.
    Always,
}

/// What a grant must say about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demands {
    /// A reference in the ticket system.
    pub ticket: bool,
    /// A reason.
    pub reason: bool,
    /// How the caller's identity was checked, and that it was.
    pub identity_check: bool,
}

/// When wrong codes lock an account (SP 800-63B-4 §3.2.2: no more than 100 in a row).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockoutPolicy {
    /// Wrong codes in a row that lock for a while; so does each further such run.
    pub failures: u32,
    /// The first lock; each further one is twice as long, up to [`LockoutPolicy::LONGEST`].
    pub first_seconds: Seconds,
    /// Wrong codes in a row that lock until an admin unlocks.
    pub hard_failures: u32,
}

impl LockoutPolicy {
    /// No temporary lock is longer.
    pub const LONGEST: Seconds = Seconds::hours(24);
}

/// A named set of demands that a case can be held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// The seed's flow: password alone redeems; a reason is kept.
    Standard,
    /// NIST SP 800-63B-4 AAL2, ASVS 5, PCI DSS 8.5.1.
    Strict,
}

/// Why a policy cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{setting} must be {allowed}")]
pub struct PolicyError {
    /// The setting.
    pub setting: &'static str,
    /// What is allowed.
    pub allowed: &'static str,
}

impl Profile {
    /// The profile's policy.
    pub const fn policy(self) -> Policy {
        match self {
            Self::Standard => Policy::standard(),
            Self::Strict => Policy::strict(),
        }
    }
}

impl Policy {
    /// Most uses any policy may allow a bypass.
    pub const MOST_USES: u8 = 5;

    /// The standard profile.
    pub const fn standard() -> Self {
        Self {
            mfa: MfaPolicy::Required,
            lifetime: LifetimePolicy {
                default_seconds: Seconds::hours(1),
                least_seconds: Seconds::minutes(5),
                most_seconds: Seconds::hours(24),
            },
            most_uses: Self::MOST_USES,
            proof: Proof::Password,
            second_person: SecondPerson::ForAdmins,
            demands: Demands { ticket: false, reason: true, identity_check: false },
            fresh_seconds: Seconds::minutes(10),
            enrolment_seconds: Seconds::minutes(15),
            request_seconds: Seconds::hours(24),
            lockout: LockoutPolicy {
                failures: 10,
                first_seconds: Seconds::minutes(15),
                hard_failures: 100,
            },
            grants_in_30_days: 3,
        }
    }

    /// The strict profile.
    pub const fn strict() -> Self {
        Self {
            lifetime: LifetimePolicy {
                default_seconds: Seconds::minutes(15),
                least_seconds: Seconds::minutes(5),
                most_seconds: Seconds::hours(1),
            },
            most_uses: 1,
            proof: Proof::PasswordAndIssuedCode,
            second_person: SecondPerson::Always,
            demands: Demands { ticket: true, reason: true, identity_check: true },
            fresh_seconds: Seconds::minutes(5),
            enrolment_seconds: Seconds::minutes(10),
            lockout: LockoutPolicy {
                failures: 5,
                first_seconds: Seconds::minutes(15),
                hard_failures: 100,
            },
            grants_in_30_days: 2,
            ..Self::standard()
        }
    }

    /// Whether the settings make sense together, within the bounds no tenant may leave.
    pub fn validate(&self) -> Result<(), PolicyError> {
        let LifetimePolicy { default_seconds, least_seconds, most_seconds } = self.lifetime;
        let rules = [
            (
                "lifetime",
                "at least 5 min, at most 24 h, and least ≤ default ≤ most",
                Seconds::minutes(5) <= least_seconds
                    && least_seconds <= default_seconds
                    && default_seconds <= most_seconds
                    && most_seconds <= Seconds::hours(24),
            ),
            ("most_uses", "1 to 5", (1..=Self::MOST_USES).contains(&self.most_uses)),
            (
                "fresh_seconds",
                "1 min to 1 h",
                (Seconds::minutes(1)..=Seconds::hours(1)).contains(&self.fresh_seconds),
            ),
            (
                "enrolment_seconds",
                "2 min to 1 h",
                (Seconds::minutes(2)..=Seconds::hours(1)).contains(&self.enrolment_seconds),
            ),
            (
                "request_seconds",
                "5 min to 7 d",
                (Seconds::minutes(5)..=Seconds::days(7)).contains(&self.request_seconds),
            ),
            (
                "lockout",
                "3 to 20 failures, a first lock of 1 min to 24 h, and failures ≤ hard_failures ≤ 100",
                (3..=20).contains(&self.lockout.failures)
                    && (Seconds::minutes(1)..=LockoutPolicy::LONGEST)
                        .contains(&self.lockout.first_seconds)
                    && (self.lockout.failures..=100).contains(&self.lockout.hard_failures),
            ),
            ("grants_in_30_days", "1 to 30", (1..=30).contains(&self.grants_in_30_days)),
        ];
        match rules.into_iter().find(|(_, _, holds)| !holds) {
            Some((setting, allowed, _)) => Err(PolicyError { setting, allowed }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_profiles_are_valid() {
        assert_eq!(Policy::standard().validate(), Ok(()));
        assert_eq!(Policy::strict().validate(), Ok(()));
    }

    #[test]
    fn a_policy_out_of_bounds_names_the_setting_and_the_bound() {
        let mut policy = Policy::standard();
        policy.lifetime.most_seconds = Seconds::hours(25);
        let why = policy.validate().unwrap_err().to_string();
        assert!(why.contains("lifetime") && why.contains("24 h"), "{why}");
    }

    #[test]
    fn every_setting_has_bounds_that_are_allowed_and_a_step_beyond_that_is_not() {
        type Change = fn(&mut Policy, u32);
        let rules: [(&str, Change, &[u32], &[u32]); 12] = [
            ("lifetime", |p, n| p.lifetime.least_seconds = Seconds(n), &[300, 3600], &[299, 3601]),
            (
                "lifetime",
                |p, n| p.lifetime.default_seconds = Seconds(n),
                &[300, 86_400],
                &[299, 86_401],
            ),
            (
                "lifetime",
                |p, n| p.lifetime.most_seconds = Seconds(n),
                &[3600, 86_400],
                &[3599, 86_401],
            ),
            ("most_uses", |p, n| p.most_uses = small(n), &[1, 5], &[0, 6]),
            ("fresh_seconds", |p, n| p.fresh_seconds = Seconds(n), &[60, 3600], &[59, 3601]),
            (
                "enrolment_seconds",
                |p, n| p.enrolment_seconds = Seconds(n),
                &[120, 3600],
                &[119, 3601],
            ),
            (
                "request_seconds",
                |p, n| p.request_seconds = Seconds(n),
                &[300, 604_800],
                &[299, 604_801],
            ),
            ("lockout", |p, n| p.lockout.failures = n, &[3, 20], &[0, 2, 21]),
            ("lockout", |p, n| p.lockout.first_seconds = Seconds(n), &[60, 86_400], &[59, 86_401]),
            ("lockout", |p, n| p.lockout.hard_failures = n, &[10, 100], &[9, 101]),
            ("grants_in_30_days", |p, n| p.grants_in_30_days = small(n), &[1, 30], &[0, 31]),
            ("most_uses", |p, n| p.most_uses = small(n), &[3], &[255]),
        ];
        for (setting, change, allowed, beyond) in rules {
            for value in allowed {
                let mut policy = Policy::standard();
                change(&mut policy, *value);
                assert_eq!(policy.validate(), Ok(()), "{setting} {value}");
            }
            for value in beyond {
                let mut policy = Policy::standard();
                change(&mut policy, *value);
                let why = policy.validate().unwrap_err();
                assert_eq!(why.setting, setting, "{value}");
            }
        }
    }

    fn small(number: u32) -> u8 {
        u8::try_from(number).unwrap()
    }

    #[test]
    fn the_profiles_are_those_of_the_standards() {
        let standard = Policy::standard();
        let Policy { lifetime, lockout, .. } = Policy::strict();
        assert_eq!(lifetime.default_seconds, Seconds::minutes(15));
        assert_eq!(lifetime.most_seconds, Seconds::hours(1));
        assert_eq!((lockout.failures, lockout.hard_failures), (5, 100));
        assert_eq!(standard.lockout.failures, 10);
        assert_eq!(
            (standard.mfa, Policy::strict().mfa),
            (MfaPolicy::Required, MfaPolicy::Required)
        );
        assert_eq!(Profile::Strict.policy(), Policy::strict());
        assert_eq!(Profile::Standard.policy(), standard);
    }

    #[test]
    fn a_stored_policy_is_read_back_and_an_unknown_setting_refused() {
        let text = serde_json::to_string(&Policy::strict()).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), Policy::strict());
        for (known, unknown) in [
            ("{\"mfa\"", "{\"moon\":1,\"mfa\""),
            ("\"ticket\"", "\"moon\":true,\"ticket\""),
            ("\"failures\"", "\"moon\":1,\"failures\""),
            ("\"least_seconds\"", "\"moon\":1,\"least_seconds\""),
        ] {
            let changed = text.replacen(known, unknown, 1);
            assert!(serde_json::from_str::<Policy>(&changed).is_err(), "{changed}");
        }
    }
}
