//! The running API, asked by a program that nobody here wrote: schemathesis reads the OpenAPI
//! document, makes requests that it allows and others that it does not, and holds each answer
//! against it.
//!
//! `tests/run` installs it. Where it is missing, this test says so and passes, unless
//! `READMIT_TESTS_REQUIRE_ALL=1`.

use std::path::{Path, PathBuf};
use std::process::Command;

use readmit::Role;
use serde_json::{Value, json};

use crate::desk::{self, Desk, Phone};
use crate::serve::Service;

/// In a folder of the target directory, with its version.
const PROGRAM: &str = "schemathesis-4.32.5/bin/schemathesis";
/// No 5xx; no status, no content type and no shape that is not documented.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_schema_conformance";
/// Would sign the caller out, or never end: the API's own tests ask for these.
const NOT_ASKED: &str = "(sessions/current|ledger/events)$";
const PASSWORD: &str = "correct horse battery";
/// Requests beyond the systematic ones, for each operation.
const DRAWN: &str = "8";

#[test]
fn the_api_answers_as_its_document_says_whatever_it_is_asked() {
    let Some(program) = program() else { return };
    let desk = Desk::open();
    let (service, monitor) = (key(&desk, "service"), key(&desk, "auditor"));
    let owner = "olga@acme.example";
    let (_, mut phone) = desk.admin(owner, &[Role::Owner]);
    desk::run(desk.command(["admin", "password", owner]), PASSWORD).ok();

    let mut command = desk.command(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    // Nobody reads the log while it serves: a line for each request would fill the pipe.
    command.env("RUST_LOG", "warn,readmit::commands=info");
    for bound in ["CREDENTIAL", "ADDRESS"] {
        command.env(format!("READMIT_HTTP_LIMITS__REQUESTS_PER_SECOND_PER_{bound}"), "0");
    }
    let mut serving = Service::start(command);
    let address = serving.says("answering requests")["address"].as_str().unwrap().to_owned();
    let api = format!("http://{address}");
    let owner = sign_in(&api, owner, &mut phone);
    for (who, token) in [("service", service), ("auditor", monitor), ("owner", owner)] {
        ask(&program, &api, who, &token, desk.folder.path());
    }
    serving.signal("TERM");
    let (code, log) = serving.end();
    assert_eq!(code, Some(0));
    let errors: Vec<&str> = log.lines().filter(|line| line.contains("\"ERROR\"")).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    desk.run(["audit", "verify", "--no-anchor"]).ok();
}

fn program() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PROGRAM);
    if path.exists() {
        return Some(path);
    }
    let missing = format!("{} is missing: tests/run installs it", path.display());
    let required = std::env::var("READMIT_TESTS_REQUIRE_ALL").is_ok_and(|all| all == "1");
    assert!(!required, "{missing}");
    eprintln!("SKIPPED: {missing}");
    None
}

fn ask(program: &Path, api: &str, who: &str, token: &str, folder: &Path) {
    let asked = Command::new(program)
        .current_dir(folder)
        .args(["run", &format!("{api}/openapi.json"), "--seed", "1", "--continue-on-failure"])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", DRAWN])
        .args(["--checks", CHECKS, "--exclude-path-regex", NOT_ASKED])
        .args(["--request-timeout", "20", "--workers", "1", "--warnings", "off", "--no-color"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&asked.stdout);
    assert!(asked.status.success(), "as {who}: {said}");
}

/// Signs an admin in, with both factors; answers the token.
fn sign_in(api: &str, login: &str, phone: &mut Phone) -> String {
    let begun = post(api, "", "/sessions", &json!({"login": login, "password": PASSWORD}));
    let second_factor = json!({"totp": phone.code().expose()});
    let token = begun["token"].as_str().unwrap();
    let raised = post(api, token, "/sessions/current/second-factor", &second_factor);
    raised["token"].as_str().unwrap().to_owned()
}

fn post(api: &str, token: &str, path: &str, body: &Value) -> Value {
    let answer = ureq::post(format!("{api}/api/v1{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .send(body.to_string());
    let text = answer.unwrap().body_mut().read_to_string().unwrap();
    serde_json::from_str(&text).unwrap()
}

fn key(desk: &Desk, role: &str) -> String {
    let issued = desk.run(["admin", "key", "add", "a program", "--role", role, "--json"]);
    issued.json()["token"].as_str().unwrap().to_owned()
}
