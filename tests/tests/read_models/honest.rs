//! Whoever changes a read model is found out, and whoever deletes it loses nothing.

use readmit::{CustomerQuery, DisableMfa, Policy, RegenerateCodes, StoreErrorKind};
use readmit_tests::sqlite::sql;
use readmit_tests::{House, Msp, Result};

use crate::{assert_honest, read_file, remove};

async fn story(house: &House) -> Result<Msp> {
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    msp.grant(alice).await?;
    let recovering = msp.recovering(alice, msp.redeem(alice).await?);
    msp.tenant.execute(&recovering, DisableMfa::new(alice)).await?;
    msp.enrol(alice.into(), &recovering).await?;
    msp.tenant.execute(&recovering, RegenerateCodes::new(alice)).await?;
    let carol = msp.equip("carol@example.com").await?.id;
    msp.grant(carol).await?;
    assert_honest(&msp).await?;
    Ok(msp)
}

/// What is done to a table; in which read model, table and column it is found.
const DAMAGES: [(&str, &str, &str, Option<&str>); 13] = [
    (
        "UPDATE customers_1 SET login = 'm' WHERE login LIKE 'al%'",
        "customers",
        "customers",
        Some("login"),
    ),
    (
        "UPDATE customers_1 SET state = replace(state, '\"frozen\":false', '\"frozen\":true')",
        "customers",
        "customers",
        Some("state"),
    ),
    ("DELETE FROM customers_1 WHERE login LIKE 'carol%'", "customers", "customers", None),
    ("DELETE FROM customer_words_1 WHERE word = 'carol'", "customers", "customer_words", None),
    (
        "UPDATE recoveries_1 SET profile = 'strict' WHERE ended = ''",
        "recoveries",
        "recoveries",
        Some("profile"),
    ),
    ("DELETE FROM recoveries_1 WHERE ended = ''", "recoveries", "recoveries", None),
    (
        "UPDATE timeline_1 SET who = 'x' WHERE event = 'BypassGranted'",
        "timeline",
        "timeline",
        Some("who"),
    ),
    (
        "INSERT INTO timeline_1 SELECT ledger, position + 1000, at, stream, account, recovery, \
         event, who, sentence FROM timeline_1 LIMIT 1",
        "timeline",
        "timeline",
        None,
    ),
    (
        "UPDATE activity_1 SET count = count + 1 WHERE event = 'BypassGranted'",
        "activity",
        "activity",
        Some("count"),
    ),
    ("UPDATE activity_spans_1 SET seconds = 7", "activity", "activity_spans", Some("seconds")),
    (
        "UPDATE alert_teams_1 SET state = replace(state, '1', '2')",
        "alerts",
        "alert_teams",
        Some("state"),
    ),
    ("DELETE FROM alert_accounts_1", "alerts", "alert_accounts", None),
    ("DELETE FROM activity_cases_1", "activity", "activity_cases", None),
];

#[tokio::test]
async fn a_row_that_was_changed_added_or_deleted_is_named() -> Result {
    let house = House::new()?;
    let msp = story(&house).await?;
    msp.engine.close().await;
    let file = read_file(&house);
    let whole = std::fs::read(&file)?;
    for (damage, model, table, column) in DAMAGES {
        remove(&file)?;
        std::fs::write(&file, &whole)?;
        sql(&file, damage)?;
        let msp = msp.through(house.open().await?).await?;
        let (_, difference) = msp.tenant.compare_read_models().await?;
        let difference = difference.ok_or_else(|| format!("nothing was found: {damage}"))?;
        let found = (difference.model.name(), difference.table, difference.column);
        assert_eq!(found, (model, table, column), "{damage}: {difference:?}");
        msp.engine.rebuild_read_model(difference.model, |_, _| {}).await?;
        assert_honest(&msp).await?;
        msp.engine.close().await;
    }
    Ok(())
}

#[tokio::test]
async fn deleting_the_read_database_and_starting_again_gives_the_same_tables() -> Result {
    let house = House::new()?;
    let msp = story(&house).await?;
    let before = msp.customers().await?;
    let cases = msp.recoveries().await?;
    msp.engine.close().await;
    remove(&read_file(&house))?;
    let msp = msp.through(house.open().await?).await?;
    assert_eq!(msp.customers().await?, before);
    assert_eq!(msp.recoveries().await?, cases);
    assert_honest(&msp).await
}

#[tokio::test]
async fn a_read_database_that_is_damaged_says_what_to_do_and_holds_nothing_up() -> Result {
    let house = House::new()?;
    let msp = story(&house).await?;
    msp.engine.close().await;
    let file = read_file(&house);
    remove(&file)?;
    std::fs::write(&file, [b'x'; 5_000])?;
    let msp = msp.through(house.open().await?).await?;
    let error = msp.tenant.views().await.err().ok_or("rubbish was opened")?;
    assert!(error.to_string().contains("delete it"), "{error}");
    msp.equip("dave@example.com").await?;
    msp.tenant.verify().await?;
    remove(&file)?;
    assert_honest(&msp).await
}

#[tokio::test]
async fn a_file_that_is_not_ours_is_not_written_to() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let file = read_file(&house);
    // Somebody's ledger, for instance.
    std::fs::copy(house.database(), &file)?;
    let before = std::fs::read(&file)?;
    let error = msp.tenant.views().await.err().ok_or("it was opened")?;
    assert!(error.to_string().contains("left as it was"), "{error}");
    assert_eq!(std::fs::read(&file)?, before);
    let kind = match error {
        readmit::Error::Failed(readmit::Failure::Store(error)) => error.kind(),
        other => return Err(other.into()),
    };
    assert_eq!(kind, StoreErrorKind::NotOurs);
    Ok(())
}

#[tokio::test]
async fn a_ledger_that_was_restored_from_a_backup_is_read_anew() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    msp.equip("alice@example.com").await?;
    msp.engine.close().await;
    let backup = std::fs::read(house.database())?;
    let msp = msp.through(house.open().await?).await?;
    msp.equip("lost@example.com").await?;
    assert_honest(&msp).await?;
    msp.engine.close().await;

    remove(&house.database())?;
    std::fs::write(house.database(), backup)?;
    let msp = msp.through(house.open().await?).await?;
    // It grows beyond what it was, with another history.
    for login in ["one@example.com", "two@example.com", "three@example.com"] {
        msp.equip(login).await?;
    }
    let views = msp.tenant.views().await?;
    views.caught_up().await?;
    assert_honest(&msp).await?;
    let lost = views.customers(&CustomerQuery::new().search("lost")).await?;
    assert_eq!(lost.items, []);
    Ok(())
}
