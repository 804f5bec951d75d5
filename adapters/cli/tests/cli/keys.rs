//! The master key is rotated at the command line; a killed rotation is gone on with; and a legal
//! hold forbids an erasure.

use std::process::Stdio;
use std::time::Duration;

use readmit::{Actor, RegisterCustomer, Role};

use crate::desk::{self, ALICE, Desk};

const OLGA: &str = "olga@acme.example";

fn key_file(desk: &Desk) -> String {
    std::fs::read_to_string(desk.path("readmit.db.key")).unwrap()
}

/// What every line of the key file holds.
fn keys(desk: &Desk) -> Vec<String> {
    key_file(desk).lines().map(str::to_owned).collect()
}

fn show(desk: &Desk) -> serde_json::Value {
    desk.run(["key", "show", "--json"]).json()
}

#[test]
fn the_master_key_is_rotated_and_the_old_one_forgotten() {
    let desk = Desk::open();
    desk.run(["customer", "add", ALICE]).ok();
    let (before, old) = (show(&desk), key_file(&desk));
    assert_eq!(
        (before["keys"].as_array().unwrap().len(), &before["keys"][0]["wraps"]),
        (1, &2.into())
    );

    let rotated = desk.run(["key", "rotate"]);
    assert!(rotated.stderr.contains("--forget-old"), "{}", rotated.stderr);
    let told = rotated.ok();
    assert!(told.contains("wrapped anew    2"), "{told}");
    assert_eq!(keys(&desk).len(), 2);
    desk.run(["customer", "show", ALICE]).ok();
    assert_ne!(show(&desk)["in_use"], before["in_use"]);

    let done = desk.run(["key", "rewrap", "--forget-old", "--json"]).json();
    assert_eq!((&done["rewrapped"], &done["forgotten"][0]), (&0.into(), &before["in_use"]));
    let new = keys(&desk);
    assert!(new.len() == 1 && !old.contains(&new[0]));
    for command in [["customer", "list"], ["audit", "vkey"], ["key", "show"], ["key", "rewrap"]] {
        let run = desk.run(command);
        let told = run.stdout.clone() + &run.stderr;
        assert!(!told.contains("rmmk1_") && !told.contains(&new[0][6..]), "{told}");
        run.ok();
    }
    assert!(desk.run(["doctor"]).ok().contains("the right one"));

    // The file as it was before is of no use any more.
    std::fs::write(desk.path("readmit.db.key"), &old).unwrap();
    desk.run(["customer", "list"]).failed(1, "after a rotation give the key file");
    desk.run(["key", "rotate"]).failed(1, "needs the master key");
    assert_eq!(key_file(&desk), old);
}

#[test]
fn a_new_key_is_prepared_for_other_machines_first() {
    let desk = Desk::open();
    let before = show(&desk);
    let prepared = desk.run(["key", "rotate", "--prepare", "--json"]).json();
    assert_eq!(keys(&desk).len(), 2);
    assert_eq!(desk.run(["key", "rotate", "--prepare", "--json"]).json(), prepared);
    let now = show(&desk);
    assert_eq!((&now["in_use"], &now["prepared"]), (&before["in_use"], &prepared["prepared"]));
    // What is prepared is no old key.
    desk.run(["key", "rewrap", "--forget-old"]).ok();
    assert_eq!(keys(&desk).len(), 2);
    assert_eq!(desk.run(["key", "rotate", "--json"]).json()["in_use"], prepared["prepared"]);
}

#[test]
fn a_rotation_that_is_killed_anywhere_is_gone_on_with() {
    let desk = Desk::open();
    desk.through_library(async |tenant: &readmit::Tenant| {
        for number in 0..400 {
            let register = RegisterCustomer::new(format!("c{number}@example.com").as_str());
            tenant.execute(&Actor::system(), register).await.unwrap();
        }
    });
    let mut killed = 0;
    for round in 0_u64..24 {
        let forget = ["key", "rewrap", "--forget-old"];
        let mut command = match round % 2 {
            0 => desk.command(["key", "rotate"]),
            _ => desk.command(forget),
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(2 + round * 5));
        killed += u32::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        // Whatever was done, everybody can be read, and somebody new can be added.
        let listed = desk.run(["customer", "list", "--limit", "500"]).ok();
        assert!(listed.contains("c399@example.com") && listed.contains("c0@example.com"));
        let login = format!("new{round}@example.com");
        desk.run(["customer", "add", &login]).ok();
    }
    assert!(killed > 4, "nearly all had ended before they were killed: {killed}");
    let done = desk.run(["key", "rewrap", "--forget-old", "--json"]).json();
    assert_eq!(done["left"], 0);
    let shown = show(&desk);
    assert_eq!(shown["keys"].as_array().unwrap().len(), 1, "{shown}");
    assert_eq!(shown["keys"][0]["wraps"], 1 + 400 + 24);
    desk.run(["audit", "verify", "--no-anchor"]).ok();
    let stray = std::fs::read_dir(desk.folder.path()).unwrap();
    let stray = stray.filter(|file| {
        file.as_ref().unwrap().file_name().to_string_lossy().ends_with(".unfinished")
    });
    // One that was killed while it wrote leaves its file to the next one, for its owner alone.
    assert!(stray.count() <= 1);
}

