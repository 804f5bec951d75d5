//! What an auditor does by hand.

use readmit_tests::witness::Witness;

use crate::desk::{ALICE, Desk};

/// A ledger of three events, with its checkpoint and its key in files.
fn kept() -> Desk {
    let desk = Desk::open();
    desk.run(["customer", "add", ALICE]).ok();
    for (command, file) in [("checkpoint", "acme.checkpoint"), ("vkey", "acme.vkey")] {
        let printed = desk.run(["audit", command]);
        std::fs::write(desk.path(file), &printed.stdout).unwrap();
        printed.ok();
    }
    desk.run(["customer", "add", "carol@example.com"]).ok();
    desk
}

#[test]
fn a_ledger_is_verified_against_what_was_kept_elsewhere() {
    let desk = kept();
    let run = desk.run(["audit", "verify", "--against", "acme.checkpoint"]);
    assert!(run.stdout.contains("the remembered checkpoint of 2 events"), "{}", run.stdout);
    run.ok();
    let answer = desk.run(["audit", "verify", "--against", "acme.checkpoint", "--json"]).json();
    assert_eq!(answer["ledgers"][0]["anchors"], serde_json::json!([2]));
    // Without it the answer is the same, and not enough.
    let run = desk.run(["audit", "verify"]);
    assert!(run.stdout.contains("verified"), "{}", run.stdout);
    run.failed(6, "were not cut off or replaced");
    desk.run(["audit", "verify", "--no-anchor"]).ok();
    desk.run(["audit", "verify", "--no-anchor", "--against", "acme.checkpoint"])
        .failed(2, "cannot be used with");
}

#[test]
fn a_checkpoint_that_does_not_fit_fails_the_verification() {
    let desk = kept();
    let note = std::fs::read_to_string(desk.path("acme.checkpoint")).unwrap();
    for (name, text) in [
        ("empty", String::new()),
        ("words", "not a checkpoint\n".to_owned()),
        ("grown", note.replacen("\n2\n", "\n3\n", 1)),
        ("cut", note[..note.len() - 1].to_owned()),
        ("crlf", note.replace('\n', "\r\n")),
        ("foreign", note.replace("readmit/led_", "readmit/lad_")),
    ] {
        std::fs::write(desk.path(name), text).unwrap();
        desk.run(["audit", "verify", "--against", name]).failed(6, "verification");
    }
    desk.run(["audit", "verify", "--against", "nowhere"]).failed(3, "there is no file nowhere");
}

#[test]
fn an_event_is_proved_and_the_proof_is_checked_without_the_database() {
    let desk = kept();
    let proof = desk.run(["audit", "prove", "1"]);
    std::fs::write(desk.path("proof"), &proof.stdout).unwrap();
    proof.ok();
    for name in ["readmit.db", "readmit.db.key"] {
        std::fs::rename(desk.path(name), desk.path(&format!("{name}.away"))).unwrap();
    }
    let check = ["audit", "check-proof", "proof", "--vkey", "acme.vkey"];
    let run = desk.run(check);
    assert!(run.stdout.contains("event           1 of 3"), "{}", run.stdout);
    assert!(run.stdout.contains("CustomerRegistered"), "{}", run.stdout);
    run.ok();
    let answer =
        desk.run(["audit", "check-proof", "proof", "--vkey", "acme.vkey", "--json"]).json();
    assert_eq!((&answer["position"], &answer["event"]["position"]), (&1.into(), &1.into()));
    // Any other character makes it another proof.
    let text = std::fs::read_to_string(desk.path("proof")).unwrap();
    for place in (0..text.len()).step_by(11) {
        let mut bytes = text.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        std::fs::write(desk.path("proof"), bytes).unwrap();
        let run = desk.run(check);
        assert_ne!(run.code, 0, "byte {place} may be anything: {}", run.stdout);
    }
    std::fs::write(desk.path("proof"), text).unwrap();
    let witness =
        ["audit", "check-proof", "proof", "--vkey", "acme.vkey", "--witness", "acme.vkey"];
    desk.run(witness).failed(6, "verification");
    desk.run(["audit", "check-proof", "proof", "--vkey", "proof"]).failed(2, "no verifier key");
}

#[test]
fn what_is_not_there_is_not_proved() {
    let desk = kept();
    desk.run(["audit", "prove", "3"]).failed(3, "there is no event 3: the ledger has 3 events");
    desk.run(["audit", "prove", "-1"]).failed(2, "error");
    desk.run(["audit", "replay", "--position", "3"]).failed(3, "there is no event 3");
    desk.run(["audit", "replay", "--at", "2999-01-01T00:00:00Z"]).failed(2, "has not come yet");
}

#[test]
fn the_past_is_replayed() {
    let desk = kept();
    let then = desk.run(["audit", "replay", "--position", "1"]).stdout;
    assert!(then.contains(ALICE) && !then.contains("carol"), "{then}");
    let now = desk.run(["audit", "replay"]).stdout;
    assert!(now.contains(ALICE) && now.contains("carol"), "{now}");
}

