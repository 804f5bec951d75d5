//! `serve`: the REST API, until told to stop.

use std::io;
use std::sync::Arc;

use readmit::{OsEntropy, SystemClock};
use readmit_http::server::{self, Ready};
use readmit_http::settings::{LogFormat, Settings};
use readmit_http::{metrics, router};

use crate::context::Context;
use crate::error::CliError;
use crate::logs;
use crate::sources::{ServiceArgs, Sources};

pub(crate) async fn run(context: &Context, service: ServiceArgs) -> Result<(), CliError> {
    let mut settings = Sources::load(&service)?.settings;
    if context.output.is_json() {
        settings.log.format = LogFormat::Json;
    }
    logs::start_service(&settings.log, context.verbose())?;
    // Before the engine is opened, or it would count into nothing.
    if settings.metrics_listen.is_some() {
        metrics::install()?;
    }
    let engine = context.engine().await?;
    engine.start_read_models().await?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        database = context.place()?,
        tenants = engine.tenants().await?.len(),
        "the database is open"
    );
    warn_of_eavesdroppers(&settings);
    let web = context.web_database().await?;
    let passwords = web.passwords(Arc::new(SystemClock), Arc::new(OsEntropy));
    let sweeping = tokio::spawn(web.clone().sweep_now_and_then(passwords.clone()));
    let router = router(engine.clone(), web.clone(), Arc::new(passwords), &settings)?;
    let told_to_stop = told_to_stop()?;
    server::serve(router, &settings, |ready| tell(&ready), told_to_stop).await?;
    sweeping.abort();
    web.close().await;
    // Whoever runs commands closes the engine, and so waits for the last commit.
    tracing::info!("every request was answered; closing the database");
    Ok(())
}

fn warn_of_eavesdroppers(settings: &Settings) {
    if settings.is_open_to_eavesdroppers() {
        tracing::warn!(
            address = %settings.listen,
            "this address can be reached from elsewhere, in plain HTTP: set tls, or put a proxy \
             that speaks TLS in front and name it in trusted_proxies"
        );
    }
}

fn tell(ready: &Ready) {
    let Ready { address, metrics, tls, .. } = ready;
    let scheme = if *tls { "https" } else { "http" };
    let metrics = metrics.map(|address| format!("http://{address}/metrics"));
    tracing::info!(
        %address,
        tls,
        metrics = metrics.as_deref().unwrap_or("none"),
        "answering requests at {scheme}://{address}"
    );
}

/// Is over at the first SIGTERM or Ctrl-C. The next Ctrl-C ends the process at once: what was
/// committed is safe, what was not is not done.
#[cfg(unix)]
pub(crate) fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut terminations = signal(SignalKind::terminate())?;
    Ok(async move {
        let signal = tokio::select! {
            _ = interrupts.recv() => "SIGINT",
            _ = terminations.recv() => "SIGTERM",
        };
        tracing::info!(signal, "told to stop: finishing the requests under way");
        tokio::spawn(async move {
            interrupts.recv().await;
            std::process::exit(INTERRUPTED);
        });
    })
}

#[cfg(not(unix))]
pub(crate) fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            tracing::info!("told to stop: finishing the requests under way");
        }
        tokio::spawn(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(INTERRUPTED);
            }
        });
    })
}

/// What shells take for "ended by Ctrl-C": 128 and the number of the signal.
const INTERRUPTED: i32 = 130;
