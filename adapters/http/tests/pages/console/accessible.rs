//! What whoever does not see the pages is told of their forms, tables and pictures.

use std::collections::BTreeSet;

use readmit::{
    Actor, CheckSecondFactor, Clock as _, GrantBypass, Reason, ReportUnrecognised, RequestBypass,
    Role,
};
use readmit_tests::Result;
use scraper::{Html, Selector};

use super::{STALE, actor, admin, seen, with_phone};
use crate::everywhere::untranslated;
use crate::office::Office;
use crate::visit::Screen;

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

/// Every id is there once, what is referred to is there, each heading of a table says of what, and what
/// is wrong stands beside its field.
#[track_caller]
fn assert_told(screen: &Screen) {
    let (path, html): (&str, Html) = (&screen.path, screen.html());
    let mut ids = BTreeSet::new();
    for element in html.select(&selector("[id]")) {
        let id = element.value().id().unwrap_or_default().to_owned();
        assert!(ids.insert(id.clone()), "{path}: {id} is there twice");
    }
    for name in ["aria-describedby", "aria-labelledby", "for"] {
        for element in html.select(&selector(&format!("[{name}]"))) {
            for id in element.value().attr(name).unwrap_or_default().split(' ') {
                assert!(ids.contains(id), "{path}: {name} {id}");
            }
        }
    }
    assert!(!screen.has("th:not([scope])"), "{path}");
    for element in html.select(&selector("[aria-invalid=true]")) {
        let described = element.value().attr("aria-describedby").unwrap_or_default();
        let told = described.split(' ').any(|id| screen.has(&format!("[role=alert]#{id}")));
        assert!(told, "{path}: {described}");
    }
}

#[tokio::test]
async fn every_error_belongs_to_its_field_and_no_id_is_there_twice() -> Result {
    let office = Office::open().await?;
    let alice = with_phone(&office, "alice@example.com").await?;
    let bella = with_phone(&office, "bella@example.com").await?;
    let grant = GrantBypass::new(bella).reason(Reason::LostDevice);
    office.tenant.execute(&actor(&office, Role::RecoveryAdmin), grant).await?;
    seen(&office).await?;
    let olga = admin(&office, Role::Owner).await;
    let keys = olga.open("/console/keys").await;
    for label in ["one", "two"] {
        let typed = [("label", label), ("role", "service"), ("days", "90")];
        olga.send(&keys, "/console/keys", &typed).await;
    }
    // From here on, every form asks for a code.
    office.clock.advance(STALE);
    let customer = format!("/console/customers/{alice}");
    let one = format!("/console/admins/{}", office.staff[&Role::Helpdesk].id);
    for path in [
        "/console/customers",
        "/console/bypasses",
        "/console/admins",
        "/console/policy",
        &format!("/console/customers/{bella}"),
    ] {
        assert_told(&olga.open(path).await.expect(200, path));
    }
    let policy = [("mfa", "required"), ("second_person", "always"), ("proof", "password")];
    let numbers = [
        "lifetime_default",
        "lifetime_least",
        "lifetime_most",
        "most_uses",
        "grants_in_30_days",
        "fresh",
        "enrolment",
        "request",
        "failures",
        "first_lock",
        "hard_failures",
    ];
    let policy: Vec<(&str, &str)> =
        policy.into_iter().chain(numbers.map(|name| (name, "moon"))).collect();
    let grant: &[(&str, &str)] = &[("ticket", "a b"), ("identity_check", "video")];
    let nothing: &[(&str, &str)] = &[];
    for (page, action, typed, wrong) in [
        ("/console/keys", "/console/keys".to_owned(), [("label", ""), ("days", "")].as_slice(), 1),
        ("/console/keys", "/console/keys".to_owned(), &[("label", "x"), ("days", "")], 1),
        ("/console/admins/new", "/console/admins/new".to_owned(), &[("login", "a b")], 1),
        ("/console/customers/new", "/console/customers/new".to_owned(), &[("login", "a b")], 1),
        ("/console/policy", "/console/policy".to_owned(), policy.as_slice(), 3),
        (&format!("{customer}/grant"), format!("{customer}/grant"), grant, 1),
        (&customer, format!("{customer}/place-hold"), nothing, 1),
        (&customer, format!("{customer}/erase"), &[("confirm", "x")], 1),
        (&customer, format!("{customer}/erase"), &[("confirm", "alice@example.com")], 1),
        (&one, format!("{one}/suspend"), nothing, 1),
        (&one, format!("{one}/roles"), nothing, 0),
    ] {
        let screen = olga.open(page).await.expect(200, page);
        assert_told(&screen);
        let told = olga.send(&screen, &action, typed).await.expect(422, &action);
        assert_told(&told);
        assert_eq!(told.all("[aria-invalid=true]").len(), wrong, "{action}: {}", told.main());
        assert_eq!(told.all("main [role=alert]").len(), 1, "{action}: {}", told.main());
        assert!(!told.has("details:not([open]) [role=alert]"), "{action} hides what is wrong");
    }
    let keys = olga.open("/console/keys").await;
    let revoke = super::action(&keys, "revoke")?;
    let told = olga.send(&keys, &revoke, &[("totp", "1")]).await.expect(422, &revoke);
    assert_told(&told);
    assert_eq!(told.all("details[open] [aria-invalid=true]").len(), 1, "{}", told.main());
    Ok(())
}

