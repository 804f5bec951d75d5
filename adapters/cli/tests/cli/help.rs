//! Every command explains itself, in the terminal, as a manual page, as a completion.

use crate::desk::{self, Desk};

const COMMANDS: &[&str] = &[
    "",
    "demo",
    "init",
    "serve",
    "config",
    "config check",
    "doctor",
    "tenant",
    "tenant create",
    "tenant list",
    "tenant policy",
    "admin",
    "admin add",
    "admin enrol",
    "admin list",
    "admin roles",
    "admin suspend",
    "admin key",
    "admin key add",
    "admin key list",
    "admin key revoke",
    "customer",
    "customer add",
    "customer show",
    "customer list",
    "customer erase",
    "customer hold",
    "customer history",
    "bypass",
    "bypass request",
    "bypass grant",
    "bypass approve",
    "bypass deny",
    "bypass revoke",
    "bypass list",
    "recovery",
    "recovery list",
    "recovery show",
    "recovery sample",
    "recovery review",
    "report",
    "report access",
    "report exceptions",
    "audit",
    "audit verify",
    "audit tail",
    "key",
    "key show",
    "key rotate",
    "key rewrap",
    "completions",
    "man",
];

#[test]
fn every_command_says_what_it_is_for() {
    let desk = Desk::empty();
    for name in COMMANDS {
        let mut command = desk.command([]);
        command.args(name.split_whitespace()).arg("--help");
        let text = desk::run(command, "").ok();
        let about = text.lines().next().unwrap();
        assert!(about.len() > 8 && !about.starts_with("Usage"), "{name}: {about}");
        for line in text.lines() {
            assert!(line.chars().count() <= 100, "{name}: {line}");
        }
    }
    let help = desk.run(["--help"]).ok();
    assert!(help.contains("The everyday path") && help.contains("Exit codes"), "{help}");
    assert!(desk.run(["--version"]).ok().starts_with("readmit "));
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let desk = Desk::empty();
    desk.run(["man", "manual/man1"]).ok();
    for name in COMMANDS {
        let page = format!("readmit {name}").trim().replace(' ', "-");
        let text = std::fs::read_to_string(desk.path(&format!("manual/man1/{page}.1"))).unwrap();
        assert!(text.contains(".TH"), "{page}");
    }
    std::fs::write(desk.path("file"), "").unwrap();
    desk.run(["man", "file"]).failed(1, "file");
}

#[test]
fn completions_are_printed_for_every_shell() {
    let desk = Desk::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = desk.run(["completions", shell]).ok();
        assert!(script.contains("readmit") && script.contains("bypass"), "{shell}");
    }
}
