//! Bad input of the library, end to end: a clear error, no panic, and nothing acknowledged that is
//! not durable.
//!
//! | file | what is wrong |
//! |---|---|
//! | `disk.rs` | the disk is full, or can only be read |
//! | `files.rs` | the file is foreign, newer, missing, or no file |
//! | `keys.rs` | the master key is missing, wrong, or not to be trusted |
//! | `locks.rs` | somebody else holds the database |
//! | `texts.rs` | a text cannot be what it is meant for |

mod disk;
mod files;
mod keys;
mod locks;
mod texts;

use readmit::{Engine, OpenError, StoreErrorKind};

/// Which kind of failure kept an engine from opening, and its words.
pub(crate) fn refused(opened: Result<Engine, OpenError>) -> (Option<StoreErrorKind>, String) {
    match opened {
        Ok(_) => panic!("it was opened"),
        Err(OpenError::Store(error)) => (Some(error.kind()), error.to_string()),
        Err(error) => (None, error.to_string()),
    }
}
