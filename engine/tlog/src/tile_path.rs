//! Where tiles stand below the address of a log.

use std::{fmt, str::FromStr};

use crate::{Frontier, HashTile, TileId, text::decimal};

/// The path of a hash tile or an entry bundle, below the prefix of a log.
///
/// As text `tile/<level>/<index>` or `tile/entries/<index>`, with `.p/<width>` behind it for a
/// partial one. The index is in groups of three digits, all but the last with an `x` before them.
///
/// Source: tlog-tiles.
///
/// ```
/// use readmit_tlog::{TileId, TilePath};
///
/// let tile = TileId { level: 0, index: 1_234_067 };
/// assert_eq!(TilePath::hashes(tile, 256)?.to_string(), "tile/0/x001/x234/067");
/// assert_eq!(TilePath::entries(273, 112)?.to_string(), "tile/entries/273.p/112");
/// assert_eq!("tile/entries/273.p/112".parse(), TilePath::entries(273, 112));
/// # Ok::<(), readmit_tlog::TilePathError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    /// The level of a hash tile; none for an entry bundle. At most [`TilePath::MAX_LEVEL`].
    level: Option<u8>,
    /// At most [`Frontier::MAX_SIZE`].
    index: u64,
    /// From 1 to [`HashTile::FULL_WIDTH`].
    width: usize,
}

/// Why a tile path cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TilePathError {
    /// The text is not a tile path in its one form.
    #[error(
        "a tile path should be tile/<level>/<index> or tile/entries/<index>, with .p/<width> for a partial tile"
    )]
    Malformed,
    /// A level above [`TilePath::MAX_LEVEL`].
    #[error("a tile has a level of at most {max}, not {found}", max = TilePath::MAX_LEVEL)]
    LevelTooHigh {
        /// The level.
        found: u64,
    },
    /// An index above [`Frontier::MAX_SIZE`].
    #[error("no tree is so large that it has a tile {found}")]
    IndexTooLarge {
        /// The index.
        found: u64,
    },
    /// Not between 1 and 256 hashes or entries.
    #[error("a tile has a width from 1 to 256, not {found}")]
    WrongWidth {
        /// The width.
        found: usize,
    },
}

impl TilePath {
    /// The highest level that a path can name. Trees are never that high.
    pub const MAX_LEVEL: u8 = 63;

    /// The path of the first `width` hashes of a tile; 256 for a full one.
    ///
    /// # Errors
    ///
    /// [`TilePathError`], but not [`TilePathError::Malformed`].
    pub const fn hashes(tile: TileId, width: usize) -> Result<Self, TilePathError> {
        if tile.level > Self::MAX_LEVEL {
            return Err(TilePathError::LevelTooHigh { found: tile.level as u64 });
        }
        Self::checked(Some(tile.level), tile.index, width)
    }

    /// The path of the first `width` entries of a bundle; 256 for a full one.
    ///
    /// # Errors
    ///
    /// [`TilePathError::IndexTooLarge`], [`TilePathError::WrongWidth`].
    pub const fn entries(index: u64, width: usize) -> Result<Self, TilePathError> {
        Self::checked(None, index, width)
    }

    /// Which hash tile it is; none when it is an entry bundle.
    pub fn tile(&self) -> Option<TileId> {
        self.level.map(|level| TileId { level, index: self.index })
    }

    /// How many tiles, or bundles, stand to its left.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries are asked for, from 1 to 256.
    pub const fn width(&self) -> usize {
        self.width
    }

    const fn checked(level: Option<u8>, index: u64, width: usize) -> Result<Self, TilePathError> {
        if index > Frontier::MAX_SIZE {
            return Err(TilePathError::IndexTooLarge { found: index });
        }
        if width == 0 || width > HashTile::FULL_WIDTH {
            return Err(TilePathError::WrongWidth { found: width });
        }
        Ok(Self { level, index, width })
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Some(level) => write!(f, "tile/{level}/")?,
            None => write!(f, "tile/entries/")?,
        }
        let groups = self.index.checked_ilog(1000).unwrap_or(0);
        for power in (1..=groups).rev() {
            write!(f, "x{:03}/", self.index / 1000_u64.pow(power) % 1000)?;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.width < HashTile::FULL_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(text: &str) -> Result<Self, TilePathError> {
        let path = parse(text).ok_or(TilePathError::Malformed)??;
        // Leading groups of zeros, a partial tile of full width: whatever has another form.
        if path.to_string() == text { Ok(path) } else { Err(TilePathError::Malformed) }
    }
}

fn parse(text: &str) -> Option<Result<TilePath, TilePathError>> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let (groups, width) = match rest.split_once(".p/") {
        Some((groups, width)) => (groups, usize::try_from(decimal(width)?).ok()?),
        None => (rest, HashTile::FULL_WIDTH),
    };
    let index = parse_index(groups)?;
    if kind == "entries" {
        return Some(TilePath::entries(index, width));
    }
    let found = decimal(kind)?;
    let level = u8::try_from(found).map_err(|_| TilePathError::LevelTooHigh { found });
    Some(level.and_then(|level| TilePath::hashes(TileId { level, index }, width)))
}

/// Whether the groups are in their one form, writing them again will tell.
fn parse_index(groups: &str) -> Option<u64> {
    groups.split('/').try_fold(0_u64, |index, group| {
        let digits = group.trim_start_matches('x');
        let shape = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| shape)?;
        index.checked_mul(1000)?.checked_add(number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_are_read_and_written() {
        for text in ["tile/0/x001/x234/067", "tile/1/000.p/17", "tile/entries/272", "tile/63/000"] {
            assert_eq!(text.parse::<TilePath>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn any_other_form_is_refused() {
        let malformed = [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "/tile/0/000",
            "tile/0/000/",
            "tile/00/000",
            "tile/+1/000",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000/000",
            "tile/0/001/000",
            "tile/0/x001/x000",
            "tile/0/xx01/000",
            "tile/0/xx001/000",
            "tile/0/x001//000",
            "tile/0/000.p/",
            "tile/0/000.p/01",
            "tile/0/000.p/256",
            "tile/0/000.p/1/",
            "tile/0/-01",
            "tile/0/000.p",
            "tile/0/000.P/1",
            "tile/data/000",
            "tile/8/0/000",
            "tile/entries/+01",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ];
        for text in malformed {
            assert_eq!(text.parse::<TilePath>(), Err(TilePathError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn what_no_tree_has_is_refused() {
        let parse = |text: &str| text.parse::<TilePath>().unwrap_err();
        assert_eq!(parse("tile/64/000"), TilePathError::LevelTooHigh { found: 64 });
        assert_eq!(parse("tile/256/000"), TilePathError::LevelTooHigh { found: 256 });
        assert_eq!(parse("tile/0/000.p/0"), TilePathError::WrongWidth { found: 0 });
        assert_eq!(parse("tile/0/000.p/257"), TilePathError::WrongWidth { found: 257 });
        let found = Frontier::MAX_SIZE + 1;
        assert_eq!(TilePath::entries(found, 1), Err(TilePathError::IndexTooLarge { found }));
        let text = TilePath::entries(Frontier::MAX_SIZE, 1).unwrap().to_string();
        assert_eq!(text, "tile/entries/x009/x007/x199/x254/x740/991.p/1");
        let error = parse("tile/entries/x009/x007/x199/x254/x740/992.p/1");
        assert_eq!(error, TilePathError::IndexTooLarge { found });
    }
}
