//! What can be wrong with a bundle.

use std::path::{Path, PathBuf};

use readmit_runtime::Discrepancy;

/// Why a bundle was not written, or not verified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It does not hold together, or is not what its ledger signed.
    #[error(transparent)]
    Broken(#[from] BundleFault),
    /// A file or folder could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Something else is where the bundle is to go.
    #[error("{0} is not empty: name a folder that does not exist yet")]
    Occupied(PathBuf),
    /// An export to the same place is going on, or was cut off.
    #[error(
        "{0} is the rest of an export that was cut off, or one that is going on: if no other runs, delete it"
    )]
    Unfinished(PathBuf),
    /// A ledger without events has no bundle.
    #[error("there are no events")]
    Empty,
    /// An event cannot stand in a bundle. Those of an engine always can.
    #[error("event {position} should be one line of at most 65,535 bytes")]
    NotALeaf {
        /// Its position.
        position: u64,
    },
}

/// The first thing in a bundle that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {}{what}: expected {expected}, found {found}", event(*position))]
pub struct BundleFault {
    /// In which file: its path below the folder, with forward slashes.
    pub file: String,
    /// The position of the event, where it is about one; the number of events for what stands
    /// behind the last.
    pub position: Option<u64>,
    /// What was looked at.
    pub what: &'static str,
    /// What it must be.
    pub expected: String,
    /// What it is.
    pub found: String,
}

impl BundleFault {
    pub(super) fn new(
        file: &str,
        what: &'static str,
        expected: &dyn ToString,
        found: &dyn ToString,
    ) -> Self {
        let (expected, found) = (expected.to_string(), found.to_string());
        Self { file: file.to_owned(), position: None, what, expected, found }
    }

    pub(super) fn at(self, position: u64) -> Self {
        Self { position: Some(position), ..self }
    }

    pub(super) fn of(file: &str, broken: Discrepancy) -> Self {
        let Discrepancy { position, what, expected, found } = broken;
        Self { file: file.to_owned(), position: Some(position), what, expected, found }
    }
}

impl BundleError {
    /// For `map_err`: what the operating system said of this path.
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        |source| Self::Io { path: path.to_owned(), source }
    }
}

fn event(position: Option<u64>) -> String {
    position.map(|position| format!("event {position}: ")).unwrap_or_default()
}
