//! The list of customers, and one of them.

use readmit::{
    Actor, CustomerId, DisableMfa, GrantBypass, Reason, RedeemBypass, RegisterCustomer, Role,
    Seconds,
};
use readmit_tests::{Result, all_at_once};

use super::{actor, admin, seen, with_phone};
use crate::office::Office;
use crate::sign_in::give_password;
use crate::visit::Visitor;

const CUSTOMERS: &str = "/console/customers";
/// More customers of one name than a search looks through at once.
const NAMESAKES: usize = 2_100;

#[tokio::test]
async fn an_owner_adds_and_erases_a_customer() -> Result {
    let office = Office::open().await?;
    let olga = admin(&office, Role::Owner).await;
    let new = "/console/customers/new";
    let page = olga.open(new).await.expect(200, new);
    let wrong = olga.send(&page, new, &[("login", "a b"), ("name", "Al")]).await.expect(422, new);
    assert_eq!(wrong.attribute("#name", "value").as_deref(), Some("Al"));
    let typed = [("login", "al@example.com"), ("name", "Al")];
    let customer = olga.send(&wrong, new, &typed).await;
    let path = customer.path.clone();
    let customer = customer.expect(200, &path);
    assert_eq!(customer.all("h1"), ["Al"]);
    assert!(customer.all("svg .now").concat().contains("Not set up"));

    let hold = format!("{path}/place-hold");
    let kept = olga.send(&customer, &hold, &[]).await.expect(200, &path);
    assert!(!kept.has("form[action$=\"/erase\"]"), "a hold forbids it");
    let free = olga.send(&kept, &format!("{path}/lift-hold"), &[]).await.expect(200, &path);
    let id = path.trim_start_matches("/console/customers/");
    give_password(&office, id, "al@example.com").await?;
    let has_password = async || -> Result<bool> {
        let id: CustomerId = id.parse()?;
        Ok(office.passwords.has_password(office.tenant.id(), id.into()).await?)
    };
    assert!(has_password().await?);
    let erase = format!("{path}/erase");
    let kept = olga.send(&free, &erase, &[("confirm", "else@example.com")]).await;
    assert!(kept.expect(422, &erase).main().contains("Nothing was erased."));
    let erased = olga.send(&free, &erase, &[("confirm", "AL@example.com")]).await;
    let erased = erased.expect(200, &path);
    assert_eq!(erased.all("h1"), ["Erased customer"]);
    assert!(!erased.reply.text().contains("al@example.com"));
    assert!(!has_password().await?, "how they signed in is forgotten too");
    Ok(())
}

#[tokio::test]
async fn every_role_sees_what_it_may() -> Result {
    let office = Office::open().await?;
    let alice = office.customer("alice@example.com").await?;
    seen(&office).await?;
    let customer = format!("/console/customers/{}", alice.id);
    let grant = format!("{customer}/grant");
    let pages = [
        ("/console/customers", "oarh"),
        (customer.as_str(), "oarh"),
        (grant.as_str(), "orh"),
        ("/console/bypasses", "oarh"),
        ("/console/customers/new", "o"),
        ("/console/admins", "oarh"),
        ("/console/admins/new", "o"),
        ("/console/keys", "o"),
        ("/console/policy", "oarhu"),
    ];
    for (role, letter) in [
        (Role::Owner, 'o'),
        (Role::Approver, 'a'),
        (Role::RecoveryAdmin, 'r'),
        (Role::Helpdesk, 'h'),
        (Role::Auditor, 'u'),
    ] {
        let visitor = admin(&office, role).await;
        for (page, who) in pages {
            let expected = if who.contains(letter) { 200 } else { 403 };
            assert_eq!(visitor.open(page).await.reply.status, expected, "{role} {page}");
        }
    }
    let nobody = Visitor::new(&office).open("/console/policy").await;
    assert_eq!(nobody.path, "/sign-in?then=%2Fconsole%2Fpolicy");
    Ok(())
}

#[tokio::test]
async fn a_search_that_has_found_nobody_so_far_can_go_on() -> Result {
    let office = Office::open().await?;
    let registered = all_at_once((0..NAMESAKES).map(|number| {
        let tenant = office.tenant.clone();
        async move {
            let login = format!("c{number}@example.com");
            let register = RegisterCustomer::new(login.as_str()).name("Same Name");
            tenant.execute(&Actor::system(), register).await.map(|_| ())
        }
    }));
    registered.await?.into_iter().collect::<Result<Vec<()>, _>>()?;
    seen(&office).await?;
    let bob = admin(&office, Role::RecoveryAdmin).await;
    let search = "/console/customers?q=same+zz";
    let mut page = bob.open(search).await.expect(200, search);
    assert!(page.main().contains("Nobody like that was found so far."), "{}", page.main());
    assert!(!page.main().contains("Nobody is like that."));
    let next = page.link("Look further").ok_or("no link")?;
    page = bob.open(&next).await.expect(200, &next);
    assert!(page.main().contains("There are no more."), "{}", page.main());
    assert_eq!(page.link("First page").as_deref(), Some(search));
    let none = "/console/customers?q=zz";
    let page = bob.open(none).await.expect(200, none);
    assert!(page.main().contains("Nobody is like that."), "{}", page.main());
    Ok(())
}

#[tokio::test]
async fn whoever_is_in_a_recovery_is_not_told_to_need_a_bypass() -> Result {
    let office = Office::open().await?;
    let alice = with_phone(&office, "alice@example.com").await?;
    let grant = GrantBypass::new(alice).reason(Reason::LostDevice).for_minutes(30);
    office.tenant.execute(&actor(&office, Role::RecoveryAdmin), grant).await?;
    let customer = Actor::customer(alice);
    let redeemed = office.tenant.execute(&customer, RedeemBypass::new(alice)).await?;
    let customer = customer.in_recovery(redeemed.session);
    office.tenant.execute(&customer, DisableMfa::new(alice)).await?;
    seen(&office).await?;
    let bob = admin(&office, Role::RecoveryAdmin).await;
    let tile = async || -> Result<String> {
        let page = bob.open(CUSTOMERS).await.expect(200, CUSTOMERS);
        Ok(page.all(".tiles a[href$=\"status=off\"]").concat())
    };
    assert_eq!(tile().await?, "MFA is off1all of them are in a recovery");
    office.clock.advance(Seconds::minutes(31));
    assert_eq!(tile().await?, "MFA is off11 of them needs a bypass to sign in");
    Ok(())
}
