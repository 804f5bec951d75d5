//! The settings of the service: who wins, and what is wrong.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};

use crate::desk::{self, Desk};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../http/ops/readmit.toml");

/// Value and origin of each setting.
fn resolved(mut command: Command) -> BTreeMap<String, (Value, String)> {
    command.arg("--json");
    let answer = desk::run(command, "").json();
    let settings = answer["settings"].as_array().unwrap().clone().into_iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    settings.map(|it| (text(&it["name"]), (it["value"].clone(), text(&it["from"])))).collect()
}

fn check(desk: &Desk) -> Command {
    desk.command(["config", "check"])
}

#[test]
fn each_source_counts_more_than_the_one_before() {
    let desk = Desk::empty();
    let file = "shutdown_seconds = 7\ntrusted_proxies = ['10.0.0.0/8']\n\
                [limits]\nconnections = 10\nbody_bytes = 2048\n[log]\nlevel = 'debug'\n";
    std::fs::write(desk.path("my.toml"), file).unwrap();
    let mut command = check(&desk);
    command.args(["--config", "my.toml", "--listen", "127.0.0.1:3", "--log-format", "json"]);
    command.env("READMIT_HTTP_LISTEN", "127.0.0.1:2");
    command.env("READMIT_HTTP_LIMITS__CONNECTIONS", "20");
    command.env("READMIT_HTTP_METRICS_LISTEN", "127.0.0.1:9");
    command.env("READMIT_HTTP_TRUSTED_PROXIES", "192.0.2.0/24, 192.0.2.7");
    let settings = resolved(command);
    for (name, value, from) in [
        ("listen", json!("127.0.0.1:3"), "flag"),
        ("log.format", json!("json"), "flag"),
        ("limits.connections", json!(20), "READMIT_HTTP_LIMITS__CONNECTIONS"),
        ("metrics_listen", json!("127.0.0.1:9"), "READMIT_HTTP_METRICS_LISTEN"),
        (
            "trusted_proxies",
            json!(["192.0.2.0/24", "192.0.2.7/32"]),
            "READMIT_HTTP_TRUSTED_PROXIES",
        ),
        ("shutdown_seconds", json!(7), "my.toml"),
        ("limits.body_bytes", json!(2048), "my.toml"),
        ("log.level", json!("debug"), "my.toml"),
        ("limits.header_bytes", json!(16384), "default"),
        ("tls", Value::Null, "default"),
    ] {
        assert_eq!(settings[name], (value, from.to_owned()), "{name}");
    }
}

#[test]
fn the_file_can_be_named_in_the_environment() {
    let desk = Desk::empty();
    std::fs::write(desk.path("my.toml"), "shutdown_seconds = 7").unwrap();
    let mut command = check(&desk);
    command.env("READMIT_CONFIG", "my.toml");
    let text = desk::run(command, "").ok();
    assert!(text.contains("SETTING"), "{text}");
    let line = text.lines().find(|line| line.starts_with("shutdown_seconds")).unwrap();
    assert!(line.contains('7') && line.ends_with("my.toml"), "{line}");
}

#[test]
fn the_example_says_the_defaults_and_explains_every_setting() {
    let desk = Desk::empty();
    let defaults = resolved(check(&desk));
    let mut command = check(&desk);
    command.args(["--config", EXAMPLE]);
    let example = resolved(command);
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    for (name, (value, _)) in &defaults {
        let (said, from) = &example[name];
        assert_eq!(said, value, "{name}");
        assert!(from == EXAMPLE || value.is_null(), "{name}: {from}");
        assert!(text.contains(name.rsplit('.').next().unwrap()), "{name}");
    }
}

#[test]
fn what_is_wrong_is_named_with_who_said_so() {
    let desk = Desk::empty();
    for (file, words) in [
        ("listn = '127.0.0.1:1'", "listn: there is no such setting"),
        ("listen = 'localhost:1'", "listen: "),
        ("listen = 8470", "listen: "),
        ("metrics_listen = '127.0.0.1:8470'", "metrics_listen: it is where callers are answered"),
        ("[tls]\ncertificate = 'a'", "tls.key: it must be given too"),
        ("[tls]\ncertificate = 'a'\nkey = ''", "tls.key: it names no file"),
        ("[tls]\ncertificate = 'a'\nkey = 'b'", "tls.certificate: a holds no certificate"),
        ("trusted_proxies = ['10.0.0.0/64']", "trusted_proxies"),
        ("trusted_proxies = ['0.0.0.0/0']", "trusted_proxies: 0.0.0.0/0 is everybody"),
        ("[limits]\nconnections = 0", "limits.connections: 0 is not between"),
        ("[limits]\nconnections = -1", "limits.connections: "),
        ("[limits]\nconnections = '64'", "limits.connections: "),
        ("[limits]\nheader_bytes = 10", "limits.header_bytes: 10 is not between"),
        ("[limits]\nbody_bytes = 99999999999", "limits.body_bytes: "),
        ("[limits]\nrequests_in_flight = 0", "limits.requests_in_flight: "),
        ("[limits]\nrequest_seconds = 1.5", "limits.request_seconds: "),
        ("[limits]\nheader_seconds = 0", "limits.header_seconds: "),
        ("[limits]\nburst_per_address = 0", "limits.burst_per_address: "),
        ("[limits]\nconections = 1", "limits.conections: there is no such setting"),
        ("limits = 7", "limits: "),
        ("shutdown_seconds = 4000", "shutdown_seconds: 4000 is not between"),
        ("[log]\nformat = 'xml'", "log.format: "),
        ("[log]\nlevel = 'inof'", "log.level: \"inof\" is none of"),
        ("listen =", "my.toml"),
        ("listen = '127.0.0.1:1'\nlisten = '127.0.0.1:2'", "my.toml"),
    ] {
        std::fs::write(desk.path("my.toml"), file).unwrap();
        let said = desk.run(["config", "check", "--config", "my.toml"]).failed(2, words);
        let with_source = said.contains("my.toml") || said.contains("holds no certificate");
        assert!(with_source, "{file}: {said}");
    }
    let mut command = check(&desk);
    command.env("READMIT_HTTP_LIMITS__CONNECTIONS", "many");
    desk::run(command, "").failed(2, "READMIT_HTTP_LIMITS__CONNECTIONS");
    let mut command = check(&desk);
    command.env("READMIT_HTTP_LIMITS__CONECTIONS", "1");
    desk::run(command, "").failed(2, "READMIT_HTTP_LIMITS__CONECTIONS");
    desk.run(["config", "check", "--config", "missing.toml"]).failed(3, "missing.toml");
    let run = desk.run(["config", "check", "--listen", "8470", "--json"]);
    assert_eq!(run.code, 2);
}
