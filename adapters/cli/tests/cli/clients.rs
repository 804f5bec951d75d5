//! Clients in other languages, against the running service on a fresh database: the seed's story by
//! curl, and by Python's standard library (`examples/rest/`). And the commands of the README.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::desk::{self, Desk, Phone};
use crate::serve::Service;

const BOB: &str = "bob@acme.example";
const PASSWORD: &str = "correct horse battery";

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/rest").join(name)
}

/// Sets up an admin's app by the command line; answers its secret.
fn enrolled(desk: &Desk, login: &str) -> String {
    let mut command = desk.command(["admin", "enrol", login, "--json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let shown: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let secret = shown["secret"].as_str().unwrap().to_owned();
    let code = Phone::new(&secret).code();
    writeln!(child.stdin.take().unwrap(), "{}", code.expose()).unwrap();
    lines.next().unwrap().unwrap();
    assert!(child.wait().unwrap().success());
    secret
}

/// Whether these programs are there; they must be where all tests must run.
fn are_installed(programs: &[&str]) -> bool {
    programs.iter().all(|program| {
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
        let found = found.unwrap().status.success();
        let required = std::env::var("READMIT_TESTS_REQUIRE_ALL").is_ok_and(|all| all == "1");
        assert!(found || !required, "{program} is missing: tests/run installs it");
        if !found {
            eprintln!("SKIPPED: {program} is missing");
        }
        found
    })
}

/// Tells the story by a program, on a database that is made for it.
fn told_by(program: &str) {
    let desk = Desk::open();
    desk.run(["admin", "add", BOB, "--role", "recovery_admin"]).ok();
    let secret = enrolled(&desk, BOB);
    desk::run(desk.command(["admin", "password", BOB]), PASSWORD).ok();
    let key = desk.run(["admin", "key", "add", "portal", "--json"]).json();
    let key = key["token"].as_str().unwrap();

    let mut command = desk.command(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    command.env("RUST_LOG", "warn,readmit::commands=info");
    let mut serving = Service::start(command);
    let address = serving.says("answering requests")["address"].as_str().unwrap().to_owned();
    let told = Command::new(example(program))
        .env("BASE", format!("http://{address}"))
        .env("API_KEY", key)
        .env("ADMIN_LOGIN", BOB)
        .env("ADMIN_PASSWORD", PASSWORD)
        .env("ADMIN_TOTP_SECRET", secret)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success(), "{said}{}", String::from_utf8_lossy(&told.stderr));
    assert!(said.ends_with("Every step went as told.\n"), "{said}");
    serving.signal("TERM");
    assert_eq!(serving.end().0, Some(0));
    desk.run(["audit", "verify", "--no-anchor"]).ok();
}

#[test]
fn the_story_is_told_by_curl() {
    if are_installed(&["curl", "jq", "oathtool"]) {
        told_by("story.sh");
    }
}

#[test]
fn the_story_is_told_by_pythons_standard_library() {
    if are_installed(&["python3"]) {
        told_by("story.py");
    }
}

/// The commands of the README's section, as they stand there, in a fresh folder.
#[test]
fn the_commands_of_the_readme_lead_where_it_says() {
    if !are_installed(&["curl", "jq", "oathtool", "bash"]) {
        return;
    }
    let readme = include_str!("../../../../README.md");
    let (_, section) = readme.split_once("\n## Over HTTP\n").unwrap();
    let (_, script) = section.split_once("```bash\n").unwrap();
    let (script, _) = script.split_once("\n```").unwrap();
    let desk = Desk::empty();
    let binary = Path::new(env!("CARGO_BIN_EXE_readmit"));
    let path = std::env::var("PATH").unwrap();
    // Whoever runs the tests may have a service of their own at the usual place.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let script = script.replace("127.0.0.1:8470", &free.to_string());
    let script = format!("set -euo pipefail\ntrap 'kill $(jobs -p)' EXIT\n{script}\n");
    let mut command = Command::new("bash");
    for name in ["DB", "KEY_FILE", "MASTER_KEY", "TENANT", "CONFIG"] {
        command.env_remove(format!("READMIT_{name}"));
    }
    let ran = command
        .current_dir(desk.folder.path())
        .env("PATH", format!("{}:{path}", binary.parent().unwrap().display()))
        .env("READMIT_HTTP_LISTEN", free.to_string())
        .args(["-c", &script])
        .output()
        .unwrap();
    let (said, told) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}\n{told}");
    assert!(said.trim_end().ends_with("\"completed\""), "{said}\n{told}");
}
