//! What is wrong is said clearly, with its exit code, and changes nothing.

use std::fs::File;
use std::process::Stdio;

use crate::desk::{self, ALICE, Desk, TENANT};
use readmit::testing::TestClock;
use readmit::{Actor, Clock as _, Engine, RegisterCustomer, Role, Seconds, SystemClock};

const BOB: &str = "bob@acme.example";

#[test]
fn a_database_that_is_not_there_or_not_ours_is_named() {
    let desk = Desk::empty();
    let missing = desk.run(["customer", "list"]).failed(1, "readmit init");
    assert!(missing.contains("readmit.db"), "{missing}");
    assert!(!desk.path("readmit.db").exists());
    desk.run(["doctor"]).failed(1, "not in order");
    desk.run(["init", "--db", "sqlite://no/such/place.db"]).failed(1, "directory does not exist");
    for url in
        ["mysql://root:hunter2@host/db", "readmit.db", "sqlite://", "postgres://host:port/db", ""]
    {
        let said = desk.run(["init", "--db", url]).failed(2, "sqlite://readmit.db");
        assert!(!said.contains("hunter2"), "{said}");
    }
    std::fs::write(desk.path("readmit.db"), "a shopping list, kept for later".repeat(9)).unwrap();
    for command in ["init", "doctor"] {
        let run = desk.run([command]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!((run.stdout + &run.stderr).contains("not a database of Readmit"));
    }
    assert!(!desk.path("readmit.db.key").exists());
}

#[test]
fn a_database_is_made_once() {
    let desk = Desk::open();
    let key = std::fs::read(desk.path("readmit.db.key")).unwrap();
    desk.run(["init"]).failed(4, "already");
    assert_eq!(std::fs::read(desk.path("readmit.db.key")).unwrap(), key);
    desk.run(["tenant", "create", TENANT]).failed(4, "already");
}

#[test]
fn a_missing_wrong_or_open_key_is_refused_and_never_replaced() {
    let desk = Desk::open();
    let path = desk.path("readmit.db.key");
    let key = std::fs::read_to_string(&path).unwrap();

    std::fs::remove_file(&path).unwrap();
    desk.run(["customer", "list"]).failed(1, "master key of this database is missing");
    desk.run(["init"]).failed(1, "master key of this database is missing");
    assert!(!path.exists());

    let other = Desk::open();
    std::fs::copy(other.path("readmit.db.key"), &path).unwrap();
    desk.run(["customer", "list"]).failed(1, "needs the master key");
    std::fs::write(&path, "not a key").unwrap();
    desk.run(["customer", "list"]).failed(1, "rmmk1_");
    std::fs::write(&path, &key).unwrap();
    desk.run(["customer", "list"]).ok();

    let mut command = desk.command(["customer", "list"]);
    command.env("READMIT_MASTER_KEY", key.trim()).env("READMIT_KEY_FILE", &path);
    desk::run(command, "").failed(2, "leave one of them out");
    let mut command = desk.command(["customer", "list"]);
    command.env("READMIT_MASTER_KEY", "12345");
    desk::run(command, "").failed(2, "READMIT_MASTER_KEY: not a master key");
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_are_pointed_out() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::open();
    for name in ["readmit.db", "readmit.db.key"] {
        let mode = std::fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(desk.path("readmit.db"), open.clone()).unwrap();
    let run = desk.run(["doctor"]);
    assert!(run.stdout.contains("chmod 600"), "{}", run.stdout);
    run.failed(1, "1 thing(s)");
    std::fs::set_permissions(desk.path("readmit.db.key"), open).unwrap();
    desk.run(["tenant", "list"]).failed(1, "chmod 600");
}

#[test]
fn the_key_can_come_from_the_environment_or_another_file() {
    let desk = Desk::open();
    let key = std::fs::read_to_string(desk.path("readmit.db.key")).unwrap();
    std::fs::rename(desk.path("readmit.db.key"), desk.path("elsewhere")).unwrap();
    desk.run(["tenant", "list", "--key-file", "elsewhere"]).ok();
    let mut command = desk.command(["tenant", "list"]);
    desk::run(command, "").failed(1, "READMIT_MASTER_KEY");
    command = desk.command(["doctor"]);
    command.env("READMIT_MASTER_KEY", key.trim());
    assert!(desk::run(command, "").ok().contains("READMIT_MASTER_KEY: the right one"));

    let mut command = desk.command(["init", "--db", "sqlite://second.db", "--json"]);
    command.env("READMIT_MASTER_KEY", key.trim());
    assert!(desk::run(command, "").json()["key_file"].is_null());
    assert!(!desk.path("second.db.key").exists());
}

#[test]
fn what_is_typed_wrong_is_a_matter_of_usage() {
    let desk = Desk::open();
    desk.admin(BOB, &[Role::Owner]);
    desk.customer(ALICE);
    for (line, words) in [
        ("customer add a@b@c\u{7}d", "not a login"),
        ("customer add cus_01h455vb4pex5vsknk084sn02q", "not a login"),
        ("tenant create Acme", "not a tenant name"),
        ("tenant policy --set lenient", "possible values: standard, strict"),
        ("tenant policy --file nowhere.json", "nowhere.json"),
        ("tenant policy --mfa maybe", "possible values: required, optional"),
        ("admin add x@y --role boss", "possible values: owner, recovery_admin"),
        ("admin add x@y", "--role"),
        ("customer show alice@example.com --at yesterday", "expected RFC 3339"),
        ("customer show alice@example.com --at 2999-01-01T00:00:00Z", "has not come yet"),
        ("customer show alice@example.com --position -1", "-1"),
        ("bypass grant alice@example.com", "--as"),
        ("bypass grant alice@example.com --as bob@acme.example --for soon", "15m"),
        ("bypass grant alice@example.com --as bob@acme.example --for 15", "15m"),
        ("bypass grant alice@example.com --as bob@acme.example --for 1500ms", "whole seconds"),
        ("bypass grant alice@example.com --as bob@acme.example --for 999years", "15m"),
        ("bypass grant alice@example.com --as bob@acme.example --from now", "expected RFC 3339"),
        ("bypass grant alice@example.com --as bob@acme.example --reason lazy", "lost_device"),
        ("bypass grant alice@example.com --as bob@acme.example --proof none", "password"),
        ("bypass grant alice@example.com --as bob@acme.example --uses 0", "0 is not in"),
        ("bypass grant alice@example.com --as bob@acme.example --network 10.0.0.0/99", "/24"),
        (
            "bypass grant alice@example.com --as bob@acme.example --ticket two\u{2003}words",
            "ticket",
        ),
        ("bypass approve alice@example.com --as bob@acme.example --recovery byp_1", "rec_"),
        ("bypass revoke alice@example.com", "--as-operator"),
        ("audit tail --from last", "invalid digit"),
        ("completions tcsh", "possible values"),
        ("customer", "Usage"),
    ] {
        let mut command = desk.command([]);
        command.args(line.split(' '));
        desk::run(command, "").failed(2, words);
    }
    let mut command = desk.command(["tenant", "list"]);
    command.env("RUST_LOG", "readmit=purple");
    desk::run(command, "").failed(2, "RUST_LOG");
    std::fs::write(desk.path("policy.json"), "{\"mfa\":\"required\"}").unwrap();
    desk.run(["tenant", "policy", "--file", "policy.json"]).failed(2, "missing field");
    assert_eq!(desk.run(["bypass", "list", "--all"]).ok(), "");
}

#[test]
fn who_or_what_is_not_there_is_not_found() {
    let desk = Desk::open();
    let (bob, _) = desk.admin(BOB, &[Role::Owner]);
    let (alice, _) = desk.customer(ALICE);
    let (bob, alice) = (bob.to_string(), alice.to_string());
    let stranger = "cus_01h455vb4pex5vsknk084sn02q";
    let swapped = alice.replace("cus_", "adm_");
    for (line, words) in [
        ("customer show nobody@example.com", "nobody has the login nobody@example.com"),
        ("customer history nobody@example.com", "nobody has the login"),
        (&format!("customer show {stranger}"), "there is no account"),
        (&format!("customer show {swapped}"), "there is no account"),
        (&format!("customer show {bob}"), "is an admin"),
        ("admin suspend alice@example.com", "is a customer"),
        ("admin enrol nobody@acme.example", "nobody has the login"),
        ("admin roles nobody@acme.example --role owner", "nobody has the login"),
        ("customer show alice@example.com --position 1", "not registered yet"),
        ("customer show alice@example.com --at 2001-01-01T00:00:00Z", "not registered yet"),
        ("customer show alice@example.com --position 999", "the ledger has"),
        ("bypass grant nobody@example.com --as bob@acme.example", "nobody has the login"),
        ("bypass grant alice@example.com --as alice@example.com", "is a customer"),
        ("customer list --tenant other", "there is no tenant other"),
        ("audit verify --tenant other", "there is no tenant other"),
        ("tenant policy other", "there is no tenant other"),
    ] {
        let mut command = desk.command([]);
        command.args(line.split(' '));
        desk::run(command, "").failed(3, words);
    }
    let empty = Desk::empty();
    empty.run(["init"]).ok();
    empty.run(["customer", "list"]).failed(3, "readmit tenant create");
}

#[test]
fn a_tenant_must_be_named_where_there_are_several() {
    let desk = Desk::open();
    desk.run(["tenant", "create", "beta", "--policy", "strict"]).ok();
    desk.run(["customer", "list"]).failed(2, "2 tenants (acme-msp, beta)");
    desk.run(["customer", "add", ALICE, "--tenant", "beta"]).ok();
    let mut command = desk.command(["customer", "list", "--json"]);
    command.env("READMIT_TENANT", "beta");
    assert_eq!(desk::run(command, "").json()["customers"][0]["login"], ALICE);
    let listed = desk.run(["customer", "list", "--tenant", "acme-msp"]);
    assert!(listed.stderr.contains("no customer yet"));
    assert_eq!(listed.ok(), "");
    let tenants = desk.run(["tenant", "list", "--json"]).json();
    assert_eq!(tenants["tenants"][1]["policy"], "strict");
    let verified = desk.run(["audit", "verify", "--no-anchor", "--json"]).json();
    assert_eq!(verified["ledgers"].as_array().unwrap().len(), 2);
}

#[test]
fn refusals_name_their_kind_as_text_and_as_json() {
    let desk = Desk::open();
    let (_, mut bob) = desk.admin(BOB, &[Role::Owner]);
    desk.run(["customer", "add", ALICE]).ok();
    desk.run(["customer", "add", ALICE]).failed(4, "refused (login_taken)");
    desk.run(["customer", "add", "ALICE@example.com"]).failed(4, "refused (login_taken)");
    let grant = ["bypass", "grant", ALICE, "--as", BOB, "--reason", "lost_device", "--json"];
    let said = desk.run(grant).failed(4, "nothing_to_bypass");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["error"]["kind"], "nothing_to_bypass");
    assert!(said["error"]["message"].is_string() && said["error"]["hint"].is_string());
    let usage = desk.run(["customer", "show", "--json"]).failed(2, "usage");
    let usage: serde_json::Value = serde_json::from_str(&usage).unwrap();
    assert_eq!(usage["error"]["kind"], "usage");

    let own = ["bypass", "grant", BOB, "--as", BOB, "--reason", "lost_device"];
    desk.run(own).failed(4, "refused (own_account)");
    desk.run(["bypass", "approve", ALICE, "--as", BOB]).failed(4, "refused (no_open_case)");
    desk.run(["bypass", "deny", ALICE, "--as", BOB]).failed(4, "refused (no_open_case)");
    desk.run(["admin", "add", "new@acme.example", "--role", "owner"]).ok();
    let grant = ["bypass", "grant", ALICE, "--as", "new@acme.example"];
    desk.run(grant).failed(4, "readmit admin enrol new@acme.example");

    // A right code is good once; a wrong one is counted; none at all is a matter of usage.
    let carol = "carol@example.com";
    desk.customer(carol);
    let grant = ["bypass", "grant", carol, "--as", BOB, "--reason", "lost_device"];
    desk.run(grant).failed(2, "six digits");
    let code = bob.code();
    desk.run_with(grant, &code).ok();
    let revoke = ["bypass", "revoke", carol, "--as", BOB];
    desk.run_with(revoke, &code).failed(4, "refused (code_replayed)");
    let wrong = if code.expose() == "000000" { "000001" } else { "000000" };
    desk.run_with(revoke, &wrong.parse().unwrap()).failed(4, "refused (code_wrong)");
    assert!(desk.run(["bypass", "list"]).ok().contains(carol));
}

#[test]
fn what_policy_does_not_allow_is_refused_before_a_code_is_asked_for() {
    let desk = Desk::open();
    desk.admin(BOB, &[Role::Owner]);
    desk.customer(ALICE);
    for (more, kind) in [
        ("--reason lost_device --for 48h", "lifetime_outside_policy"),
        ("--reason lost_device --for 0s", "impossible_window"),
        ("--reason lost_device --uses 6", "uses_outside_policy"),
        ("--reason lost_device --from 2001-01-01T00:00:00Z", "impossible_window"),
        ("--reason other", "note_missing"),
        ("--for 1h", "reason_missing"),
    ] {
        let mut command = desk.command(["bypass", "grant", ALICE, "--as", BOB]);
        command.args(more.split(' '));
        desk::run(command, "").failed(4, kind);
    }
}

#[test]
fn a_ledger_that_was_tampered_with_fails_its_verification() {
    let desk = Desk::open();
    desk.run(["customer", "add", ALICE]).ok();
    let path = desk.path("readmit.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let (found, put) = (b"\"mfa\":\"required\"", b"\"mfa\":\"optional\"");
    let place = bytes.windows(found.len()).position(|window| window == found).unwrap();
    bytes[place..place + put.len()].copy_from_slice(put);
    std::fs::write(&path, bytes).unwrap();

    let broken = desk.run(["audit", "verify", "--no-anchor", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&broken.stdout).unwrap();
    assert_eq!(answer["ledgers"][0]["verified"], false);
    assert!(answer["ledgers"][0]["discrepancy"]["what"].is_string());
    broken.failed(6, "verification_failed");
    let told = desk.run(["audit", "verify", "--no-anchor"]);
    assert!(told.stdout.contains("BROKEN") && told.stdout.contains("expected"), "{}", told.stdout);
    told.failed(6, "verification failed: 1 of 1");
    desk.run(["doctor"]).failed(6, "not in order");

    // What is too damaged to be read does not hold together either.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096 * 3..4096 * 6].fill(b'Z');
    std::fs::write(&path, bytes).unwrap();
    desk.run(["audit", "verify", "--no-anchor"]).failed(6, "is damaged");
}

#[test]
fn a_pipe_that_is_closed_early_is_no_failure() {
    let desk = Desk::open();
    for arguments in [vec!["completions", "bash"], vec!["--help"], vec!["audit", "tail"]] {
        let mut command = desk.command([]);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let ended = desk::Run::of(&child.wait_with_output().unwrap());
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_carried_out_is_said_even_where_the_answer_cannot_be_written() {
    let desk = Desk::empty();
    let into = |stdout: Stdio, line: &str| {
        let mut command = desk.command([]);
        command.args(line.split(' ')).stdin(Stdio::null()).stdout(stdout);
        desk::Run::of(&command.output().unwrap())
    };
    let full = || Stdio::from(File::create("/dev/full").unwrap());
    for (line, done) in [
        ("init", "the database was made"),
        ("tenant create acme-msp", "event 0"),
        ("customer add alice@example.com", "event 1"),
        ("admin add bob@acme.example --role owner", "event 2"),
        ("tenant policy --mfa optional", "event 3"),
        ("admin enrol bob@acme.example", "event 4"),
    ] {
        let said = into(full(), line).failed(1, &format!("was carried out ({done})"));
        assert!(said.contains("No space left") && said.contains("do not just repeat"), "{said}");
    }
    assert_eq!(desk.run(["customer", "list", "--json"]).json()["customers"][0]["login"], ALICE);
    let said = into(full(), "customer list").failed(1, "cannot be written");
    assert!(!said.contains("carried out"), "{said}");

    // A pipe that was closed may have swallowed what is shown only once.
    let mut command = desk.command(["customer", "add", "carol@example.com", "--json"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let ended = desk::Run::of(&child.wait_with_output().unwrap());
    let said = ended.failed(1, "was carried out (event 5)");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["error"]["kind"], "answer_not_written");
}

#[test]
fn a_policy_is_read_from_a_regular_file_of_a_sensible_size() {
    let desk = Desk::open();
    let policy = desk.run(["tenant", "policy", "--json"]).ok();
    let padded = |bytes: usize| format!("{policy}{}", " ".repeat(bytes - policy.len()));
    std::fs::write(desk.path("policy.json"), padded(64 * 1024 + 1)).unwrap();
    desk.run(["tenant", "policy", "--file", "policy.json"]).failed(2, "longer than 64 KiB");
    std::fs::write(desk.path("policy.json"), padded(64 * 1024)).unwrap();
    desk.run(["tenant", "policy", "--file", "policy.json"]).failed(4, "refused (unchanged)");
    desk.run(["tenant", "policy", "--file", "."]).failed(2, "not a regular file");
    std::fs::write(desk.path("policy.json"), b"\xff").unwrap();
    desk.run(["tenant", "policy", "--file", "policy.json"]).failed(2, "policy.json");
}

#[cfg(unix)]
#[test]
fn a_policy_is_read_from_no_pipe_or_device() {
    let desk = Desk::open();
    for path in ["/dev/zero", "/dev/stdin"] {
        desk.run(["tenant", "policy", "--file", path]).failed(2, "not a regular file");
    }
}

#[test]
fn a_verified_ledger_is_told_with_what_that_does_not_prove() {
    let desk = Desk::open();
    let told = desk.run(["audit", "verify", "--no-anchor"]).stderr;
    for words in ["can recompute all of it", "kept elsewhere", "are not covered"] {
        assert!(told.contains(words), "{told}");
    }
    let answer = desk.run(["audit", "verify", "--no-anchor", "--json"]).json();
    assert!(answer["covers"].as_str().unwrap().contains("hash to the stored head"), "{answer}");
    assert!(
        answer["caveat"].as_str().unwrap().contains("only a checkpoint kept elsewhere"),
        "{answer}"
    );
}

#[test]
fn a_clock_that_is_behind_the_ledger_is_pointed_out() {
    let desk = Desk::open();
    let url = format!("sqlite://{}", desk.path("readmit.db").display());
    let ahead_by = |ahead: Seconds, login: &'static str| {
        let clock = TestClock::at(SystemClock.now() + ahead);
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let engine = Engine::builder(&url).clock(clock).existing().open().await.unwrap();
            let tenant = engine.tenant(TENANT).await.unwrap();
            tenant.execute(&Actor::system(), RegisterCustomer::new(login)).await.unwrap();
            engine.close().await;
        });
    };
    ahead_by(Seconds::minutes(1), ALICE);
    desk.run(["doctor"]).ok();
    ahead_by(Seconds::minutes(30), "carol@example.com");
    let run = desk.run(["doctor"]);
    assert!(run.stdout.contains("neither granted nor redeemed until"), "{}", run.stdout);
    run.failed(1, "1 thing(s)");
}
