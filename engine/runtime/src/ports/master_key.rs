//! The master key: wraps the data key of every stream.

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::crypto::{self, SealError};
use crate::ports::OsEntropy;
use crate::ports::entropy::draw;

/// Wraps and unwraps data keys. A key management service can stand behind it.
///
/// The database says which master key is in use, and everything is wrapped under that one. While
/// keys are being rotated there are several: [`id`](Self::id) is the newest, and whatever
/// [`has`](Self::has) says yes to can be wrapped under and unwrapped with. An implementation that
/// is to be rotated overrides `has` and [`wrap_under`](Self::wrap_under); one that knows a single
/// key need not.
#[async_trait]
pub trait MasterKey: Send + Sync + 'static {
    /// Which key this is: stored with what it wraps, and compared when a
    /// database is opened. Must not reveal the key.
    fn id(&self) -> String;

    /// Wraps a data key; `context` must be given again to unwrap it.
    async fn wrap(&self, key: &[u8; 32], context: &[u8]) -> Result<Vec<u8>, MasterKeyError>;

    /// Whether the key named `kek` is at hand.
    fn has(&self, kek: &str) -> bool {
        kek == self.id()
    }

    /// Wraps a data key under the key named `kek`, which is the one in use.
    async fn wrap_under(
        &self,
        kek: &str,
        key: &[u8; 32],
        context: &[u8],
    ) -> Result<Vec<u8>, MasterKeyError> {
        let given = self.id();
        if kek == given {
            self.wrap(key, context).await
        } else {
            Err(MasterKeyError::OtherKey { needed: kek.to_owned(), given })
        }
    }

    /// Unwraps a data key that the key named `kek` wrapped.
    async fn unwrap(
        &self,
        kek: &str,
        wrapped: &[u8],
        context: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, MasterKeyError>;
}

/// Why the master key did not serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MasterKeyError {
    /// The key that is asked for is not this one.
    #[error(
        "this needs the master key {needed}, but the key given is {given}: if the key was rotated, give this process the key file as it is now, and keep each old key until `readmit key rewrap` has said that nothing needs it"
    )]
    OtherKey {
        /// The key that wrapped.
        needed: String,
        /// The key at hand.
        given: String,
    },
    /// The wrapped bytes are not what this key made.
    #[error("a wrapped key is damaged, or belongs elsewhere")]
    Damaged,
    /// The text is no master key.
    #[error("not a master key: expected rmmk1_ and 64 digits 0-9 a-f")]
    Malformed,
    /// The service behind the key failed.
    #[error("the master key cannot be used now: {0}")]
    Unavailable(String),
}

impl MasterKeyError {
    /// Whether it is the matter of one wrapped key, and others may well be unwrapped.
    pub(crate) const fn is_of_one_key(&self) -> bool {
        matches!(self, Self::OtherKey { .. } | Self::Damaged)
    }
}

/// A master key that is kept on this machine.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct LocalMasterKey([u8; 32]);

const TEXT_PREFIX: &str = "rmmk1_";

impl LocalMasterKey {
    /// The key of these random bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads the text form: `rmmk1_` and 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let digits = text.trim().strip_prefix(TEXT_PREFIX).ok_or(MasterKeyError::Malformed)?;
        let bytes = HEXLOWER.decode(digits.as_bytes()).map_err(|_| MasterKeyError::Malformed)?;
        let bytes = Zeroizing::new(bytes);
        let key = bytes.as_slice().try_into().map_err(|_| MasterKeyError::Malformed)?;
        Ok(Self(key))
    }

    /// The text form, to be kept where nobody else can read it.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{TEXT_PREFIX}{}", HEXLOWER.encode(&self.0)))
    }
}

impl std::fmt::Debug for LocalMasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LocalMasterKey(hidden)")
    }
}

#[async_trait]
impl MasterKey for LocalMasterKey {
    fn id(&self) -> String {
        let digest = crypto::derive(&self.0, b"readmit master key id");
        let (short, _) = digest.split_at(8);
        format!("local-{}", HEXLOWER.encode(short))
    }

    async fn wrap(&self, key: &[u8; 32], context: &[u8]) -> Result<Vec<u8>, MasterKeyError> {
        let nonce =
            draw(&OsEntropy).map_err(|error| MasterKeyError::Unavailable(error.to_string()))?;
        crypto::seal(&self.0, nonce, context, key)
            .map_err(|SealError| MasterKeyError::Unavailable("sealing failed".to_owned()))
    }

    async fn unwrap(
        &self,
        kek: &str,
        wrapped: &[u8],
        context: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, MasterKeyError> {
        if kek != self.id() {
            return Err(MasterKeyError::OtherKey { needed: kek.to_owned(), given: self.id() });
        }
        let plain = crypto::open(&self.0, context, wrapped).map_err(|_| MasterKeyError::Damaged)?;
        let key = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| MasterKeyError::Damaged)?;
        Ok(Zeroizing::new(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wrapped_key_comes_back_only_with_its_context_and_its_master() {
        let master = LocalMasterKey::from_bytes([7; 32]);
        let wrapped = master.wrap(&[9; 32], b"here").await.unwrap();
        let id = master.id();
        assert_eq!(*master.unwrap(&id, &wrapped, b"here").await.unwrap(), [9; 32]);
        assert!(master.unwrap(&id, &wrapped, b"there").await.is_err());
        let other = LocalMasterKey::from_bytes([8; 32]);
        let refused = other.unwrap(&id, &wrapped, b"here").await.unwrap_err();
        assert!(matches!(refused, MasterKeyError::OtherKey { .. }));
    }

    #[test]
    fn the_text_form_is_read_back_and_others_are_refused() {
        let master = LocalMasterKey::from_bytes([7; 32]);
        let read = LocalMasterKey::parse(&format!("{}\n", *master.expose())).unwrap();
        assert_eq!(read.id(), master.id());
        for text in ["", "rmmk1_", "rmmk1_00", "0707", &format!("rmmk2_{}", "07".repeat(32))] {
            assert!(LocalMasterKey::parse(text).is_err(), "{text}");
        }
        assert_eq!(format!("{master:?}"), "LocalMasterKey(hidden)");
    }
}
