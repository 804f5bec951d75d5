//! The everyday path from end to end, by the real binary.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use crate::desk::{self, ALICE, Desk, Phone, Run};
use readmit::{Actor, RedeemBypass, Role, SignIn, Tenant};

const BOB: &str = "bob@acme.example";
const ANN: &str = "ann@acme.example";

#[test]
fn from_nothing_to_a_granted_bypass() {
    let desk = Desk::empty();
    let made = desk.run(["init"]);
    assert!(made.stderr.contains("readmit tenant create"), "{}", made.stderr);
    assert!(made.ok().contains("readmit.db.key"));
    desk.run(["tenant", "create", "acme-msp"]).ok();
    desk.run(["admin", "add", BOB, "--role", "owner", "--name", "Bob Builder"]).ok();
    let (mut phone, codes) = enrol_at_the_terminal(&desk, BOB);
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 29), "{codes:?}");

    let admins = desk.run(["admin", "list", "--json"]).json();
    assert_eq!(admins["admins"][0]["login"], BOB);
    assert_eq!(admins["admins"][0]["codes_left"], 10);

    let (alice, _) = desk.customer(ALICE);
    let grant =
        ["bypass", "grant", ALICE, "--as", BOB, "--reason", "lost_device", "--for", "1h", "--json"];
    let granted = desk.run_with(grant, &phone.code()).json();
    assert_eq!(granted["state"], "granted");
    assert_eq!(granted["account"]["login"], ALICE);
    assert!(granted["issued_code"].is_null());
    assert!(granted["tell"].as_str().unwrap().contains("name and password"));
    let worth = desk.through_library(async |acme: &Tenant| acme.sign_in(alice).await.unwrap());
    assert!(matches!(worth, SignIn::Bypass(_)), "{worth:?}");

    let shown = desk.run(["customer", "show", ALICE]).ok();
    for words in ["granted, until", "(in 59 min)", "lost device", "or the bypass until", "10 of 10"]
    {
        assert!(shown.contains(words), "{shown}");
    }
    let listed = desk.run(["bypass", "list", "--json"]).json();
    assert_eq!(listed["recoveries"][0]["granted_by"], BOB);
    assert_eq!(listed["recoveries"][0]["profile_met"], "standard");

    let again = desk.run(["bypass", "grant", ALICE, "--as", BOB, "--reason", "lost_device"]);
    again.failed(4, "refused (case_open)");
    let revoke = ["bypass", "revoke", alice.to_string().leak(), "--as", BOB, "--json"];
    assert_eq!(desk.run_with(revoke, &phone.code()).json()["state"], "revoked");
    assert_eq!(desk.run(["bypass", "list"]).ok(), "");
    assert!(desk.run(["bypass", "list", "--all"]).ok().contains("revoked (by an admin)"));
    desk.run(["audit", "verify", "--no-anchor"]).ok();
    desk.run(["doctor"]).ok();
}

