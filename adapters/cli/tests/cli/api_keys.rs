//! API keys are issued, listed and revoked at the command line; their tokens are shown once.

use readmit::{ApiKeyToken, Engine, KeyId, Role};
use serde_json::Value;

use crate::desk::Desk;

/// Who holds this token.
fn holder(desk: &Desk, token: &str) -> Option<(KeyId, Vec<Role>)> {
    let token: ApiKeyToken = token.parse().unwrap();
    let url = format!("sqlite://{}", desk.path("readmit.db").display());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let engine = Engine::builder(&url).existing().open().await.unwrap();
        let holder = engine.authenticate(&token).await.unwrap();
        engine.close().await;
        holder.map(|holder| (holder.key, holder.roles))
    })
}

fn add<const N: usize>(desk: &Desk, arguments: [&str; N]) -> Value {
    let mut command = desk.command(["admin", "key", "add", "--json"]);
    command.args(arguments);
    crate::desk::run(command, "").json()
}

#[test]
fn a_key_is_issued_and_its_token_opens_until_it_is_revoked() {
    let desk = Desk::open();
    let issued = add(&desk, ["customer portal"]);
    let (id, token) = (issued["key"].as_str().unwrap(), issued["token"].as_str().unwrap());
    assert_eq!((&issued["roles"][0], &issued["state"]), (&"service".into(), &"live".into()));
    let key: KeyId = id.parse().unwrap();
    assert_eq!(holder(&desk, token), Some((key, vec![Role::Service])));

    let revoked = desk.run(["admin", "key", "revoke", id]).ok();
    assert!(revoked.contains("revoked"), "{revoked}");
    assert_eq!(holder(&desk, token), None);
    desk.run(["admin", "key", "revoke", id]).failed(4, "refused (unchanged)");
    desk.run(["audit", "verify", "--no-anchor"]).ok();
}

#[test]
fn a_token_is_printed_once_and_the_person_is_told_so() {
    let desk = Desk::open();
    let run = desk.run(["admin", "key", "add", "portal"]);
    assert!(run.stderr.contains("shown this once"), "{}", run.stderr);
    assert!(!run.stderr.contains("rmk_"), "{}", run.stderr);
    let shown = run.ok();
    assert_eq!(shown.matches("rmk_").count(), 1, "{shown}");
    let token = shown.split_whitespace().find(|word| word.starts_with("rmk_")).unwrap();
    assert!(holder(&desk, token).is_some());
    for arguments in [["admin", "key", "list"], ["audit", "tail", "--json"]] {
        let told = desk.run(arguments).ok();
        assert!(!told.contains("rmk_"), "{told}");
    }
}

#[test]
fn keys_are_listed_with_role_and_end() {
    let desk = Desk::open();
    let nothing = desk.run(["admin", "key", "list"]);
    assert!(nothing.stderr.contains("no API key yet") && nothing.stdout.is_empty());
    add(&desk, ["portal"]);
    add(&desk, ["siem", "--role", "auditor", "--until", "2999-01-01"]);
    let keys = desk.run(["admin", "key", "list", "--json"]).json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&keys["keys"][1]["label"], &keys["keys"][1]["roles"][0], &keys["keys"][1]["until"]),
        (&"siem".into(), &"auditor".into(), &"2999-01-01T00:00:00.000000Z".into())
    );
    let table = desk.run(["admin", "key", "list"]).ok();
    assert!(table.starts_with("LABEL") && table.contains("2999-01-01T00:00:00Z"), "{table}");
}

#[test]
fn a_key_that_cannot_be_is_not_issued_and_one_that_is_not_there_not_revoked() {
    let desk = Desk::open();
    desk.run(["admin", "key", "add", "portal", "--until", "1999-01-01"])
        .failed(4, "refused (already_past)");
    desk.run(["admin", "key", "add", " "]).failed(2, "label");
    desk.run(["admin", "key", "add", "portal", "--role", "owner"]).failed(2, "owner");
    desk.run(["admin", "key", "add", "portal", "--until", "soon"]).failed(2, "soon");
    let nobody = "key_01jptbm000e008000000000071";
    desk.run(["admin", "key", "revoke", nobody]).failed(3, "not found");
    desk.run(["admin", "key", "revoke", "portal"]).failed(2, "portal");
    assert_eq!(desk.run(["admin", "key", "list", "--json"]).json()["keys"], Value::Array(vec![]));
}
