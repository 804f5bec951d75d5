//! Which files a bundle has.

use std::path::Path;

use readmit_tlog::{HashTile, TileId, TilePath};

use super::{BundleError, BundleFault};

pub(super) const CHECKPOINT: &str = "checkpoint";
pub(super) const EVENTS: &str = "events.jsonl";
pub(super) const VKEY: &str = "vkey";
pub(super) const README: &str = "README.md";

/// What `README.md` says. Bundles that older versions wrote have their own: when this text changes,
/// the older one stays known below.
pub(super) const HOWTO: &str = include_str!("HOWTO.md");

/// Every text that `README.md` ever had.
pub(super) const HOWTOS: [&str; 1] = [HOWTO];

/// Folders inside folders, of the longest path that a tile can have
/// (`tile/entries/x009/x007/x199/x254/x740/991.p/1`).
const DEPTH_MAX: usize = 8;

/// How many events are in one bundle of entries, and hashes in one tile.
pub(super) const WIDTH: u64 = HashTile::FULL_WIDTH as u64;

/// The path of a hash tile in a ledger of `size` events.
pub(super) fn tile_path(tile: TileId, size: u64) -> String {
    let path = TilePath::hashes(tile, tile.width(size));
    path.map_or_else(|_| format!("tile/{}/{}", tile.level, tile.index), |path| path.to_string())
}

/// The path of a bundle of entries in a ledger of `size` events.
pub(super) fn entries_path(index: u64, size: u64) -> String {
    let path = TilePath::entries(index, TileId { level: 0, index }.width(size));
    path.map_or_else(|_| format!("tile/entries/{index}"), |path| path.to_string())
}

/// Refuses whatever is not a file that a bundle of so many events has. That none is missing, reading
/// them will tell.
pub(super) fn check_names(folder: &Path, size: u64) -> Result<(), BundleError> {
    walk(folder, "", size, 0).map(drop)
}

/// Answers how many files there are below a folder.
fn walk(folder: &Path, below: &str, size: u64, depth: usize) -> Result<u64, BundleError> {
    let mut files = 0;
    let io = || BundleError::io(folder);
    for entry in std::fs::read_dir(folder).map_err(io())? {
        let entry = entry.map_err(io())?;
        let path = format!("{below}{}", entry.file_name().to_string_lossy());
        // That of the entry itself: links are not followed.
        let kind = entry.file_type().map_err(io())?;
        if kind.is_dir() && depth < DEPTH_MAX {
            let inside = walk(&entry.path(), &format!("{path}/"), size, depth + 1)?;
            if inside == 0 {
                return Err(unexpected(&path, "an empty folder"));
            }
            files += inside;
        } else if !kind.is_file() {
            return Err(unexpected(&path, "something that is not a file"));
        } else if !belongs(&path, size) {
            return Err(unexpected(&path, &format!("one, where there are {size} events")));
        } else {
            files += 1;
        }
    }
    Ok(files)
}

fn unexpected(path: &str, found: &str) -> BundleError {
    BundleFault::new(path, "file", &"none of this name", &found).into()
}

fn belongs(path: &str, size: u64) -> bool {
    if [CHECKPOINT, EVENTS, VKEY, README].contains(&path) {
        return true;
    }
    let Ok(path) = path.parse::<TilePath>() else { return false };
    let tile = path.tile().unwrap_or_else(|| TileId { level: 0, index: path.index() });
    tile.width(size) == path.width()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_of_600_events_has_these_files_and_no_others() {
        let files = [
            "checkpoint",
            "events.jsonl",
            "vkey",
            "README.md",
            "tile/0/000",
            "tile/0/001",
            "tile/0/002.p/88",
            "tile/1/000.p/2",
            "tile/entries/000",
            "tile/entries/001",
            "tile/entries/002.p/88",
        ];
        for file in files {
            assert!(belongs(file, 600), "{file}");
        }
        let strangers = [
            "",
            "Checkpoint",
            "vkey2",
            "tile/0/002",
            "tile/0/002.p/87",
            "tile/0/003",
            "tile/0/000.p/1",
            "tile/0/0",
            "tile/1/000",
            "tile/1/000.p/1",
            "tile/2/000.p/1",
            "tile/63/000",
            "tile/entries/002",
            "tile/entries/002.p/89",
            "tile/entries/003.p/1",
            "tile/data/000",
            "tile/events.jsonl",
        ];
        for stranger in strangers {
            assert!(!belongs(stranger, 600), "{stranger}");
        }
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        assert_eq!(entries_path(1_234_067, u64::MAX >> 12), "tile/entries/x001/x234/067");
        assert_eq!(tile_path(TileId { level: 1, index: 0 }, 600), "tile/1/000.p/2");
    }
}
