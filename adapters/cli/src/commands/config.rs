//! `config check`: what the settings of the service come to, and who said so.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

use crate::context::Context;
use crate::error::CliError;
use crate::output::table;
use crate::sources::{ServiceArgs, Sources};

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show what the settings of the service come to, and where each comes from
    #[command(after_help = "\
Examples:
  readmit config check --config /etc/readmit/readmit.toml
  READMIT_HTTP_LIMITS__CONNECTIONS=64 readmit config check

Exits with 2 and names the setting if one is wrong. Certificate and key are read too.")]
    Check(ServiceArgs),
}

#[derive(Serialize)]
struct Resolved {
    settings: Vec<Setting>,
}

/// One setting.
#[derive(Serialize)]
struct Setting {
    name: String,
    value: Value,
    from: String,
}

impl fmt::Display for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows =
            self.settings.iter().map(|it| [it.name.clone(), told(&it.value), it.from.clone()]);
        table(f, ["setting", "value", "from"], rows)
    }
}

pub(crate) fn run(context: &Context, command: &ConfigCommand) -> Result<(), CliError> {
    let ConfigCommand::Check(service) = command;
    let sources = Sources::load(service)?;
    let value = serde_json::to_value(&sources.settings).map_err(std::io::Error::from)?;
    let mut resolved = Resolved { settings: Vec::new() };
    list(&sources, String::new(), value, &mut resolved.settings);
    context.output.answer(&resolved)
}

/// Appends what a value is made of, each under its full name.
fn list(sources: &Sources, name: String, value: Value, to: &mut Vec<Setting>) {
    match value {
        Value::Object(parts) => {
            for (part, value) in parts {
                let name = if name.is_empty() { part } else { format!("{name}.{part}") };
                list(sources, name, value, to);
            }
        }
        value => to.push(Setting { from: sources.origin(&name), name, value }),
    }
}

fn told(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(told).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
