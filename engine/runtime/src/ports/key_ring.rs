//! Several master keys on one machine: one that is the newest, and older ones that still wrap
//! something.

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::ports::{LocalMasterKey, MasterKey, MasterKeyError};

/// Master keys that are kept on this machine, the newest first.
///
/// Its text form is one key on each line; that of a single key is a [`LocalMasterKey`]'s.
#[derive(Debug)]
pub struct KeyRing {
    newest: LocalMasterKey,
    older: Vec<LocalMasterKey>,
}

impl KeyRing {
    /// A ring holds so many keys at most. Each rotation adds one, and whoever never forgets the
    /// old ones has to be told.
    pub const KEYS_MOST: usize = 16;

    /// The ring of one key.
    pub const fn of(key: LocalMasterKey) -> Self {
        Self { newest: key, older: Vec::new() }
    }

    /// Reads the text form: keys with white space between them, the newest first.
    ///
    /// # Errors
    /// [`MasterKeyError::Malformed`], if a part of the text is no key, or there is none, or there
    /// are more than [`KeyRing::KEYS_MOST`].
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let mut keys = text.split_whitespace().map(LocalMasterKey::parse);
        let newest = keys.next().ok_or(MasterKeyError::Malformed)??;
        let older = keys.collect::<Result<Vec<_>, _>>()?;
        let ring = Self { newest, older };
        if ring.len() > Self::KEYS_MOST { Err(MasterKeyError::Malformed) } else { Ok(ring) }
    }

    /// The text form, to be kept where nobody else can read it.
    pub fn expose(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::new());
        for key in self.keys() {
            text.push_str(&key.expose());
            text.push('\n');
        }
        text
    }

    /// The ring with a key that is newer than all in it; `None`, if it is full.
    pub fn with_newest(mut self, key: LocalMasterKey) -> Option<Self> {
        if self.len() >= Self::KEYS_MOST {
            return None;
        }
        self.older.insert(0, std::mem::replace(&mut self.newest, key));
        Some(self)
    }

    /// The ring without those keys of which `is_old` says so; the newest always stays.
    #[must_use]
    pub fn without(mut self, is_old: impl Fn(&str) -> bool) -> Self {
        self.older.retain(|key| !is_old(&key.id()));
        self
    }

    /// The names of the keys, the newest first.
    pub fn ids(&self) -> impl Iterator<Item = String> {
        self.keys().map(LocalMasterKey::id)
    }

    fn len(&self) -> usize {
        self.older.len() + 1
    }

    fn keys(&self) -> impl Iterator<Item = &LocalMasterKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    fn key(&self, kek: &str) -> Result<&LocalMasterKey, MasterKeyError> {
        self.keys().find(|key| key.id() == kek).ok_or_else(|| MasterKeyError::OtherKey {
            needed: kek.to_owned(),
            given: self.ids().collect::<Vec<_>>().join(", "),
        })
    }
}

#[async_trait]
impl MasterKey for KeyRing {
    fn id(&self) -> String {
        self.newest.id()
    }

    fn has(&self, kek: &str) -> bool {
        self.key(kek).is_ok()
    }

    async fn wrap(&self, key: &[u8; 32], context: &[u8]) -> Result<Vec<u8>, MasterKeyError> {
        self.newest.wrap(key, context).await
    }

    async fn wrap_under(
        &self,
        kek: &str,
        key: &[u8; 32],
        context: &[u8],
    ) -> Result<Vec<u8>, MasterKeyError> {
        self.key(kek)?.wrap(key, context).await
    }

    async fn unwrap(
        &self,
        kek: &str,
        wrapped: &[u8],
        context: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, MasterKeyError> {
        self.key(kek)?.unwrap(kek, wrapped, context).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> LocalMasterKey {
        LocalMasterKey::from_bytes([byte; 32])
    }

    #[tokio::test]
    async fn each_key_of_a_ring_wraps_and_unwraps_and_no_other_does() {
        let ring = KeyRing::of(key(1)).with_newest(key(2)).unwrap();
        assert_eq!(ring.id(), key(2).id());
        for byte in [1, 2] {
            let kek = key(byte).id();
            assert!(ring.has(&kek));
            let wrapped = ring.wrap_under(&kek, &[9; 32], b"here").await.unwrap();
            assert_eq!(*key(byte).unwrap(&kek, &wrapped, b"here").await.unwrap(), [9; 32]);
            assert_eq!(*ring.unwrap(&kek, &wrapped, b"here").await.unwrap(), [9; 32]);
        }
        let stranger = key(3).id();
        assert!(!ring.has(&stranger));
        let refused = ring.wrap_under(&stranger, &[9; 32], b"here").await.unwrap_err();
        assert!(matches!(refused, MasterKeyError::OtherKey { needed, .. } if needed == stranger));
    }

    #[test]
    fn a_ring_is_read_back_and_one_line_is_a_ring_of_one() {
        let ring = KeyRing::of(key(1)).with_newest(key(2)).unwrap();
        let read = KeyRing::parse(&ring.expose()).unwrap();
        assert!(read.ids().eq([key(2).id(), key(1).id()]));
        assert!(KeyRing::parse(&key(1).expose()).unwrap().ids().eq([key(1).id()]));
        let one = key(1).expose();
        for text in ["", " \n", "rmmk1_00", &format!("{}\nrmmk1_00", *one)] {
            assert!(KeyRing::parse(text).is_err(), "{text}");
        }
        assert!(KeyRing::parse(&format!("{}\n", *one).repeat(KeyRing::KEYS_MOST + 1)).is_err());
        assert!(!format!("{ring:?}").contains("0101"));
    }

    #[test]
    fn a_full_ring_takes_no_more_and_old_keys_can_be_left_out() {
        let mut ring = KeyRing::of(key(0));
        for byte in 1..KeyRing::KEYS_MOST {
            ring = ring.with_newest(key(u8::try_from(byte).unwrap())).unwrap();
        }
        let ring = ring.without(|id| id == key(0).id());
        assert_eq!(ring.ids().count(), KeyRing::KEYS_MOST - 1);
        let ring = ring.with_newest(key(99)).unwrap();
        assert!(ring.with_newest(key(98)).is_none());
        assert!(KeyRing::of(key(1)).without(|_| true).ids().eq([key(1).id()]));
    }
}
