//! What is printed and signed, and what is drawn by a seed.

use axum::http::Method;
use futures_util::future::try_join_all;
use readmit::{
    Actor, ConfirmEnrolment, GrantBypass, Reason, RegisterCustomer, Role, StartEnrolment,
};
use readmit_tests::{Phone, Result};

use super::{audrey, looked_at, recovered, recovered_by};
use crate::office::Office;
use crate::sign_in::staff;
use crate::visit::Visitor;

#[tokio::test]
async fn the_report_has_every_case_and_who_held_which_roles() -> Result {
    let (office, _) = recovered().await?;
    let audrey = audrey(&office).await;
    let screen = audrey.open("/audit/report").await.expect(200, "/audit/report");
    let told = screen.main();
    assert!(told.contains("1: 1 completed, 0 expired"), "{told}");
    assert!(told.contains("Nobody did alone what takes two."), "{told}");
    let rows = screen.all("table tbody tr");
    assert!(rows.iter().any(|row| row.contains("alice@example.com")), "{rows:?}");
    assert!(rows.iter().any(|row| row.contains("owner@msp.example")), "{rows:?}");
    assert!(rows.iter().any(|row| row.contains("login service (API key)")), "{rows:?}");
    assert!(screen.has(".banner-good h2"), "{told}");
    let empty = audrey.open("/audit/report?from=2020-01-01&to=2020-01-31").await;
    assert!(empty.main().contains("No recovery began in this period."));
    audrey.open("/audit/report?from=soon").await.expect(400, "/audit/report?from=soon");
    Ok(())
}

#[tokio::test]
async fn a_sample_is_drawn_again_from_its_address() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    let form = audrey.open("/audit/sample").await.expect(200, "/audit/sample");
    assert!(!form.has("table"));
    let drawn = audrey.open("/audit/sample?seed=dice+4+2+6&count=5&from=&to=").await;
    assert!(drawn.path.contains("before="), "{}", drawn.path);
    assert!(drawn.main().contains("1 of 1 cases"), "{}", drawn.main());
    let hash = drawn.attribute("td code", "title").ok_or("no hash")?;
    let expected = readmit::reports::draw("dice 4 2 6", [recovery.parse()?], 1);
    assert_eq!(hash, expected[0].draw.to_string());
    assert!(drawn.main().contains("readmit recovery sample 5 --seed 'dice 4 2 6'"));
    // What begins later does not belong to it.
    let bob = office.customer("bob@example.com").await?;
    let admin = office.sign_in(Role::RecoveryAdmin).await;
    office.grant(&bob.id, &admin).await.expect(201);
    let again = audrey.open(&drawn.path).await.expect(200, &drawn.path);
    assert!(again.main().contains("1 of 1 cases"), "{}", again.main());
    let wrong = "/audit/sample?seed=x&count=0";
    audrey.open(wrong).await.expect(400, wrong);
    Ok(())
}

/// Lets so many customers in, all at once.
async fn let_in(office: &Office, customers: usize) -> Result {
    let tenant = &office.tenant;
    let bob = Actor::admin(office.staff[&Role::RecoveryAdmin].id);
    let one = async |number: usize| -> Result {
        let register = RegisterCustomer::new(format!("customer-{number:03}@example.com").as_str());
        let id = tenant.execute(&Actor::system(), register).await?.customer;
        let own = Actor::customer(id);
        let started = tenant.execute(&own, StartEnrolment::new(id)).await?;
        let phone = Phone::typed_in(started.secret.as_ref().ok_or("no secret")?)?;
        let code = phone.code_before(office.engine.now())?;
        tenant.execute(&own, ConfirmEnrolment::new(id, started.device, code)).await?;
        let bob = bob.clone().vouched_second_factor(office.engine.now());
        let grant = GrantBypass::new(id).for_minutes(60).reason(Reason::LostDevice);
        tenant.execute(&bob, grant).await?;
        Ok(())
    };
    try_join_all((0..customers).map(one)).await?;
    Ok(())
}

