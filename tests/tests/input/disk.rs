//! The disk is full, or can only be read. Each test has a small disk of its own, in memory; a
//! machine that lets nobody mount one skips these loudly.

use std::path::{Path, PathBuf};
use std::process::Command;

use readmit::{Actor, Engine, Error, Failure, RegisterCustomer, StoreErrorKind};
use readmit_tests::Result;
use tempfile::TempDir;

use crate::refused;

/// A file system of its own, gone with this.
struct Disk(TempDir);

impl Disk {
    /// A disk of so many KiB; none where this user may not mount.
    fn mount(kib: u32) -> Result<Option<Self>> {
        let folder = tempfile::tempdir()?;
        let size = format!("size={kib}k,mode=700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "readmit-tests"])
            .arg(folder.path())
            .output();
        if mounted.as_ref().is_ok_and(|output| output.status.success()) {
            return Ok(Some(Self(folder)));
        }
        eprintln!("SKIPPED: no file system can be mounted here, so no full disk: {mounted:?}");
        Ok(None)
    }

    fn remount(&self, options: &str) -> Result {
        let options = format!("remount,{options}");
        let status = Command::new("mount").args(["-o", &options]).arg(self.path()).status()?;
        if status.success() { Ok(()) } else { Err(format!("mount -o {options}: {status}").into()) }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.path().join("readmit.db").display())
    }

    /// Takes all the room that is left.
    fn fill(&self) -> Result<PathBuf> {
        let path = self.path().join("ballast");
        let mut file = std::fs::File::create(&path)?;
        let full = std::io::copy(&mut std::io::repeat(0), &mut file);
        if full.is_err() { Ok(path) } else { Err("the disk has no end".into()) }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: connections that the test left open are closed after it.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_is_a_clear_error_and_loses_nothing_acknowledged() -> Result {
    let Some(disk) = Disk::mount(3 * 1024)? else { return Ok(()) };
    let engine = Engine::open(&disk.url()).await?;
    let tenant = engine.tenant("acme-msp").await?;
    let register = async |number: u32, id| {
        let register = RegisterCustomer::new(format!("customer-{number}@example.com").as_str());
        tenant.execute(&Actor::system(), register).with_id(id).await
    };
    let mut acknowledged = 0;
    let (id, error) = loop {
        let id = engine.draw_command_id()?;
        match register(acknowledged, id).await {
            Ok(_) => acknowledged += 1,
            Err(error) => break (id, error),
        }
        assert!(acknowledged < 50_000, "the disk does not get full");
    };
    // SQLite may have written all of it before the disk was full; only more room can tell.
    let why = match &error {
        Error::Unknown { why, .. } | Error::Failed(Failure::Store(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why.kind(), StoreErrorKind::CannotWrite, "{why}");
    assert!(why.to_string().contains("room"), "{why}");
    // It stays an error, and reading goes on.
    assert!(register(acknowledged, id).await.is_err());
    assert_eq!(tenant.verify().await?.size, 1 + u64::from(acknowledged));

    // Room again: it goes on, without a restart and after one.
    disk.remount("size=64m")?;
    register(acknowledged, id).await?;
    assert_eq!(tenant.verify().await?.size, 2 + u64::from(acknowledged));
    engine.close().await;
    let engine = Engine::open(&disk.url()).await?;
    let tenant = engine.tenant("acme-msp").await?;
    assert_eq!(tenant.verify().await?.size, 2 + u64::from(acknowledged));
    engine.close().await;
    Ok(())
}

#[tokio::test]
async fn a_disk_that_is_full_at_the_start_leaves_nothing_in_the_way() -> Result {
    let Some(disk) = Disk::mount(256)? else { return Ok(()) };
    let ballast = disk.fill()?;
    let (_, words) = refused(Engine::open(&disk.url()).await);
    assert!(words.contains("room") || words.contains("space"), "{words}");
    std::fs::remove_file(ballast)?;
    disk.remount("size=64m")?;
    let engine = Engine::open(&disk.url()).await?;
    engine.tenant("acme-msp").await?.verify().await?;
    engine.close().await;
    Ok(())
}

#[tokio::test]
async fn a_database_that_can_only_be_read_is_a_clear_error() -> Result {
    let Some(disk) = Disk::mount(8 * 1024)? else { return Ok(()) };
    let engine = Engine::open(&disk.url()).await?;
    engine.tenant("acme-msp").await?;
    engine.close().await;
    disk.remount("ro")?;
    for _ in 0..2 {
        let (kind, words) = refused(Engine::open(&disk.url()).await);
        assert_eq!(kind, Some(StoreErrorKind::CannotWrite), "{words}");
        assert!(words.contains("readmit.db"), "{words}");
    }
    disk.remount("rw")?;
    let engine = Engine::open(&disk.url()).await?;
    assert_eq!(engine.tenant("acme-msp").await?.verify().await?.size, 1);
    engine.close().await;
    Ok(())
}

#[tokio::test]
async fn a_folder_that_can_only_be_read_is_a_clear_error() -> Result {
    let Some(disk) = Disk::mount(8 * 1024)? else { return Ok(()) };
    disk.remount("ro")?;
    let (kind, words) = refused(Engine::open(&disk.url()).await);
    assert_eq!(kind, Some(StoreErrorKind::CannotWrite), "{words}");
    assert!(std::fs::read_dir(disk.path())?.next().is_none());
    Ok(())
}
