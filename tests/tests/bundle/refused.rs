//! What is not a bundle at all, or not of the key's owner; and that nothing half written looks whole.

use std::fs;
use std::slice;

use readmit::bundle::{BundleError, BundleWriter, verify};
use readmit_tests::Result;
use readmit_tlog::{Checkpoint, Cosigner, NoteSigner, SignedCheckpoint, VerifierKey};

use crate::{Files, Log, fault, made_leaves};

#[test]
fn a_checkpoint_that_is_not_of_these_leaves_is_refused() -> Result {
    let (log, house) = (Log::new()?, tempfile::tempdir()?);
    let (folder, leaves) = (house.path().join("bundle"), made_leaves(300, 7)?);
    let finish = |checkpoint: SignedCheckpoint, keys: &[VerifierKey]| -> Result<String> {
        let mut writer = BundleWriter::create(&folder)?;
        leaves.iter().try_for_each(|leaf| writer.add(leaf))?;
        Ok(writer.finish(&checkpoint, keys).err().ok_or("it was taken")?.to_string())
    };
    let said = finish(log.checkpoint(&leaves[1..])?, &log.keys())?;
    assert_eq!(said, "checkpoint: size: expected 300, found 299");
    let said = finish(log.checkpoint(&made_leaves(300, 8)?)?, &log.keys())?;
    assert!(said.starts_with("checkpoint: root: expected"), "{said}");
    let said = finish(log.checkpoint(&leaves)?, &[])?;
    assert!(said.ends_with("found no key to check it with"), "{said}");
    let said = finish(log.checkpoint(&leaves)?, &Log::of("other.example/log")?.keys())?;
    assert!(said.contains("other.example/log"), "{said}");
    // Nothing is left of any of them.
    assert_eq!(fs::read_dir(house.path())?.count(), 0);
    Ok(())
}

#[test]
fn a_ledger_without_events_has_no_bundle() -> Result {
    let (log, house) = (Log::new()?, tempfile::tempdir()?);
    let writer = BundleWriter::create(&house.path().join("bundle"))?;
    let finished = writer.finish(&log.checkpoint(&[])?, &log.keys());
    assert!(matches!(finished, Err(BundleError::Empty)), "{finished:?}");
    fs::write(house.path().join("checkpoint"), log.checkpoint(&[])?.to_string())?;
    let fault = fault(log.verify(house.path()))?.ok_or("nothing was verified")?;
    assert_eq!(fault.to_string(), "checkpoint: size: expected at least one event, found none");
    Ok(())
}

#[test]
fn what_is_no_leaf_is_refused() -> Result {
    let house = tempfile::tempdir()?;
    for leaf in [b"{\n}".to_vec(), vec![b' '; 65_536]] {
        let mut writer = BundleWriter::create(&house.path().join("bundle"))?;
        writer.add(b"{}")?;
        let refused = writer.add(&leaf);
        assert!(matches!(refused, Err(BundleError::NotALeaf { position: 1 })), "{refused:?}");
    }
    Ok(())
}

#[test]
fn a_place_that_is_taken_is_refused() -> Result {
    let (log, house) = (Log::new()?, tempfile::tempdir()?);
    let (folder, leaves) = (house.path().join("bundle"), made_leaves(3, 7)?);
    fs::create_dir(&folder)?;
    log.write(&folder, &leaves)?;
    let file = house.path().join("file");
    fs::write(&file, "")?;
    for taken in [&folder, &file] {
        let refused = BundleWriter::create(taken).err().ok_or("a place was taken twice")?;
        assert!(matches!(refused, BundleError::Occupied(_)), "{refused}");
    }
    // Somebody came in between.
    let other = house.path().join("other");
    let mut writer = BundleWriter::create(&other)?;
    leaves.iter().try_for_each(|leaf| writer.add(leaf))?;
    fs::create_dir(&other)?;
    fs::write(other.join("mine"), "")?;
    let refused = writer.finish(&log.checkpoint(&leaves)?, &log.keys());
    assert!(matches!(refused, Err(BundleError::Occupied(_))), "{refused:?}");
    assert_eq!(fs::read_dir(&other)?.count(), 1);
    Ok(())
}

