//! Whether the ledger holds together: how far that is signed, and what only a kept checkpoint shows.

use std::time::Duration;

use axum::http::Method;
use readmit_tests::sqlite::sql;
use readmit_tests::{House, Result};

use super::{alice, audrey, recovered};
use crate::office::Office;
use crate::visit::{Screen, Visitor};

/// Longer than the second after which a ledger that has changed is signed.
const UNTIL_SIGNED: Duration = Duration::from_millis(1_500);

const OURS: &str = "(SELECT ledger FROM ledgers WHERE name = 'acme-msp')";

/// Does something to the database behind everybody's back.
fn in_sql(office: &Office, text: &str) -> Result<String> {
    let house: &House = office.as_ref();
    sql(&house.database(), text)
}

/// Has the ledger checked anew.
async fn check(audrey: &Visitor<'_>) -> Screen {
    let screen = audrey.open("/audit").await.expect(200, "/audit");
    audrey.send(&screen, "/audit/verify", &[]).await.expect(200, "/audit")
}

/// Compares the ledger with a checkpoint.
async fn compare(audrey: &Visitor<'_>, checkpoint: &str) -> Screen {
    let screen = audrey.open("/audit").await.expect(200, "/audit");
    // As browsers send the lines of a form.
    let typed = checkpoint.replace('\n', "\r\n");
    audrey.send(&screen, "/audit/verify", &[("checkpoint", &typed)]).await
}

async fn checkpoint(audrey: &Visitor<'_>) -> String {
    audrey.ask(Method::GET, "/audit/checkpoint", String::new()).await.expect(200).text()
}

#[tokio::test]
async fn the_ledger_is_verified_and_says_how_many_events_and_which_root() -> Result {
    let (office, _) = recovered().await?;
    let audrey = audrey(&office).await;
    let screen = audrey.open("/audit").await.expect(200, "/audit");
    let size = office.size().await;
    let screen = audrey.send(&screen, "/audit/verify", &[]).await.expect(200, "/audit");
    let told = screen.all(".banner-good h2").join(" ");
    // Asking for it was an event, which the verification has seen.
    let root = screen.all(".banner-good code").join(" ");
    assert!(told.starts_with(&format!("Verified: {} events", size + 1)), "{told}");
    assert_eq!(root.len(), 64, "{root}");
    assert!(screen.main().contains("checked 0 s ago"), "{}", screen.main());
    // The pictures have their twins.
    let row = screen.all("details table tbody tr");
    assert!(row.iter().any(|row| row == "recovery_admin@msp.example1100"), "{row:?}");
    assert_eq!(screen.all("svg rect[class^=heat]").len(), 7 * 24 + 3);
    audrey.open("/audit?days=90").await.expect(200, "/audit?days=90");
    audrey.open("/audit?days=31").await.expect(400, "/audit?days=31");
    Ok(())
}

#[tokio::test]
async fn the_banner_says_how_far_the_ledger_is_signed() -> Result {
    let (office, _) = recovered().await?;
    let audrey = audrey(&office).await;
    let screen = audrey.open("/audit").await.expect(200, "/audit");
    tokio::time::sleep(UNTIL_SIGNED).await;
    let signed = office.size().await;
    // Asking for it is an event that is signed a second later.
    let some = audrey.send(&screen, "/audit/verify", &[]).await;
    let told = some.all(".banner-good").join(" ");
    let first = format!("Signed are the first {signed}; the last one is not yet");
    assert!(told.contains(&first), "{told}");
    assert!(told.contains("together with the checkpoints of it"), "{told}");

    tokio::time::sleep(UNTIL_SIGNED).await;
    in_sql(&office, &format!("DELETE FROM checkpoints WHERE ledger = {OURS};"))?;
    let none = audrey.send(&screen, "/audit/verify", &[]).await;
    assert!(!none.has(".banner-good"), "{}", none.main());
    let told = none.all(".banner-warn h2").join(" ");
    assert!(told.starts_with("Not signed: "), "{told}");
    Ok(())
}

