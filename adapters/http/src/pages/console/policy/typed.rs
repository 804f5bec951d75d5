//! The form of the policy, as it was typed; times in minutes.

use readmit::{
    CommandId, Demands, LifetimePolicy, LockoutPolicy, MfaPolicy, Policy, Proof, SecondPerson,
    Seconds,
};
use serde::Deserialize;

use crate::pages::form;
use crate::problem::Problem;

/// As it was typed.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::pages::console) struct Typed {
    pub(super) mfa: String,
    pub(super) second_person: String,
    pub(super) proof: String,
    pub(super) lifetime_default: String,
    pub(super) lifetime_least: String,
    pub(super) lifetime_most: String,
    pub(super) most_uses: String,
    pub(super) grants_in_30_days: String,
    pub(super) fresh: String,
    pub(super) enrolment: String,
    pub(super) request: String,
    pub(super) failures: String,
    pub(super) first_lock: String,
    pub(super) hard_failures: String,
    #[serde(default)]
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) ticket: Option<String>,
    #[serde(default)]
    pub(super) identity_check: Option<String>,
    #[serde(default)]
    pub(super) totp: String,
    /// What stands for the policy that was shown beside the form.
    pub(super) shown: String,
    #[serde(deserialize_with = "form::command_id")]
    pub(super) command: CommandId,
}

impl Typed {
    pub(super) fn of(policy: &Policy, command: CommandId) -> Self {
        let ticked = |demanded: bool| demanded.then(|| "on".to_owned());
        let mfa = if policy.mfa == MfaPolicy::Required { "required" } else { "optional" };
        let always = policy.second_person == SecondPerson::Always;
        Self {
            mfa: mfa.to_owned(),
            second_person: if always { "always" } else { "for_admins" }.to_owned(),
            proof: policy.proof.name().to_owned(),
            lifetime_default: minutes(policy.lifetime.default_seconds),
            lifetime_least: minutes(policy.lifetime.least_seconds),
            lifetime_most: minutes(policy.lifetime.most_seconds),
            most_uses: policy.most_uses.to_string(),
            grants_in_30_days: policy.grants_in_30_days.to_string(),
            fresh: minutes(policy.fresh_seconds),
            enrolment: minutes(policy.enrolment_seconds),
            request: minutes(policy.request_seconds),
            failures: policy.lockout.failures.to_string(),
            first_lock: minutes(policy.lockout.first_seconds),
            hard_failures: policy.lockout.hard_failures.to_string(),
            reason: ticked(policy.demands.reason),
            ticket: ticked(policy.demands.ticket),
            identity_check: ticked(policy.demands.identity_check),
            totp: String::new(),
            shown: String::new(),
            command,
        }
    }

    /// The policy that is meant; whether it may be is for the rules to say.
    pub(super) fn policy(&self) -> Result<Policy, Problem> {
        let not_ours = || Problem::new("invalid_body", "The form is not one of ours.");
        Ok(Policy {
            mfa: match self.mfa.as_str() {
                "required" => MfaPolicy::Required,
                "optional" => MfaPolicy::Optional,
                _ => return Err(not_ours()),
            },
            second_person: match self.second_person.as_str() {
                "always" => SecondPerson::Always,
                "for_admins" => SecondPerson::ForAdmins,
                _ => return Err(not_ours()),
            },
            proof: self.proof.parse::<Proof>().map_err(|_| not_ours())?,
            lifetime: LifetimePolicy {
                default_seconds: seconds(&self.lifetime_default, "lifetime")?,
                least_seconds: seconds(&self.lifetime_least, "lifetime")?,
                most_seconds: seconds(&self.lifetime_most, "lifetime")?,
            },
            most_uses: number(&self.most_uses, "most_uses")?,
            grants_in_30_days: number(&self.grants_in_30_days, "grants_in_30_days")?,
            fresh_seconds: seconds(&self.fresh, "fresh_seconds")?,
            enrolment_seconds: seconds(&self.enrolment, "enrolment_seconds")?,
            request_seconds: seconds(&self.request, "request_seconds")?,
            lockout: LockoutPolicy {
                failures: number(&self.failures, "lockout")?,
                first_seconds: seconds(&self.first_lock, "lockout")?,
                hard_failures: number(&self.hard_failures, "lockout")?,
            },
            demands: Demands {
                reason: self.reason.is_some(),
                ticket: self.ticket.is_some(),
                identity_check: self.identity_check.is_some(),
            },
        })
    }
}

/// Minutes, with what is over in hundredths, which is exact for every multiple of three seconds.
fn minutes(span: Seconds) -> String {
    let (whole, rest) = (span.0 / 60, span.0 % 60);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{:02}", rest * 100 / 60) }
}

/// The span of so many minutes, to the second.
fn seconds(text: &str, setting: &str) -> Result<Seconds, Problem> {
    let text = text.trim().replace(',', ".");
    let (whole, rest) = text.split_once('.').unwrap_or((text.as_str(), "0"));
    let whole: u32 = number(whole, setting)?;
    let hundredths: u32 = number(format!("{rest:0<2}").get(..2).unwrap_or_default(), setting)?;
    // To the second that is nearest.
    let rest = (hundredths * 60 + 50) / 100;
    Ok(Seconds(whole.saturating_mul(60).saturating_add(rest)))
}

fn number<N: std::str::FromStr>(text: &str, setting: &str) -> Result<N, Problem> {
    let plain = text.trim();
    let refused = || Problem::new("policy_invalid", "Expected a number.").about(setting);
    plain.parse().map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(policy: &Policy) -> Typed {
        Typed::of(policy, "cmd_01h455vb4pex5vsknk084sn02q".parse().unwrap())
    }

    #[test]
    fn a_policy_that_nobody_changes_stays_as_it_is() {
        for policy in [Policy::standard(), Policy::strict()] {
            assert_eq!(typed(&policy).policy().unwrap(), policy);
        }
    }

    #[test]
    fn minutes_are_read_to_the_second() {
        for span in [60, 61, 89, 90, 119, 3_600, 86_399] {
            assert_eq!(seconds(&minutes(Seconds(span)), "x").unwrap().0, span, "{span}");
        }
        assert_eq!(seconds(" 1,5 ", "x").unwrap(), Seconds(90));
        for text in ["", "x", "-1", "1.x", "1e3", "99999999999"] {
            assert_eq!(seconds(text, "fresh_seconds").unwrap_err().field(), Some("fresh_seconds"));
        }
    }

    #[test]
    fn what_is_no_number_is_refused_at_its_setting() {
        let refused = Typed { most_uses: "many".to_owned(), ..typed(&Policy::standard()) };
        assert_eq!(refused.policy().unwrap_err().field(), Some("most_uses"));
    }
}
