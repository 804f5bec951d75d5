//! The command line on a PostgreSQL server.

use readmit_tests::postgres::{PASSWORD, Server};

use crate::desk::Desk;

#[tokio::test]
async fn a_database_on_a_server_is_made_used_and_shown_without_its_password() {
    let server = Server::start().await.unwrap();
    let url = server.database("mine").unwrap();
    assert!(url.contains(PASSWORD));
    let desk = Desk::empty();
    let mut said = String::new();
    let mut keep = |run: crate::desk::Run, code: i32, words: &str| {
        assert_eq!(run.code, code, "{}{}", run.stdout, run.stderr);
        let told = run.stdout + &run.stderr;
        assert!(told.contains(words), "{words}: {told}");
        said += &told;
    };
    let without_key = desk.run(["init", "--db", &url]);
    keep(without_key, 1, "--key-file");
    let with_key = |command, more| desk.run([command, more, "--db", &url, "--key-file", "key"]);
    let verify = ["audit", "verify", "--no-anchor", "--db", &url, "--key-file", "key"];
    keep(with_key("customer", "list"), 1, "readmit init");
    keep(desk.run(["init", "--db", &url, "--key-file", "key"]), 0, "the address as you gave it");
    keep(desk.run(["init", "--db", &url, "--key-file", "key"]), 4, "already");
    // Before the story, whose clock runs ahead.
    keep(desk.run(["-vv", "doctor", "--db", &url, "--key-file", "key"]), 0, "PostgreSQL");
    let story = desk.run(["demo", "--no-serve", "--db", &url, "--key-file", "key"]);
    keep(story, 0, "audit verify: all");
    let story = desk.run(["demo", "--no-serve", "--db", &url, "--key-file", "key"]);
    keep(story, 4, "has tenants already");
    keep(desk.run(verify), 0, "verified");
    keep(with_key("customer", "list"), 0, "alice");
    drop(server);
    keep(with_key("customer", "list"), 1, "see that the server runs");
    assert!(!said.contains(PASSWORD), "{said}");
}