#[test]
fn a_key_in_the_environment_is_rotated_by_giving_both() {
    let desk = Desk::open();
    desk.run(["customer", "add", ALICE]).ok();
    let old = key_file(&desk).trim().to_owned();
    std::fs::remove_file(desk.path("readmit.db.key")).unwrap();
    let with = |key: &str, line: &[&str]| {
        let mut command = desk.command([]);
        command.args(line).env("READMIT_MASTER_KEY", key);
        desk::run(command, "")
    };
    with(&old, &["key", "rotate"]).failed(4, "in use already");
    with(&old, &["key", "rotate", "--prepare"]).failed(4, "in use already");
    let new = format!("rmmk1_{}", "5a".repeat(32));
    let both = format!("{new} {old}");
    with(&both, &["customer", "show", ALICE]).ok();
    with(&both, &["key", "rotate"]).ok();
    with(&both, &["key", "rewrap", "--forget-old"]).ok();
    with(&new, &["customer", "show", ALICE]).ok();
    with(&old, &["customer", "show", ALICE]).failed(1, "needs the master key");
    with(&format!("{new} nonsense"), &["customer", "list"]).failed(2, "READMIT_MASTER_KEY: not a");
}

#[test]
fn what_is_wrong_with_a_key_file_is_said_and_nothing_changes() {
    let desk = Desk::open();
    let (path, good) = (desk.path("readmit.db.key"), key_file(&desk));
    for bad in [String::new(), format!("{good}nonsense\n"), good.repeat(17)] {
        std::fs::write(&path, &bad).unwrap();
        desk.run(["key", "rotate"]).failed(1, "rmmk1_");
        assert_eq!(key_file(&desk), bad);
    }
    // As many keys as there may be.
    let line = |byte: u8| format!("rmmk1_{}\n", format!("{byte:02x}").repeat(32));
    let full = good.clone() + &(1..16).map(line).collect::<String>();
    std::fs::write(&path, &full).unwrap();
    desk.run(["key", "rotate"]).failed(1, "--forget-old");
    assert_eq!(key_file(&desk), full);
    desk.run(["key", "rewrap", "--forget-old"]).ok();
    assert_eq!(keys(&desk).len(), 1);
    desk.run(["key", "rotate", "--to", "x"]).failed(2, "unexpected argument");
    desk.run(["key", "forget"]).failed(2, "unrecognized subcommand");

    // A key that is lost before everything was wrapped anew is named, and can be put back.
    desk.run(["customer", "add", ALICE]).ok();
    desk.run(["key", "rotate", "--prepare"]).ok();
    let both = key_file(&desk);
    let mut strange = keys(&desk);
    strange.reverse();
    std::fs::write(&path, strange.join("\n")).unwrap();
    desk.run(["key", "show"]).ok();
    std::fs::write(&path, &both).unwrap();
    desk.run(["key", "rotate"]).ok();
}

#[test]
fn a_legal_hold_forbids_an_erasure_until_it_is_lifted() {
    let desk = Desk::open();
    let (_, mut olga) = desk.admin(OLGA, &[Role::Owner]);
    let (alice, _) = desk.customer(ALICE);
    let id = alice.to_string();
    desk.run_with(["customer", "hold", ALICE, "--as", OLGA], &olga.code()).ok();
    // Told before a code is asked for.
    desk.run(["customer", "erase", ALICE, "--as", OLGA]).failed(4, "refused (legal_hold)");
    desk.run(["customer", "hold", ALICE, "--as", OLGA]).failed(4, "refused (unchanged)");
    desk.run(["customer", "show", ALICE]).ok();

    let lift = ["customer", "hold", ALICE, "--as", OLGA, "--lift", "--json"];
    assert_eq!(desk.run_with(lift, &olga.code()).json()["state"], "not held");
    let erase = ["customer", "erase", ALICE, "--as", OLGA, "--json"];
    let erased = desk.run_with(erase, &olga.code()).json();
    assert!(erased["state"] == "erased" && erased["customer"]["login"].is_null(), "{erased}");
    desk.run(["customer", "show", ALICE]).failed(3, "nobody has the login");
    let history = desk.run(["customer", "history", &id, "--json"]).json();
    assert_eq!(history["customer"]["id"], id);
    desk.run(["customer", "erase", &id, "--as", OLGA]).failed(4, "refused (erased)");
    desk.run(["customer", "erase", "nobody@example.com", "--as", OLGA]).failed(3, "nobody");
    desk.run(["customer", "erase", ALICE]).failed(2, "--as");
    desk.run(["audit", "verify", "--no-anchor"]).ok();
}
