//! What is stored of the tree, and what happens where it is damaged.

use readmit::tlog::check_proof;
use readmit::{Error, Failure, VerifyError};
use readmit_tests::{Database, Result};

use crate::{grow, house_with, on_both};

on_both! {
    a_ledger_that_grows_meanwhile_holds_together,
    full_tiles_and_the_ones_above_them_are_stored,
    a_damaged_tile_is_found_and_never_proves_anything,
    commits_go_on_beside_damaged_tiles,
}

/// Whatever is found behind the end may have been written since the end was looked for.
async fn a_ledger_that_grows_meanwhile_holds_together(database: Database) -> Result {
    let (_house, msp) = house_with(database, 250).await?;
    let growing = async {
        for size in (260..1_100).step_by(10) {
            grow(&msp, size).await?;
            msp.tenant.checkpoint().await?;
        }
        Result::<()>::Ok(())
    };
    let verifying = async {
        let mut times = 0;
        while msp.tenant.verify().await?.size < 1_000 {
            times += 1;
        }
        Result::<usize>::Ok(times)
    };
    let (grown, times) = tokio::join!(growing, verifying);
    grown?;
    assert!(times? > 3, "it was hardly verified while it grew");
    msp.engine.close().await;
    Ok(())
}

async fn full_tiles_and_the_ones_above_them_are_stored(database: Database) -> Result {
    let (house, msp) = house_with(database, 255).await?;
    let tiles = "SELECT level, idx, length(hashes) / 32 FROM tiles ORDER BY level, idx;";
    for (size, expected) in [
        (255, ""),
        (256, "0|0|256\n1|0|1"),
        (257, "0|0|256\n1|0|1"),
        (600, "0|0|256\n0|1|256\n1|0|2"),
    ] {
        grow(&msp, size).await?;
        assert_eq!(house.sql(tiles)?.trim(), expected, "{size}");
        msp.tenant.verify().await?;
    }
    msp.engine.close().await;
    Ok(())
}

async fn a_damaged_tile_is_found_and_never_proves_anything(database: Database) -> Result {
    let (house, msp) = house_with(database, 600).await?;
    let leaf = msp.tenant.leaves(3).await?.remove(0);
    let key = msp.tenant.verifier_keys().await?.remove(0);
    check_proof(&msp.tenant.prove(3).await?.to_string(), &leaf, &key, &[])?;
    let swap = |one: u32, other: u32| match database {
        Database::Sqlite => format!(
            "UPDATE tiles SET hashes = CAST(substr(hashes, 1, {one}) || zeroblob(1) || \
             substr(hashes, {one} + 2) AS BLOB) WHERE level = {other};"
        ),
        Database::Postgres => format!(
            "UPDATE tiles SET hashes = set_byte(hashes, {one}, (get_byte(hashes, {one}) + 1) % 256) \
             WHERE level = {other};"
        ),
    };
    let keep = "CREATE TABLE kept AS SELECT * FROM tiles;";
    let restore = "DELETE FROM tiles; INSERT INTO tiles SELECT * FROM kept;";
    house.sql(keep)?;
    for (damage, position) in [
        (swap(32 * 70 + 5, 0), 70),
        (swap(5, 1), 0),
        (swap(37, 1), 256),
        ("DELETE FROM tiles WHERE level = 0 AND idx = 1;".to_owned(), 256),
        ("DELETE FROM tiles WHERE level = 1;".to_owned(), 0),
        ("UPDATE tiles SET idx = 2 WHERE level = 0 AND idx = 1;".to_owned(), 256),
        (
            "INSERT INTO tiles SELECT ledger, 0, 2, hashes FROM tiles WHERE level = 0 AND idx = 0;"
                .to_owned(),
            512,
        ),
        ("INSERT INTO tiles SELECT ledger, 2, 0, hashes FROM tiles WHERE level = 1;".to_owned(), 0),
        (
            "INSERT INTO tiles SELECT ledger, 1, 9, hashes FROM tiles WHERE level = 1;".to_owned(),
            9 << 16,
        ),
    ] {
        house.sql(&damage)?;
        match msp.tenant.verify().await {
            Err(VerifyError::Broken(found)) => {
                assert_eq!(found.position, position, "{damage}: {found}");
            }
            other => panic!("{damage}: {other:?}"),
        }
        // A proof is right, or there is none.
        for position in [3, 300, 599] {
            let leaf = msp.tenant.leaves(position).await?.remove(0);
            match msp.tenant.prove(position).await {
                Ok(proof) => drop(check_proof(&proof.to_string(), &leaf, &key, &[])?),
                Err(Error::Failed(Failure::Damaged(_))) => {}
                Err(error) => return Err(error.into()),
            }
        }
        house.sql(restore)?;
    }
    msp.tenant.verify().await?;
    msp.engine.close().await;
    Ok(())
}

async fn commits_go_on_beside_damaged_tiles(database: Database) -> Result {
    let (house, msp) = house_with(database, 500).await?;
    house.sql("UPDATE tiles SET hashes = ledgers.root FROM ledgers WHERE level = 1;")?;
    grow(&msp, 520).await?;
    // The tile that grew was summed up from the leaves again.
    msp.tenant.verify().await?;
    house.sql("DELETE FROM tiles;")?;
    grow(&msp, 770).await?;
    // What is full was written once, and is missed now.
    assert!(
        matches!(msp.tenant.verify().await, Err(VerifyError::Broken(found)) if found.position == 0)
    );
    msp.engine.close().await;
    Ok(())
}
