//! A place for a database, and short ways to use it.

use std::path::PathBuf;
use std::sync::Arc;

use readmit::testing::{START, TestClock};
use readmit::{AccountId, Login, OsEntropy, TenantId, Timestamp};
use readmit_http::password::{AcceptedPassword, Password, PasswordAnswer, PasswordCheck as _};
use readmit_http::web_database::{
    NewSession, PasswordTable, SessionLevel, Sessions, WebDatabase, WebPlace,
};
use readmit_tests::Result;
use readmit_tests::{postgres, sqlite};
use tempfile::TempDir;

/// A password that the rules accept.
pub(crate) const RIGHT: &str = "tulip window seven";
pub(crate) const WRONG: &str = "tulip window eight";

/// A place for a database. A folder goes when this goes.
pub(crate) struct There {
    pub(crate) place: WebPlace,
    pub(crate) clock: TestClock,
    folder: Option<TempDir>,
}

impl There {
    pub(crate) fn in_a_file() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let place = WebPlace::File(folder.path().join("readmit-web.db"));
        Ok(Self { place, clock: TestClock::at(START), folder: Some(folder) })
    }

    pub(crate) fn in_memory() -> Self {
        Self { place: WebPlace::Memory, clock: TestClock::at(START), folder: None }
    }

    pub(crate) fn on_a_server(url: &str) -> Result<Self> {
        let place = WebPlace::beside(url)?;
        Ok(Self { place, clock: TestClock::at(START), folder: None })
    }

    pub(crate) async fn open(&self) -> Result<WebDatabase> {
        Ok(WebDatabase::open(&self.place).await?)
    }

    pub(crate) async fn passwords(&self) -> Result<PasswordTable> {
        Ok(self.passwords_of(&self.open().await?))
    }

    pub(crate) fn passwords_of(&self, database: &WebDatabase) -> PasswordTable {
        database.passwords(Arc::new(self.clock.clone()), Arc::new(OsEntropy))
    }

    pub(crate) async fn sessions(&self) -> Result<Sessions> {
        Ok(sessions_of(&self.open().await?))
    }

    pub(crate) fn now(&self) -> Timestamp {
        readmit::Clock::now(&self.clock)
    }

    /// Runs SQL behind the database's back; answers what it prints, columns separated by `|`.
    pub(crate) fn sql(&self, text: &str) -> Result<String> {
        match &self.place {
            WebPlace::File(path) => sqlite::sql(path, text),
            WebPlace::Server { url, .. } => {
                postgres::psql(url, &format!("SET search_path TO public_web; {text}"))
            }
            _ => Err("nobody else can look into memory".into()),
        }
    }

    pub(crate) fn folder(&self) -> Result<PathBuf> {
        Ok(self.folder.as_ref().ok_or("there is no folder")?.path().to_owned())
    }
}

pub(crate) fn sessions_of(database: &WebDatabase) -> Sessions {
    database.sessions(Arc::new(OsEntropy))
}

pub(crate) fn tenant() -> TenantId {
    "ten_01h455vb4pex5vsknk084sn02q".parse().unwrap()
}

pub(crate) fn alice() -> AccountId {
    "cus_01h455vb4pex5vsknk084sn0aa".parse().unwrap()
}

pub(crate) fn bob() -> AccountId {
    "adm_01h455vb4pex5vsknk084sn0bb".parse().unwrap()
}

/// An account of this number.
pub(crate) fn account(number: usize) -> AccountId {
    format!("cus_{number:0>26}").parse().unwrap()
}

pub(crate) fn login() -> Login {
    "alice@example.com".parse().unwrap()
}

pub(crate) fn accepted(text: &str) -> Result<AcceptedPassword> {
    let password = Password::new(text.to_owned());
    Ok(AcceptedPassword::new(password, &login(), &"acme-msp".parse()?)?)
}

pub(crate) async fn check(
    passwords: &PasswordTable,
    account: AccountId,
    text: &str,
) -> Result<PasswordAnswer> {
    Ok(passwords.check(tenant(), account, &Password::new(text.to_owned())).await?)
}

pub(crate) fn session_of(account: AccountId) -> NewSession {
    NewSession { tenant: tenant(), account, level: SessionLevel::Password, epoch: 3 }
}
