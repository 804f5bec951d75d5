//! The demo tells its story to the end, and never on a database that somebody uses.

use std::collections::BTreeMap;
use std::process::Stdio;

use crate::desk::{self, ALICE, Desk, Run};

/// Every file of the folder, byte for byte.
fn files(desk: &Desk) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(desk.folder.path()).unwrap().map(Result::unwrap);
    let named = entries.map(|entry| entry.file_name().into_string().unwrap());
    named.map(|name| (name.clone(), std::fs::read(desk.path(&name)).unwrap())).collect()
}

#[test]
fn a_database_in_the_environment_is_left_untouched() {
    let desk = Desk::open();
    desk.run(["customer", "add", ALICE]).ok();
    let before = files(&desk);
    for url in ["sqlite://readmit.db", "sqlite://new.db"] {
        let mut command = desk.command(["demo", "--no-serve"]);
        command.env("READMIT_DB", url).env("READMIT_KEY_FILE", "new.key");
        assert!(desk::run(command, "").ok().contains("audit verify: all"));
        assert_eq!(files(&desk), before);
    }
}

#[test]
fn whatever_is_there_already_is_refused_and_left_untouched() {
    let desk = Desk::open();
    std::fs::write(desk.path("empty"), "").unwrap();
    let before = files(&desk);
    for url in ["sqlite://readmit.db", "sqlite:readmit.db", "sqlite://empty"] {
        let mut command = desk.command(["demo", "--db", url, "--no-serve", "--json"]);
        command.env("READMIT_DB", "sqlite://other.db");
        let said = desk::run(command, "").failed(4, "is there already");
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["error"]["kind"], "exists");
    }
    desk.run(["demo", "--db", "sqlite://.", "--no-serve"]).failed(4, "is there already");
    desk.run(["demo", "--db", "story.db"]).failed(2, "sqlite://readmit.db");
    assert_eq!(files(&desk), before);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_there_already_too() {
    let desk = Desk::empty();
    std::os::unix::fs::symlink("nowhere.db", desk.path("story.db")).unwrap();
    desk.run(["demo", "--db", "sqlite://story.db"]).failed(4, "is there already");
    assert!(!desk.path("nowhere.db").exists());
}

#[test]
fn a_story_that_is_kept_can_be_looked_at_with_its_key() {
    let desk = Desk::empty();
    let story = "sqlite://story.db";
    desk.run(["demo", "--no-serve", "--db", story, "--key-file", "story.key"]).ok();
    assert!(desk.path("story.key").exists() && !desk.path("story.db.key").exists());
    let shown = ["customer", "show", ALICE, "--db", story, "--key-file", "story.key"];
    desk.run(shown).ok();
    desk.run(["demo", "--no-serve", "--db", story]).failed(4, "is there already");
}

#[test]
fn a_story_that_nobody_hears_to_its_end_is_a_failure() {
    let desk = Desk::empty();
    let mut command = desk.command(["demo", "--no-serve"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    Run::of(&child.wait_with_output().unwrap()).failed(1, "not told to its end");
}
