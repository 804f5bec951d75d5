//! What an auditor asks for: registers, access, samples, sign-off.

use std::process::{Command, Stdio};

use readmit::{
    Actor, AdminId, Clock as _, CustomerId, GrantBypass, IssueApiKey, Reason, RevokeBypass, Role,
    SystemClock, Tenant,
};
use serde_json::{Value, json};

use crate::desk::{self, ALICE, Desk, Run};

const BOB: &str = "bob@acme.example";
const UNKNOWN: &str = "rec_01h455vb4pex5vsknk084sn02q";

/// The whole story of the demo.
fn story() -> Desk {
    let desk = Desk::empty();
    desk.run(["demo", "--no-serve", "--db", "sqlite://readmit.db"]).ok();
    desk
}

/// Runs a line of words.
fn run(desk: &Desk, line: &str) -> Run {
    let mut command = desk.command([]);
    command.args(line.split_whitespace());
    desk::run(command, "")
}

/// Bob grants a bypass, and the operator takes it back.
fn granted_and_revoked(desk: &Desk, bob: AdminId, customer: CustomerId, reason: Reason) {
    desk.through_library(async |acme: &Tenant| {
        let bob = Actor::admin(bob).vouched_second_factor(SystemClock.now());
        let grant = GrantBypass::new(customer).reason(reason).note("a hurry");
        acme.execute(&bob, grant).await.unwrap();
        acme.execute(&Actor::system(), RevokeBypass::new(customer)).await.unwrap();
    });
}

