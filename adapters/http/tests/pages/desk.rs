//! The auditor's desk: what it shows, what can be taken along, and that looking leaves a trace.

use std::collections::BTreeSet;

use axum::http::Method;
use readmit::{AuditSubject, Clock as _, Event, Role, Seconds, tlog::TlogProof};
use readmit_tests::Result;
use serde_json::json;

use crate::office::{Office, PASSWORD};
use crate::sign_in::{staff, with_alice};
use crate::visit::{Screen, Visitor};

/// An office in which Alice's recovery is complete; with the id of it.
async fn recovered() -> Result<(Office, String)> {
    let (office, alice) = with_alice().await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let path = format!("/api/v1/customers/{}/bypasses", alice.id);
    let terms = json!({"reason": "lost_device", "ticket": "INC-4711"});
    office.post(&path, &bob, terms).await.expect(201);
    let path = format!("/api/v1/customers/{}/bypass-redemptions", alice.id);
    let hers = office.post(&path, &office.service, json!({})).await.expect(201).text_of("token");
    office.act("/api/v1/recovery/mfa-off", &hers).await;
    office.set_up_in_recovery(&hers).await?;
    let codes = office.act("/api/v1/recovery/codes", &hers).await;
    let recovery = codes.text_of("completed");
    Ok((office, recovery))
}

/// What was looked at, by the events of the ledger from a position on.
async fn looked_at(office: &Office, from: u64) -> Result<Vec<AuditSubject>> {
    let leaves = office.tenant.leaves(from).await?;
    let events = leaves.iter().map(|leaf| readmit::Envelope::decode(leaf));
    let mut subjects = Vec::new();
    for event in events {
        if let Event::AuditAccessed(data) = event?.event {
            subjects.push(data.what);
        }
    }
    Ok(subjects)
}

async fn audrey(office: &Office) -> Visitor<'_> {
    let visitor = Visitor::new(office);
    staff(&visitor, Role::Auditor).await.expect(200, "/audit");
    visitor
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
    assert!(row.iter().any(|row| row == "recovery_admin@msp.example 1 1 0 0"), "{row:?}");
    assert_eq!(screen.all("svg rect[class^=heat]").len(), 7 * 24 + 3);
    audrey.open("/audit?days=90").await.expect(200, "/audit?days=90");
    audrey.open("/audit?days=31").await.expect(400, "/audit?days=31");
    Ok(())
}

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
async fn a_case_is_replayed_event_by_event() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    let path = format!("/audit/recoveries/{recovery}");
    let last = audrey.open(&path).await.expect(200, &path);
    let steps: usize = last.attribute("#step", "max").ok_or("no slider")?.parse()?;
    assert_eq!(last.all(".timeline li").len(), steps);
    assert_eq!(last.all("svg a circle").len(), steps);
    let names = last.all("svg a .label");
    assert_eq!((names[0].as_str(), names[2].as_str()), ("BypassGranted", "MfaDisabled"));

    let off = audrey.open(&format!("{path}?step=3")).await;
    let changed = off.all(".changed").join("; ");
    assert!(changed.contains("MFA was On Off"), "{changed}");
    assert!(changed.contains("Devices was 1 0"), "{changed}");
    assert!(changed.contains("Recovery was Signed in MFA off"), "{changed}");
    assert_eq!(off.all("svg a.past").len(), 2);
    assert_eq!(off.link("Next"), Some("?step=4".to_owned()));
    // Beyond both ends there is nothing; the slider stays at the end.
    let first = audrey.open(&format!("{path}?step=0")).await;
    assert_eq!(
        (first.link("Previous"), first.attribute("#step", "value")),
        (None, Some("1".into()))
    );
    let beyond = audrey.open(&format!("{path}?step=99")).await;
    assert_eq!(beyond.link("Next"), None);
    audrey
        .open("/audit/recoveries/rec_01h455vb4pex5vsknk084sn02q")
        .await
        .expect(404, "/audit/recoveries/rec_01h455vb4pex5vsknk084sn02q");
    Ok(())
}

