//! The file is foreign, newer, missing, or no file. Whatever it is, it is left as it was.

use readmit::{Actor, Engine, RegisterCustomer, StoreErrorKind};
use readmit_tests::sqlite::sql;
use readmit_tests::{House, Result};

use crate::refused;

#[tokio::test]
async fn a_foreign_file_is_refused_and_left_as_it_was() -> Result {
    let house = House::new()?;
    let path = house.database();
    for (what, content) in [
        ("a letter", b"Dear Alice,\n".to_vec()),
        ("noise", vec![0xA5; 10_000]),
        ("half a header", b"SQLite format 3\0".to_vec()),
    ] {
        std::fs::write(&path, &content)?;
        let (kind, words) = refused(Engine::open(&house.url()).await);
        assert_eq!(kind, Some(StoreErrorKind::NotOurs), "{what}: {words}");
        assert_eq!(std::fs::read(&path)?, content, "{what}");
    }
    std::fs::remove_file(&path)?;
    sql(&path, "CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('Yesterday');")?;
    let (kind, words) = refused(Engine::open(&house.url()).await);
    assert_eq!(kind, Some(StoreErrorKind::NotOurs), "{words}");
    assert!(words.contains("another application"), "{words}");
    assert_eq!(sql(&path, "SELECT title FROM songs;")?.trim(), "Yesterday");
    assert!(!house.folder().join("readmit.db.key").exists(), "a key was made for it");
    Ok(())
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_as_it_was() -> Result {
    let house = House::new()?;
    house.open().await?.close().await;
    sql(
        &house.database(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (99, 'later', 1, x'00', 0); PRAGMA wal_checkpoint(TRUNCATE);",
    )?;
    let before = std::fs::read(house.database())?;
    let (kind, words) = refused(house.open().await);
    assert_eq!(kind, Some(StoreErrorKind::NotOurs), "{words}");
    assert!(words.contains("newer version"), "{words}");
    assert_eq!(std::fs::read(house.database())?, before);
    Ok(())
}

#[tokio::test]
async fn a_place_that_cannot_hold_a_database_is_refused() -> Result {
    let house = House::new()?;
    let folder = house.folder().display();
    for (url, kind) in [
        (format!("sqlite://{folder}"), StoreErrorKind::BadAddress),
        (format!("sqlite://{folder}/no/such/folder/readmit.db"), StoreErrorKind::Missing),
        ("sqlite://".to_owned(), StoreErrorKind::BadAddress),
        ("sqlite::memory:".to_owned(), StoreErrorKind::BadAddress),
        ("readmit.db".to_owned(), StoreErrorKind::BadAddress),
        ("mysql://me:hunter2@host/readmit".to_owned(), StoreErrorKind::BadAddress),
        ("postgres://me:hunter2@host:port/readmit".to_owned(), StoreErrorKind::BadAddress),
    ] {
        let (found, words) = refused(Engine::open(&url).await);
        assert_eq!(found, Some(kind), "{url}: {words}");
        assert!(!words.contains("hunter2"), "{words}");
    }
    let (_, words) = refused(Engine::open(&format!("sqlite://{folder}/{}", "x".repeat(300))).await);
    assert!(words.contains("too long"), "{words}");
    assert!(std::fs::read_dir(house.folder())?.next().is_none(), "something was left behind");
    Ok(())
}

#[tokio::test]
async fn a_database_that_must_exist_is_not_created() -> Result {
    let house = House::new()?;
    let opened = Engine::builder(&house.url()).existing().open().await;
    let (kind, words) = refused(opened);
    assert_eq!(kind, Some(StoreErrorKind::Missing), "{words}");
    assert!(std::fs::read_dir(house.folder())?.next().is_none(), "something was left behind");
    Ok(())
}

/// Whoever comes while another is still making the key may be refused, and then comes again; but
/// never are there two keys, nor a database whose key is not the one in the file.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn engines_that_open_a_new_database_at_once_share_it() -> Result {
    for _ in 0..12 {
        let house = House::new()?;
        let engines = readmit_tests::all_at_once((0..8).map(|_| {
            let url = house.url();
            async move { Engine::open(&url).await }
        }));
        for engine in engines.await? {
            let engine = match engine {
                Ok(engine) => engine,
                Err(_) => Engine::open(&house.url()).await?,
            };
            engine.tenant("acme-msp").await?.verify().await?;
            engine.close().await;
        }
        let engine = Engine::open(&house.url()).await?;
        let tenant = engine.tenant("acme-msp").await?;
        tenant.execute(&Actor::system(), RegisterCustomer::new("alice@example.com")).await?;
        engine.close().await;
    }
    Ok(())
}

/// As a service does that opens its engine while it starts other things.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_can_be_opened_in_a_task_of_its_own() -> Result {
    let house = House::new()?;
    let url = house.url();
    let engine = tokio::spawn(async move { Engine::open(&url).await }).await??;
    let tenant = tokio::spawn(async move { engine.tenant("acme-msp").await }).await??;
    tenant.verify().await?;
    Ok(())
}
