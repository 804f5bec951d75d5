//! Lists: searched, filtered, page by page, as new as asked for.

use readmit::{Role, Seconds};
use readmit_tests::Result;
use serde_json::json;

use crate::office::Office;

async fn register(office: &Office, count: usize) -> String {
    let mut position = String::new();
    for n in 0..count {
        let body = json!({"login": format!("customer{n:02}@example.com"), "name": format!("Customer No. {n}")});
        let done = office.post("/api/v1/customers", &office.service, body).await.expect(201);
        done.header("ledger-position").clone_into(&mut position);
    }
    position
}

#[tokio::test]
async fn pages_follow_one_another_by_their_links_without_a_gap_or_a_double() -> Result {
    let office = Office::open().await?;
    let seen = register(&office, 23).await;
    let mut next = format!("/api/v1/customers?limit=5&q=customer&seen={seen}");
    let mut logins = Vec::new();
    let mut pages = 0;
    while !next.is_empty() {
        let page = office.get(&next, &office.service).await.expect(200);
        let items = page.json()["items"].as_array().cloned().unwrap_or_default();
        logins.extend(items.iter().filter_map(|item| item["login"].as_str().map(str::to_owned)));
        let link = page.header("link");
        assert_eq!(link.is_empty(), page.json()["next"].is_null());
        next = link
            .strip_prefix('<')
            .and_then(|it| it.split_once('>'))
            .map_or("", |it| it.0)
            .to_owned();
        pages += 1;
    }
    // What is searched for comes in the order of the words found.
    logins.sort_unstable();
    let expected: Vec<String> = (0..23).map(|n| format!("customer{n:02}@example.com")).collect();
    assert_eq!((pages, logins), (5, expected));
    Ok(())
}

#[tokio::test]
async fn a_list_knows_of_a_command_whose_position_it_is_given() -> Result {
    let office = Office::open().await?;
    for n in 0..20 {
        let body = json!({"login": format!("new{n}@example.com")});
        let done = office.post("/api/v1/customers", &office.service, body).await.expect(201);
        let seen = done.header("ledger-position");
        let page =
            office.get(&format!("/api/v1/customers?q=new{n}&seen={seen}"), &office.service).await;
        assert_eq!(page.expect(200).json()["items"].as_array().map(Vec::len), Some(1), "{n}");
    }
    let future = office.get("/api/v1/customers?seen=999999", &office.service).await.expect(400);
    assert_eq!(future.field(), "seen");
    Ok(())
}

#[tokio::test]
async fn a_customer_is_shown_as_they_were() -> Result {
    let office = Office::open().await?;
    let alice = office.customer("alice@example.com").await?;
    let path = format!("/api/v1/customers/{}", alice.id);
    let now = office.get(&path, &office.monitor).await.expect(200).json();
    assert_eq!((&now["mfa"], &now["codes_left"]), (&json!("on"), &json!(10)));
    let last = office.size().await - 1;
    let timeline = format!("{path}/timeline?seen={last}");
    let timeline = office.get(&timeline, &office.monitor).await.expect(200).json();
    let first = timeline["items"][0].clone();
    assert_eq!(first["event"], "CustomerRegistered");
    let position = first["position"].as_u64().unwrap();
    let then =
        office.get(&format!("{path}?position={position}"), &office.monitor).await.expect(200);
    assert_eq!((&then.json()["mfa"], &then.json()["version"]), (&json!("not_set_up"), &json!(1)));
    // The clock stood still all the while: a moment before is one at which there was nobody.
    let at = office.engine.now().to_string();
    office.clock.advance(Seconds(1));
    let freeze = format!("{path}/report-unrecognised");
    office.post(&freeze, &office.service, json!({})).await.expect(204);
    let now = office.get(&path, &office.monitor).await.expect(200);
    let then = office.get(&format!("{path}?at={at}"), &office.monitor).await.expect(200);
    assert_eq!((&now.json()["frozen"], &then.json()["frozen"]), (&json!(true), &json!(false)));
    office.get(&format!("{path}?at=1999-01-01T00:00:00Z"), &office.monitor).await.expect(404);
    office.get(&format!("{path}?position=99999"), &office.monitor).await.expect(400);
    office.get(&format!("{path}?at={at}&position=1"), &office.monitor).await.expect(400);
    Ok(())
}

#[tokio::test]
async fn open_bypasses_and_those_that_ended_are_listed() -> Result {
    let office = Office::open().await?;
    let (alice, carol) =
        (office.customer("alice@example.com").await?, office.customer("carol@example.com").await?);
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let granted = office.grant(&alice.id, &bob).await.expect(201);
    let bypass = granted.text_of("bypass");
    office.grant(&carol.id, &bob).await.expect(201);
    let revoked = office.act(&format!("/api/v1/bypasses/{bypass}/revoke"), &bob).await.expect(204);
    let seen = revoked.header("ledger-position").to_owned();
    for (query, whose) in [
        ("/bypasses?", &carol.id),
        ("/bypasses?state=open&", &carol.id),
        ("/bypasses?state=revoked&", &alice.id),
        ("/recoveries?ended=revoked&reason=lost_device&", &alice.id),
        (&format!("/recoveries?account={}&", carol.id), &carol.id),
    ] {
        let page = office.get(&format!("/api/v1{query}seen={seen}"), &bob).await.expect(200).json();
        let items = page["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(items.len(), 1, "{query}");
        assert_eq!(items[0]["account"], whose.as_str(), "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn an_auditor_who_reads_history_leaves_an_event_and_nobody_else_does() -> Result {
    let office = Office::open().await?;
    let alice = office.customer("alice@example.com").await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let size = office.size().await;
    for path in [
        "/recoveries".to_owned(),
        "/bypasses".to_owned(),
        format!("/customers/{}/timeline", alice.id),
    ] {
        office.get(&format!("/api/v1{path}"), &bob).await.expect(200);
    }
    assert_eq!(office.size().await, size);
    for path in [
        "/recoveries".to_owned(),
        "/bypasses".to_owned(),
        format!("/customers/{}/timeline", alice.id),
        "/ledger/events".to_owned(),
    ] {
        office.get(&format!("/api/v1{path}"), &office.monitor).await.expect(200);
    }
    assert_eq!(office.size().await, size + 4);
    // A monitor that follows the ledger must not make it grow.
    office.get("/api/v1/ledger/checkpoint", &office.monitor).await.expect(200);
    assert_eq!(office.size().await, size + 4);
    Ok(())
}
