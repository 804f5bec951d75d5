//! The child process of the crash and race tests: it uses the engine as any service would, tells
//! its parent what was acknowledged, and may be killed at any moment.
//!
//! - `crash-child write URL ROUND`: many writers play stories for every tenant, for ever;
//! - `crash-child create URL`: opens a new database, with a new key and a new tenant;
//! - `crash-child project URL`: keeps the read models up to date, for ever;
//! - `crash-child race URL TENANT KEY CUSTOMER TASKS redeem|totp|code|command [CODE|ID]`: waits for a line,
//!   then many tasks try the same at once.

mod race;
mod stories;

use std::process::ExitCode;

use readmit_tests::Result;
use readmit_tests::house::builder;
use readmit_tests::report::Line;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If not even that can be told, the parent sees the exit code.
            let _ = Line::Broken(error.to_string()).tell();
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[&str]) -> Result {
    match arguments {
        ["write", url, round] => stories::write(url, round).await,
        ["create", url] => {
            let engine = builder(url).open().await?;
            Line::Ready.tell()?;
            engine.tenant("acme-msp").await?;
            std::future::pending().await
        }
        ["project", url] => {
            let engine = builder(url).existing().open().await?;
            engine.start_read_models().await?;
            std::future::pending().await
        }
        ["race", url, tenant, key, customer, tasks, what @ ..] => {
            let tenant = builder(url).existing().open().await?.tenant(*tenant).await?;
            let actor = readmit::Actor::customer(customer.parse()?).via(key.parse()?);
            race::run(tenant, actor, customer.parse()?, tasks.parse()?, what).await
        }
        _ => Err(format!("not a way to call this: {arguments:?}").into()),
    }
}
