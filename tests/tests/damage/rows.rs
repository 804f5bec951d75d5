//! Events that were changed, deleted, inserted, swapped or duplicated.

use readmit_tests::Result;
use readmit_tests::sqlite::sql;

use crate::{SIZE, Written, with_names};

/// Each damage, and what is found first.
async fn assert_found(cases: &[(&str, u64, &str)]) -> Result {
    let written = Written::new().await?;
    let mut wrong = Vec::new();
    for (damage, position, what) in cases {
        let found = written.after(damage).await?;
        if found != Some((*position, *what)) {
            wrong.push(format!("{damage}\n  expected {what} at {position}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn a_changed_column_is_found_where_it_is() -> Result {
    assert_found(&[
        (
            "UPDATE events SET stream = zeroblob(16) WHERE ledger = OURS AND position = 8;",
            8,
            "stream in the body",
        ),
        (
            "UPDATE events SET version = 99 WHERE ledger = OURS AND position = 8;",
            8,
            "version in the body",
        ),
        ("UPDATE events SET position = 99 WHERE ledger = OURS AND position = 15;", 15, "position"),
        ("UPDATE events SET ledger = OTHER WHERE ledger = OURS AND position = 9;", 9, "position"),
    ])
    .await
}

#[tokio::test]
async fn a_changed_body_is_found() -> Result {
    let replace = |old: &str, new: &str, position: u64| {
        format!(
            "UPDATE events SET body = CAST(replace(BODY, '{old}', '{new}') AS BLOB) \
             WHERE ledger = OURS AND position = {position};"
        )
    };
    assert_found(&[
        // It fits its columns still, so that the root alone tells.
        (&replace("INC-4711", "INC-4712", 11), SIZE, "root of the checkpoint"),
        (&replace("\"max_uses\":1", "\"max_uses\":5", 11), SIZE, "root of the checkpoint"),
        (&replace("\"schema\":1", "\"schema\" :1", 11), SIZE, "root of the checkpoint"),
        (&replace("\"position\":11", "\"position\":12", 11), 11, "position in the body"),
        (&replace("\"version\":5", "\"version\":6", 11), 11, "version in the body"),
        (&replace("\"ledger\":\"led_0", "\"ledger\":\"led_1", 11), 11, "ledger in the body"),
        (&replace("\"stream\":\"cus_", "\"stream\":\"adm_", 11), 11, "version in its stream"),
        (&replace("BypassGranted", "BypassGiven", 11), 11, "body"),
        (&replace("\"until\"", "\"unitl\"", 11), 11, "body"),
        (&replace("{", "[", 11), 11, "body"),
        // 2026-11-24T… (`START`) becomes the year before, or after.
        (&replace("\"at\":\"2026", "\"at\":\"2025", 11), 11, "time"),
        (&replace("\"at\":\"2026", "\"at\":\"2027", 11), 12, "time"),
        ("UPDATE events SET body = x'' WHERE ledger = OURS AND position = 3;", 3, "body"),
        ("UPDATE events SET body = x'ff' WHERE ledger = OURS AND position = 0;", 0, "body"),
        (
            "UPDATE events SET body = CAST(BODY || ' ' AS BLOB) WHERE ledger = OURS AND position = 3;",
            SIZE,
            "root of the checkpoint",
        ),
        (
            "UPDATE events SET body = CAST(replace(BODY, '\"version\":5', '\"version\":6') AS BLOB), \
             version = 6 WHERE ledger = OURS AND position = 11;",
            11,
            "version in its stream",
        ),
    ])
    .await
}

#[tokio::test]
async fn a_deleted_event_is_found_where_it_was() -> Result {
    assert_found(&[
        ("DELETE FROM events WHERE ledger = OURS AND position = 0;", 0, "position"),
        ("DELETE FROM events WHERE ledger = OURS AND position = 8;", 8, "position"),
        ("DELETE FROM events WHERE ledger = OURS AND position IN (8, 9);", 8, "position"),
        ("DELETE FROM events WHERE ledger = OURS AND position = 15;", 15, "event"),
        ("DELETE FROM events WHERE ledger = OURS AND position >= 12;", 12, "event"),
        ("DELETE FROM events WHERE ledger = OURS;", 0, "event"),
        // The ones behind it close the gap.
        (
            "DELETE FROM events WHERE ledger = OURS AND position = 8; \
             UPDATE events SET position = position - 1 WHERE ledger = OURS AND position = 9; \
             UPDATE events SET position = position - 1 WHERE ledger = OURS AND position = 10;",
            8,
            "position in the body",
        ),
    ])
    .await
}

#[tokio::test]
async fn an_inserted_or_duplicated_event_is_found() -> Result {
    assert_found(&[
        (
            "INSERT INTO events SELECT ledger, 16, stream, 99, body FROM events \
             WHERE ledger = OURS AND position = 11;",
            SIZE,
            "event",
        ),
        (
            "INSERT INTO events SELECT ledger, 1000000, stream, 99, body FROM events \
             WHERE ledger = OURS AND position = 11;",
            1_000_000,
            "event",
        ),
        (
            "INSERT INTO events VALUES (OURS, 16, zeroblob(16), 1, x'7b7d');",
            SIZE,
            "event",
        ),
        // In the place of another.
        (
            "UPDATE events SET body = (SELECT body FROM events WHERE ledger = OURS AND position = 7) \
             WHERE ledger = OURS AND position = 12;",
            12,
            "position in the body",
        ),
        // From another tenant.
        (
            "UPDATE events SET body = (SELECT body FROM events WHERE ledger = OTHER) \
             WHERE ledger = OURS AND position = 0;",
            0,
            "ledger in the body",
        ),
    ])
    .await
}

/// Streams are read by version: such a row would count, although no position leads to it.
#[tokio::test]
async fn an_event_before_the_beginning_is_found() -> Result {
    let written = Written::new().await?;
    let forged = "INSERT INTO events SELECT ledger, -1, stream, version + 1, \
        CAST(replace(BODY, '\"version\":5', '\"version\":6') AS BLOB) FROM events \
        WHERE ledger = OURS AND position = 11;";
    let moved = "UPDATE events SET position = -1 WHERE ledger = OURS AND position = 11;";
    for damage in [forged, moved] {
        let damaged = written.copy()?;
        sql(&damaged.database(), &with_names(damage))?;
        let engine = damaged.open().await?;
        let tenant = engine.find_tenant("acme-msp").await?.ok_or("the tenant is gone")?;
        let account = tenant.account(written.alice).await;
        assert!(account.is_err(), "an event of nowhere was folded: {account:?}");
        let verdict = tenant.verify().await;
        let Err(error) = verdict else { panic!("an event of nowhere was not found: {verdict:?}") };
        assert!(error.to_string().contains("position"), "{error}");
        engine.close().await;
    }
    Ok(())
}

#[tokio::test]
async fn swapped_events_are_found() -> Result {
    let swap = |column: &str, one: u64, other: u64| {
        let at = |position: u64| {
            format!("(SELECT {column} FROM events WHERE ledger = OURS AND position = {position})")
        };
        format!(
            "CREATE TEMP TABLE kept AS SELECT {} AS one, {} AS other; \
             UPDATE events SET {column} = (SELECT other FROM kept) WHERE ledger = OURS AND position = {one}; \
             UPDATE events SET {column} = (SELECT one FROM kept) WHERE ledger = OURS AND position = {other};",
            at(one),
            at(other),
        )
    };
    let positions = "UPDATE events SET position = -3 WHERE ledger = OURS AND position = 3; \
        UPDATE events SET position = 3 WHERE ledger = OURS AND position = 4; \
        UPDATE events SET position = 4 WHERE ledger = OURS AND position = -3;";
    let numbers = |position: u64, number: u64, other: u64| {
        format!(
            "UPDATE events SET body = CAST(replace(BODY, '\"position\":{number}', \
             '\"position\":{other}') AS BLOB) WHERE ledger = OURS AND position = {position};"
        )
    };
    // Both as if they had been written in the other order: one second, two streams.
    let well = [swap("body", 10, 7), numbers(7, 10, 7), numbers(10, 7, 10)];
    assert_found(&[
        (positions, 3, "position in the body"),
        (&swap("body", 3, 4), 3, "position in the body"),
        (&swap("body", 8, 13), 8, "position in the body"),
        (&well.concat(), 7, "version in the body"),
    ])
    .await
}