#[tokio::test]
async fn the_first_event_that_was_changed_is_told() -> Result {
    let (office, _) = recovered().await?;
    let audrey = audrey(&office).await;
    let history = office.tenant.history(alice(&office).await?).await?;
    let granted = history.iter().find(|event| event.event.name() == "BypassGranted");
    let position = granted.ok_or("nothing was granted")?.position;
    let change =
        format!("UPDATE events SET version = 99 WHERE ledger = {OURS} AND position = {position};");
    in_sql(&office, &change)?;
    let told = check(&audrey).await;
    let heading = told.all(".banner-bad h2").join(" ");
    assert!(heading.ends_with(&format!("event #{position}")), "{heading}");
    assert!(!told.has(".banner-good"), "{}", told.main());
    // Whether it goes on from a checkpoint says nothing of such a ledger.
    let kept = checkpoint(&audrey).await;
    let compared = compare(&audrey, &kept).await;
    assert!(compared.has("#compared.banner-warn"), "{}", compared.main());
    Ok(())
}

#[tokio::test]
async fn a_ledger_that_goes_on_from_a_kept_checkpoint_agrees_with_it() -> Result {
    let (office, _) = recovered().await?;
    let audrey = audrey(&office).await;
    let kept = checkpoint(&audrey).await;
    let size = office.size().await;
    let told = compare(&audrey, &kept).await.expect(200, "/audit/verify");
    let says = told.all("#compared.banner-good").join(" ");
    assert!(says.starts_with(&format!("It agrees: the {size} events")), "{says}");

    let unreadable = compare(&audrey, &kept[..kept.len() / 2]).await;
    let unreadable = unreadable.expect(422, "/audit/verify");
    assert!(unreadable.has("#checkpoint[aria-invalid=true]"), "{}", unreadable.main());
    let named = unreadable.attribute("#checkpoint", "aria-describedby");
    assert_eq!(named.as_deref(), Some("checkpoint-hint checkpoint-error"));
    assert!(unreadable.all("#checkpoint-error").join(" ").contains("no signed checkpoint"));
    assert!(!unreadable.has("#compared"));

    let other = office.engine.tenant("other-msp").await?.checkpoint().await?.to_string();
    let told = compare(&audrey, &other).await;
    let says = told.all("#compared.banner-bad").join(" ");
    assert!(says.contains("one of another ledger"), "{says}");
    Ok(())
}

/// Cuts the ledger back to an earlier head, as whoever can write all of the database can.
fn cut(office: &Office, head: &str, size: u64) -> Result {
    let cut = format!(
        "DELETE FROM events WHERE ledger = {OURS} AND position >= {size}; \
         DELETE FROM private WHERE ledger = {OURS} AND position >= {size}; \
         DELETE FROM checkpoints WHERE ledger = {OURS} AND size > {size}; \
         UPDATE ledgers SET (size, at, root, frontier) = ({head}) WHERE name = 'acme-msp';"
    );
    in_sql(office, &cut)?;
    Ok(())
}

#[tokio::test]
async fn an_end_that_was_cut_off_with_its_checkpoints_is_seen_beside_a_kept_one() -> Result {
    let (office, _) = recovered().await?;
    let audrey = audrey(&office).await;
    audrey.open("/audit").await.expect(200, "/audit");
    let size = office.size().await;
    let head = "SELECT size || ',' || at || ',x''' || hex(root) || ''',x''' || hex(frontier) \
        || '''' FROM ledgers WHERE name = 'acme-msp';";
    let head = in_sql(&office, head)?.trim().to_owned();
    let look = async |times: usize| {
        for _ in 0..times {
            let keys = audrey.ask(Method::GET, "/audit/vkey", String::new()).await;
            keys.expect(200);
        }
    };
    look(9).await;
    let kept = checkpoint(&audrey).await;
    cut(&office, &head, size)?;
    let told = compare(&audrey, &kept).await.expect(200, "/audit/verify");
    let says = told.all("#compared.banner-bad").join(" ");
    assert!(says.contains("The ledger is shorter than your checkpoint"), "{says}");
    // The database alone shows nothing of it.
    assert!(!told.main().contains("Not verified"), "{}", told.main());

    // Once it is as long again, it is not the same.
    look(9).await;
    let told = compare(&audrey, &kept).await.expect(200, "/audit/verify");
    let says = told.all("#compared.banner-bad").join(" ");
    assert!(says.contains("its history was written anew"), "{says}");
    Ok(())
}
