//! One file for each group of commands.

pub(crate) mod admin;
mod admin_enrol;
mod admin_key;
mod admin_password;
pub(crate) mod audit;
pub(crate) mod bypass;
mod bypass_list;
pub(crate) mod config;
pub(crate) mod customer;
pub(crate) mod customer_erase;
mod customer_list;
mod customer_show;
mod doctor;
mod init;
mod invite;
pub(crate) mod key;
mod manual;
pub(crate) mod projection;
pub(crate) mod recovery;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod tenant;

use crate::cli::Command;
use crate::context::Context;
use crate::demo;
use crate::error::CliError;

/// Carries out what was typed.
pub(crate) async fn run(context: &Context, command: Command) -> Result<(), CliError> {
    match command {
        Command::Demo { no_serve, listen } => demo::run(context, no_serve, listen).await,
        Command::Serve(service) => serve::run(context, service).await,
        Command::Config(command) => config::run(context, &command),
        Command::Init => init::run(context).await,
        Command::Doctor => doctor::run(context).await,
        Command::Tenant(command) => tenant::run(context, command).await,
        Command::Admin(command) => admin::run(context, command).await,
        Command::Customer(command) => customer::run(context, command).await,
        Command::Bypass(command) => bypass::run(context, command).await,
        Command::Recovery(command) => recovery::run(context, command).await,
        Command::Report(command) => report::run(context, command).await,
        Command::Audit(command) => audit::run(context, command).await,
        Command::Projection(command) => projection::run(context, command).await,
        Command::Key(command) => key::run(context, command).await,
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { directory } => manual::pages(context, &directory),
    }
}
