//! The customer generates new recovery codes; in a recovery, that completes it.

use serde::Serialize;

use crate::account::{Account, CODES_IN_A_SET, Mfa};
use crate::command::{AccountRule, Decision};
use crate::event::{CodesRegenerated, RecoveryCompleted};
use crate::{AccountId, Context, FreshId, NewEvent, Refusal, Stage};

/// Generates new recovery codes and voids the old ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegenerateCodes {
    account: AccountId,
}

impl RegenerateCodes {
    /// Generates new codes for this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for RegenerateCodes {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context)?;
        context.require_self(account.id)?;
        account.require_usable()?;
        let Mfa::On { codes, .. } = &account.mfa else { return Err(Refusal::MfaNotOn) };
        // A session in which MFA is still on as it was may not touch the codes:
        // abandoning a recovery leaves everything as it was.
        let session = account
            .live_session(context)
            .filter(|session| session.open.stage == Stage::DeviceEnrolled);
        if session.is_none() && !context.has_fresh_second_factor(Some(account)) {
            return Err(context.why_no_session());
        }
        let set = context.fresh.codes();
        if codes.as_ref().is_some_and(|codes| codes.id == set) {
            return Err(Refusal::AlreadyDone);
        }
        let regenerated = CodesRegenerated { set, count: CODES_IN_A_SET };
        let enrolled =
            account.live_case(context.now).filter(|case| case.stage() == Stage::DeviceEnrolled);
        Ok(match enrolled {
            Some(case) => vec![
                NewEvent::of(case.recovery, regenerated),
                NewEvent::of(case.recovery, RecoveryCompleted { codes: true }),
            ],
            None => vec![regenerated.into()],
        })
    }
}
