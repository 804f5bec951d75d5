//! Entry bundles: the leaves themselves, up to 256 together.

use crate::{HashTile, leaf_hash};

/// The leaves under a hash tile of level 0, each with its length before it (two bytes,
/// big-endian).
///
/// Source: tlog-tiles, *Log entries*.
///
/// ```
/// use readmit_tlog::EntryBundle;
///
/// let bundle = EntryBundle::new([b"first".as_slice(), b"second"])?;
/// let received = EntryBundle::from_bytes(bundle.as_bytes().to_vec())?;
/// assert!(received.entries().eq([b"first".as_slice(), b"second"]));
/// # Ok::<(), readmit_tlog::EntryBundleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryBundle {
    /// `width` entries, each of which has the length that stands before it; nothing more.
    bytes: Vec<u8>,
    /// From 1 to [`HashTile::FULL_WIDTH`].
    width: usize,
}

/// Why an entry bundle cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryBundleError {
    /// Not between 1 and 256 entries.
    #[error("a bundle has from 1 to 256 entries, not {found}")]
    WrongWidth {
        /// The number of entries; 257 when reading stopped there.
        found: usize,
    },
    /// An entry longer than [`EntryBundle::MAX_ENTRY_BYTES`].
    #[error("entry {entry} has {found} bytes, more than {max}", max = EntryBundle::MAX_ENTRY_BYTES)]
    EntryTooLong {
        /// Which entry of the bundle, from zero.
        entry: usize,
        /// Its length, in bytes.
        found: usize,
    },
    /// The bytes end in the middle of an entry, or of its length.
    #[error("the bundle ends in the middle of entry {entry}")]
    CutShort {
        /// Which entry of the bundle, from zero.
        entry: usize,
    },
}

impl EntryBundle {
    /// The longest entry, in bytes: what two bytes can say.
    pub const MAX_ENTRY_BYTES: usize = 65_535;

    /// The bundle of these entries.
    ///
    /// # Errors
    ///
    /// [`EntryBundleError::WrongWidth`], [`EntryBundleError::EntryTooLong`].
    pub fn new<E: AsRef<[u8]>>(
        entries: impl IntoIterator<Item = E>,
    ) -> Result<Self, EntryBundleError> {
        let (mut bytes, mut width) = (Vec::new(), 0);
        for (entry, leaf) in entries.into_iter().take(HashTile::FULL_WIDTH + 1).enumerate() {
            let leaf = leaf.as_ref();
            let too_long = EntryBundleError::EntryTooLong { entry, found: leaf.len() };
            let length = u16::try_from(leaf.len()).map_err(|_| too_long)?;
            bytes.extend(length.to_be_bytes());
            bytes.extend(leaf);
            width = entry + 1;
        }
        Ok(Self { bytes, width: checked_width(width)? })
    }

    /// Reads what [`EntryBundle::as_bytes`] gave.
    ///
    /// # Errors
    ///
    /// [`EntryBundleError::WrongWidth`], [`EntryBundleError::CutShort`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, EntryBundleError> {
        let (mut rest, mut width) = (bytes.as_slice(), 0);
        while !rest.is_empty() {
            let (_leaf, after) =
                split_entry(rest).ok_or(EntryBundleError::CutShort { entry: width })?;
            rest = after;
            width = checked_width(width + 1)?;
        }
        Ok(Self { width: checked_width(width)?, bytes })
    }

    /// The bytes, as they are served: at most 16,777,472.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The entries, from left to right: leaves, byte for byte.
    pub fn entries(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            let (leaf, after) = split_entry(rest)?;
            rest = after;
            Some(leaf)
        })
    }

    /// How many entries there are, from 1 to 256.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// The hash tile of level 0 above these entries.
    pub fn leaf_hashes(&self) -> HashTile {
        HashTile::of_known_width(self.entries().map(leaf_hash).collect())
    }
}

fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

const fn checked_width(width: usize) -> Result<usize, EntryBundleError> {
    match width {
        1..=HashTile::FULL_WIDTH => Ok(width),
        found => Err(EntryBundleError::WrongWidth { found }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_written_as_the_specification_says() {
        let bundle = EntryBundle::new(["", "ab"]).unwrap();
        assert_eq!(bundle.as_bytes(), b"\x00\x00\x00\x02ab");
        assert_eq!(bundle.width(), 2);
        assert_eq!(bundle.leaf_hashes().hashes(), [leaf_hash(b""), leaf_hash(b"ab")]);
    }

    #[test]
    fn neither_none_nor_more_than_256_entries_are_a_bundle() {
        let wrong = |found| Err(EntryBundleError::WrongWidth { found });
        assert_eq!(EntryBundle::from_bytes(Vec::new()), wrong(0));
        assert_eq!(EntryBundle::from_bytes(vec![0; 9_000]), wrong(257));
        assert_eq!(EntryBundle::from_bytes(vec![0; 512]).map(|it| it.width()), Ok(256));
        assert_eq!(EntryBundle::new([""; 0]), wrong(0));
        assert_eq!(EntryBundle::new([""; 300]), wrong(257));
    }

    #[test]
    fn a_bundle_cut_short_is_refused() {
        for (bytes, entry) in [(vec![0], 0), (vec![0, 1], 0), (vec![0, 0, 0, 2, 7], 1)] {
            let refused = EntryBundle::from_bytes(bytes);
            assert_eq!(refused, Err(EntryBundleError::CutShort { entry }));
        }
    }

    #[test]
    fn an_entry_is_as_long_as_two_bytes_can_say() {
        assert!(EntryBundle::new([vec![0; 65_535]]).is_ok());
        let error = EntryBundleError::EntryTooLong { entry: 0, found: 65_536 };
        assert_eq!(EntryBundle::new([vec![0; 65_536]]), Err(error));
    }
}
