//! Links to a first password.

use readmit::Role;
use readmit_tests::sqlite;

use crate::desk::{self, ALICE, Desk};

#[test]
fn an_invitation_is_a_link_and_a_newer_one_takes_its_place() {
    let desk = Desk::open();
    desk.customer(ALICE);
    let first = desk.run(["customer", "invite", ALICE, "--json"]).json();
    let link = first["link"].as_str().unwrap();
    assert!(link.starts_with("http://127.0.0.1:8470/invitations/rmi_"), "{link}");
    let told = desk.run(["customer", "invite", ALICE, "--pages", "https://mfa.example/"]).ok();
    assert!(told.starts_with("https://mfa.example/invitations/rmi_"), "{told}");
    assert!(!told.contains(link), "{told}");
}

#[test]
fn who_has_a_password_is_not_invited() {
    let desk = Desk::open();
    let bob = "bob@acme.example";
    desk.run(["admin", "add", bob, "--role", "helpdesk"]).ok();
    desk.run(["admin", "invite", bob]).ok();
    desk::run(desk.command(["admin", "password", bob]), "correct horse battery").ok();
    desk.run(["admin", "invite", bob]).failed(4, "has a password");
    desk.run(["admin", "invite", "nobody@acme.example"]).failed(3, "nobody@acme.example");
}

#[test]
fn an_erased_customer_is_invited_no_more() {
    let desk = Desk::open();
    let olga = "olga@acme.example";
    let (_, mut phone) = desk.admin(olga, &[Role::Owner]);
    let web = desk.path("readmit-web.db");
    let erase = |login| ["customer", "erase", login, "--as", olga];
    desk.customer("carol@example.com");
    desk.run_with(erase("carol@example.com"), &phone.code()).ok();
    assert!(!web.exists(), "nobody has had anything to do with the web");

    desk.customer(ALICE);
    desk.run(["customer", "invite", ALICE]).ok();
    let invitations = || sqlite::sql(&web, "SELECT count(*) FROM invitations").unwrap();
    assert_eq!(invitations().trim(), "1");
    desk.run_with(erase(ALICE), &phone.code()).ok();
    assert_eq!(invitations().trim(), "0");
}
