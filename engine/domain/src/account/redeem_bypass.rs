//! After a correct password, a customer uses the bypass instead of a second factor.

use serde::Serialize;

use crate::account::{Account, Case, OpenBypass, Progress};
use crate::command::{AccountRule, Decision};
use crate::event::{BypassCodeRejected, BypassRevoked, BypassUsed, RevocationCause};
use crate::{AccountId, Context, FreshId, IssuedCode, NewEvent, Proof, Refusal};

/// Redeems the open bypass and begins a recovery session.
///
/// The adapter has checked the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RedeemBypass {
    account: AccountId,
    #[serde(skip)]
    code: Option<IssuedCode>,
}

impl RedeemBypass {
    /// Redeems the bypass of this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into(), code: None }
    }

    /// Shows the code that the admin gave with it.
    #[must_use]
    pub fn code(mut self, code: IssuedCode) -> Self {
        self.code = Some(code);
        self
    }

    /// The code that is shown.
    pub const fn issued_code(&self) -> Option<&IssuedCode> {
        self.code.as_ref()
    }
}

impl AccountRule for RedeemBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context)?;
        context.require_self(account.id)?;
        account.require_usable()?;
        account.require_unlocked(context.now)?;
        let case = account.case.as_ref().ok_or(Refusal::NoOpenCase)?;
        let Progress::Open(open) = &case.progress else { return Err(Refusal::NoOpenCase) };
        open.require_redeemable(&case.terms, context.now)?;
        case.require_network(context)?;
        if case.terms.proof == Proof::PasswordAndIssuedCode {
            let check = context.found.issued_code.ok_or(Refusal::IssuedCodeMissing)?;
            if check.bypass != case.bypass {
                // Compared with the code of a bypass that another has just replaced.
                return Err(Refusal::NoOpenCase);
            }
            if !check.right {
                return Ok(case.reject_code(open));
            }
        }
        let session_until = open.until.min(context.now + context.tenant.policy.enrolment_seconds);
        let used = BypassUsed { use_number: open.uses + 1, session_until };
        Ok(vec![NewEvent::of(case.recovery, used)])
    }
}

impl Case {
    fn require_network(&self, context: &Context<'_>) -> Result<(), Refusal> {
        let networks = &self.terms.networks;
        let inside =
            context.actor.origin.ip.is_some_and(|ip| {
                networks.iter().any(|network| network.contains(&ip.to_canonical()))
            });
        if networks.is_empty() || inside { Ok(()) } else { Err(Refusal::WrongNetwork) }
    }

    /// Counts a wrong issued code; the last one that may be wrong ends the case.
    fn reject_code(&self, open: &OpenBypass) -> Vec<NewEvent> {
        let attempts_left = open.attempts_left.saturating_sub(1);
        let mut events = vec![NewEvent::of(self.recovery, BypassCodeRejected { attempts_left })];
        if attempts_left == 0 {
            let cause = RevocationCause::TooManyAttempts;
            events.push(NewEvent::of(self.recovery, BypassRevoked { cause }));
        }
        events
    }
}
