//! What somebody in a recovery session shows, and who that is.
//!
//! Nothing is stored of it: the token says it all, and a MAC under a key of the ledger says that it
//! was written here. Whether the session lives still, the rules ask the ledger.

use std::fmt;
use std::str::FromStr;

use readmit_domain::{
    AccountId, Actor, AdminId, BypassId, CustomerId, KeyId, LedgerId, RecoverySession, Refusal,
    Timestamp, Who,
};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::text::{self, ParseTokenError};
use crate::engine::Runtime;
use crate::ports::store::LedgerHead;
use crate::shared::Ledger;
use crate::{ExecuteError, Failure, crypto};

const PREFIX: &str = "rrs_";
const MAC_BYTES: usize = 16;
/// The two kinds of accounts.
const CUSTOMER: u8 = 0;
const ADMIN: u8 = 1;
/// Ledger ‖ kind of account ‖ account ‖ bypass ‖ use number ‖ key ‖ until.
const BODY_BYTES: usize = 16 + 1 + 16 + 16 + 1 + 16 + 8;
const BYTES: usize = BODY_BYTES + MAC_BYTES;

/// What somebody in a recovery session shows: `rrs_` and 144 characters.
///
/// The text is lower-case Crockford base32 of the ledger's id, a byte for the kind of account (0 a
/// customer, 1 an admin), the ids of account and bypass, the number of the use, the id of the API key
/// that speaks for the customer (16 zero bytes if none does), the end in microseconds since 1970, and a
/// MAC of 16 bytes over all of that. Numbers are big-endian.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryToken {
    body: [u8; BODY_BYTES],
    mac: [u8; MAC_BYTES],
}

/// The bearer of a recovery token that was written here and has not run out.
#[derive(Debug, Clone)]
pub struct RecoveryBearer {
    /// The ledger.
    pub head: LedgerHead,
    /// Whose session it is.
    pub account: AccountId,
    /// Its owner in that session. Where they come from is for the caller to add.
    pub actor: Actor,
    /// Until when the token is good.
    pub until: Timestamp,
}

/// What a token says.
struct Said {
    ledger: LedgerId,
    account: AccountId,
    session: RecoverySession,
    via: Option<KeyId>,
    until: Timestamp,
}

impl Said {
    fn to_bytes(&self) -> Option<[u8; BODY_BYTES]> {
        let (kind, account) = match self.account {
            AccountId::Customer(id) => (CUSTOMER, id.uuid()),
            AccountId::Admin(id) => (ADMIN, id.uuid()),
        };
        let (ledger, bypass) = (self.ledger.uuid(), self.session.bypass.uuid());
        let via = self.via.map(KeyId::uuid).unwrap_or_default();
        let bytes = [
            ledger.as_bytes().as_slice(),
            &[kind],
            account.as_bytes(),
            bypass.as_bytes(),
            &[self.session.use_number],
            via.as_bytes(),
            &self.until.unix_micros().to_be_bytes(),
        ];
        bytes.concat().try_into().ok()
    }

    fn of(mut body: &[u8]) -> Option<Self> {
        let body = &mut body;
        Some(Self {
            ledger: LedgerId::from_uuid(text::id(body)?),
            account: match u8::from_be_bytes(text::field(body)?) {
                CUSTOMER => CustomerId::from_uuid(text::id(body)?).into(),
                ADMIN => AdminId::from_uuid(text::id(body)?).into(),
                _ => return None,
            },
            session: RecoverySession {
                bypass: BypassId::from_uuid(text::id(body)?),
                use_number: u8::from_be_bytes(text::field(body)?),
            },
            via: Some(text::id(body)?).filter(|key| !key.is_nil()).map(KeyId::from_uuid),
            until: Timestamp::from_unix_micros(i64::from_be_bytes(text::field(body)?)),
        })
    }

    fn actor(&self) -> Actor {
        let actor = Actor::person(self.account).in_recovery(self.session);
        match self.via {
            Some(key) => actor.via(key),
            None => actor,
        }
    }
}

impl RecoveryToken {
    /// The ledger that it names, whoever wrote it.
    pub fn ledger(&self) -> LedgerId {
        LedgerId::from_uuid(text::id(&mut self.body.as_slice()).unwrap_or_default())
    }

    /// The text.
    pub fn expose(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new([self.body.as_slice(), &self.mac].concat());
        text::write(PREFIX, &bytes)
    }
}

impl FromStr for RecoveryToken {
    type Err = ParseTokenError;