/// Reads the secret as it is printed, and types the code that the phone shows for it.
fn enrol_at_the_terminal(desk: &Desk, login: &str) -> (Phone, Vec<String>) {
    let mut command = desk.command(["admin", "enrol", login]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let secret = lines.next().unwrap().unwrap();
    let secret = secret.strip_prefix("secret").unwrap().trim().to_owned();
    assert!(secret.split(' ').all(|group| group.len() == 4), "{secret}");
    let address = lines.next().unwrap().unwrap();
    assert!(address.contains("otpauth://totp/acme-msp"), "{address}");
    let mut phone = Phone::new(&secret);
    writeln!(stdin, "{}", phone.code().expose()).unwrap();
    let codes = lines.map(Result::unwrap).collect();
    assert!(child.wait().unwrap().success());
    (phone, codes)
}

#[test]
fn a_second_person_approves_or_denies_where_policy_says_so() {
    let desk = Desk::open();
    let (_, mut bob) = desk.admin(BOB, &[Role::RecoveryAdmin]);
    let (_, mut ann) = desk.admin(ANN, &[Role::Approver, Role::RecoveryAdmin]);
    let (_, _) = desk.customer(ALICE);
    let policy = desk.run(["tenant", "policy", "--set", "strict", "--json"]).json();
    assert_eq!(policy["second_person"], "always");

    // What policy misses is said one by one, and costs no code.
    let mut grant = vec!["bypass", "grant", ALICE, "--as", BOB];
    for (kind, more) in [
        ("reason_missing", ["--reason", "lost-device"]),
        ("ticket_missing", ["--ticket", "INC-4711"]),
        ("identity_check_missing", ["--identity-check", "call_back"]),
    ] {
        let mut command = desk.command([]);
        command.args(&grant);
        desk::run(command, "").failed(4, kind);
        grant.extend(more);
    }
    let mut command = desk.command([]);
    command.args(&grant);
    let asked = desk::run(command, bob.code().expose());
    assert!(asked.stderr.contains("Nobody is let in yet"), "{}", asked.stderr);
    assert!(asked.ok().contains("awaiting approval"));

    let approve = ["bypass", "approve", ALICE, "--as", ANN, "--json"];
    let approved = desk.run_with(approve, &ann.code()).json();
    assert_eq!(approved["state"], "granted");
    let code = approved["issued_code"].as_str().unwrap().to_owned();
    assert!(approved["tell"].as_str().unwrap().contains("issued code"));
    let alice = approved["account"]["id"].as_str().unwrap().parse().unwrap();
    let redeem = RedeemBypass::new(alice).code(code.parse().unwrap());
    desk.through_library(async |acme: &Tenant| {
        acme.execute(&Actor::customer(alice), redeem).await.unwrap();
    });
    assert!(desk.run(["bypass", "list"]).ok().contains("signed in"));

    grant.extend(["--replace", "--json"]);
    let mut command = desk.command([]);
    command.args(&grant);
    assert_eq!(desk::run(command, bob.code().expose()).json()["state"], "awaiting_approval");
    let deny = ["bypass", "deny", ALICE, "--as", ANN];
    assert!(desk.run_with(deny, &ann.code()).ok().contains("denied"));
    let all = desk.run(["bypass", "list", "--all", "--json"]).json();
    let ends: Vec<&str> = all["recoveries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["ended"][1]["how"].as_str().unwrap())
        .collect();
    assert_eq!(ends, ["denied", "revoked"], "the latest first");
    assert_eq!(all["recoveries"][1]["profile_met"], "strict");
}

#[test]
fn the_help_desk_asks_and_the_operator_can_take_back() {
    let desk = Desk::open();
    let (_, mut hank) = desk.admin("hank@acme.example", &[Role::Helpdesk]);
    desk.customer(ALICE);
    let request =
        ["bypass", "request", ALICE, "--as", "hank@acme.example", "--reason", "broken_device"];
    let asked = desk.run_with(request, &hank.code());
    assert!(asked.ok().contains("awaiting approval"));
    let grant =
        ["bypass", "grant", ALICE, "--as", "hank@acme.example", "--reason", "broken_device"];
    desk.run_with(grant, &hank.code()).failed(4, "refused (not_permitted)");
    desk.run(["bypass", "revoke", ALICE, "--as-operator"]).ok();
    let all = desk.run(["bypass", "list", "--all"]).ok();
    assert!(all.contains("revoked (by the operator)"), "{all}");
}

#[test]
fn the_past_of_a_customer_is_shown_as_it_was() {
    let desk = Desk::open();
    let (_, mut bob) = desk.admin(BOB, &[Role::Owner]);
    let (alice, _) = desk.customer(ALICE);
    let before = desk.run(["customer", "show", ALICE, "--json"]).json();
    let history = desk.run(["customer", "history", ALICE, "--json"]).json();
    let last = history["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["event"], "CodesRegenerated");
    assert_eq!(last["actor"], ALICE);

    let grant = ["bypass", "grant", ALICE, "--as", BOB, "--reason", "other", "--note", "a hurry"];
    desk.run_with(grant, &bob.code()).ok();
    let (at, position) = (last["at"].as_str().unwrap(), last["position"].to_string());
    for as_of in [["--at", at], ["--position", &position]] {
        let mut command = desk.command(["customer", "show", ALICE, "--json"]);
        command.args(as_of);
        let then = desk::run(command, "").json();
        for field in ["mfa", "devices", "codes_left", "recovery", "session_epoch", "customer"] {
            assert_eq!(then[field], before[field], "{field}");
        }
        assert!(then["sign_in"].is_null());
    }
    let now = desk.run(["customer", "show", alice.to_string().leak(), "--json"]).json();
    assert_eq!(now["recovery"]["stage"], "granted");
    assert_eq!(now["sign_in"]["answer"], "bypass");

    let told = desk.run(["customer", "history", ALICE]).ok();
    assert!(told.contains("BypassGranted") && told.contains(BOB), "{told}");
    assert!(!told.contains("a hurry"), "{told}");
    let listed = desk.run(["customer", "list"]).ok();
    assert!(listed.contains(ALICE) && listed.contains("granted"), "{listed}");
}

#[test]
fn the_tail_is_the_stored_ledger_and_follows_it() {
    let desk = Desk::open();
    let mut command = desk.command(["audit", "tail", "--from", "0", "--follow", "--json"]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next =
        || -> serde_json::Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next()["type"], "TenantCreated");
    desk.run(["customer", "add", ALICE]).ok();
    let registered = next();
    assert_eq!(registered["type"], "CustomerRegistered");
    assert_eq!(registered["position"], 1);
    child.kill().unwrap();
    child.wait().unwrap();

    let text = desk.run(["audit", "tail"]).ok();
    assert!(text.contains("TenantCreated") && text.contains(ALICE), "{text}");
    desk.run(["audit", "tail", "--from", "3"]).failed(3, "the ledger has 2 events");
}

#[test]
fn admins_change_their_roles_and_set_up_another_device() {
    let desk = Desk::open();
    desk.admin("olga@acme.example", &[Role::Owner]);
    let (_, mut bob) = desk.admin(BOB, &[Role::Helpdesk]);
    let roles = ["admin", "roles", BOB, "--role", "approver,auditor", "--json"];
    let changed = desk.run(roles).json();
    assert_eq!(changed["roles"], serde_json::json!(["approver", "auditor"]));
    desk.run(["admin", "suspend", "olga@acme.example"]).failed(4, "refused (last_owner)");
    desk.run(["admin", "suspend", BOB]).ok();
    desk.run(["admin", "suspend", BOB]).failed(4, "refused (unchanged)");
    assert!(desk.run(["admin", "list"]).ok().contains("(suspended)"));
    desk.run(roles).ok();

    let mut command = desk.command(["admin", "enrol", BOB, "--json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    writeln!(stdin, "{}", bob.code().expose()).unwrap();
    let secret: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let mut second = Phone::new(secret["secret"].as_str().unwrap());
    writeln!(stdin, "{}", second.code().expose()).unwrap();
    let set_up: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert!(set_up["recovery_codes"].is_null());
    let ended = Run::of(&child.wait_with_output().unwrap());
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let admins = desk.run(["admin", "list", "--json"]).json();
    assert_eq!(admins["admins"][0]["devices"], 2);
}