/// The ids of the recoveries in an answer, in order.
fn ids(answer: &Value) -> Vec<String> {
    let recoveries = answer["recoveries"].as_array().unwrap();
    recoveries.iter().map(|it| it["recovery"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_register_shows_the_story_and_the_profile_it_met() {
    let desk = story();
    let run = run(&desk, "report exceptions");
    assert!(run.stderr.contains("2 bypass(es) began"), "{}", run.stderr);
    let told = run.ok();
    for words in [ALICE, BOB, "lost device", "INC-4711", "1 h", "completed", "standard"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(told.contains("strict: identity check, stronger proof, second person"), "{told}");
    assert!(told.contains("carol@example.com") && told.contains("expired (never used)"), "{told}");

    let answer = desk.run(["report", "exceptions", "--json"]).json();
    let alice = &answer["exceptions"][0];
    assert_eq!(alice["person"]["login"], ALICE);
    assert_eq!(alice["granted_by"], BOB);
    assert_eq!(
        (&alice["profile_met"], &alice["next_profile"]),
        (&json!("standard"), &json!("strict"))
    );
    assert_eq!(alice["missing"], json!(["identity_check", "proof", "second_person"]));
    let mut same = desk.run(["report", "exceptions", "--format", "json"]).json();
    // The period ends with what has happened, or now if that is later.
    same["period"] = answer["period"].clone();
    assert_eq!(same, answer);
}

#[test]
fn a_report_is_about_the_cases_that_began_in_its_period() {
    let desk = story();
    let answer = desk.run(["report", "exceptions", "--json"]).json();
    let began = answer["exceptions"][1]["granted"]["at"].as_str().unwrap();
    let count = |line: &str| {
        let answer = run(&desk, &format!("report exceptions --json {line}")).json();
        answer["exceptions"].as_array().unwrap().len()
    };
    assert_eq!(count(&format!("--from {began}")), 1);
    assert_eq!(count(&format!("--from 2020-01-01 --to {began}")), 1);
    assert_eq!(count("--from 2020-01-01"), 2);
    assert_eq!(count("--to 2020-01-01"), 0);
    assert_eq!(run(&desk, "report exceptions --to 2020-01-01").ok(), "");
}

#[test]
fn a_spreadsheet_carries_out_nothing_that_somebody_wrote_into_a_case() {
    let desk = Desk::open();
    let (bob, _) = desk.admin(BOB, &[Role::Owner]);
    let (customer, _) = desk.customer("=cmd|calc!a0");
    desk.through_library(async |acme: &Tenant| {
        let bob = Actor::admin(bob).vouched_second_factor(SystemClock.now());
        let grant = GrantBypass::new(customer).reason(Reason::LostDevice).ticket("-2-3");
        acme.execute(&bob, grant).await.unwrap();
        let key = IssueApiKey::new("=cmd|' /C calc'!A0, \"x\"");
        acme.execute(&Actor::system(), key).await.unwrap();
    });
    for line in ["report exceptions --format csv", "recovery list --format csv"] {
        let csv = run(&desk, line).ok();
        assert!(csv.contains("\"'=cmd|calc!a0\"") && csv.contains("\"'-2-3\""), "{csv}");
        assert_eq!(csv.lines().count(), 2);
    }
    let run = run(&desk, "report access --format csv");
    assert!(run.stderr.contains("Separation of duties: 1 case(s)"), "{}", run.stderr);
    let csv = run.ok();
    assert!(csv.contains("\"'=cmd|' /C calc'!A0, \"\"x\"\"\""), "{csv}");
    assert!(csv.lines().all(|line| line.starts_with('"') && !line.contains("\"=")), "{csv}");
    // As a ticket, the worst of it cannot even be said.
    desk.run(["bypass", "grant", ALICE, "--as", BOB, "--ticket", "=cmd|calc"]).failed(2, "ticket");
}

#[test]
fn who_held_which_roles_is_told_with_who_gave_them_and_how_they_ended() {
    let desk = Desk::open();
    desk.admin("olga@acme.example", &[Role::Owner]);
    let (bob, _) = desk.admin(BOB, &[Role::Helpdesk]);
    let (alice, _) = desk.customer(ALICE);
    desk.run(["admin", "roles", BOB, "--role", "recovery_admin,auditor"]).ok();
    granted_and_revoked(&desk, bob, alice, Reason::LostDevice);
    desk.run(["admin", "suspend", BOB]).ok();

    let answer = desk.run(["report", "access", "--json"]).json();
    let bobs: Vec<&Value> =
        answer["holdings"].as_array().unwrap().iter().filter(|it| it["name"] == BOB).collect();
    let ended: Vec<&Value> = bobs.iter().map(|it| &it["ending"]).collect();
    assert_eq!(ended, ["replaced", "suspended"]);
    assert_eq!(bobs[0]["until"], bobs[1]["from"]);
    assert_eq!(bobs[1]["roles"], json!(["recovery_admin", "auditor"]));
    assert_eq!(bobs[1]["given_by_name"], "system");
    assert!(bobs.iter().all(|it| it["current"] == false));
    assert_eq!(answer["duties"], json!({"cases": 1, "approved": 0, "enrolled": 0, "breaches": []}));

    let told = desk.run(["report", "access"]).ok();
    for words in ["olga@acme.example", "owner", "suspended", "other roles", "1 case(s)", "Nobody"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let before = desk.run(["report", "access", "--to", "2020-01-01", "--json"]).json();
    assert_eq!(before["holdings"], json!([]));
    assert_eq!(before["duties"]["cases"], 0);
}

#[test]
fn a_second_person_who_approves_is_looked_at() {
    let desk = Desk::open();
    let (_, mut hank) = desk.admin("hank@acme.example", &[Role::Helpdesk]);
    let (_, mut ann) = desk.admin("ann@acme.example", &[Role::Approver]);
    desk.customer(ALICE);
    let request =
        ["bypass", "request", ALICE, "--as", "hank@acme.example", "--reason", "broken_device"];
    desk.run_with(request, &hank.code()).ok();
    let approve =
        ["bypass", "approve", ALICE, "--as", "ann@acme.example", "--identity-check", "call_back"];
    desk.run_with(approve, &ann.code()).ok();
    let answer = desk.run(["report", "access", "--json"]).json();
    assert_eq!(answer["duties"]["approved"], 1);
    assert_eq!(answer["duties"]["breaches"], json!([]));
    let listed = run(&desk, "recovery list --requested-by hank@acme.example --json").json();
    assert_eq!(listed["recoveries"][0]["granted_by"], "ann@acme.example");
}

#[test]
fn recoveries_are_found_by_what_they_are_and_come_in_pages() {
    let desk = Desk::open();
    let (bob, _) = desk.admin(BOB, &[Role::Owner]);
    for (login, reason) in [
        (ALICE, Reason::LostDevice),
        ("carol@example.com", Reason::StolenDevice),
        ("dave@example.com", Reason::Other),
    ] {
        let (customer, _) = desk.customer(login);
        granted_and_revoked(&desk, bob, customer, reason);
    }
    let list = |line: &str| run(&desk, &format!("recovery list --json {line}")).json();
    let all = list("");
    let logins: Vec<&Value> =
        all["recoveries"].as_array().unwrap().iter().map(|it| &it["person"]["login"]).collect();
    assert_eq!(logins, ["dave@example.com", "carol@example.com", ALICE], "the latest first");
    assert!(all["next"].is_null());

    let (mut paged, mut next) = (Vec::new(), Some(String::new()));
    while let Some(after) = next.take() {
        let answer = list(&format!("--limit 2 {after}"));
        paged.push(ids(&answer));
        next = answer["next"].as_str().map(|cursor| format!("--after {cursor}"));
    }
    assert_eq!((paged.len(), paged.concat()), (2, ids(&all)));
    let run_of_one = run(&desk, "recovery list --limit 1");
    assert!(run_of_one.stderr.contains("--after"), "{}", run_of_one.stderr);
    assert!(run_of_one.ok().contains("revoked (by the operator)"));

    for (line, count) in [
        ("--reason stolen-device", 1),
        ("--ended revoked", 3),
        ("--ended completed", 0),
        ("--profile standard", 3),
        ("--profile none", 0),
        ("--admin bob@acme.example", 3),
        ("--requested-by bob@acme.example", 0),
        ("--from 2020-01-01", 3),
        ("--to 2020-01-01", 0),
        ("--open", 0),
        ("--admin bob@acme.example --reason other --ended revoked", 1),
    ] {
        assert_eq!(ids(&list(line)).len(), count, "{line}");
    }
    run(&desk, "recovery list --open --reason other").failed(2, "cannot be used with");
    run(&desk, "recovery list --admin nobody@acme.example").failed(3, "nobody has the login");
}

#[test]
fn one_recovery_is_shown_with_all_that_happened_in_it() {
    let desk = story();
    let listed = desk.run(["recovery", "list", "--json"]).json();
    let alices = ids(&listed)[1].clone();
    let told = desk.run(["recovery", "show", &alices]).ok();
    for words in [
        "1 of 1 2",
        "identity check, stronger proof, second person for strict",
        "A bypass was granted (lost device, ticket INC-4711)",
        "The recovery is complete.",
        "alice@example.com via login service",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let answer = desk.run(["recovery", "show", &alices, "--json"]).json();
    let events = answer["history"].as_array().unwrap();
    let names: Vec<&Value> = events.iter().map(|it| &it["event"]).collect();
    assert_eq!(
        names,
        [
            "BypassGranted",
            "BypassUsed",
            "MfaDisabled",
            "EnrolmentStarted",
            "DeviceEnrolled",
            "CodesRegenerated",
            "RecoveryCompleted"
        ]
    );
    assert_eq!(answer["reviews"], json!([]));
}

#[test]
fn a_sample_is_drawn_again_by_its_seed() {
    let desk = Desk::open();
    let (bob, _) = desk.admin(BOB, &[Role::Owner]);
    for number in 0..5 {
        let (customer, _) = desk.customer(&format!("customer-{number}@example.com"));
        granted_and_revoked(&desk, bob, customer, Reason::LostDevice);
    }
    let sample = |count: &str, seed: &str| {
        let line = ["recovery", "sample", count, "--seed", seed, "--from", "2020-01-01", "--json"];
        desk.run(line).json()
    };
    let all = sample("9", "dice: 4 2 6");
    assert_eq!((all["population"].as_u64(), ids(&all).len()), (Some(5), 5));
    assert_eq!(ids(&sample("5", "dice: 4 2 6")), ids(&all));
    assert_eq!(ids(&sample("2", "dice: 4 2 6")), ids(&all)[..2]);
    let others = ["a", "b", "c", "d", "e", "f"].map(|seed| ids(&sample("5", seed)));
    assert!(others.iter().any(|other| *other != ids(&all)));

    let mut draws = Vec::new();
    for drawn in all["recoveries"].as_array().unwrap() {
        let hashed = format!("dice: 4 2 6\n{}", drawn["recovery"].as_str().unwrap());
        assert_eq!(drawn["draw"], sha256sum(&hashed));
        draws.push(drawn["draw"].as_str().unwrap().to_owned());
    }
    assert!(draws.is_sorted());
}

/// By a tool of others, as an auditor would.
fn sha256sum(text: &str) -> String {
    use std::io::Write as _;
    let mut child =
        Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let said = Run::of(&child.wait_with_output().unwrap()).ok();
    said.split(' ').next().unwrap().to_owned()
}

#[test]
fn every_event_of_a_sampled_case_is_proved_without_the_database() {
    let desk = story();
    let vkey = desk.run(["audit", "vkey"]).ok();
    std::fs::write(desk.path("acme.vkey"), vkey).unwrap();
    let line = ["recovery", "sample", "2", "--seed", "x", "--proofs", "drawn/proofs"];
    let told = desk.run(line).ok();
    assert!(told.contains("2 of 2") && told.contains("30 events, root"), "{told}");
    let answer = desk.run(["recovery", "sample", "2", "--seed", "x", "--json"]).json();
    assert_eq!(answer["size"], 30);
    assert!(answer["checkpoint"].as_str().unwrap().starts_with("readmit/led_"));

    for name in ["readmit.db", "readmit.db.key"] {
        std::fs::rename(desk.path(name), desk.path(&format!("{name}.away"))).unwrap();
    }
    let cases = answer["recoveries"].as_array().unwrap();
    let events: Vec<&Value> =
        cases.iter().flat_map(|case| case["events"].as_array().unwrap()).collect();
    // Seven of Alice's recovery, two of Carol's.
    assert_eq!(events.len(), 9);
    for event in events {
        let file = format!("drawn/proofs/{}.proof", event["position"]);
        let text = std::fs::read_to_string(desk.path(&file)).unwrap();
        assert_eq!(event["proof"], text);
        let check = ["audit", "check-proof", &file, "--vkey", "acme.vkey", "--json"];
        let proved = desk.run(check).json();
        assert_eq!((&proved["position"], &proved["size"]), (&event["position"], &30.into()));
        assert_eq!(proved["event"]["type"], event["event"]);
    }
    assert_eq!(std::fs::read_dir(desk.path("drawn/proofs")).unwrap().count(), 9);
}

#[test]
fn an_auditor_signs_off_what_has_ended() {
    let desk = Desk::open();
    let (bob, mut bobs_phone) = desk.admin(BOB, &[Role::RecoveryAdmin]);
    let (_, mut audreys_phone) = desk.admin("audrey@acme.example", &[Role::Auditor]);
    let (alice, _) = desk.customer(ALICE);
    let grant = ["bypass", "grant", ALICE, "--as", BOB, "--reason", "lost_device", "--json"];
    let granted = desk.run_with(grant, &bobs_phone.code()).json();
    let open = granted["recovery"].as_str().unwrap();
    let review = |recovery: &str, who: &str, verdict: &str| {
        let mut command = desk.command(["recovery", "review", recovery, "--as", who, "--json"]);
        command.args(["--verdict", verdict]);
        command
    };
    let audrey = "audrey@acme.example";
    desk::run(review(open, audrey, "accepted"), "").failed(4, "has not ended yet");
    desk.run(["bypass", "revoke", ALICE, "--as-operator"]).ok();
    desk::run(review(UNKNOWN, audrey, "accepted"), "").failed(3, "there is no recovery");
    desk::run(review(open, audrey, "questioned"), "").failed(4, "note_missing");
    desk::run(review(open, audrey, "perhaps"), "").failed(2, "possible values");
    desk::run(review(open, BOB, "accepted"), bobs_phone.code().expose()).failed(4, "not_permitted");
    // The latest case is another one by now: what is reviewed is what was named.
    granted_and_revoked(&desk, bob, alice, Reason::Other);

    let mut questioned = review(open, audrey, "questioned");
    questioned.args(["--note", "who called whom?"]);
    let answer = desk::run(questioned, audreys_phone.code().expose()).json();
    assert_eq!((&answer["recovery"], &answer["verdict"]), (&open.into(), &"questioned".into()));
    let answer = desk::run(review(open, audrey, "accepted"), audreys_phone.code().expose()).json();
    assert_eq!(answer["verdict"], "accepted");

    let shown = desk.run(["recovery", "show", open, "--json"]).json();
    let reviews = shown["reviews"].as_array().unwrap();
    let actors: Vec<&Value> = reviews.iter().map(|it| &it["actor"]).collect();
    assert_eq!(actors, [audrey, audrey]);
    assert_eq!(reviews[1]["position"], answer["position"]);
    let told = desk.run(["recovery", "show", open]).ok();
    assert!(told.contains("was reviewed and questioned.") && !told.contains("whom?"), "{told}");
}

#[test]
fn what_cannot_be_asked_for_is_a_matter_of_usage() {
    let desk = Desk::open();
    for (line, words) in [
        ("report exceptions --from yesterday", "expected such as 2026-11-24"),
        ("report exceptions --from 2026-02-30", "is no time"),
        ("report exceptions --from 2026-12-01 --to 2026-11-01", "nothing is between"),
        ("report exceptions --from 2026-12-01 --to 2026-12-01", "nothing is between"),
        ("report exceptions --from 9999-01-01", "nothing is between"),
        ("report access --to tomorrow", "is no time"),
        ("report access --format xml", "possible values: table, csv, json"),
        ("report access --format csv --json", "cannot be used with each other"),
        ("report", "Usage"),
        ("report alerts --rule mischief", "possible values"),
        ("recovery sample 1 --seed x --to 2999-01-01", "has not come yet"),
        ("recovery list --from 2026-12-01 --to 2026-11-01", "nothing is between"),
        ("recovery list --limit 0", "0 is not in"),
        ("recovery list --limit 501", "501 is not in"),
        ("recovery list --after here", "invalid value"),
        ("recovery list --ended badly", "possible values"),
        ("recovery show byp_01h455vb4pex5vsknk084sn02q", "rec_"),
        ("recovery sample 0 --seed x", "0 is not in"),
        ("recovery sample 1001 --seed x", "1001 is not in"),
        ("recovery sample 1", "--seed"),
        ("recovery sample --seed x", "<N>"),
        ("recovery review rec_01h455vb4pex5vsknk084sn02q --verdict accepted", "--as"),
    ] {
        run(&desk, line).failed(2, words);
    }
    for line in ["report access --from x --format=json", "report access --from x --format json"] {
        let said = run(&desk, line).failed(2, "usage");
        assert_eq!(serde_json::from_str::<Value>(&said).unwrap()["error"]["kind"], "usage");
    }
    desk.run(["recovery", "show", UNKNOWN]).failed(3, "there is no recovery");
    let nothing = desk.run(["recovery", "sample", "3", "--seed", "x", "--json"]).json();
    assert_eq!((&nothing["population"], &nothing["recoveries"]), (&0.into(), &json!([])));
}
