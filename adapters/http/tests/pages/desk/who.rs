//! Who may look, and the trace that they leave.

use std::collections::BTreeSet;

use axum::http::Method;
use readmit::{AuditSubject, Role};
use readmit_tests::Result;

use super::{audrey, looked_at, recovered};
use crate::office::PASSWORD;
use crate::sign_in::staff;
use crate::visit::{Screen, Visitor};

#[tokio::test]
async fn whoever_looks_leaves_a_trace_before_they_see_anything_owners_too() -> Result {
    let (office, recovery) = recovered().await?;
    let case = format!("/audit/recoveries/{recovery}");
    let looks = [
        ("/audit", AuditSubject::Verification),
        ("/audit/recoveries", AuditSubject::Register),
        ("/audit/recoveries.csv", AuditSubject::Register),
        (case.as_str(), AuditSubject::Case),
        ("/audit/report", AuditSubject::Report),
        ("/audit/sample", AuditSubject::Register),
        ("/audit/proofs/3", AuditSubject::Export),
        ("/audit/checkpoint", AuditSubject::Export),
        ("/audit/vkey", AuditSubject::Export),
        ("/audit/bundle", AuditSubject::Export),
    ];
    for role in [Role::Auditor, Role::Owner] {
        let visitor = Visitor::new(&office);
        staff(&visitor, role).await;
        for (path, subject) in looks {
            let before = office.size().await;
            visitor.ask(Method::GET, path, String::new()).await.expect(200);
            assert_eq!(looked_at(&office, before).await?, [subject], "{role}: {path}");
        }
    }
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
        let sign_in = stranger.open(page).await.path;
        assert!(sign_in.starts_with("/sign-in?") && sign_in.contains("then=%2Faudit"), "{page}");
        assert_eq!(half.open(page).await.path, "/sign-in/code", "{page}");
    }
    Ok(())
}

#[tokio::test]
async fn a_case_that_is_shown_with_a_no_leaves_a_trace_too() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    let path = format!("/audit/recoveries/{recovery}");
    let screen = audrey.open(&path).await;
    let before = office.size().await;
    let review = format!("{path}/review");
    audrey.send(&screen, &review, &[("verdict", "questioned")]).await.expect(422, &review);
    assert_eq!(looked_at(&office, before).await?, [AuditSubject::Case]);
    Ok(())
}

#[tokio::test]
async fn every_heading_of_a_table_and_every_description_of_a_field_is_tied_to_it() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    for path in [
        "/audit",
        "/audit/recoveries",
        &format!("/audit/recoveries/{recovery}"),
        "/audit/report",
        "/audit/sample?seed=1&count=2",
    ] {
        let screen = audrey.open(path).await;
        assert!(!screen.has("th:not([scope])"), "{path}");
        for named in screen.every("[aria-describedby]", "aria-describedby") {
            for id in named.split(' ') {
                assert!(screen.has(&format!("#{id}")), "{path}: {id}");
            }
        }
    }
    Ok(())
}
