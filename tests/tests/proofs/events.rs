//! That an event stands in a ledger, and that a ledger continues another.

use readmit::tlog::{ConsistencyProof, VerifierKey, check_proof};
use readmit::{Error, Failure};
use readmit_tests::{Database, Result};

use crate::{grow, house_with, on_both};

on_both! {
    every_event_is_proved_with_the_key_alone,
    every_size_continues_every_smaller_one,
    a_proof_of_an_event_that_is_not_there_is_refused,
}

async fn every_event_is_proved_with_the_key_alone(database: Database) -> Result {
    let (_house, msp) = house_with(database, 255).await?;
    for size in [255, 256, 257, 600] {
        grow(&msp, size).await?;
        let key: VerifierKey = msp.tenant.verifier_keys().await?.remove(0);
        let leaves = leaves(&msp).await?;
        for position in (0..size).step_by(7).chain([size - 1]) {
            let text = msp.tenant.prove(position).await?.to_string();
            let leaf = &leaves[usize::try_from(position)?];
            let proved = check_proof(&text, leaf, &key, &[])?;
            assert_eq!((proved.position, proved.checkpoint.size()), (position, size));
            let other = &leaves[usize::try_from((position + 1) % size)?];
            assert!(check_proof(&text, other, &key, &[]).is_err(), "{position} of {size}");
        }
    }
    msp.engine.close().await;
    Ok(())
}

async fn every_size_continues_every_smaller_one(database: Database) -> Result {
    let (_house, msp) = house_with(database, 520).await?;
    let size = msp.tenant.head().await?.size;
    let sizes: Vec<u64> = (1..=size).filter(|size| size % 37 == 0 || size % 256 < 2).collect();
    for new in sizes.iter().chain([&size]) {
        let root = msp.tenant.root_at(*new).await?;
        for old in sizes.iter().filter(|old| *old <= new) {
            let before = msp.tenant.root_at(*old).await?;
            let proof = msp.tenant.consistency(*old, *new).await?;
            proof.verify(before, root)?;
            let wrong = ConsistencyProof::new(*old, *new, proof.hashes().to_vec())?;
            assert!(old == new || wrong.verify(root, before).is_err(), "{old} to {new}");
        }
    }
    msp.engine.close().await;
    Ok(())
}

async fn a_proof_of_an_event_that_is_not_there_is_refused(database: Database) -> Result {
    let (_house, msp) = house_with(database, 10).await?;
    let refused = |error| matches!(error, Err(Error::Failed(Failure::Proof(_))));
    assert!(refused(msp.tenant.prove(10).await.map(drop)));
    assert!(refused(msp.tenant.prove(u64::MAX).await.map(drop)));
    assert!(refused(msp.tenant.consistency(5, 11).await.map(drop)));
    assert!(refused(msp.tenant.consistency(7, 6).await.map(drop)));
    assert!(refused(msp.tenant.root_at(11).await.map(drop)));
    msp.tenant.prove(9).await?;
    msp.engine.close().await;
    Ok(())
}

async fn leaves(msp: &readmit_tests::Msp) -> Result<Vec<Vec<u8>>> {
    let mut leaves = Vec::new();
    loop {
        let page = msp.tenant.leaves(leaves.len() as u64).await?;
        if page.is_empty() {
            return Ok(leaves);
        }
        leaves.extend(page);
    }
}
