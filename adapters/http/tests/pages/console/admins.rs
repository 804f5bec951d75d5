//! What an owner does about other admins, and invitations.

use axum::http::Method;
use readmit::{
    Actor, AuthoriseAdmin, CheckSecondFactor, Clock as _, RegisterCustomer, ReportUnrecognised,
    Role, SuspendAdmin,
};
use readmit_tests::Result;

use super::{action, actor, admin, hidden, seen};
use crate::office::Office;
use crate::visit::Visitor;

async fn roles(office: &Office, role: Role) -> Result<(Vec<Role>, bool)> {
    let state = office.tenant.state().await?;
    let known = state.admins.get(&office.staff[&role].id).ok_or("no admin")?;
    Ok((known.roles.clone(), known.suspended))
}

#[tokio::test]
async fn roles_that_are_saved_on_a_stale_page_lift_no_suspension() -> Result {
    let office = Office::open().await?;
    let hanna = office.staff[&Role::Helpdesk].id;
    let page = format!("/console/admins/{hanna}");
    let save = format!("{page}/roles");
    let olga = admin(&office, Role::Owner).await;
    let stale = olga.open(&page).await.expect(200, &page);
    office.tenant.execute(&actor(&office, Role::Owner), SuspendAdmin::new(hanna)).await?;
    let typed = [("roles", "helpdesk"), ("roles", "approver")];
    let told = olga.send(&stale, &save, &typed).await.expect(422, &save);
    let why = told.all("#roles-error").concat();
    assert!(why.contains("have changed since you opened the page"), "{}", told.main());
    assert_eq!(roles(&office, Role::Helpdesk).await?, (vec![Role::Helpdesk], true));
    // The page shows what holds now: whoever saves that has seen it.
    assert!(told.main().contains("Lift the suspension"), "{}", told.main());
    assert!(!told.has("input[value=approver][checked]"));
    let lifted = olga.send(&told, &save, &typed).await.expect(200, &page);
    assert!(!lifted.main().contains("Suspended"), "{}", lifted.main());
    // Whoever clicks twice is answered as the first time.
    olga.send(&told, &save, &typed).await.expect(200, &page);

    let stale = olga.open(&page).await.expect(200, &page);
    let other = AuthoriseAdmin::known(hanna, [Role::Auditor]);
    office.tenant.execute(&actor(&office, Role::Owner), other).await?;
    olga.send(&stale, &save, &typed).await.expect(422, &save);
    assert_eq!(roles(&office, Role::Helpdesk).await?, (vec![Role::Auditor], false));
    Ok(())
}

#[tokio::test]
async fn an_owner_sees_who_is_locked_or_frozen_and_helps() -> Result {
    let office = Office::open().await?;
    let (hanna, ann) = (&office.staff[&Role::Helpdesk], &office.staff[&Role::Approver]);
    let actor = Actor::admin(hanna.id);
    for wrong in hanna.phone.wrong_codes(office.clock.now(), 10)? {
        let check = CheckSecondFactor::totp(hanna.id, wrong);
        assert!(office.tenant.execute(&actor, check).await.is_err());
    }
    let report = ReportUnrecognised::new(ann.id);
    office.tenant.execute(&Actor::admin(ann.id), report).await?;

    let bob = admin(&office, Role::RecoveryAdmin).await;
    let list = bob.open("/console/admins").await.expect(200, "/console/admins");
    let row = |login: &str| list.all("tbody tr").into_iter().find(|row| row.contains(login));
    assert!(row(&hanna.login).is_some_and(|row| row.contains("Locked")), "{}", list.main());
    assert!(row(&ann.login).is_some_and(|row| row.contains("Frozen")), "{}", list.main());

    let olga = admin(&office, Role::Owner).await;
    let page = format!("/console/admins/{}", hanna.id);
    let locked = olga.open(&page).await.expect(200, &page);
    assert!(!locked.has("form[action$=\"/unfreeze\"]"));
    let free = olga.send(&locked, &action(&locked, "unlock")?, &[]).await.expect(200, &page);
    assert!(!free.main().contains("Locked") && !free.has("form[action$=\"/unlock\"]"));
    assert!(office.tenant.account(hanna.id).await?.lock.is_none());

    let page = format!("/console/admins/{}", ann.id);
    let frozen = olga.open(&page).await.expect(200, &page);
    assert!(!frozen.has("form[action$=\"/unlock\"]"));
    let unfreeze = action(&frozen, "unfreeze")?;
    // The rules want to know why.
    let told = olga.send(&frozen, &unfreeze, &[("note", "\u{7}")]).await.expect(422, &unfreeze);
    assert!(told.has("details[open] #note[aria-describedby=note-error]"), "{}", told.main());
    let thawed = olga.send(&told, &unfreeze, &[("note", "spoke with her")]).await;
    assert!(!thawed.expect(200, &page).main().contains("Frozen"));
    assert!(!office.tenant.account(ann.id).await?.frozen);
    Ok(())
}

#[tokio::test]
async fn an_invitation_form_that_is_sent_again_makes_no_other_link() -> Result {
    let office = Office::open().await?;
    let olga = admin(&office, Role::Owner).await;
    let new = AuthoriseAdmin::new("new@msp.example", [Role::Helpdesk]);
    let new = office.tenant.execute(&Actor::system(), new).await?.admin;
    let carol = RegisterCustomer::new("carol@example.com");
    let carol = office.tenant.execute(&Actor::system(), carol).await?.customer;
    seen(&office).await?;
    for page in [format!("/console/admins/{new}"), format!("/console/customers/{carol}")] {
        let invite = format!("{page}/invite");
        let screen = olga.open(&page).await.expect(200, &page);
        let fields = format!("command={}", hidden(&screen, &invite));
        let click = || olga.ask(Method::POST, &invite, fields.clone());
        let (one, other) = tokio::join!(click(), click());
        assert_eq!((one.status, other.status), (303, 303), "{} {}", one.text(), other.text());
        let first = olga.open(&page).await.expect(200, &page);
        let link = first.attribute("#invitation", "data-text").ok_or("no link")?;
        assert!(link.starts_with("http://readmit.example/invitations/rmi_"), "{link}");
        let again = olga.send(&screen, &invite, &[]).await.expect(200, &page);
        assert_eq!(again.attribute("#invitation", "data-text"), Some(link.clone()));
        // It is good still.
        let address = link.trim_start_matches("http://readmit.example");
        let guest = Visitor::new(&office);
        assert_eq!(guest.open(address).await.reply.status, 200);
        // Another form makes another link.
        let anew = olga.send(&first, &invite, &[]).await.expect(200, &page);
        assert_ne!(anew.attribute("#invitation", "data-text"), Some(link));
    }
    Ok(())
}
