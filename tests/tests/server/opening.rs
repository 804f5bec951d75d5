//! Addresses and databases that cannot be used.

use readmit::OpenError;
use readmit::StoreErrorKind::{self, BadAddress, CannotWrite, Missing, NotOurs, Unavailable};
use readmit_tests::house::builder;
use readmit_tests::postgres::{Server, psql};
use readmit_tests::{Msp, Result, all_at_once};

async fn refusal(url: &str) -> (StoreErrorKind, String) {
    match builder(url).open().await {
        Err(OpenError::Store(error)) => (error.kind(), error.to_string()),
        other => panic!("{url}: {other:?}"),
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_in_words_that_help() -> Result {
    let server = Server::start().await?;
    let admin = server.url("postgres");
    let foreign = server.database("somebody_elses")?;
    psql(&foreign, "CREATE TABLE events (what text)")?;
    let newer = server.database("newer")?;
    builder(&newer).open().await?.close().await;
    psql(&newer, "INSERT INTO _sqlx_migrations VALUES (99, 'later', now(), true, '', 0)")?;
    psql(&admin, "CREATE ROLE poor LOGIN PASSWORD 'poor' CONNECTION LIMIT 0")?;
    psql(&admin, "CREATE ROLE reader LOGIN PASSWORD 'reader'")?;
    server.database("empty")?;
    let at = server.address();

    for (url, kind, words) in [
        (server.url("nowhere"), Missing, "create it"),
        (format!("postgres://nobody:secret@{at}/empty"), BadAddress, "check name and password"),
        (format!("postgres://postgres:secret@{at}/empty"), BadAddress, "check name and password"),
        (format!("postgres://poor:poor@{at}/empty"), Unavailable, "CONNECTION LIMIT"),
        (format!("postgres://reader:reader@{at}/empty"), CannotWrite, "permission denied"),
        ("postgres://me:secret@127.0.0.1:1/empty".to_owned(), Unavailable, "server runs"),
        (foreign.clone(), NotOurs, "tables of something else"),
        (newer.clone(), NotOurs, "newer version"),
    ] {
        let (found, told) = refusal(&url).await;
        assert_eq!(found, kind, "{url}: {told}");
        assert!(told.contains(words), "{url}: {told}");
        assert!(!told.contains("secret"), "{told}");
    }
    assert_eq!(
        psql(&foreign, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")?,
        "1\n"
    );
    let existing = builder(&server.url("empty")).existing().open().await;
    let Err(OpenError::Store(error)) = existing else { panic!("an empty database was opened") };
    assert_eq!(error.kind(), Missing);
    Ok(())
}

#[tokio::test]
async fn a_schema_of_its_own_stands_beside_other_tables() -> Result {
    let server = Server::start().await?;
    let url = server.database("shared")?;
    psql(&url, "CREATE TABLE events (what text); CREATE SCHEMA mfa")?;
    let engine = builder(&format!("{url}&options=-csearch_path%3Dmfa")).open().await?;
    let msp = Msp::create(engine, "acme-msp", readmit::Policy::standard()).await?;
    msp.equip("alice@example.com").await?;
    msp.tenant.verify().await?;
    msp.engine.close().await;
    assert_eq!(psql(&url, "SELECT count(*) FROM public.events")?, "0\n");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_open_a_new_database_at_once_share_it() -> Result {
    let server = Server::start().await?;
    let url = server.database("readmit")?;
    let engines = all_at_once((0..8).map(|_| {
        let url = url.clone();
        async move { builder(&url).open().await.map_err(|error| error.to_string()) }
    }));
    for engine in engines.await? {
        let engine = engine?;
        engine.tenant("acme-msp").await?;
        engine.close().await;
    }
    assert_eq!(psql(&url, "SELECT count(*) FROM _sqlx_migrations")?, "2\n");
    Ok(())
}