#[tokio::test]
async fn the_slider_alone_moves_without_a_trace_and_only_where_the_case_was_opened() -> Result {
    let (office, recovery) = recovered().await?;
    let path = format!("/audit/recoveries/{recovery}?step=2");
    let script = vec![("sec-fetch-dest", "empty"), ("sec-fetch-site", "same-origin")];
    let audrey = audrey(&office).await.with(script);
    let before = office.size().await;
    audrey.open(&path).await.expect(200, &path);
    assert_eq!(office.size().await, before + 1, "nobody had opened it");
    audrey.open(&path).await;
    audrey.open(&path).await;
    assert_eq!(office.size().await, before + 1);
    let audrey = audrey.with(vec![("sec-fetch-dest", "document")]);
    audrey.open(&path).await;
    assert_eq!(office.size().await, before + 2);
    Ok(())
}

#[tokio::test]
async fn a_case_is_signed_off_once_with_a_remark() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    let path = format!("/audit/recoveries/{recovery}");
    let review = format!("{path}/review");
    let screen = audrey.open(&path).await;
    let told = audrey.send(&screen, &review, &[("verdict", "questioned"), ("note", " ")]).await;
    let told = told.expect(422, &review);
    assert!(told.has("[role=alert]") && told.has("input[value=questioned][checked]"));
    let told = audrey.send(&screen, &review, &[]).await.expect(422, &review);
    assert!(told.has("[role=alert]"));

    let typed = [("verdict", "questioned"), ("note", "Who called back?")];
    let done = audrey.send(&screen, &review, &typed).await.expect(200, &path);
    let said = done.all("#review").join(" ");
    assert!(said.contains("Questioned auditor@msp.example"), "{said}");
    assert!(said.contains("Who called back?"), "{said}");
    // Sent again, it is not carried out again.
    let before = office.tenant.reviews(recovery.parse()?).await?.len();
    audrey.send(&screen, &review, &typed).await.expect(200, &path);
    assert_eq!((before, office.tenant.reviews(recovery.parse()?).await?.len()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_case_that_is_open_cannot_be_signed_off() -> Result {
    let (office, alice) = with_alice().await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let granted = office.grant(&alice.id, &bob).await.expect(201);
    let recovery = granted.text_of("recovery");
    let audrey = audrey(&office).await;
    let path = format!("/audit/recoveries/{recovery}");
    let screen = audrey.open(&path).await.expect(200, &path);
    assert!(!screen.has("form[action$=review]"));
    let command = office.engine.draw_command_id()?.to_string();
    let fields = [("command", command.as_str()), ("verdict", "accepted")];
    let reply = audrey.post(&format!("{path}/review"), &fields).await.expect(422);
    assert!(reply.text().contains("has not ended yet"), "{}", reply.text());
    Ok(())
}

#[tokio::test]
async fn what_is_taken_along_can_be_checked_without_us() -> Result {
    let (office, _) = recovered().await?;
    let audrey = audrey(&office).await;
    let get = async |path: &str| audrey.ask(Method::GET, path, String::new()).await.expect(200);
    let keys = get("/audit/vkey").await.text();
    let keys: Vec<readmit::bundle::VerifierKey> =
        keys.lines().map(str::parse).collect::<Result<_, _>>()?;

    let proof = get("/audit/proofs/7").await;
    assert!(proof.header("content-disposition").contains("acme-msp-7.proof"));
    let proof: TlogProof = proof.text().parse()?;
    let verified = proof.verify(proof.extra(), &keys[0], &[])?;
    assert_eq!(verified.position, 7);
    assert_eq!(audrey.ask(Method::GET, "/audit/proofs/9999", String::new()).await.status, 404);

    let checkpoint = get("/audit/checkpoint").await.text();
    let checkpoint: readmit::bundle::SignedCheckpoint = checkpoint.parse()?;
    assert_eq!(checkpoint.checkpoint().size(), office.size().await);

    let bundle = get("/audit/bundle").await;
    assert_eq!(bundle.header("content-type"), "application/x-tar");
    let folder = tempfile::tempdir()?;
    tar::Archive::new(bundle.body.as_ref()).unpack(folder.path())?;
    let folder = folder.path().join("acme-msp-ledger");
    let whole = readmit::bundle::verify_against(&folder, &keys, checkpoint.checkpoint(), |_| {})?;
    assert_eq!(whole.checkpoint.checkpoint().size(), office.size().await);
    Ok(())
}

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

#[tokio::test]
async fn whoever_audits_leaves_a_trace_before_they_see_anything() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    for (path, subject) in [
        ("/audit", AuditSubject::Verification),
        ("/audit/recoveries", AuditSubject::Register),
        ("/audit/recoveries.csv", AuditSubject::Register),
        (&format!("/audit/recoveries/{recovery}"), AuditSubject::Case),
        ("/audit/report", AuditSubject::Report),
        ("/audit/sample", AuditSubject::Register),
        ("/audit/proofs/3", AuditSubject::Export),
        ("/audit/checkpoint", AuditSubject::Export),
        ("/audit/vkey", AuditSubject::Export),
        ("/audit/bundle", AuditSubject::Export),
    ] {
        let before = office.size().await;
        audrey.ask(Method::GET, path, String::new()).await.expect(200);
        assert_eq!(looked_at(&office, before).await?, [subject], "{path}");
    }
    // An owner sees the same, and leaves none: as over the API.
    let olga = Visitor::new(&office);
    staff(&olga, Role::Owner).await;
    let before = office.size().await;
    olga.open("/audit").await.expect(200, "/audit");
    assert_eq!(looked_at(&office, before).await?, []);
    Ok(())
}

#[tokio::test]
async fn nobody_else_sees_the_desk() -> Result {
    let (office, recovery) = recovered().await?;
    let pages: BTreeSet<String> = [
        "/audit",
        "/audit/recoveries",
        "/audit/recoveries.csv",
        "/audit/report",
        "/audit/sample",
        "/audit/proofs/3",
        "/audit/checkpoint",
        "/audit/vkey",
        "/audit/bundle",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([format!("/audit/recoveries/{recovery}")])
    .collect();
    for role in [Role::RecoveryAdmin, Role::Approver, Role::Helpdesk] {
        let visitor = Visitor::new(&office);
        staff(&visitor, role).await;
        let before = office.size().await;
        for page in &pages {
            let screen: Screen = visitor.open(page).await;
            assert_eq!(screen.reply.status, 403, "{role} {page}");
        }
        assert_eq!(visitor.post("/audit/verify", &[]).await.status, 403);
        assert_eq!(office.size().await, before, "a refusal leaves no event");
    }
    let stranger = Visitor::new(&office);
    let half = Visitor::new(&office);
    half.sign_in(&office.staff[&Role::Auditor].login, PASSWORD).await;
    for page in &pages {
        assert!(stranger.open(page).await.path.starts_with("/sign-in?then=%2Faudit"), "{page}");
        assert_eq!(half.open(page).await.path, "/sign-in/code", "{page}");
    }
    Ok(())
}

#[tokio::test]
async fn the_desk_speaks_german() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    audrey.set_cookie("language", "de");
    let screen = audrey.open(&format!("/audit/recoveries/{recovery}?step=1")).await;
    assert!(screen.main().contains("Eine Freigabe wurde erteilt"), "{}", screen.main());
    assert!(screen.main().contains("Das Konto nach diesem Ereignis"), "{}", screen.main());
    office.clock.advance(Seconds(1));
    assert!(office.clock.now() > office.tenant.head().await?.at);
    Ok(())
}
