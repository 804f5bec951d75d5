//! A witness that keeps to the rules.

use readmit::witness::{Forgot, WitnessError};
use readmit_tests::Result;
use readmit_tests::witness::{COSIGNED_AT, Witness};

use crate::log::{Log, ORIGIN};

async fn witness_of(log: &Log) -> Result<Witness> {
    let witness = Witness::start().await?;
    witness.trust(log.key());
    Ok(witness)
}

#[tokio::test]
async fn a_first_checkpoint_is_cosigned() -> Result {
    let log = Log::of(300)?;
    let witness = witness_of(&log).await?;
    let witnessed = log.submit(&witness, 0).await??;
    assert_eq!(witnessed.cosigned[0].key, *witness.key());
    assert_eq!(witnessed.cosigned[0].at_seconds, Some(COSIGNED_AT));
    assert_eq!(witnessed.forgot, None);
    // As an auditor would read it again.
    let read: readmit::witness::SignedCheckpoint = witnessed.checkpoint.to_string().parse()?;
    assert_eq!(read.verify(log.key(), &[witness.key().clone()])?, witnessed.cosigned);
    assert_eq!((witness.known(ORIGIN), witness.requests()), (300, 1));
    Ok(())
}

#[tokio::test]
async fn an_empty_log_is_cosigned_too() -> Result {
    let log = Log::of(0)?;
    let witness = witness_of(&log).await?;
    assert_eq!(log.submit(&witness, 0).await??.checkpoint.checkpoint().size(), 0);
    Ok(())
}

#[tokio::test]
async fn a_log_that_grows_is_followed_with_proofs() -> Result {
    let mut log = Log::of(1)?;
    let witness = witness_of(&log).await?;
    let mut known = 0;
    for more in [1, 1, 5, 248, 1, 300, 1_000] {
        known = log.submit(&witness, known).await??.checkpoint.checkpoint().size();
        log.grow(more, "event")?;
    }
    log.submit(&witness, known).await??;
    // It was never wrong about what the witness knows.
    assert_eq!((witness.known(ORIGIN), witness.requests()), (1_557, 8));
    Ok(())
}

#[tokio::test]
async fn the_same_checkpoint_is_cosigned_again() -> Result {
    let log = Log::of(300)?;
    let witness = witness_of(&log).await?;
    log.submit(&witness, 0).await??;
    log.submit(&witness, 300).await??;
    log.submit(&witness, 0).await??;
    assert_eq!(witness.requests(), 4);
    Ok(())
}

#[tokio::test]
async fn what_we_forgot_the_witness_tells() -> Result {
    let mut log = Log::of(300)?;
    let witness = witness_of(&log).await?;
    log.submit(&witness, 0).await??;
    log.grow(300, "event")?;
    let witnessed = log.submit(&witness, 0).await??;
    assert_eq!(witnessed.forgot, None);
    assert_eq!((witness.known(ORIGIN), witness.requests()), (600, 3));
    Ok(())
}

#[tokio::test]
async fn what_the_witness_forgot_is_told() -> Result {
    let mut log = Log::of(300)?;
    let witness = witness_of(&log).await?;
    log.submit(&witness, 0).await??;
    witness.forget();
    log.grow(10, "event")?;
    let witnessed = log.submit(&witness, 300).await??;
    assert_eq!(witnessed.forgot, Some(Forgot { remembered: 300, known: 0 }));
    Ok(())
}

#[tokio::test]
async fn a_log_that_was_rolled_back_is_refused_loudly() -> Result {
    let witness = witness_of(&Log::of(0)?).await?;
    Log::of(300)?.submit(&witness, 0).await??;
    let old = Log::of(200)?;
    for remembered in [0, 100, 200, 300] {
        let Err(error) = old.submit(&witness, remembered).await? else {
            return Err("it was cosigned".into());
        };
        let text = error.to_string();
        let WitnessError::RolledBack { origin, known: 300, ours: 200 } = error else {
            return Err(error.into());
        };
        assert_eq!(origin, ORIGIN);
        assert!(text.starts_with("ROLLED BACK"), "{text}");
    }
    assert_eq!(witness.known(ORIGIN), 300);
    Ok(())
}

#[tokio::test]
async fn a_log_that_went_its_own_way_is_refused_loudly() -> Result {
    let witness = witness_of(&Log::of(0)?).await?;
    Log::of(300)?.submit(&witness, 0).await??;
    // Rolled back, and gone on: smaller, as large, larger than what the witness knows.
    for more in [100, 200] {
        let mut fork = Log::of(200)?;
        fork.grow(more, "another event")?;
        for remembered in [0, 200, 300] {
            let Err(error) = fork.submit(&witness, remembered).await? else {
                return Err("it was cosigned".into());
            };
            assert!(matches!(error, WitnessError::Forked { known: 300, .. }), "{error}");
            assert!(error.to_string().starts_with("FORKED"), "{error}");
        }
    }
    // The true one is still welcome.
    Log::of(301)?.submit(&witness, 300).await??;
    Ok(())
}

#[tokio::test]
async fn a_log_that_the_witness_does_not_know_is_told_what_to_do() -> Result {
    let witness = witness_of(&Log::of(0)?).await?;
    let error = Log::with("readmit.example/led_02", 1, 3)?.submit(&witness, 0).await?;
    assert!(matches!(error, Err(WitnessError::UnknownOrigin { .. })), "{error:?}");
    let error = Log::with(ORIGIN, 2, 3)?.submit(&witness, 0).await?;
    assert!(matches!(error, Err(WitnessError::UnknownKey { .. })), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn the_key_of_a_log_is_none_of_a_witness() -> Result {
    let log = Log::of(3)?;
    let witness = witness_of(&log).await?;
    let error = log.submit_to(&witness.url(), log.key(), 0, crate::log::PATIENCE).await?;
    assert!(matches!(error, Err(WitnessError::NotAWitness(_))), "{error:?}");
    assert_eq!(witness.requests(), 0);
    Ok(())
}
