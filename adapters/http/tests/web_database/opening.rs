//! Files and schemas that are ours, and those that are not.

use readmit::Engine;
use readmit_http::web_database::{WebDatabase, WebPlace};
use readmit_tests::postgres::{PASSWORD, Server, psql};
use readmit_tests::sqlite::sql;
use readmit_tests::{House, Result, all_at_once};

use crate::there::{There, alice, session_of, sessions_of};

pub(crate) async fn tables_of_a_newer_version_are_left_alone(there: There) -> Result {
    there.open().await?.close().await;
    there.sql("UPDATE settings SET value = '99' WHERE name = 'schema_version'")?;
    let error = there.open().await.unwrap_err().to_string();
    assert!(error.contains("version 99") && error.contains("newer program"), "{error}");
    assert_eq!(there.sql("SELECT value FROM settings")?.trim(), "99");
    Ok(())
}

pub(crate) async fn nodes_that_open_it_at_once_make_it_once(there: There) -> Result {
    let opened = all_at_once((0..6).map(|_| {
        let place = there.place.clone();
        async move { WebDatabase::open(&place).await }
    }));
    let opened: Result<Vec<_>, _> = opened.await?.into_iter().collect();
    let now = there.now();
    let opened = opened?;
    let token = sessions_of(&opened[0]).begin(session_of(alice()), now).await?;
    for database in &opened {
        assert!(sessions_of(database).find(&token, now).await?.is_some());
    }
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_is_for_its_owner_alone() -> Result {
    use std::os::unix::fs::PermissionsExt as _;

    let there = There::in_a_file()?;
    let database = there.open().await?;
    sessions_of(&database).begin(session_of(alice()), there.now()).await?;
    let mut files = 0;
    for file in there.folder()?.read_dir()? {
        let file = file?;
        assert_eq!(file.metadata()?.permissions().mode() & 0o777, 0o600, "{:?}", file.path());
        files += 1;
    }
    assert!(files >= 2, "the file, and what is written ahead");
    database.close().await;
    Ok(())
}

#[tokio::test]
async fn a_file_is_marked_and_waits_for_the_disk() -> Result {
    let there = There::in_a_file()?;
    let database = there.open().await?;
    assert_eq!(there.sql("PRAGMA application_id")?.trim(), "1380207959");
    assert_eq!(there.sql("PRAGMA journal_mode")?.trim(), "wal");
    database.close().await;
    Ok(())
}

#[tokio::test]
async fn a_foreign_file_is_left_alone() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("readmit-web.db");
    sql(&path, "CREATE TABLE theirs (a)")?;
    let before = std::fs::read(&path)?;
    let error = WebDatabase::open(&WebPlace::File(path.clone())).await.unwrap_err();
    assert!(error.to_string().contains("left as it was"), "{error}");
    assert_eq!(std::fs::read(&path)?, before);
    std::fs::write(&path, "no database at all, but long enough to be read as one")?;
    let error = WebDatabase::open(&WebPlace::File(path.clone())).await.unwrap_err();
    assert!(error.to_string().contains("not a database"), "{error}");
    assert!(std::fs::read(&path)?.starts_with(b"no database"));
    Ok(())
}

#[tokio::test]
async fn the_ledgers_own_file_is_left_alone() -> Result {
    let house = House::new()?;
    let engine: Engine = house.open().await?;
    engine.close().await;
    let error = WebDatabase::open(&WebPlace::File(house.database())).await.unwrap_err();
    assert!(error.to_string().contains("left as it was"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_path_with_odd_characters_is_opened_as_it_is() -> Result {
    let folder = tempfile::tempdir()?;
    let ledger = folder.path().join("a%20b#c d e.db");
    let place = WebPlace::beside(&format!("sqlite://{}", ledger.display()))?;
    WebDatabase::open(&place).await?.close().await;
    assert!(std::fs::metadata(folder.path().join("a%20b#c d e-web.db"))?.len() > 0);
    Ok(())
}

#[tokio::test]
async fn on_a_server_a_schema_stands_beside_the_ledgers() -> Result {
    let server = Server::start().await?;
    let url = server.database("readmit")?;
    psql(&url, "CREATE SCHEMA acme")?;
    let of_acme = format!("{url}&options=-csearch_path%3Dacme");
    WebDatabase::open(&WebPlace::beside(&of_acme)?).await?.close().await;
    let schemas = "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename = 'sessions'";
    assert_eq!(psql(&url, schemas)?.trim(), "acme_web");
    let long = "a".repeat(60);
    psql(&url, &format!("CREATE SCHEMA {long}"))?;
    let place = WebPlace::beside(&format!("{url}&options=-csearch_path%3D{long}"))?;
    let error = WebDatabase::open(&place).await.unwrap_err();
    assert!(error.to_string().contains("too long"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_told_without_the_password() -> Result {
    let url = format!("postgres://me:{PASSWORD}@127.0.0.1:1/readmit");
    let place = WebPlace::beside(&url)?;
    let error = WebDatabase::open(&place).await.unwrap_err();
    let shown = format!("{error} {error:?} {place:?}");
    assert!(shown.contains("postgres://me@127.0.0.1:1/readmit"), "{shown}");
    assert!(!shown.contains(PASSWORD), "{shown}");
    Ok(())
}
