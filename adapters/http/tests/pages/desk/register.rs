//! The register of exceptions, on a page and as a file.

use axum::http::Method;
use readmit::Role;
use readmit_tests::Result;

use super::{audrey, recovered};

#[tokio::test]
async fn the_register_is_filtered_by_its_address_and_taken_along_as_csv() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    let rows = async |query: &str| {
        let path = format!("/audit/recoveries{query}");
        audrey.open(&path).await.expect(200, &path).all("table tbody tr")
    };
    let all = rows("").await;
    assert!(all[0].contains("alice@example.com") && all[0].contains("Completed"), "{all:?}");
    assert!(all[0].contains("INC-4711") && all[0].contains("Lost device"), "{all:?}");
    let bob = office.staff[&Role::RecoveryAdmin].id;
    assert_eq!(rows(&format!("?from=&to=&reason=lost_device&admin={bob}")).await.len(), 1);
    for query in ["?ended=revoked", "?profile=strict", "?to=2020-01-01", "?reason=other"] {
        assert_eq!(rows(query).await, [""; 0], "{query}");
    }
    audrey.open("/audit/recoveries?ended=soon").await.expect(400, "/audit/recoveries?ended=soon");

    let file = audrey.ask(Method::GET, "/audit/recoveries.csv", String::new()).await.expect(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("acme-msp-recoveries.csv"));
    let text = file.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with(r#""recovery","account","account id","requested by""#));
    assert!(lines[1].starts_with(&format!(r#""{recovery}","alice@example.com""#)), "{text}");
    let none = audrey.ask(Method::GET, "/audit/recoveries.csv?ended=denied", String::new()).await;
    assert_eq!(none.text().lines().count(), 1);
    Ok(())
}

#[tokio::test]
async fn what_waits_for_an_auditor_is_found_until_it_is_signed_off_and_then_marked() -> Result {
    let (office, recovery) = recovered().await?;
    let bert = office.customer("bert@example.com").await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    office.grant(&bert.id, &bob).await.expect(201);
    let audrey = audrey(&office).await;
    let rows = async |query: &str| {
        let path = format!("/audit/recoveries?{query}");
        let rows = audrey.open(&path).await.expect(200, &path).all("table tbody tr");
        let name = |row: &String| row.split('@').next().unwrap_or_default().to_owned();
        (rows.iter().map(name).collect::<Vec<_>>(), rows.join("; "))
    };
    assert_eq!(rows("").await.0, ["bert", "alice"]);
    assert_eq!(rows("ended=open").await.0, ["bert"]);
    assert_eq!(rows("review=none").await.0, ["alice"], "what is open waits for nobody");

    let path = format!("/audit/recoveries/{recovery}");
    let case = audrey.open(&path).await;
    let review = format!("{path}/review");
    audrey.send(&case, &review, &[("verdict", "accepted")]).await.expect(200, &path);
    assert_eq!(rows("review=none").await.0, [""; 0]);
    let (found, told) = rows("review=accepted&ended=completed").await;
    assert_eq!(found, ["alice"]);
    assert!(told.contains("Signed off: in order"), "{told}");
    assert_eq!(rows("review=questioned").await.0, [""; 0]);

    // What is chosen stays chosen, and goes into the file.
    let chosen = audrey.open("/audit/recoveries?review=accepted").await;
    assert_eq!(chosen.all("main [aria-current=true]"), ["All", "In order"]);
    assert_eq!(
        chosen.link("Open").as_deref(),
        Some("/audit/recoveries?ended=open&review=accepted")
    );
    let file = chosen.link("CSV").ok_or("no file")?;
    let file = audrey.ask(Method::GET, &file, String::new()).await.expect(200).text();
    let lines: Vec<&str> = file.lines().collect();
    assert!(lines[0].ends_with(r#","signed off""#), "{file}");
    assert!(lines.len() == 2 && lines[1].ends_with(r#","ended","in order""#), "{file}");
    for path in ["/audit/recoveries?review=good", "/audit/recoveries.csv?to=soon"] {
        audrey.open(path).await.expect(400, path);
    }
    Ok(())
}
