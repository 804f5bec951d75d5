//! Files that cannot be opened, and those that can.

use std::fs;
use std::path::Path;
use std::pin::pin;

use futures_util::poll;
use readmit_runtime::ports::store::{CommitError, EventStore as _, StoreError, StoreErrorKind};
use readmit_store::{SqliteOptions, SqliteStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::support::{Place, commit, id, part};

async fn refusal(path: &Path, create: bool) -> StoreError {
    SqliteStore::open(SqliteOptions::new(path).create(create)).await.unwrap_err()
}

#[tokio::test]
async fn a_store_is_found_again_as_it_was_left() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let head = commit(&place.store, part(&head, &[(id(50), 1)])).await;
    place.store.close().await;
    for create in [false, true] {
        let options = SqliteOptions::new(&place.path).create(create);
        // In a task, since whoever opens a store may well be one.
        let store = tokio::spawn(SqliteStore::open(options)).await.unwrap().unwrap();
        assert_eq!(store.ledgers().await.unwrap(), std::slice::from_ref(&head));
        store.close().await;
    }
}

#[tokio::test]
async fn a_missing_file_is_not_created_unless_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("readmit.db");
    let error = refusal(&path, false).await;
    assert_eq!(error.kind(), StoreErrorKind::Missing);
    assert!(error.to_string().contains("readmit init"), "{error}");
    assert!(!path.exists());

    fs::write(&path, "").unwrap();
    assert_eq!(refusal(&path, false).await.kind(), StoreErrorKind::Missing, "an empty file");
    SqliteStore::open(SqliteOptions::new(&path).create(true)).await.unwrap();

    let error = refusal(&directory.path().join("none/readmit.db"), true).await;
    assert_eq!(error.kind(), StoreErrorKind::Missing);
    assert!(error.to_string().contains("Create the directory"), "{error}");
    let error = refusal(directory.path(), true).await;
    assert_eq!(error.kind(), StoreErrorKind::BadAddress);
    let error = refusal(&path.join("below"), true).await;
    assert_eq!(error.kind(), StoreErrorKind::BadAddress);
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = Place::new().await;
    place.ledger(1).await;
    let mut names = Vec::new();
    for entry in fs::read_dir(place.directory.path()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        names.push(name);
    }
    names.sort();
    assert_eq!(names, ["readmit.db", "readmit.db-shm", "readmit.db-wal"]);
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("theirs.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::query("CREATE TABLE customers (name TEXT)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let database = fs::read(&path).unwrap();

    for contents in [database.as_slice(), b"short", &[b'x'; 5000]] {
        fs::write(&path, contents).unwrap();
        for create in [false, true] {
            let error = refusal(&path, create).await;
            assert_eq!(error.kind(), StoreErrorKind::NotOurs);
            assert!(error.to_string().contains("not a database of Readmit"), "{error}");
            assert_eq!(fs::read(&path).unwrap(), contents);
            assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing beside it");
        }
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let place = Place::new().await;
    place
        .tamper(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
             execution_time) VALUES (999, 'later', true, x'00', 0)",
        )
        .await;
    let error = refusal(&place.path, true).await;
    assert_eq!(error.kind(), StoreErrorKind::NotOurs);
    assert!(error.to_string().contains("newer version of Readmit"), "{error}");
}

#[tokio::test]
async fn a_database_of_another_build_is_refused() {
    let place = Place::new().await;
    place.tamper("UPDATE _sqlx_migrations SET checksum = x'00'").await;
    let error = refusal(&place.path, true).await;
    assert_eq!(error.kind(), StoreErrorKind::NotOurs);
    assert!(error.to_string().contains("unreleased version"), "{error}");
}

#[cfg(unix)]
#[test]
fn what_may_not_be_written_to_is_refused() {
    const TEST: &str = "open::what_may_not_be_written_to_is_refused";
    const CHILD: &str = "READMIT_STORE_TEST_READ_ONLY";
    let run = |directory: &Path| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(read_only(directory));
    };
    if let Some(directory) = std::env::var_os(CHILD) {
        return run(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    // The administrator may write everywhere: then nobody runs the test.
    let mut nobody = std::process::Command::new("id");
    std::os::unix::process::CommandExt::uid(&mut nobody, NOBODY);
    if nobody.output().is_ok_and(|output| output.status.success()) {
        run_as_nobody(directory.path(), TEST, CHILD);
    } else {
        run(directory.path());
    }
}

#[cfg(unix)]
const NOBODY: u32 = 65_534;

#[cfg(unix)]
fn run_as_nobody(directory: &Path, test: &str, variable: &str) {
    use std::os::unix::fs::{PermissionsExt as _, chown};
    use std::os::unix::process::CommandExt as _;

    // Where this program lies, nobody may have no business.
    let program = directory.join("test");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    chown(directory, Some(NOBODY), Some(NOBODY)).unwrap();
    let output = std::process::Command::new(program)
        .args(["--exact", test, "--nocapture"])
        .env(variable, directory)
        .current_dir(directory)
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(unix)]
async fn read_only(directory: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let chmod = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let inside = directory.join("data");
    fs::create_dir(&inside).unwrap();
    let path = inside.join("readmit.db");
    let store = SqliteStore::open(SqliteOptions::new(&path).create(true)).await.unwrap();
    store.close().await;

    chmod(&path, 0o400);
    let file = refusal(&path, true).await;
    chmod(&path, 0o600);
    chmod(&inside, 0o500);
    let beside = refusal(&path, true).await;
    let new = refusal(&inside.join("new.db"), true).await;
    chmod(&inside, 0o700);
    chmod(&path, 0o000);
    let hidden = refusal(&path, true).await;
    for error in [file, beside, new, hidden] {
        assert_eq!(error.kind(), StoreErrorKind::CannotWrite, "{error}");
        assert!(error.to_string().contains("this user may write"), "{error}");
    }
    chmod(&path, 0o600);
    SqliteStore::open(SqliteOptions::new(&path)).await.unwrap();
}

#[tokio::test]
async fn a_file_that_vanished_is_an_error_not_a_new_file() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    // A commit that is dropped ends the writer's connection, so that it has to be opened again.
    let batch = [part(&head, &[(id(50), 1)])];
    assert!(poll!(pin!(place.store.commit(&batch))).is_pending());
    fs::remove_file(&place.path).unwrap();
    let error = place.store.commit(&batch).await.unwrap_err();
    let CommitError::NotCommitted(error) = error else { panic!("{error}") };
    assert_eq!(error.kind(), StoreErrorKind::CannotWrite);
    assert!(!place.path.exists());
}
