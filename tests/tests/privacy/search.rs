//! Bytes, looked for in every file of a database.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use readmit_tests::Result;

/// Shorter ones could stand anywhere by chance.
const SHORTEST: usize = 8;

/// Distinctive bytes, each with what they are.
#[derive(Debug, Default, Clone)]
pub(crate) struct Needles(Vec<(String, Vec<u8>)>);

impl Needles {
    /// Adds one. The same bytes twice are one.
    pub(crate) fn add(&mut self, what: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        assert!(bytes.len() >= SHORTEST, "too short to be distinctive: {bytes:?}");
        if !self.0.iter().any(|(_, known)| *known == bytes) {
            self.0.push((what.into(), bytes));
        }
    }

    /// All of both.
    pub(crate) fn extend(&mut self, others: &Self) {
        for (what, bytes) in &others.0 {
            self.add(what.clone(), bytes.clone());
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Which of them stand in which file of this folder or those below.
    fn found_in(&self, folder: &Path) -> Result<BTreeMap<usize, String>> {
        let mut by_beginning: HashMap<&[u8], Vec<usize>> = HashMap::new();
        let mut may_begin = vec![false; 1 << 16];
        for (place, (_, bytes)) in self.0.iter().enumerate() {
            may_begin[first_two(bytes)] = true;
            by_beginning.entry(&bytes[..SHORTEST]).or_default().push(place);
        }
        let mut found = BTreeMap::new();
        let copy = copy(folder)?;
        for path in files(copy.path())? {
            let bytes = std::fs::read(&path)?;
            for (at, beginning) in bytes.windows(SHORTEST).enumerate() {
                if !may_begin[first_two(beginning)] {
                    continue;
                }
                for place in by_beginning.get(beginning).into_iter().flatten() {
                    if bytes[at..].starts_with(&self.0[*place].1) {
                        found.insert(*place, format!("in {} at {at}", path.display()));
                    }
                }
            }
        }
        Ok(found)
    }

    /// None stands in any file.
    pub(crate) fn assert_gone(&self, folder: &Path, when: &str) -> Result {
        let found = self.found_in(folder)?;
        let found: Vec<_> = found.iter().map(|(place, at)| (&self.0[*place].0, at)).collect();
        assert!(found.is_empty(), "{when}: {found:#?}");
        Ok(())
    }

    /// Every one stands in a file: the search can find them.
    pub(crate) fn assert_there(&self, folder: &Path, when: &str) -> Result {
        let found = self.found_in(folder)?;
        let missing = (0..self.0.len()).filter(|place| !found.contains_key(place));
        let missing: Vec<_> = missing.map(|place| &self.0[place].0).collect();
        assert!(missing.is_empty(), "{when}, not found: {missing:#?}");
        Ok(())
    }
}

fn first_two(bytes: &[u8]) -> usize {
    usize::from(u16::from_be_bytes([bytes[0], bytes[1]]))
}

/// A copy of a folder, made by another process: when this one closes a file that SQLite has open
/// too, all its locks on that file are gone (POSIX `fcntl`).
fn copy(folder: &Path) -> Result<tempfile::TempDir> {
    let copy = tempfile::tempdir()?;
    let copied = Command::new("cp").arg("-r").arg(folder).arg(copy.path()).status()?;
    assert!(copied.success(), "cp: {copied}");
    Ok(copy)
}

/// Every file in this folder and those below.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            match entry.file_type()? {
                kind if kind.is_dir() => folders.push(entry.path()),
                kind if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    Ok(files)
}