#[test]
fn two_keys_sign_after_a_rotation() {
    let desk = kept();
    let run = desk.run(["audit", "vkey", "--rotate", "--json"]);
    assert_eq!(run.json()["keys"].as_array().unwrap().len(), 2);
    let note = desk.run(["audit", "checkpoint"]).stdout;
    assert_eq!(note.lines().filter(|line| line.starts_with('—')).count(), 2, "{note}");
    desk.run(["audit", "verify", "--against", "acme.checkpoint"]).ok();
    // A proof holds under either key.
    std::fs::write(desk.path("proof"), desk.run(["audit", "prove", "1"]).stdout).unwrap();
    let both = desk.run(["audit", "vkey"]).stdout;
    let new = both.lines().next().unwrap();
    std::fs::write(desk.path("both"), &both).unwrap();
    for keys in ["acme.vkey", "both", new] {
        desk.run(["audit", "check-proof", "proof", "--vkey", keys]).ok();
    }
    let tail = desk.run(["audit", "tail"]).stdout;
    assert!(tail.contains("SigningKeyRotated"), "{tail}");
}

#[test]
fn a_copy_is_verified_without_the_database() {
    let desk = kept();
    let run = desk.run(["audit", "export", "copy"]);
    assert!(run.stdout.contains("events          3"), "{}", run.stdout);
    run.ok();
    desk.run(["audit", "export", "copy"]).failed(4, "is not empty");
    for name in ["readmit.db", "readmit.db.key"] {
        std::fs::rename(desk.path(name), desk.path(&format!("{name}.away"))).unwrap();
    }
    let verify = ["audit", "verify", "--bundle", "copy", "--vkey", "acme.vkey"];
    let run = desk.run(verify);
    assert!(run.stdout.contains("verified"), "{}", run.stdout);
    run.ok();
    let against = desk.run([
        "audit",
        "verify",
        "--bundle",
        "copy",
        "--vkey",
        "acme.vkey",
        "--against",
        "acme.checkpoint",
    ]);
    assert!(against.stdout.contains("the remembered checkpoint of 2 events"), "{}", against.stdout);
    against.ok();
    desk.run(["audit", "verify", "--bundle", "copy"]).failed(2, "--vkey");
    // A checkpoint that somebody else made up is nothing to go by.
    let other = Desk::open();
    let foreign = other.run(["audit", "checkpoint"]).stdout;
    std::fs::write(desk.path("foreign"), foreign).unwrap();
    desk.run([
        "audit",
        "verify",
        "--bundle",
        "copy",
        "--vkey",
        "acme.vkey",
        "--against",
        "foreign",
    ])
    .failed(6, "is not signed by the key");
    desk.run(["audit", "verify", "--bundle", "elsewhere", "--vkey", "acme.vkey"])
        .failed(3, "there is no folder");

    let events = desk.path("copy/events.jsonl");
    let text = std::fs::read_to_string(&events).unwrap();
    std::fs::write(&events, text.replacen("CustomerRegistered", "CustomerRegisterex", 1)).unwrap();
    desk.run(verify).failed(6, "events.jsonl");
}

#[test]
fn a_witness_cosigns_and_gives_a_rollback_away() {
    let desk = kept();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let witness = runtime.block_on(Witness::start()).unwrap();
    let url = witness.url();
    std::fs::write(desk.path("witness.vkey"), witness.key().to_string()).unwrap();
    let submit = ["audit", "witness", "--url", &url, "--vkey", "witness.vkey"];
    desk.run(submit).failed(1, "does not know");
    let key = std::fs::read_to_string(desk.path("acme.vkey")).unwrap();
    witness.trust(&key.trim().parse().unwrap());
    let early = std::fs::read(desk.path("readmit.db")).unwrap();
    let run = desk.run(submit);
    assert!(run.stdout.contains(witness.key().name()), "{}", run.stdout);
    run.ok();
    // The cosignature is in the checkpoint that everybody gets.
    let note = desk.run(["audit", "checkpoint"]).stdout;
    assert!(note.contains(witness.key().name()), "{note}");
    desk.run(["customer", "add", "dora@example.com"]).ok();
    desk.run(submit).ok();

    std::fs::write(desk.path("readmit.db"), early).unwrap();
    desk.run(submit).failed(6, "ROLLED BACK");
    desk.run(["audit", "witness", "--url", "ftp://nowhere", "--vkey", "witness.vkey"])
        .failed(2, "not the address of a witness");
    desk.run(["audit", "witness", "--url", &url, "--vkey", "acme.vkey"]).failed(2, "error");
}

#[test]
fn only_a_time_stamp_of_this_checkpoint_is_kept() {
    let desk = kept();
    let bytes = desk.run(["audit", "timestamp", "--size", "2"]).stdout;
    assert!(bytes.starts_with("readmit/led_") && bytes.contains("\n2\n"), "{bytes}");
    std::fs::write(desk.path("answer"), "no DER").unwrap();
    desk.run(["audit", "timestamp", "--size", "2", "--response", "answer"]).failed(6, "answer");
    desk.run(["audit", "timestamp", "--size", "9"]).failed(3, "no checkpoint of 9 events");
}
