//! The read models, as somebody at a terminal meets them.

use serde_json::json;

use crate::desk::{ALICE, Desk};

fn with_customers() -> Desk {
    let desk = Desk::open();
    desk.run(["customer", "add", ALICE, "--name", "Alice Liddell"]).ok();
    for login in ["bruno@example.com", "carol@example.com", "dave@other.example"] {
        desk.run(["customer", "add", login]).ok();
    }
    desk
}

#[test]
fn customers_are_searched_filtered_and_told_in_pages() {
    let desk = with_customers();
    let found = desk.run(["customer", "list", "lid"]).ok();
    assert!(found.contains(ALICE) && found.contains("Alice Liddell"), "{found}");
    assert!(!found.contains("bruno"), "{found}");
    let run = desk.run(["customer", "list", "nobody"]);
    assert!(run.stderr.contains("No customer is like that"), "{}", run.stderr);
    assert_eq!(run.ok(), "");
    let found = desk.run(["customer", "list", "--status", "not_set_up", "--json"]).json();
    assert_eq!(found["customers"].as_array().unwrap().len(), 4);
    assert_eq!(found["customers"][0]["status"], json!("not_set_up"));
    desk.run(["customer", "list", "--status", "frozen"]).ok();

    let first = desk.run(["customer", "list", "--limit", "3"]);
    assert_eq!(first.stdout.lines().count(), 4, "headers and three rows: {}", first.stdout);
    let cursor = first.stderr.split("--after ").nth(1).unwrap().trim().to_owned();
    let next = desk.run(["customer", "list", "--limit", "3", "--after", &cursor]);
    assert!(!next.stderr.contains("--after"), "{}", next.stderr);
    assert!(next.ok().contains("dave@other.example"));
    // Of another list, or none at all.
    desk.run(["bypass", "list", "--after", &cursor]).failed(2, "another list");
    desk.run(["customer", "list", "--after", "rubbish"]).failed(2, "no cursor");
    desk.run(["customer", "list", "--limit", "0"]).failed(2, "limit");
    desk.run(["customer", "list", "--status", "happy"]).failed(2, "possible values");
}

#[test]
fn read_models_are_listed_and_made_anew() {
    let desk = with_customers();
    let listed = desk.run(["customer", "list"]).ok();
    let models = desk.run(["projection", "list"]).ok();
    for model in ["customers", "recoveries", "timeline", "activity", "alerts"] {
        assert!(models.contains(model), "{models}");
    }
    let answer = desk.run(["projection", "rebuild", "customers", "--json"]).json();
    assert_eq!(answer["projections"][0]["generation"], json!(2));
    assert_eq!(answer["projections"][0]["live"], json!(true));
    desk.run(["projection", "rebuild"]).ok();
    assert_eq!(desk.run(["customer", "list"]).ok(), listed);
    desk.run(["projection", "rebuild", "people"]).failed(2, "possible values");
    // Deleting the file does the same.
    std::fs::remove_file(desk.path("readmit-read.db")).unwrap();
    assert_eq!(desk.run(["customer", "list"]).ok(), listed);
}

#[test]
fn a_read_model_that_lies_fails_the_verification() {
    let desk = with_customers();
    let before = desk.run(["audit", "verify", "--no-anchor"]).ok();
    assert!(!before.contains("read models"), "there are none yet: {before}");
    desk.run(["customer", "list"]).ok();
    let told = desk.run(["audit", "verify", "--no-anchor"]).ok();
    assert!(told.contains("as a replay of 5 events makes them"), "{told}");

    let lie = "UPDATE customers_1 SET login = 'mallory@example.com' WHERE login LIKE 'alice%'";
    readmit_tests::sqlite::sql(&desk.path("readmit-read.db"), lie).unwrap();
    let run = desk.run(["audit", "verify", "--no-anchor"]);
    assert!(run.stdout.contains("verified"), "the ledger itself holds: {}", run.stdout);
    assert!(run.stdout.contains("expected alice@example.com, found mallory"), "{}", run.stdout);
    run.failed(6, "projection rebuild");
    desk.run(["projection", "rebuild", "customers"]).ok();
    desk.run(["audit", "verify", "--no-anchor"]).ok();
}
