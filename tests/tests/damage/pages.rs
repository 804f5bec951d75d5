//! The file itself, damaged at random: never a panic, never a wrong "it holds together".

use std::io::{Seek as _, SeekFrom, Write as _};

use readmit_tests::Result;
use readmit_tests::chance::Chance;

use crate::Written;

const DAMAGES: usize = 60;

#[tokio::test]
async fn garbage_in_the_file_is_an_error_and_never_another_history() -> Result {
    let written = Written::new().await?;
    let mut chance = Chance::from_environment()?;
    let (mut errors, mut harmless) = (0, 0);
    for _ in 0..DAMAGES {
        let damaged = written.copy()?;
        let path = damaged.database();
        let bytes = std::fs::metadata(&path)?.len();
        // Not the first page: what is wrong with that is the store's own tests' business.
        let place = 4096 + chance.below(bytes - 4096 - 64);
        let garbage: Vec<u8> = (0..64).map(|_| chance.below(256).to_le_bytes()[0]).collect();
        let mut file = std::fs::OpenOptions::new().write(true).open(&path)?;
        file.seek(SeekFrom::Start(place))?;
        file.write_all(&garbage)?;
        drop(file);
        match damaged.verify().await.and_then(|verdict| Ok(verdict?)) {
            Ok(verified) => {
                assert_eq!(verified, written.verified, "after garbage at {place}");
                harmless += 1;
            }
            Err(error) => {
                assert!(!error.to_string().is_empty(), "after garbage at {place}");
                errors += 1;
            }
        }
    }
    eprintln!("{errors} errors, {harmless} hit nothing that the ledger needs");
    assert!(errors > 0);
    Ok(())
}

#[tokio::test]
async fn a_file_that_was_cut_short_is_an_error() -> Result {
    let written = Written::new().await?;
    for kept in [1, 99, 100, 4096, 5000, 40_000] {
        let damaged = written.copy()?;
        let file = std::fs::OpenOptions::new().write(true).open(damaged.database())?;
        file.set_len(kept)?;
        drop(file);
        let verdict = damaged.verify().await.and_then(|verdict| Ok(verdict?));
        assert!(verdict.is_err(), "{kept} bytes were taken for the whole");
    }
    Ok(())
}
