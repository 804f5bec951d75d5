//! The head of the ledger, and what cannot be seen without a remembered one.

use readmit::VerifyError;
use readmit_tests::sqlite::sql;
use readmit_tests::{Result, kind};

use crate::{EARLIER, SIZE, Written, with_names};

#[tokio::test]
async fn a_changed_head_is_found() -> Result {
    let written = Written::new().await?;
    let other = |column| format!("(SELECT {column} FROM ledgers WHERE name = 'other-msp')");
    for (what, column, value, position) in [
        ("root of the head", "root", "zeroblob(32)".to_owned(), SIZE),
        ("root of the head", "root", other("root"), SIZE),
        ("frontier of the head", "frontier", other("frontier"), SIZE),
        ("frontier of the head", "frontier", "x''".to_owned(), SIZE),
        ("frontier of the head", "frontier", "frontier || x'00'".to_owned(), SIZE),
        ("time of the head", "at", "at + 1".to_owned(), SIZE),
        ("time of the head", "at", "0".to_owned(), SIZE),
        ("root of the head", "size", "size - 1".to_owned(), SIZE - 1),
        ("event", "size", "size + 1".to_owned(), SIZE),
        ("event", "size", "size + 100000".to_owned(), SIZE),
    ] {
        let value = value.replace("frontier || x'00'", "CAST(frontier || x'00' AS BLOB)");
        let damage = format!("UPDATE ledgers SET {column} = {value} WHERE name = 'acme-msp';");
        assert_eq!(written.after(&damage).await?, Some((position, what)), "{damage}");
    }
    Ok(())
}

#[tokio::test]
async fn a_head_that_cannot_be_is_an_error_and_no_panic() -> Result {
    let written = Written::new().await?;
    for damage in ["root = x'00'", "size = -1", "at = -1", "ledger = x'00'", "tenant = x'00'"] {
        let damaged = written.copy()?;
        let update = format!("UPDATE ledgers SET {damage} WHERE name = 'acme-msp';");
        sql(&damaged.database(), &update)?;
        let Err(error) = damaged.verify().await.and_then(|verdict| Ok(verdict?)) else {
            panic!("{damage} went unnoticed")
        };
        assert!(!error.to_string().is_empty(), "{damage}");
    }
    Ok(())
}

#[tokio::test]
async fn nothing_is_written_behind_a_damaged_head() -> Result {
    let written = Written::new().await?;
    for damage in ["root = zeroblob(32)", "frontier = x''", "size = size - 1", "size = size + 1"] {
        let damaged = written.copy()?;
        let update = format!("UPDATE ledgers SET {damage} WHERE name = 'acme-msp';");
        sql(&damaged.database(), &update)?;
        let engine = damaged.open().await?;
        let tenant = engine.find_tenant("acme-msp").await?.ok_or("the tenant is gone")?;
        let register = readmit::RegisterCustomer::new("carol@example.com");
        let answer = tenant.execute(&readmit::Actor::system(), register).await;
        assert!(kind(&answer).starts_with("failed: "), "{damage}: {}", kind(&answer));
        // The neighbour is not concerned.
        let other = engine.find_tenant("other-msp").await?.ok_or("the neighbour is gone")?;
        let register = readmit::RegisterCustomer::new("carol@example.com");
        other.execute(&readmit::Actor::system(), register).await?;
        engine.close().await;
        let count = with_names("SELECT count(*) FROM events WHERE ledger = OURS;");
        assert_eq!(sql(&damaged.database(), &count)?.trim(), SIZE.to_string(), "{damage}");
    }
    Ok(())
}

/// The limit of what a database can prove about itself. Whoever can write all of it can cut it
/// back to any earlier state; a head that was remembered elsewhere gives them away.
#[tokio::test]
async fn a_cut_tail_with_its_head_is_not_visible() -> Result {
    let written = Written::new().await?;
    let damaged = written.copy()?;
    let cut = format!(
        "DELETE FROM events WHERE ledger = OURS AND position >= {EARLIER}; \
         DELETE FROM private WHERE ledger = OURS AND position >= {EARLIER}; \
         DELETE FROM checkpoints WHERE ledger = OURS AND size > {EARLIER}; \
         UPDATE ledgers SET (size, at, root, frontier) = ({}) WHERE name = 'acme-msp';",
        written.earlier_head
    );
    sql(&damaged.database(), &with_names(&cut))?;
    let verified = match damaged.verify().await? {
        Ok(verified) => verified,
        Err(VerifyError::Broken(found)) => panic!("how can this be known? {found}"),
        Err(error) => return Err(error.into()),
    };
    // Yet to whoever remembers the head it is plain: smaller, and another root.
    assert_eq!(verified.size, EARLIER);
    assert!(verified.size < written.verified.size && verified.root != written.verified.root);
    Ok(())
}
