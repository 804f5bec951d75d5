//! What the holder of an API key shows, and who that is.

use std::fmt;
use std::str::FromStr;

use readmit_domain::account::SecretId;
use readmit_domain::tenant::ApiKey;
use readmit_domain::{KeyId, LedgerId};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::text::{self, ParseTokenError};
use crate::engine::Runtime;
use crate::lane::load_tenant;
use crate::ports::entropy::draw;
use crate::ports::store::LedgerHead;
use crate::ports::{Entropy, EntropyError};
use crate::vault::{DataKey, SecretPlace, secret_name};
use crate::{Failure, crypto};

const PREFIX: &str = "rmk_";
/// 160 bits: nobody guesses them, so a fast digest is enough (NIST SP 800-63B-4 §3.1.2).
const SECRET_BYTES: usize = 20;
const CHECKSUM_BYTES: usize = 4;
/// Ledger ‖ key ‖ secret ‖ checksum.
const BYTES: usize = 16 + 16 + SECRET_BYTES + CHECKSUM_BYTES;

/// What the holder of an API key shows: `rmk_` and 90 characters. Shown once, when the key is
/// issued; only a digest of its secret is kept.
///
/// The text is lower-case Crockford base32 of the ledger's id, the key's id, 20 random bytes, and a
/// checksum of 4 bytes: so one that was mistyped or cut short is told from a wrong one without
/// looking anything up.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ApiKeyToken {
    #[zeroize(skip)]
    ledger: LedgerId,
    #[zeroize(skip)]
    key: KeyId,
    secret: [u8; SECRET_BYTES],
}

/// The holder of an API key, known by its token.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The ledger of the tenant that issued the key.
    pub head: LedgerHead,
    /// The key, live.
    pub key: ApiKey,
}

impl ApiKeyToken {
    pub(crate) fn draw(
        entropy: &dyn Entropy,
        ledger: LedgerId,
        key: KeyId,
    ) -> Result<Self, EntropyError> {
        Ok(Self { ledger, key, secret: draw(entropy)? })
    }

    /// The ledger of the tenant that issued the key.
    pub const fn ledger(&self) -> LedgerId {
        self.ledger
    }

    /// The key.
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// The text.
    pub fn expose(&self) -> Zeroizing<String> {
        let (ledger, key) = (self.ledger.uuid(), self.key.uuid());
        let body = [ledger.as_bytes().as_slice(), key.as_bytes(), &self.secret].concat();
        let body = Zeroizing::new(body);
        let bytes = Zeroizing::new([body.as_slice(), &checksum_of(&body)].concat());
        text::write(PREFIX, &bytes)
    }

    fn of(mut body: &[u8]) -> Option<Self> {
        Some(Self {
            ledger: LedgerId::from_uuid(text::id(&mut body)?),
            key: KeyId::from_uuid(text::id(&mut body)?),
            secret: text::field(&mut body)?,
        })
    }

    /// What is kept of the secret.
    pub(crate) fn digest(&self, key: &DataKey) -> Zeroizing<Vec<u8>> {
        let key = key.derive(b"api keys");
        Zeroizing::new(crypto::keyed_digest(&key, &[&self.secret]).to_vec())
    }
}

impl FromStr for ApiKeyToken {
    type Err = ParseTokenError;

    fn from_str(text: &str) -> Result<Self, ParseTokenError> {
        let malformed =
            ParseTokenError::Malformed { expected: "rmk_ and 90 characters of 0-9 a-z" };
        let bytes = text::read::<BYTES>(PREFIX, text).ok_or(malformed)?;
        let (body, checksum) = bytes.split_at(BYTES - CHECKSUM_BYTES);
        if checksum_of(body) != checksum {
            return Err(ParseTokenError::Mistyped);
        }
        Self::of(body).ok_or(malformed)
    }
}

/// The checksum of what stands before it: no secret, and no protection against forgers.
fn checksum_of(body: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest = Sha256::new().chain_update(b"readmit api key checksum\0").chain_update(body);
    let [a, b, c, d, ..]: [u8; 32] = digest.finalize().into();
    [a, b, c, d]
}

impl fmt::Debug for ApiKeyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeyToken({}, hidden)", self.key)
    }
}

impl Runtime {
    /// Who holds this token: none if its ledger or its key does not exist, the key is revoked or
    /// has run out, or the secret is wrong.
    pub async fn authenticate(
        &self,
        token: &ApiKeyToken,
    ) -> Result<Option<Authenticated>, Failure> {
        let Some(head) = self.find_ledger(token.ledger).await? else { return Ok(None) };
        let stream = load_tenant(&self.shared, head.ledger, head.tenant).await?;
        let Some(tenant) = stream.state.tenant() else { return Ok(None) };
        // As every rule: the ledger's time never runs backwards.
        let now = self.now().max(head.at);
        let known = tenant.keys.get(&token.key);
        let Some(key) = known.filter(|key| key.secret && key.is_live(now)) else {
            return Ok(None);
        };
        let secret = SecretId::ApiKey(token.key);
        let stored = stream.secrets.get(&secret_name(secret)).zip(stream.key.as_ref());
        // Revoked since its events were read.
        let Some((sealed, data_key)) = stored else { return Ok(None) };
        let place = SecretPlace { ledger: head.ledger, stream: head.tenant.into(), secret };
        let digest = data_key.open_secret(sealed, place).map_err(|_| {
            Failure::Damaged(format!("the secret of key {} does not open", token.key))
        })?;
        let right = bool::from(digest.ct_eq(&token.digest(data_key)));
        Ok(right.then(|| Authenticated { key: key.clone(), head }))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn token() -> ApiKeyToken {
        ApiKeyToken {
            ledger: LedgerId::from_uuid(Uuid::from_u128(7)),
            key: KeyId::from_uuid(Uuid::from_u128(8)),
            secret: [9; SECRET_BYTES],
        }
    }

    #[test]
    fn a_token_is_read_back_from_its_text() {
        let text = token().expose();
        assert!(text.starts_with("rmk_") && text.len() == 94, "{}", *text);
        let read: ApiKeyToken = text.parse().unwrap();
        assert_eq!((read.ledger, read.key, read.secret), (token().ledger, token().key, [9; 20]));
        assert_eq!(read.expose(), text);
    }

    #[test]
    fn a_token_that_was_mistyped_anywhere_is_told_from_a_wrong_one() {
        let text = token().expose();
        for place in 0..text.len() {
            for character in ["0", "1", "z"] {
                let mut typed = text.to_string();
                typed.replace_range(place..=place, character);
                if typed != *text {
                    assert!(typed.parse::<ApiKeyToken>().is_err(), "{typed}");
                }
            }
            assert!(text[..place].parse::<ApiKeyToken>().is_err(), "{place}");
        }
        let twice = text.repeat(2);
        for wrong in [format!("{} ", *text), text.to_uppercase(), twice, "x".repeat(1 << 20)] {
            assert!(wrong.parse::<ApiKeyToken>().is_err());
        }
        let mut swapped = text.to_string();
        swapped.replace_range(60..=60, if &text[60..=60] == "4" { "5" } else { "4" });
        assert_eq!(swapped.parse::<ApiKeyToken>().unwrap_err(), ParseTokenError::Mistyped);
    }

    #[test]
    fn debug_hides_the_secret() {
        let shown = format!("{:?}", token());
        assert!(shown.ends_with(", hidden)"), "{shown}");
        assert!(!shown.contains(&token().expose()[40..60]), "{shown}");
    }
}
