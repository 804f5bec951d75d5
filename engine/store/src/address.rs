//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};
use sqlx::postgres::PgConnectOptions;

/// The address of a database, parsed once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseUrl {
    /// A SQLite file: `sqlite://here.db` is relative, `sqlite:///var/lib/there.db` is not.
    ///
    /// What follows `sqlite://` is the path as it stands: no escapes, no options.
    Sqlite(PathBuf),
    /// A PostgreSQL database: `postgres://user:password@host:5432/database`.
    Postgres(PostgresUrl),
}

/// The address of a PostgreSQL database. It is shown without its password.
#[derive(Clone)]
pub struct PostgresUrl {
    text: String,
    options: Box<PgConnectOptions>,
}

impl PostgresUrl {
    /// The address as it was given, with its password.
    pub fn expose(&self) -> &str {
        &self.text
    }

    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }
}

impl PartialEq for PostgresUrl {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PostgresUrl {}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.options;
        let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
        let database = options.get_database().unwrap_or(user);
        write!(f, "postgres://{user}@{host}:{port}/{database}")
    }
}

impl DatabaseUrl {
    /// The file that the database is kept in, if it is kept in one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
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
            "postgres" | "postgresql" => postgres(text),
            _ => refuse("Readmit does not know the scheme of the database's address"),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
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

fn postgres(text: &str) -> Result<DatabaseUrl, StoreError> {
    // The error of the parser is not repeated: it may quote the password.
    match text.parse() {
        Ok(options) => {
            let options = Box::new(options);
            Ok(DatabaseUrl::Postgres(PostgresUrl { text: text.to_owned(), options }))
        }
        Err(_) => refuse("the address of the PostgreSQL database cannot be read"),
    }
}

fn refuse(what: &str) -> Result<DatabaseUrl, StoreError> {
    let message = format!(
        "{what}: use sqlite://readmit.db for a file in the current directory, or \
         sqlite:///var/lib/readmit/readmit.db for one elsewhere, or \
         postgres://user:password@host:5432/database"
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
    fn a_postgresql_address_is_shown_without_its_password() {
        let url: DatabaseUrl = "postgres://me:secret@db.example:5433/ledger".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://me@db.example:5433/ledger");
        assert!(!format!("{url:?}").contains("secret"));
        assert_eq!(url.file(), None);
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
            ("postgres://me:secret@host:secret/db", "cannot be read"),
            ("postgresql:// /", "cannot be read"),
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
