//! What a correct password is worth.

use crate::account::{Account, Mfa, Progress};
use crate::{BypassId, MfaPolicy, Policy, Proof, Refusal, Timestamp};

/// What a correct password is worth at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignIn {
    /// A second factor is required.
    SecondFactor(Methods),
    /// A bypass can be redeemed instead of showing a second factor.
    Bypass(BypassOffer),
    /// Signed in, but only to set up MFA for the first time.
    EnrolmentOnly,
    /// Signed in.
    Allowed,
    /// Not signed in, and why.
    Refused(Refusal),
}

/// What a second factor can be shown with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Methods {
    /// The code of an authenticator app.
    pub totp: bool,
    /// A saved recovery code.
    pub recovery_code: bool,
}

/// A bypass that can be redeemed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BypassOffer {
    /// The bypass.
    pub bypass: BypassId,
    /// What redeeming it takes.
    pub proof: Proof,
    /// Until when.
    pub until: Timestamp,
    /// What else would do, if MFA is on.
    pub second_factor: Option<Methods>,
}

impl Account {
    /// What a correct password is worth at this moment.
    pub fn sign_in(&self, now: Timestamp, policy: &Policy) -> SignIn {
        let usable = self.require_usable().and_then(|()| self.require_unlocked(now));
        if let Err(refusal) = usable {
            return SignIn::Refused(refusal);
        }
        let second_factor = match &self.mfa {
            Mfa::On { codes, .. } => Some(Methods {
                totp: true,
                recovery_code: codes.as_ref().is_some_and(|codes| codes.left() > 0),
            }),
            Mfa::NotSetUp | Mfa::Off => None,
        };
        if let Some(offer) = self.bypass_offer(now, second_factor) {
            return SignIn::Bypass(offer);
        }
        match (&self.mfa, second_factor, policy.mfa) {
            (_, Some(methods), _) => SignIn::SecondFactor(methods),
            (Mfa::NotSetUp, _, MfaPolicy::Required) => SignIn::EnrolmentOnly,
            (_, _, MfaPolicy::Required) => SignIn::Refused(Refusal::SetupOverdue),
            (_, _, MfaPolicy::Optional) => SignIn::Allowed,
        }
    }

    fn bypass_offer(&self, now: Timestamp, second_factor: Option<Methods>) -> Option<BypassOffer> {
        let case = self.case.as_ref()?;
        let Progress::Open(open) = &case.progress else { return None };
        open.require_redeemable(&case.terms, now).ok()?;
        Some(BypassOffer {
            bypass: case.bypass,
            proof: case.terms.proof,
            until: open.until,
            second_factor,
        })
    }
}
