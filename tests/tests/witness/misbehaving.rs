//! A witness that does not keep to the rules: an error each time, and nothing is taken.

use std::time::Duration;

use readmit::witness::{ClientError, WitnessError};
use readmit_tests::Result;
use readmit_tests::witness::{Behaviour, Witness};

use crate::log::{Log, PATIENCE};

/// How a witness that behaves like this is answered. The ledger has 300 events, of which 200 were
/// cosigned before.
async fn met_with(behaviour: Behaviour) -> Result<WitnessError> {
    let mut log = Log::of(200)?;
    let witness = Witness::start().await?;
    witness.trust(log.key());
    log.submit(&witness, 0).await??;
    log.grow(100, "event")?;
    witness.behave(behaviour);
    let patience = if behaviour == Behaviour::Hangs { Duration::from_secs(1) } else { PATIENCE };
    match log.submit_to(&witness.url(), witness.key(), 200, patience).await? {
        Ok(witnessed) => Err(format!("taken: {witnessed:?}").into()),
        Err(error) => {
            assert!(witness.requests() <= 3, "{} requests", witness.requests());
            Ok(error)
        }
    }
}

#[tokio::test]
async fn what_is_not_its_cosignature_of_this_checkpoint_is_not_taken() -> Result {
    for behaviour in [
        Behaviour::ChangedSignature,
        Behaviour::OtherCheckpoint,
        Behaviour::OtherWitness,
        Behaviour::Silent,
    ] {
        let error = met_with(behaviour).await?;
        assert!(matches!(error, WitnessError::BadCosignature(_)), "{behaviour:?}: {error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_cosignature_without_a_time_is_not_taken() -> Result {
    let error = met_with(Behaviour::Undated).await?;
    assert!(matches!(error, WitnessError::Undated), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_size_larger_than_ours_is_an_alarm() -> Result {
    for known in [301, 1 << 52, u64::MAX] {
        let error = met_with(Behaviour::Size(known)).await?;
        assert!(matches!(error, WitnessError::RolledBack { ours: 300, .. }), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_size_that_changes_nothing_is_no_answer() -> Result {
    // The second time it names the size that it was told.
    for known in [0, 100, 200] {
        let error = met_with(Behaviour::Size(known)).await?;
        assert!(matches!(error, WitnessError::BadAnswer { status: 409, .. }), "{error}");
    }
    // A witness of tlog-witness v1.0.0 says so of another root at the same size.
    let error = met_with(Behaviour::Size(300)).await?;
    assert!(matches!(error, WitnessError::Forked { known: 300, ours: 300, .. }), "{error}");
    Ok(())
}

#[tokio::test]
async fn an_answer_without_sense_is_refused() -> Result {
    for behaviour in [
        Behaviour::SizeOfOtherType,
        Behaviour::NoSize,
        Behaviour::Bytes,
        Behaviour::Status(201),
        Behaviour::Status(418),
    ] {
        let error = met_with(behaviour).await?;
        assert!(matches!(error, WitnessError::BadAnswer { .. }), "{behaviour:?}: {error}");
    }
    Ok(())
}

#[tokio::test]
async fn each_status_is_told_apart() -> Result {
    let error = met_with(Behaviour::Status(400)).await?;
    assert!(matches!(error, WitnessError::NotAccepted { status: 400, .. }), "{error}");
    assert!(error.to_string().ends_with("(it says: as told)"), "{error}");
    let error = met_with(Behaviour::Status(422)).await?;
    assert!(matches!(error, WitnessError::Forked { known: 200, .. }), "{error}");
    for status in [429, 500, 503] {
        let error = met_with(Behaviour::Status(status)).await?;
        assert!(matches!(error, WitnessError::Unavailable { .. }), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_not_followed() -> Result {
    let error = met_with(Behaviour::Redirect).await?;
    assert!(matches!(error, WitnessError::Redirected { status: 307 }), "{error}");
    Ok(())
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() -> Result {
    let error = met_with(Behaviour::Huge).await?;
    assert!(matches!(error, WitnessError::Client(ClientError::TooLong)), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_witness_that_does_not_answer_is_not_waited_for() -> Result {
    let error = met_with(Behaviour::Hangs).await?;
    assert!(matches!(error, WitnessError::Client(ClientError::TimedOut { seconds: 1 })), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_witness_that_is_not_there_is_told() -> Result {
    let log = Log::of(3)?;
    let witness = Witness::start().await?;
    let (url, key) = (witness.url(), witness.key().clone());
    drop(witness);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = log.submit_to(&url, &key, 0, PATIENCE).await?;
    assert!(matches!(error, Err(WitnessError::Client(ClientError::Failed(_)))), "{error:?}");
    Ok(())
}
