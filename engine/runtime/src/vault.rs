//! Private data and secrets: sealed under one data key for each stream.

use std::fmt;
use std::net::IpAddr;

use data_encoding::BASE64;
use readmit_domain::account::SecretId;
use readmit_domain::command::Personal;
use readmit_domain::{LedgerId, Login, Note, Origin, PersonName, StreamId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::crypto::{self, OpenError, SealError};
use crate::ports::store::SecretName;

/// Bytes of salt that hide short private data behind its commitment.
const SALT_BYTES: usize = 32;
/// A user agent is cut at this many characters.
const USER_AGENT_CHARS: usize = 512;

/// The key that seals everything private of one stream.
#[derive(Clone)]
pub(crate) struct DataKey(Zeroizing<[u8; 32]>);

/// Private data of one event, as it is opened again. Hidden from `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
pub struct PrivateData {
    /// The login of a new account.
    #[serde(default)]
    pub login: Option<Login>,
    /// What the person is called.
    #[serde(default)]
    pub name: Option<PersonName>,
    /// Free text about the case.
    #[serde(default)]
    pub note: Option<Note>,
    /// The network address the actor came from.
    #[serde(default)]
    pub ip: Option<IpAddr>,
    /// What the actor's browser or client called itself.
    #[serde(default)]
    pub user_agent: Option<String>,
}

impl fmt::Debug for PrivateData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateData(hidden)")
    }
}

/// Private data on its way into the ledger: salted, not yet sealed.
pub(crate) struct PrivateDraft {
    /// salt ‖ bytes.
    salted: Zeroizing<Vec<u8>>,
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    personal: Personal<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
}

impl PrivateDraft {
    /// The private data of a command and its actor, if there is any.
    pub(crate) fn new(
        personal: Personal<'_>,
        origin: &Origin,
        salt: [u8; SALT_BYTES],
    ) -> Result<Option<Self>, serde_json::Error> {
        if personal == Personal::default() && *origin == Origin::default() {
            return Ok(None);
        }
        let user_agent = origin.user_agent.as_deref().map(|text| cut(text, USER_AGENT_CHARS));
        let bytes = serde_json::to_vec(&Written { personal, ip: origin.ip, user_agent })?;
        Ok(Some(Self { salted: Zeroizing::new([salt.as_slice(), &bytes].concat()) }))
    }

    /// What the leaf holds of it.
    pub(crate) fn commitment(&self) -> String {
        let (salt, bytes) = self.salted.split_at(SALT_BYTES.min(self.salted.len()));
        BASE64.encode(&crypto::commit(salt, bytes))
    }
}

fn cut(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

impl DataKey {
    pub(crate) const fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn derive(&self, purpose: &[u8]) -> Zeroizing<[u8; 32]> {
        crypto::derive(&self.0, purpose)
    }

    /// The key that recovery codes of this account are digested under.
    pub(crate) fn code_key(&self) -> Zeroizing<[u8; 32]> {
        self.derive(b"recovery codes")
    }

    pub(crate) fn seal_private(
        &self,
        draft: &PrivateDraft,
        place: PrivatePlace,
        nonce: [u8; crypto::NONCE_BYTES],
    ) -> Result<Vec<u8>, SealError> {
        crypto::seal(&self.0, nonce, &place.context(), &draft.salted)
    }

    /// Opens private data, and checks it against what the leaf promised.
    pub(crate) fn open_private(
        &self,
        sealed: &[u8],
        place: PrivatePlace,
        commitment: &str,
    ) -> Result<PrivateData, OpenError> {
        let salted = crypto::open(&self.0, &place.context(), sealed)?;
        let draft = PrivateDraft { salted };
        if draft.commitment() != commitment {
            return Err(OpenError);
        }
        let bytes = draft.salted.get(SALT_BYTES..).ok_or(OpenError)?;
        serde_json::from_slice(bytes).map_err(|_| OpenError)
    }

    pub(crate) fn seal_secret(
        &self,
        plain: &[u8],
        place: SecretPlace,
        nonce: [u8; crypto::NONCE_BYTES],
    ) -> Result<Vec<u8>, SealError> {
        crypto::seal(&self.0, nonce, &place.context(), plain)
    }

    pub(crate) fn open_secret(
        &self,
        sealed: &[u8],
        place: SecretPlace,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        crypto::open(&self.0, &place.context(), sealed)
    }
}

/// Where private data belongs: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PrivatePlace {
    pub(crate) ledger: LedgerId,
    pub(crate) position: u64,
    pub(crate) stream: StreamId,
}

impl PrivatePlace {
    fn context(self) -> Vec<u8> {
        let (ledger, stream) = (self.ledger.uuid(), self.stream.uuid());
        let position = self.position.to_be_bytes();
        [b"private".as_slice(), ledger.as_bytes(), &position, stream.as_bytes()].concat()
    }
}

/// Where a secret belongs: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SecretPlace {
    pub(crate) ledger: LedgerId,
    pub(crate) stream: StreamId,
    pub(crate) secret: SecretId,
}

impl SecretPlace {
    fn context(self) -> Vec<u8> {
        let (ledger, stream) = (self.ledger.uuid(), self.stream.uuid());
        let name = secret_name(self.secret);
        [b"secret".as_slice(), ledger.as_bytes(), stream.as_bytes(), &name].concat()
    }
}

/// The context in which a stream's data key is wrapped.
pub(crate) fn key_context(ledger: LedgerId, stream: Uuid) -> Vec<u8> {
    [b"key".as_slice(), ledger.uuid().as_bytes(), stream.as_bytes()].concat()
}

/// The name a secret is stored by.
pub(crate) fn secret_name(secret: SecretId) -> SecretName {
    let (kind, id) = match secret {
        SecretId::Totp(id) => (1, id.uuid()),
        SecretId::Codes(id) => (2, id.uuid()),
        SecretId::IssuedCode(id) => (3, id.uuid()),
        SecretId::ApiKey(id) => (4, id.uuid()),
    };
    let mut name = [kind; 17];
    name[1..].copy_from_slice(id.as_bytes());
    name
}