#[tokio::test]
async fn a_long_register_is_listed_in_part_and_stands_in_the_file_whole() -> Result {
    let office = Office::open().await?;
    let_in(&office, 103).await?;
    let audrey = audrey(&office).await;
    let screen = audrey.open("/audit/report").await.expect(200, "/audit/report");
    let told = screen.main();
    assert!(told.contains("103: 0 completed, 0 expired, 0 revoked, 0 denied, 103 open"), "{told}");
    assert!(told.contains("103 cases were looked at"), "{told}");
    assert!(told.contains("These are the first 100; 3 more are in the file."), "{told}");
    assert_eq!(screen.all("section[aria-labelledby=register] tbody tr").len(), 100);
    let file = screen.link("CSV").ok_or("no file")?;
    let file = audrey.ask(Method::GET, &file, String::new()).await.expect(200).text();
    assert_eq!(file.lines().count(), 104);
    for number in [0, 57, 102] {
        assert!(file.contains(&format!("\"customer-{number:03}@example.com\"")), "{number}");
    }
    // The register goes from page to page; a sample has as many as are wanted.
    let register = audrey.open("/audit/recoveries").await;
    assert_eq!(register.all("tbody tr").len(), 50);
    let sample = audrey.open("/audit/sample?seed=dice&count=7").await;
    assert!(sample.main().contains("7 of 103 cases"), "{}", sample.main());
    Ok(())
}

#[tokio::test]
async fn a_period_of_more_than_a_year_is_refused_beside_its_field() -> Result {
    let (office, _) = recovered().await?;
    let audrey = audrey(&office).await;
    for path in ["/audit/report?from=2020-01-01&to=", "/audit/sample?seed=x&from=2020-01-01&to="] {
        let before = office.size().await;
        let screen = audrey.open(path).await.expect(400, path);
        assert!(screen.has("#from[aria-invalid=true][aria-describedby=from-error]"), "{path}");
        let why = screen.all("#from-error").join(" ");
        assert!(why.contains("366 days"), "{why}");
        assert_eq!(screen.attribute("#from", "value").as_deref(), Some("2020-01-01"));
        assert_eq!(looked_at(&office, before).await?, [], "nothing was shown");
    }
    let screen = audrey.open("/audit/sample?seed=x&count=1001").await;
    assert!(screen.has("#count[aria-invalid=true]"), "{}", screen.main());
    Ok(())
}

#[tokio::test]
async fn every_time_of_the_report_names_its_zone() -> Result {
    let (office, _) = recovered().await?;
    let screen = audrey(&office).await.open("/audit/report").await;
    let times = screen.all("article time");
    assert!(times.len() > 8 && times.iter().all(|time| time.ends_with(" UTC")), "{times:?}");
    // No script makes another time of them that is not named.
    assert!(!screen.has("article time[data-local]"));
    Ok(())
}

#[tokio::test]
async fn the_report_counts_who_signed_off_what_they_had_granted() -> Result {
    let (office, recovery) = recovered_by(Role::Owner).await?;
    let olga = Visitor::new(&office);
    staff(&olga, Role::Owner).await;
    let own = "signed off last by whoever had granted the bypass";
    assert!(!olga.open("/audit/report").await.main().contains(own));
    let path = format!("/audit/recoveries/{recovery}");
    let review = format!("{path}/review");
    let case = olga.open(&path).await;
    olga.send(&case, &review, &[("verdict", "accepted")]).await.expect(200, &path);
    let told = olga.open("/audit/report").await.main();
    assert!(told.contains(&format!("1 case was {own}")), "{told}");

    // Until somebody else has looked.
    let audrey = audrey(&office).await;
    let case = audrey.open(&path).await;
    audrey.send(&case, &review, &[("verdict", "accepted")]).await.expect(200, &path);
    assert!(!audrey.open("/audit/report").await.main().contains(own));
    Ok(())
}
