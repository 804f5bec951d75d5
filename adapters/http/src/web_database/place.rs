//! Where the web database is.

use std::fmt;
use std::path::{Path, PathBuf};

use readmit::{Failure, StoreError, StoreErrorKind};
use sqlx::postgres::PgConnectOptions;

/// Where passwords, sessions and the last use of API keys are kept.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebPlace {
    /// A SQLite file of their own.
    File(PathBuf),
    /// The schema `NAME_web` beside the ledger's schema `NAME`, in the PostgreSQL database at
    /// this address.
    Server {
        /// The address, perhaps with a password.
        url: String,
        /// The address, as it may be shown.
        shown: String,
    },
    /// Memory, for as long as it is open: for tests and demonstrations.
    Memory,
}

impl WebPlace {
    /// The place beside a ledger's database: the file `readmit-web.db` for
    /// `sqlite://readmit.db`, the schema `public_web` for `public` of a `postgres://` address.
    pub fn beside(database_url: &str) -> Result<Self, Failure> {
        match database_url.split_once(':') {
            Some(("sqlite", rest)) => {
                Ok(Self::beside_file(Path::new(rest.strip_prefix("//").unwrap_or(rest))))
            }
            Some(("postgres" | "postgresql", _)) => beside_schema(database_url),
            _ => Err(unreadable()),
        }
    }

    /// Whether nothing is there: nobody has had anything to do with the web so far. Of a server that
    /// is known once it is opened.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::File(path) => !path.exists(),
            Self::Server { .. } => false,
            Self::Memory => true,
        }
    }

    fn beside_file(ledger: &Path) -> Self {
        let stem = ledger.file_stem().unwrap_or(ledger.as_os_str()).to_string_lossy();
        Self::File(ledger.with_file_name(format!("{stem}-web.db")))
    }

    pub(super) fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Server { shown, .. } => shown.clone(),
            Self::Memory => "memory".to_owned(),
        }
    }
}

impl fmt::Debug for WebPlace {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

fn beside_schema(url: &str) -> Result<WebPlace, Failure> {
    let options: PgConnectOptions = url.parse().map_err(|_| unreadable())?;
    let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
    let database = options.get_database().unwrap_or(user);
    let shown = format!("postgres://{user}@{host}:{port}/{database}");
    Ok(WebPlace::Server { url: url.to_owned(), shown })
}

/// A refused address is never repeated: it may hold a password.
fn unreadable() -> Failure {
    let message = "the address of the ledger's database cannot be read: use sqlite://readmit.db \
        or postgres://user:password@host:5432/database";
    StoreError::new(StoreErrorKind::BadAddress, message).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_stands_beside_the_ledgers() {
        for (ledger, expected) in [
            ("sqlite://readmit.db", "readmit-web.db"),
            ("sqlite:readmit.db", "readmit-web.db"),
            ("sqlite:///var/lib/readmit/acme.sqlite", "/var/lib/readmit/acme-web.db"),
        ] {
            assert_eq!(WebPlace::beside(ledger).unwrap(), WebPlace::File(expected.into()));
        }
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let place = WebPlace::beside("postgres://me:hunter2@db.example:5433/ledger").unwrap();
        assert_eq!(format!("{place:?}"), "postgres://me@db.example:5433/ledger");
        for wrong in ["postgres://me:hunter2@host:port/x", "mysql://me:hunter2@host/x", "hunter2"] {
            let error = WebPlace::beside(wrong).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
