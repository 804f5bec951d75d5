//! When checkpoints are signed, with which keys, and when not.

use std::time::{Duration, Instant};

use readmit::tlog::{Cosigner, SignedCheckpoint};
use readmit::{Error, Failure, SIGNING_KEY_OVERLAP, Seconds, VerifyError};
use readmit_tests::{Database, Result, kind};

use crate::{grow, house_with, on_both};

on_both! {
    a_changed_ledger_is_signed_by_itself,
    a_checkpoint_is_signed_once_and_keeps_its_cosignatures,
    two_keys_sign_for_thirty_days,
    a_ledger_that_was_rolled_back_is_not_signed,
    a_remembered_checkpoint_gives_a_shorter_or_other_ledger_away,
}

async fn a_changed_ledger_is_signed_by_itself(database: Database) -> Result {
    let (house, msp) = house_with(database, 8).await?;
    let signed = async || -> Result<u64> {
        let started = Instant::now();
        let size = msp.tenant.head().await?.size;
        loop {
            let kept = msp.tenant.kept_checkpoint(size).await?;
            if let Some(kept) = kept
                && kept.signed()?.checkpoint().size() == size
            {
                return Ok(size);
            }
            assert!(started.elapsed() < Duration::from_secs(20), "nobody signs");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert_eq!(signed().await?, 8);
    grow(&msp, 10).await?;
    assert_eq!(signed().await?, 10);
    grow(&msp, 11).await?;
    msp.engine.close().await;
    // What was not signed yet is when the engine is closed.
    let count = house.sql("SELECT count(*) FROM checkpoints WHERE size = 11;")?;
    assert_eq!(count.trim(), "1");
    Ok(())
}

async fn a_checkpoint_is_signed_once_and_keeps_its_cosignatures(database: Database) -> Result {
    let (_house, msp) = house_with(database, 8).await?;
    let signed = msp.tenant.checkpoint().await?;
    assert_eq!(msp.tenant.checkpoint().await?, signed);
    let (one, two) =
        (Cosigner::new("one.example", &[1; 32])?, Cosigner::new("two.example", &[2; 32])?);
    for witness in [&one, &two] {
        let mut cosigned = signed.clone();
        cosigned.add(witness.cosign(signed.checkpoint(), 1_700_000_000)?)?;
        msp.tenant.keep_cosigned(&cosigned).await?;
    }
    // The next who asks gets both.
    let kept = msp.tenant.checkpoint().await?;
    let key = &msp.tenant.verifier_keys().await?[0];
    let witnesses = [one.key().clone(), two.key().clone()];
    assert_eq!(kept.verify(key, &witnesses)?.len(), 2);
    msp.tenant.verify().await?;
    // Of a size that nobody signed there is nothing to cosign.
    grow(&msp, 9).await?;
    msp.tenant.keep_stamp(8, b"stamp").await?;
    let stamped = msp.tenant.kept_checkpoint(8).await?.ok_or("it is gone")?;
    assert_eq!(stamped.stamp(), Some(b"stamp".as_slice()));
    let missing = msp.tenant.keep_stamp(5, b"stamp").await;
    assert!(matches!(missing, Err(Error::Failed(Failure::NoCheckpoint { size: 5, .. }))));
    msp.engine.close().await;
    Ok(())
}

async fn two_keys_sign_for_thirty_days(database: Database) -> Result {
    let (house, msp) = house_with(database, 8).await?;
    let old = msp.tenant.verifier_keys().await?.remove(0);
    let first = msp.tenant.checkpoint().await?;
    let refused = msp.tenant.rotate_signing_key(&msp.recovery_admin()).await;
    assert_eq!(kind(&refused), "not_permitted");
    let new = msp.tenant.rotate_signing_key(&msp.owner()).await?;
    assert_eq!(msp.tenant.verifier_keys().await?, [new.clone(), old.clone()]);
    let both = msp.tenant.checkpoint().await?;
    both.verify(&old, &[])?;
    both.verify(&new, &[])?;
    assert!(first.verify(&new, &[]).is_err());
    house.clock.advance(SIGNING_KEY_OVERLAP);
    house.clock.advance(Seconds(1));
    grow(&msp, 12).await?;
    let later = msp.tenant.checkpoint().await?;
    later.verify(&new, &[])?;
    assert!(later.verify(&old, &[]).is_err());
    // All of them are still this ledger's own.
    msp.tenant.verify().await?;
    msp.tenant.verify_against(&first).await?;
    let again = house.reopen(&msp).await?;
    assert_eq!(again.tenant.verifier_keys().await?, [new]);
    again.engine.close().await;
    Ok(())
}

/// Cuts a ledger back to an earlier head, as if an old copy had been brought back.
fn cut(size: u64, head: &str) -> String {
    format!(
        "DELETE FROM events WHERE position >= {size}; DELETE FROM private WHERE position >= {size}; \
         DELETE FROM names; DELETE FROM commands WHERE first_position >= {size}; \
         UPDATE ledgers SET (size, at, root, frontier) = ({head}) WHERE name = 'acme-msp';"
    )
}

fn head(house: &readmit_tests::House) -> Result<String> {
    let (open, hex): (_, fn(&str) -> String) = if house.is_on_server() {
        ("'\\x", |column| format!("encode({column}, 'hex')"))
    } else {
        ("x'", |column| format!("hex({column})"))
    };
    let query = format!(
        "SELECT size || ',' || at || ',' || {} || ',' || {} FROM ledgers WHERE name = 'acme-msp';",
        hex("root"),
        hex("frontier")
    );
    let found = house.sql(&query)?;
    let [size, at, root, frontier] = found.trim().split(',').collect::<Vec<_>>()[..] else {
        return Err("no head".into());
    };
    Ok(format!("{size}, {at}, {open}{root}', {open}{frontier}'"))
}

async fn a_ledger_that_was_rolled_back_is_not_signed(database: Database) -> Result {
    let (house, msp) = house_with(database, 8).await?;
    let early = head(&house)?;
    grow(&msp, 12).await?;
    msp.tenant.checkpoint().await?;
    msp.engine.close().await;
    house.sql(&cut(8, &early))?;
    // Shorter than what was signed; then as long, but another.
    let msp = house.reopen(&msp).await?;
    for size in [8, 12, 14] {
        grow_otherwise(&msp, size).await?;
        match msp.tenant.checkpoint().await {
            Err(Error::Failed(Failure::Damaged(why))) => {
                assert!(why.contains("rolled back"), "{why}");
            }
            other => panic!("{size}: {other:?}"),
        }
        assert!(matches!(msp.tenant.verify().await, Err(VerifyError::Broken(_))), "{size}");
    }
    msp.engine.close().await;
    Ok(())
}

async fn a_remembered_checkpoint_gives_a_shorter_or_other_ledger_away(
    database: Database,
) -> Result {
    let (house, msp) = house_with(database, 8).await?;
    let early = head(&house)?;
    let first: SignedCheckpoint = msp.tenant.checkpoint().await?;
    grow(&msp, 12).await?;
    let remembered = msp.tenant.checkpoint().await?;
    msp.engine.close().await;
    house.sql(&format!("{} DELETE FROM checkpoints WHERE size > 8;", cut(8, &early)))?;
    let msp = house.reopen(&msp).await?;
    for size in [8, 12, 14] {
        grow_otherwise(&msp, size).await?;
        // By itself it holds together.
        msp.tenant.verify().await?;
        msp.tenant.verify_against(&first).await?;
        match msp.tenant.verify_against(&remembered).await {
            Err(VerifyError::Broken(found)) => assert_eq!(found.position, 12, "{found}"),
            other => panic!("{size}: {other:?}"),
        }
    }
    // That of another ledger is none of this one.
    let other = msp.engine.tenant("other-msp").await?;
    let foreign = other.checkpoint().await?;
    assert!(matches!(msp.tenant.verify_against(&foreign).await, Err(VerifyError::Broken(_))));
    msp.engine.close().await;
    Ok(())
}

async fn grow_otherwise(msp: &readmit_tests::Msp, events: u64) -> Result {
    while msp.tenant.head().await?.size < events {
        let size = msp.tenant.head().await?.size;
        let login = format!("another-{size}@example.com");
        let register = readmit::RegisterCustomer::new(login.as_str());
        msp.tenant.execute(&readmit::Actor::system(), register).await?;
    }
    Ok(())
}
