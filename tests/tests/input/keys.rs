//! The master key is missing, wrong, or not to be trusted; never is a new one made over old data.

use std::path::PathBuf;

use readmit::{Engine, LocalMasterKey, OpenError};
use readmit_tests::{House, Result};

/// A database with data, and the path of its key.
async fn written() -> Result<(House, PathBuf)> {
    let house = House::new()?;
    let engine = house.open().await?;
    engine.tenant("acme-msp").await?;
    engine.close().await;
    let key = house.folder().join("readmit.db.key");
    assert!(key.is_file());
    Ok((house, key))
}

#[tokio::test]
async fn a_missing_key_is_an_error_and_no_new_one_is_made() -> Result {
    let (house, key) = written().await?;
    let kept = key.with_extension("elsewhere");
    std::fs::rename(&key, &kept)?;
    for _ in 0..2 {
        let opened = house.open().await;
        assert!(matches!(&opened, Err(OpenError::KeyMissing(path)) if *path == key), "{opened:?}");
        assert!(!key.exists());
    }
    std::fs::rename(&kept, &key)?;
    house.open().await?.close().await;
    Ok(())
}

#[tokio::test]
async fn another_key_is_an_error_and_writes_nothing() -> Result {
    let (house, key) = written().await?;
    let right = std::fs::read_to_string(&key)?;
    let wrong = LocalMasterKey::from_bytes([1; 32]);
    std::fs::write(&key, wrong.expose().as_str())?;
    let opened = house.open().await;
    assert!(matches!(opened, Err(OpenError::WrongKey { .. })), "{opened:?}");
    let given = Engine::builder(&house.url()).master_key(wrong).open().await;
    let Err(error) = given else { panic!("the wrong key opened it") };
    assert!(matches!(error, OpenError::WrongKey { .. }), "{error}");
    let digits = right.trim().strip_prefix("rmmk1_").unwrap_or_default();
    assert!(digits.len() == 64 && !error.to_string().contains(digits), "the key is in the words");
    std::fs::write(&key, &right)?;
    house.open().await?.close().await;
    Ok(())
}

#[tokio::test]
async fn a_key_file_without_a_key_is_an_error_and_left_as_it_was() -> Result {
    let (house, key) = written().await?;
    for content in ["", "secret", "rmmk1_0123", &"x".repeat(10_000)] {
        std::fs::write(&key, content)?;
        let opened = house.open().await;
        assert!(matches!(opened, Err(OpenError::KeyFile(_))), "{opened:?}");
        assert_eq!(std::fs::read_to_string(&key)?, content);
    }
    std::fs::write(&key, [0xFF; 70])?;
    let opened = house.open().await;
    assert!(matches!(opened, Err(OpenError::KeyFile(_))), "{opened:?}");
    Ok(())
}

#[tokio::test]
async fn a_malformed_key_leaves_no_database_behind() -> Result {
    let house = House::new()?;
    std::fs::write(house.folder().join("readmit.db.key"), "not a key")?;
    let opened = house.open().await;
    assert!(matches!(opened, Err(OpenError::KeyFile(_))), "{opened:?}");
    assert!(!house.database().exists());
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_that_others_can_read_is_refused_and_a_new_one_is_its_owners_alone() -> Result {
    use std::os::unix::fs::PermissionsExt as _;
    let (house, key) = written().await?;
    let mode = |path: &std::path::Path| -> Result<u32> {
        Ok(std::fs::metadata(path)?.permissions().mode() & 0o777)
    };
    assert_eq!((mode(&key)?, mode(&house.database())?), (0o600, 0o600));
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640))?;
    let Err(error) = house.open().await else { panic!("a key for everybody was taken") };
    assert!(error.to_string().contains("chmod 600"), "{error}");
    Ok(())
}
