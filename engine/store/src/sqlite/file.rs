//! The file, before SQLite opens it.
//!
//! SQLite writes to what it opens: it recovers, it leaves files beside. So a
//! file is looked at here first, by reading alone, and a foreign one is never
//! opened.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};

/// `RDMT`, the application id in the header of every file of ours
/// (<https://sqlite.org/fileformat.html#application_id>).
pub(super) const APPLICATION_ID: u32 = u32::from_be_bytes(*b"RDMT");

/// What was found at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// An empty file, to become a database.
    Empty,
    /// A database of Readmit, of this version or of another.
    Ours,
}

/// The absolute path: SQLite would read `file:` or `:memory:` at the start of a relative one
/// as something else than a path.
pub(super) fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    let full = std::path::absolute(path).map_err(|error| unusable(path, &error.to_string()))?;
    if full.to_str().is_none() {
        return Err(unusable(&full, "SQLite takes paths in UTF-8 only"));
    }
    Ok(full)
}

/// Looks at the file, and creates an empty one if it is missing and `create` says so.
pub(super) fn prepare(path: &Path, create: bool) -> Result<Found, StoreError> {
    match std::fs::metadata(path) {
        Ok(metadata) => inspect(path, &metadata, create),
        Err(error) if error.kind() == ErrorKind::NotFound && create => add(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(missing(path)),
        Err(error) => Err(unreachable(path, &error)),
    }
}

fn inspect(path: &Path, metadata: &Metadata, create: bool) -> Result<Found, StoreError> {
    if !metadata.is_file() {
        return Err(unusable(path, "it is not a file"));
    }
    if metadata.len() == 0 {
        // A run of `readmit init` that was cut short leaves an empty file.
        return if create { Ok(Found::Empty) } else { Err(missing(path)) };
    }
    let mut header = [0; 100];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(foreign(path, "it is not a SQLite file"))
        }
        Err(error) => Err(unreachable(path, &error)),
        Ok(()) if !header.starts_with(b"SQLite format 3\0") => {
            Err(foreign(path, "it is not a SQLite file"))
        }
        Ok(()) if header.get(68..72) != Some(&APPLICATION_ID.to_be_bytes()) => {
            Err(foreign(path, "it is a SQLite file of another application"))
        }
        Ok(()) => writable(path),
    }
}

/// SQLite would open a file that may only be read, and leave files beside it that may only be
/// read, too: these would stand in the way once the file's rights are mended.
fn writable(path: &Path) -> Result<Found, StoreError> {
    match OpenOptions::new().write(true).open(path) {
        Ok(_) => Ok(Found::Ours),
        Err(error) => Err(unreachable(path, &error)),
    }
}

/// Creates the file for its owner alone; SQLite gives the files beside it the same rights.
fn add(path: &Path) -> Result<Found, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(Found::Empty),
        // Another process was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => prepare(path, true),
        Err(error) => Err(unreachable(path, &error)),
    }
}

fn missing(path: &Path) -> StoreError {
    let message = format!(
        "there is no database at {}: create it with `readmit init`, or correct the address",
        path.display()
    );
    StoreError::new(StoreErrorKind::Missing, message)
}

fn foreign(path: &Path, what: &str) -> StoreError {
    let message = format!(
        "{} is not a database of Readmit: {what}. It was not touched; correct the address",
        path.display()
    );
    StoreError::new(StoreErrorKind::NotOurs, message)
}

fn unusable(path: &Path, what: &str) -> StoreError {
    let message = format!("{} cannot be a database: {what}. Correct the address", path.display());
    StoreError::new(StoreErrorKind::BadAddress, message)
}

fn unreachable(path: &Path, error: &io::Error) -> StoreError {
    let path = path.display();
    let (kind, message) = match error.kind() {
        ErrorKind::NotFound => (
            StoreErrorKind::Missing,
            format!("{path} cannot be created: its directory does not exist. Create the directory"),
        ),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::StorageFull => (
            StoreErrorKind::CannotWrite,
            format!(
                "{path} cannot be written to: {error}. See that there is room on the disk, and \
                 that this user may write the file, those beside it (-wal, -shm), and its directory"
            ),
        ),
        ErrorKind::NotADirectory | ErrorKind::InvalidFilename => (
            StoreErrorKind::BadAddress,
            format!("{path} cannot be a database: {error}. Correct the address"),
        ),
        _ => (
            StoreErrorKind::Unavailable,
            format!("{path} cannot be read: {error}. See that the disk is in order"),
        ),
    };
    StoreError::new(kind, message)
}
