//! What is written is verified, at every kind of size.

use readmit::bundle::{verify, verify_against};
use readmit_tests::Result;
use readmit_tlog::{EntryBundle, HashTile};

use crate::{Log, made_leaves, read_files, real_leaves};

#[test]
fn what_is_written_is_verified() -> Result {
    let log = Log::new()?;
    for size in [1, 2, 255, 256, 257, 511, 512, 513, 600] {
        let (folder, leaves) = (tempfile::tempdir()?, made_leaves(size, 7)?);
        log.write(folder.path(), &leaves)?;
        let mut told = Vec::new();
        let verified = verify(folder.path(), &log.keys(), |events| told.push(events))?;
        assert_eq!(verified.checkpoint, log.checkpoint(&leaves)?, "{size}");
        assert_eq!(verified.checkpoint.checkpoint().size(), size);
        assert_eq!(verified.ledger.to_string(), "led_01jptbm000e00800000000000y");
        assert_eq!(verified.at.to_string(), "2026-11-24T10:00:00.123456Z");
        assert_eq!(verified.signer, log.keys()[0]);
        assert!(verified.cosigned.is_empty());
        assert!(told.is_sorted() && told.last() == Some(&size), "{size}: {told:?}");
    }
    Ok(())
}

/// Two levels above the leaves, and full tiles on the lower one.
#[test]
fn a_large_ledger_is_verified() -> Result {
    let (log, folder) = (Log::new()?, tempfile::tempdir()?);
    let leaves = made_leaves(66_000, 1_000)?;
    log.write(folder.path(), &leaves)?;
    assert_eq!(log.verify(folder.path())?.checkpoint.checkpoint().size(), 66_000);
    for path in ["tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1", "tile/0/257.p/208"] {
        assert!(folder.path().join(path).is_file(), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_ledger_that_an_engine_wrote_is_verified() -> Result {
    let (log, leaves) = (Log::new()?, real_leaves(600).await?);
    let folder = tempfile::tempdir()?;
    log.write(folder.path(), &leaves)?;
    let size = leaves.len();
    assert_eq!(log.verify(folder.path())?.checkpoint, log.checkpoint(&leaves)?);

    // Each file is what its specification says.
    let files = read_files(folder.path())?;
    let last = size - 512;
    let expected = [
        "README.md".to_owned(),
        "checkpoint".to_owned(),
        "events.jsonl".to_owned(),
        "tile/0/000".to_owned(),
        "tile/0/001".to_owned(),
        format!("tile/0/002.p/{last}"),
        "tile/1/000.p/2".to_owned(),
        "tile/entries/000".to_owned(),
        "tile/entries/001".to_owned(),
        format!("tile/entries/002.p/{last}"),
        "vkey".to_owned(),
    ];
    assert!(files.keys().eq(expected.iter()), "{:?}", files.keys());
    let entries = EntryBundle::from_bytes(files["tile/entries/001"].clone())?;
    assert!(entries.entries().eq(leaves[256..512].iter().map(Vec::as_slice)));
    assert_eq!(HashTile::from_bytes(&files["tile/0/001"])?, entries.leaf_hashes());
    assert_eq!(files["events.jsonl"], [leaves.join(&b"\n"[..]), b"\n".to_vec()].concat());
    assert_eq!(files["vkey"], format!("{}\n", log.keys()[0]).as_bytes());
    Ok(())
}

/// A later bundle goes on from an earlier checkpoint; a forked or shorter one does not.
#[test]
fn a_remembered_checkpoint_is_held_against_a_bundle() -> Result {
    let (log, folder) = (Log::new()?, tempfile::tempdir()?);
    let leaves = made_leaves(600, 7)?;
    log.write(folder.path(), &leaves)?;
    let against = |size: usize, leaves: &[Vec<u8>]| {
        let remembered = log.checkpoint(&leaves[..size])?;
        let remembered = remembered.checkpoint();
        crate::fault(verify_against(folder.path(), &log.keys(), remembered, |_| {}))
    };
    for size in [0, 1, 255, 256, 300, 599, 600] {
        assert_eq!(against(size, &leaves)?, None, "{size}");
    }
    let longer = made_leaves(601, 7)?;
    let fault = against(601, &longer)?.ok_or("a shorter ledger was verified")?;
    assert_eq!((fault.what, fault.found.as_str()), ("size", "600"));
    let forked = made_leaves(600, 8)?;
    for size in [8, 256, 300, 600] {
        let fault = against(size, &forked)?.ok_or("a forked ledger was verified")?;
        assert!(fault.what.contains("as remembered"), "{fault}");
    }
    Ok(())
}
