//! Signing a case off.

use readmit::Role;
use readmit_tests::Result;

use super::{audrey, recovered, recovered_by};
use crate::sign_in::{staff, with_alice};
use crate::visit::Visitor;

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
    assert!(said.contains("Questionedauditor@msp.example"), "{said}");
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
async fn every_review_of_a_case_is_shown() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    let path = format!("/audit/recoveries/{recovery}");
    let review = format!("{path}/review");
    for typed in [
        [("verdict", "questioned"), ("note", "Who called back?")],
        [("verdict", "accepted"), ("note", "Bob did, he says.")],
    ] {
        let screen = audrey.open(&path).await;
        audrey.send(&screen, &review, &typed).await.expect(200, &path);
    }
    let said = audrey.open(&path).await.all("#review .facts > div");
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("Questioned") && said[0].contains("Who called back?"), "{said:?}");
    assert!(said[1].contains("In order") && said[1].contains("Bob did, he says."), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_with_a_review_is_told_beside_its_field() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    let path = format!("/audit/recoveries/{recovery}");
    let review = format!("{path}/review");
    let screen = audrey.open(&path).await;
    let told = audrey.send(&screen, &review, &[("verdict", "questioned"), ("note", "")]).await;
    let named = told.attribute("#note[aria-invalid=true]", "aria-describedby");
    assert_eq!(named.as_deref(), Some("note-hint note-error"));
    assert!(told.all("#note-error").join(" ").contains("Say in a note"), "{}", told.main());
    let told = audrey.send(&screen, &review, &[("note", "x")]).await;
    assert!(told.has("fieldset[aria-describedby=verdict-error]"), "{}", told.main());
    assert_eq!(told.all("#verdict-error"), ["Choose one of the two."]);
    Ok(())
}

#[tokio::test]
async fn whoever_granted_is_told_to_leave_the_review_to_somebody_else() -> Result {
    let (office, recovery) = recovered_by(Role::Owner).await?;
    let path = format!("/audit/recoveries/{recovery}");
    let olga = Visitor::new(&office);
    staff(&olga, Role::Owner).await;
    let own = "You granted this bypass yourself";
    let told = olga.open(&path).await.all("#review .banner-warn").join(" ");
    assert!(told.contains(own), "{told}");
    let audrey = audrey(&office).await;
    assert!(!audrey.open(&path).await.main().contains(own));
    Ok(())
}