    fn from_str(text: &str) -> Result<Self, ParseTokenError> {
        let malformed =
            ParseTokenError::Malformed { expected: "rrs_ and 144 characters of 0-9 a-z" };
        let bytes = text::read::<BYTES>(PREFIX, text).ok_or(malformed)?;
        let mut rest = bytes.as_slice();
        let (body, mac) = (text::field(&mut rest), text::field(&mut rest));
        let (body, mac) = body.zip(mac).ok_or(malformed)?;
        Ok(Self { body, mac })
    }
}

impl fmt::Debug for RecoveryToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryToken(hidden)")
    }
}

impl Ledger {
    fn recovery_mac(&self, body: &[u8; BODY_BYTES]) -> [u8; MAC_BYTES] {
        let digest = crypto::keyed_digest(&self.recovery_token_key, &[body]);
        let mut mac = [0; MAC_BYTES];
        mac.copy_from_slice(digest.split_at(MAC_BYTES).0);
        mac
    }
}

impl Runtime {
    /// A token for the recovery session that somebody holds, good until a moment.
    ///
    /// # Errors
    /// [`Refusal::SessionNotLive`] for an actor who is nobody in a recovery session.
    pub async fn recovery_token(
        &self,
        ledger: LedgerId,
        actor: &Actor,
        until: Timestamp,
    ) -> Result<RecoveryToken, ExecuteError> {
        let (Some(account), Some(session)) = (actor.who.account(), actor.recovery_session) else {
            return Err(Refusal::SessionNotLive.into());
        };
        let via = match actor.who {
            Who::Customer { via, .. } => via,
            Who::Admin { .. } | Who::Service { .. } | Who::System => None,
        };
        let keys = self.shared.ledger(ledger).await?;
        let said = Said { ledger, account, session, via, until };
        let body = said.to_bytes().ok_or(Failure::Bug("a recovery token has another length"))?;
        Ok(RecoveryToken { mac: keys.recovery_mac(&body), body })
    }

    /// Who bears this token: none if it was not written here, or has run out. Whether the session
    /// lives still is for the rules to say.
    pub async fn recovering(
        &self,
        token: &RecoveryToken,
    ) -> Result<Option<RecoveryBearer>, Failure> {
        let Some(said) = Said::of(&token.body) else { return Ok(None) };
        let Some(head) = self.find_ledger(said.ledger).await? else { return Ok(None) };
        let keys = self.shared.ledger(said.ledger).await?;
        if !bool::from(keys.recovery_mac(&token.body).ct_eq(&token.mac)) {
            return Ok(None);
        }
        // As every rule: the ledger's time never runs backwards.
        if said.until <= self.now().max(head.at) {
            return Ok(None);
        }
        let (account, actor, until) = (said.account, said.actor(), said.until);
        Ok(Some(RecoveryBearer { head, account, actor, until }))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn said(via: Option<KeyId>) -> Said {
        Said {
            ledger: LedgerId::from_uuid(Uuid::from_u128(1)),
            account: CustomerId::from_uuid(Uuid::from_u128(2)).into(),
            session: RecoverySession {
                bypass: BypassId::from_uuid(Uuid::from_u128(3)),
                use_number: 4,
            },
            via,
            until: Timestamp::from_unix_micros(1_795_514_400_123_456),
        }
    }

    #[test]
    fn a_token_is_read_back_from_its_text() {
        for via in [None, Some(KeyId::from_uuid(Uuid::from_u128(5)))] {
            let said = said(via);
            let token = RecoveryToken { body: said.to_bytes().unwrap(), mac: [6; MAC_BYTES] };
            let text = token.expose();
            assert!(text.starts_with("rrs_") && text.len() == 148, "{}", *text);
            let read: RecoveryToken = text.parse().unwrap();
            assert_eq!((read.body, read.mac), (token.body, token.mac));
            assert_eq!(read.ledger(), said.ledger);
            let read = Said::of(&read.body).unwrap();
            assert_eq!((read.actor(), read.until), (said.actor(), said.until));
        }
    }

    #[test]
    fn another_form_is_refused() {
        let body = said(None).to_bytes().unwrap();
        let text = RecoveryToken { body, mac: [6; MAC_BYTES] }.expose();
        let (cut, shouted) = (text[..text.len() - 1].to_owned(), text.to_uppercase());
        let other = text.replacen("rrs_", "rmk_", 1);
        for wrong in [String::new(), cut, format!("{}0", *text), shouted, other] {
            assert!(wrong.parse::<RecoveryToken>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn debug_hides_all_of_it() {
        let token = RecoveryToken { body: [7; BODY_BYTES], mac: [6; MAC_BYTES] };
        assert_eq!(format!("{token:?}"), "RecoveryToken(hidden)");
    }
}