#[tokio::test]
async fn where_a_customer_stands_is_told_as_a_table_too() -> Result {
    let office = Office::open().await?;
    let alice = with_phone(&office, "alice@example.com").await?;
    let grant = GrantBypass::new(alice).reason(Reason::LostDevice);
    office.tenant.execute(&actor(&office, Role::RecoveryAdmin), grant).await?;
    let page = format!("/console/customers/{alice}");
    let screen = admin(&office, Role::Owner).await.open(&page).await.expect(200, &page);
    let rows = screen.all("figure details.twin tbody tr");
    assert_eq!(rows.len(), 10, "{rows:?}");
    assert!(rows.contains(&"Grantedis here".to_owned()), "{rows:?}");
    assert!(rows.contains(&"MFA onwas here".to_owned()), "{rows:?}");
    assert_eq!(screen.all("figure tr[aria-current]"), ["Grantedis here"]);
    Ok(())
}

#[tokio::test]
async fn what_waits_and_who_is_kept_out_is_said_in_every_language() -> Result {
    let office = Office::open().await?;
    let alice = with_phone(&office, "alice@example.com").await?;
    let ask = RequestBypass::new(alice).reason(Reason::LostDevice).note("none of ours");
    let case = office.tenant.execute(&actor(&office, Role::Helpdesk), ask).await?.recovery;
    let hanna = &office.staff[&Role::Helpdesk];
    for wrong in hanna.phone.wrong_codes(office.clock.now(), 10)? {
        let check = CheckSecondFactor::totp(hanna.id, wrong);
        assert!(office.tenant.execute(&Actor::admin(hanna.id), check).await.is_err());
    }
    let report = ReportUnrecognised::new(hanna.id);
    office.tenant.execute(&Actor::admin(hanna.id), report).await?;
    seen(&office).await?;
    for role in [Role::Owner, Role::Approver, Role::RecoveryAdmin] {
        let visitor = admin(&office, role).await;
        visitor.set_cookie("language", "en-XA");
        let mut pages = vec![
            "/console/bypasses".to_owned(),
            "/console/admins".to_owned(),
            format!("/console/recoveries/{case}/granted"),
            format!("/console/customers/{alice}"),
        ];
        if role == Role::Owner {
            pages.push(format!("/console/admins/{}", hanna.id));
        }
        for page in pages {
            let screen = visitor.open(&page).await.expect(200, &page);
            assert_eq!(untranslated(&screen), Vec::<String>::new(), "{role} {page}");
        }
    }
    Ok(())
}
