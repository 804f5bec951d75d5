//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};

/// The address of a database, parsed once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseUrl {
    /// A SQLite file: `sqlite://here.db` is relative, `sqlite:///var/lib/there.db` is not.
    ///
    /// What follows `sqlite://` is the path as it stands: no escapes, no options.
    Sqlite(PathBuf),
}

impl DatabaseUrl {
    /// The file that the database is kept in, if it is kept in one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    // A refused address is never repeated: it may hold a password.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let Some((scheme, rest)) = text.split_once(':') else {
            return refuse("the address of the database has no scheme");
        };
        match scheme {
            "sqlite" => sqlite(rest.strip_prefix("//").unwrap_or(rest)),
            "postgres" | "postgresql" => {
                refuse("this version of Readmit does not support PostgreSQL")
            }
            _ => refuse("Readmit does not know the scheme of the database's address"),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
        }
    }
}

fn sqlite(path: &str) -> Result<DatabaseUrl, StoreError> {
    if path.is_empty() {
        refuse("the address of the database names no file")
    } else if path.starts_with(":memory:") {
        refuse("a ledger in memory would be lost with the process, so Readmit keeps it in a file")
    } else if path.contains(['?', '\0']) {
        refuse("the address of the database takes no options: only a path can follow sqlite://")
    } else {
        Ok(DatabaseUrl::Sqlite(PathBuf::from(path)))
    }
}

fn refuse(what: &str) -> Result<DatabaseUrl, StoreError> {
    let message = format!(
        "{what}: use sqlite://readmit.db for a file in the current directory, or \
         sqlite:///var/lib/readmit/readmit.db for one elsewhere"
    );
    Err(StoreError::new(StoreErrorKind::BadAddress, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_address_is_a_path() {
        for (text, path) in [
            ("sqlite://here.db", "here.db"),
            ("sqlite://./data/here.db", "./data/here.db"),
            ("sqlite:///var/lib/there.db", "/var/lib/there.db"),
            ("sqlite:here.db", "here.db"),
            ("sqlite://a%20b#c d.db", "a%20b#c d.db"),
        ] {
            assert_eq!(text.parse::<DatabaseUrl>().unwrap(), DatabaseUrl::Sqlite(path.into()));
        }
        assert_eq!("sqlite:x.db".parse::<DatabaseUrl>().unwrap().to_string(), "sqlite://x.db");
    }

    #[test]
    fn other_addresses_are_refused_with_words_that_help() {
        for (text, words) in [
            ("", "no scheme"),
            ("readmit.db", "no scheme"),
            ("sqlite://", "names no file"),
            ("sqlite::memory:", "in memory"),
            ("sqlite://:memory:", "in memory"),
            ("sqlite://x.db?mode=ro", "no options"),
            ("postgres://me:secret@host/db", "does not support PostgreSQL"),
            ("postgresql://host/db", "does not support PostgreSQL"),
            ("mysql://me:secret@host/db", "does not know the scheme"),
        ] {
            let error = text.parse::<DatabaseUrl>().unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::BadAddress, "{text}");
            assert!(error.to_string().contains(words), "{text}: {error}");
            assert!(error.to_string().contains("sqlite://readmit.db"), "{text}: {error}");
            assert!(!error.to_string().contains("secret"), "{text}: {error}");
        }
    }
}