/// A crash leaves what this leaves: no folder of that name, and another that is no bundle.
#[test]
fn what_was_cut_off_is_no_bundle() -> Result {
    let (log, house) = (Log::new()?, tempfile::tempdir()?);
    let folder = house.path().join("bundle");
    let mut writer = BundleWriter::create(&folder)?;
    made_leaves(600, 7)?.iter().try_for_each(|leaf| writer.add(leaf))?;
    assert!(!folder.exists());
    let unfinished = house.path().join("bundle.unfinished");
    let fault = fault(log.verify(&unfinished))?.ok_or("half a bundle was verified")?;
    assert_eq!(fault.to_string(), "checkpoint: file: expected one, found none");
    // Another export does not write into it.
    let refused = BundleWriter::create(&folder).err().ok_or("two wrote to one place")?;
    assert!(matches!(&refused, BundleError::Unfinished(path) if *path == unfinished), "{refused}");
    drop(writer);
    assert_eq!(fs::read_dir(house.path())?.count(), 0);
    Ok(())
}

#[test]
fn only_keys_that_were_given_count() -> Result {
    let (log, house) = (Log::new()?, tempfile::tempdir()?);
    let leaves = made_leaves(300, 7)?;
    log.write(house.path(), &leaves)?;
    let said = |keys: &[VerifierKey]| -> Result<Option<String>> {
        Ok(fault(verify(house.path(), keys, |_| {}))?.map(|fault| fault.to_string()))
    };
    let own = &log.keys()[0];
    let same_name = NoteSigner::new(own.name(), &[8; 32])?.key().clone();
    let other = Log::of("other.example/log")?.keys().remove(0);
    let expected = "checkpoint: signature: expected that of a key that was given, found";
    for keys in [&[][..], slice::from_ref(&same_name), slice::from_ref(&other)] {
        let said = said(keys)?.ok_or("somebody else's was verified")?;
        assert!(said.starts_with(expected), "{said}");
    }
    // An older key beside the one that signs now, and one of another log.
    assert_eq!(said(&[same_name, own.clone(), other])?, None);
    Ok(())
}

#[test]
fn cosignatures_of_known_witnesses_are_told_and_have_to_hold() -> Result {
    let (log, house) = (Log::new()?, tempfile::tempdir()?);
    let leaves = made_leaves(300, 7)?;
    let witness = Cosigner::new("witness.example", &[9; 32])?;
    let liar = Cosigner::new("liar.example", &[9; 32])?;
    let mut checkpoint = log.checkpoint(&leaves)?;
    let other = log.checkpoint(&leaves[1..])?;
    checkpoint.add(witness.cosign(checkpoint.checkpoint(), 1_800_000_000)?)?;
    checkpoint.add(liar.cosign(other.checkpoint(), 1_800_000_000)?)?;
    let folder = house.path().join("bundle");
    let mut writer = BundleWriter::create(&folder)?;
    leaves.iter().try_for_each(|leaf| writer.add(leaf))?;
    writer.finish(&checkpoint, &log.keys())?;

    assert!(log.verify(&folder)?.cosigned.is_empty());
    let with =
        |key: &VerifierKey| verify(&folder, &[log.keys(), vec![key.clone()]].concat(), |_| {});
    let cosigned = with(witness.key())?.cosigned;
    assert_eq!(cosigned.len(), 1);
    assert_eq!(cosigned[0].at_seconds, Some(1_800_000_000));
    let fault = fault(with(liar.key()))?.ok_or("a false cosignature was passed over")?;
    assert!(fault.found.contains("liar.example"), "{fault}");
    Ok(())
}

