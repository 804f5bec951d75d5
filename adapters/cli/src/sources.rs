//! The settings of the service: defaults < file < environment < flags.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use figment::error::Kind;
use figment::providers::{Env, Format as _, Serialized, Toml};
use figment::value::{Dict, Map};
use figment::{Figment, Metadata, Profile, Provider};
use ipnet::IpNet;
use readmit_http::Settings;
use readmit_http::server;
use readmit_http::settings::LogFormat;
use serde::Serialize;

use crate::args;
use crate::error::CliError;

/// Flags that set what the file and the environment can set too.
#[derive(Debug, Args)]
pub(crate) struct ServiceArgs {
    /// The file with the settings, in TOML; none is read if none is named
    #[arg(long, value_name = "PATH", env = "READMIT_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
    /// Where callers reach the service [default: 127.0.0.1:8470]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Where Prometheus reads metrics, at /metrics; nowhere if not given
    #[arg(long, value_name = "ADDR")]
    metrics_listen: Option<SocketAddr>,
    /// The certificate, and those that vouch for it, in PEM: callers are answered by TLS
    #[arg(long, value_name = "PATH", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The file with the private key of the certificate, in PEM
    #[arg(long, value_name = "PATH", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// A proxy or network of proxies whose X-Forwarded-For is believed; may be given repeatedly
    #[arg(long, value_name = "NETWORK", value_parser = args::network)]
    trusted_proxy: Vec<IpNet>,
    /// The form of the log on stderr [default: text]
    #[arg(long, value_name = "FORMAT", value_enum)]
    log_format: Option<LogFormatName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormatName {
    /// To be read by people
    Text,
    /// One JSON document on each line
    Json,
}

/// What the flags say, in the shape of the settings.
#[derive(Serialize)]
struct Flags<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_listen: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<TlsFlags<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    trusted_proxies: &'a [IpNet],
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<LogFlags>,
}

#[derive(Serialize)]
struct TlsFlags<'a> {
    certificate: &'a Path,
    key: &'a Path,
}

#[derive(Serialize)]
struct LogFlags {
    format: LogFormat,
}

/// The settings, and who said so.
pub(crate) struct Sources {
    pub(crate) settings: Settings,
    figment: Figment,
}

const PREFIX: &str = "READMIT_HTTP_";
const ENVIRONMENT: &str = "environment";
/// Parts of a name in a variable.
const NESTED: &str = "__";

impl Sources {
    /// Reads all of them, and checks what they come to.
    ///
    /// # Errors
    /// Names the setting that is wrong, and who said so.
    pub(crate) fn load(service: &ServiceArgs) -> Result<Self, CliError> {
        let figment = gather(service)?;
        let settings: Settings = figment.extract().map_err(unreadable)?;
        let sources = Self { settings, figment };
        sources.settings.validate().map_err(|wrong| {
            let from = sources.origin(wrong.field);
            CliError::Usage(format!("{wrong} (from {from})"))
        })?;
        server::check(&sources.settings)?;
        Ok(sources)
    }

    /// Who said what this setting is: `default`, a file, a variable, or `flag`.
    pub(crate) fn origin(&self, field: &str) -> String {
        match self.figment.find_metadata(field) {
            Some(metadata) if metadata.name == ENVIRONMENT => variable(field),
            Some(metadata) => metadata.name.to_string(),
            None => "default".to_owned(),
        }
    }
}

fn gather(service: &ServiceArgs) -> Result<Figment, CliError> {
    let defaults = Serialized::defaults(Settings::default());
    let mut figment = Figment::from(Named("default".to_owned(), defaults));
    if let Some(path) = &service.config {
        let text = args::read_file(path)?;
        figment = figment.merge(Named(path.display().to_string(), Toml::string(&text)));
    }
    let environment = Env::prefixed(PREFIX).split(NESTED);
    let flags = Serialized::defaults(service.flags());
    Ok(figment
        .merge(Named(ENVIRONMENT.to_owned(), environment))
        .merge(Named("flag".to_owned(), flags)))
}

impl ServiceArgs {
    fn flags(&self) -> Flags<'_> {
        let tls = self.tls_certificate.as_deref().zip(self.tls_key.as_deref());
        let format = self.log_format.map(|name| match name {
            LogFormatName::Text => LogFormat::Text,
            LogFormatName::Json => LogFormat::Json,
        });
        Flags {
            listen: self.listen,
            metrics_listen: self.metrics_listen,
            tls: tls.map(|(certificate, key)| TlsFlags { certificate, key }),
            trusted_proxies: &self.trusted_proxy,
            log: format.map(|format| LogFlags { format }),
        }
    }
}

/// A source under a name that people know.
struct Named<P>(String, P);

impl<P: Provider> Provider for Named<P> {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.0.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        self.1.data()
    }
}

/// The variable of a setting.
fn variable(field: &str) -> String {
    format!("{PREFIX}{}", field.replace('.', NESTED).to_uppercase())
}

/// What is wrong with the first of the settings that cannot be read.
fn unreadable(error: figment::Error) -> CliError {
    let Some(first) = error.into_iter().next() else {
        return CliError::Usage("the settings cannot be read".to_owned());
    };
    let mut path = first.path;
    let why = match &first.kind {
        Kind::UnknownField(name, known) => {
            if path.last() != Some(name) {
                path.push(name.clone());
            }
            format!("there is no such setting here, only {}", known.join(", "))
        }
        Kind::MissingField(name) => {
            path.push(name.to_string());
            "it must be given too".to_owned()
        }
        kind => kind.to_string(),
    };
    let field = path.join(".");
    let from = match first.metadata {
        Some(metadata) if metadata.name == ENVIRONMENT && !field.is_empty() => variable(&field),
        Some(metadata) => metadata.name.to_string(),
        None => "what was given".to_owned(),
    };
    CliError::Usage(match field.as_str() {
        "" => format!("{why} (in {from})"),
        field => format!("{field}: {why} (from {from})"),
    })
}