/// The key's owner signed what cannot be a history.
#[test]
fn a_history_that_cannot_be_is_refused_although_it_was_signed() -> Result {
    let log = Log::new()?;
    let leaves = made_leaves(600, 7)?;
    let mut wrong = Vec::new();
    let text = |position: usize| String::from_utf8(leaves[position].clone());
    let cases = [
        (300, text(301)?, "position in the body"),
        (300, text(300)?.replace("\"version\":43", "\"version\":44"), "version in its stream"),
        (300, text(300)?.replace("led_01j", "led_01k"), "ledger in the body"),
        (300, text(300)?.replace("\"at\":\"2026", "\"at\":\"2025"), "time"),
        (599, text(599)?.replace("SecondFactorVerified", "Nothing"), "body"),
        (599, "{}".to_owned(), "body"),
        (0, String::new(), "body"),
    ];
    for (position, leaf, what) in cases {
        let mut leaves = leaves.clone();
        leaves[position] = leaf.clone().into_bytes();
        let fault = log.fault(&log.files(&leaves)?)?.ok_or("it was verified")?;
        if (fault.position, fault.what) != (Some(position as u64), what) {
            wrong.push(format!("{leaf}\n  expected {what} at {position}, found {fault}"));
        }
        assert!(fault.file.starts_with("tile/entries/"), "{fault}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Nothing is read that could not be a file of a bundle, however large it says it is.
#[cfg(unix)]
#[test]
fn what_is_no_file_or_too_large_is_not_read() -> Result {
    use std::os::unix::fs::symlink;

    let (log, house) = (Log::new()?, tempfile::tempdir()?);
    let files: Files = log.files(&made_leaves(600, 7)?)?;
    for (number, name) in files.keys().enumerate() {
        let broken = |folder: &std::path::Path| -> Result<()> {
            let fault = fault(log.verify(folder))?.ok_or("it was verified")?;
            assert!(fault.file.starts_with(name.as_str()), "{name}: {fault}");
            Ok(())
        };
        let place = |what: &str| -> Result<_> {
            let folder = house.path().join(format!("{what}-{number}"));
            crate::write_files(&folder, &files)?;
            Ok((folder.join(name), folder))
        };
        let (path, folder) = place("linked")?;
        let elsewhere = house.path().join(format!("elsewhere-{number}"));
        fs::rename(&path, &elsewhere)?;
        symlink(&elsewhere, &path)?;
        broken(&folder)?;

        let (path, folder) = place("folder")?;
        fs::remove_file(&path)?;
        fs::create_dir(&path)?;
        broken(&folder)?;
        fs::write(path.join("x"), "")?;
        broken(&folder)?;

        let (path, folder) = place("pipe")?;
        fs::remove_file(&path)?;
        assert!(std::process::Command::new("mkfifo").arg(&path).status()?.success());
        broken(&folder)?;

        // A petabyte, of which nothing is on disk. The longest file has no limit but its lines.
        let (path, folder) = place("huge")?;
        fs::File::options().write(true).open(&path)?.set_len(1 << 43)?;
        broken(&folder)?;
    }
    Ok(())
}

/// A checkpoint may claim what it likes; nothing is set aside for it.
#[test]
fn a_ledger_that_claims_to_be_huge_is_refused_at_once() -> Result {
    let huge = NoteSigner::new("huge.example/log", &[7; 32])?;
    let mut files = Log::new()?.files(&made_leaves(256, 7)?)?;
    let root = readmit_tlog::empty_root();
    let checkpoint = Checkpoint::new("huge.example/log", (1 << 53) - 1, root)?;
    let signed = SignedCheckpoint::sign(checkpoint, &huge)?;
    files.insert("checkpoint".to_owned(), signed.to_string().into_bytes());
    files.insert("vkey".to_owned(), format!("{}\n", huge.key()).into_bytes());
    let fault = Log::of("huge.example/log")?.fault(&files)?.ok_or("it was verified")?;
    assert_eq!(fault.what, "file", "{fault}");
    Ok(())
}
