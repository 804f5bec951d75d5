//! What an operator can set.
//!
//! Each setting has a default, in a file that names none of them too. Which of several sources
//! wins is the caller's matter; that the result makes sense is told by [`Settings::validate`].

mod networks;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// How the service listens, and what it lets callers do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where callers reach the service; port 0 is any that is free.
    pub listen: SocketAddr,
    /// Where Prometheus reads metrics; nowhere if not given. Never where callers are answered.
    pub metrics_listen: Option<SocketAddr>,
    /// TLS; callers are answered in plain HTTP if not given.
    pub tls: Option<Tls>,
    /// Proxies whose word on where a caller comes from (`X-Forwarded-For`) is believed.
    #[serde(with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// What is asked at most, and for how long.
    pub limits: Limits,
    /// How long requests under way may take to finish once the service is told to stop.
    pub shutdown_seconds: u32,
    /// What is logged, and how.
    pub log: Log,
}

/// Where certificate and key are read from: at start, and again on SIGHUP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and those that vouch for it, in PEM.
    pub certificate: PathBuf,
    /// The private key, in PEM, without a passphrase.
    pub key: PathBuf,
}

/// The bounds on what callers may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Connections at once; more wait in the system's backlog.
    pub connections: u32,
    /// Requests at once; more are told to come back later.
    pub requests_in_flight: u32,
    /// Bytes of a request's line and headers together.
    pub header_bytes: u32,
    /// Bytes of a request's body.
    pub body_bytes: u32,
    /// How long a request may take, its body included; and how long a caller may leave an answer
    /// unread.
    pub request_seconds: u32,
    /// How long a connection may take for the headers of its next request: so it is also how long
    /// it may be idle. A TLS handshake has as long.
    pub header_seconds: u32,
    /// Requests each second of one API key or session; 0 for no bound.
    pub requests_per_second_per_credential: u32,
    /// So many of them may come at once, after a pause.
    pub burst_per_credential: u32,
    /// Requests each second of one address without a valid credential; 0 for no bound.
    pub requests_per_second_per_address: u32,
    /// So many of them may come at once, after a pause.
    pub burst_per_address: u32,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// The form of a line.
    pub format: LogFormat,
    /// From which level on: `info`, or with a finer word for some parts:
    /// `info,readmit_runtime=debug`.
    pub level: String,
}

/// The form of a line in the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// To be read by people.
    #[default]
    Text,
    /// One JSON document on each line.
    Json,
}

/// A setting that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct WrongSetting {
    /// Which, as it stands in the file: `limits.connections`.
    pub field: &'static str,
    /// What is wrong, and what is allowed.
    pub why: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8470)),
            metrics_listen: None,
            tls: None,
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            shutdown_seconds: 20,
            log: Log::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            requests_in_flight: 512,
            header_bytes: 16 << 10,
            body_bytes: 64 << 10,
            request_seconds: 30,
            header_seconds: 10,
            requests_per_second_per_credential: 200,
            burst_per_credential: 400,
            requests_per_second_per_address: 50,
            burst_per_address: 100,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::default(), level: "info".to_owned() }
    }
}

impl Limits {
    /// [`request_seconds`](Self::request_seconds) as a span of time.
    pub const fn request_time(&self) -> Duration {
        Duration::from_secs(self.request_seconds as u64)
    }

    /// [`header_seconds`](Self::header_seconds) as a span of time.
    pub const fn header_time(&self) -> Duration {
        Duration::from_secs(self.header_seconds as u64)
    }
}

impl Settings {
    /// [`shutdown_seconds`](Self::shutdown_seconds) as a span of time.
    pub const fn shutdown_time(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds as u64)
    }

    /// Whether strangers could read along: what is listened to can be reached from elsewhere, in
    /// plain HTTP, and no proxy is named that would speak TLS for it.
    pub const fn is_open_to_eavesdroppers(&self) -> bool {
        !self.listen.ip().is_loopback() && self.tls.is_none() && self.trusted_proxies.is_empty()
    }

    /// Whether each setting, and all of them together, make sense.
    ///
    /// # Errors
    /// Names the first that does not.
    pub fn validate(&self) -> Result<(), WrongSetting> {
        self.validate_places()?;
        self.limits.validate()?;
        within("shutdown_seconds", self.shutdown_seconds, 0, 3600)?;
        self.log.validate()
    }

    fn validate_places(&self) -> Result<(), WrongSetting> {
        if self.listen.port() != 0 && self.metrics_listen == Some(self.listen) {
            let why = "it is where callers are answered (listen): metrics need an address of \
                       their own, so that they are not shown to everybody";
            return wrong("metrics_listen", why);
        }
        let files = self
            .tls
            .iter()
            .flat_map(|tls| [("tls.certificate", &tls.certificate), ("tls.key", &tls.key)]);
        for (field, path) in files {
            if path.as_os_str().is_empty() {
                return wrong(field, "it names no file");
            }
        }
        let everybody = |network: &&IpNet| network.prefix_len() == 0;
        match self.trusted_proxies.iter().find(everybody) {
            Some(network) => wrong(
                "trusted_proxies",
                format!("{network} is everybody, and anybody could say they come from anywhere"),
            ),
            None => Ok(()),
        }
    }
}

/// hyper reads into a buffer of at least so many bytes.
const HEADER_BYTES_LEAST: u32 = 8 << 10;

impl Limits {
    fn validate(&self) -> Result<(), WrongSetting> {
        within("limits.connections", self.connections, 1, 1_000_000)?;
        within("limits.requests_in_flight", self.requests_in_flight, 1, 1_000_000)?;
        within("limits.header_bytes", self.header_bytes, HEADER_BYTES_LEAST, 1 << 20)?;
        within("limits.body_bytes", self.body_bytes, 1 << 10, 16 << 20)?;
        within("limits.request_seconds", self.request_seconds, 1, 3600)?;
        within("limits.header_seconds", self.header_seconds, 1, 3600)?;
        let rates = [
            (
                ("limits.requests_per_second_per_credential", "limits.burst_per_credential"),
                (self.requests_per_second_per_credential, self.burst_per_credential),
            ),
            (
                ("limits.requests_per_second_per_address", "limits.burst_per_address"),
                (self.requests_per_second_per_address, self.burst_per_address),
            ),
        ];
        for ((rate_field, burst_field), (rate, burst)) in rates {
            within(rate_field, rate, 0, 1_000_000)?;
            if rate > 0 {
                within(burst_field, burst, 1, 1_000_000)?;
            }
        }
        Ok(())
    }
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

impl Log {
    /// A level alone, or one for a part: a slip such as `inof` would be taken for a part, and
    /// silence everything else.
    fn validate(&self) -> Result<(), WrongSetting> {
        for part in self.level.split(',').map(str::trim) {
            let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
            if !LEVELS.contains(&level.to_ascii_lowercase().as_str()) {
                let part: String = part.chars().take(64).collect();
                let levels = LEVELS.join(", ");
                return wrong("log.level", format!("{part:?} is none of {levels}, nor PART=LEVEL"));
            }
        }
        Ok(())
    }
}

fn within(field: &'static str, value: u32, least: u32, most: u32) -> Result<(), WrongSetting> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    wrong(field, format!("{value} is not between {least} and {most}"))
}

fn wrong(field: &'static str, why: impl Into<String>) -> Result<(), WrongSetting> {
    Err(WrongSetting { field, why: why.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_make_sense_and_are_safe() {
        let settings = Settings::default();
        settings.validate().unwrap();
        assert!(settings.listen.ip().is_loopback());
        assert!(!settings.is_open_to_eavesdroppers());
        let read: Settings = serde_json::from_str("{}").unwrap();
        assert_eq!(read, settings);
        let written = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&written).unwrap(), settings);
    }

    #[test]
    fn unknown_settings_are_refused_at_every_level() {
        for text in [
            r#"{"listn": "127.0.0.1:1"}"#,
            r#"{"limits": {"conections": 1}}"#,
            r#"{"log": {"colour": true}}"#,
            r#"{"tls": {"certificate": "a", "key": "b", "password": "c"}}"#,
            r#"{"tls": {"certificate": "a"}}"#,
        ] {
            serde_json::from_str::<Settings>(text).unwrap_err();
        }
    }

    #[test]
    fn every_value_that_cannot_be_is_named() {
        type Break = fn(&mut Settings);
        let cases: [(&str, Break); 19] = [
            ("metrics_listen", |s| s.metrics_listen = Some(s.listen)),
            ("tls.certificate", |s| s.tls = Some(Tls { certificate: "".into(), key: "k".into() })),
            ("tls.key", |s| s.tls = Some(Tls { certificate: "c".into(), key: "".into() })),
            ("trusted_proxies", |s| s.trusted_proxies = vec!["0.0.0.0/0".parse().unwrap()]),
            ("limits.connections", |s| s.limits.connections = 0),
            ("limits.requests_in_flight", |s| s.limits.requests_in_flight = 0),
            ("limits.header_bytes", |s| s.limits.header_bytes = 8191),
            ("limits.body_bytes", |s| s.limits.body_bytes = 0),
            ("limits.request_seconds", |s| s.limits.request_seconds = 0),
            ("limits.header_seconds", |s| s.limits.header_seconds = 3601),
            ("limits.requests_per_second_per_credential", |s| {
                s.limits.requests_per_second_per_credential = u32::MAX;
            }),
            ("limits.burst_per_credential", |s| s.limits.burst_per_credential = 0),
            ("limits.requests_per_second_per_address", |s| {
                s.limits.requests_per_second_per_address = u32::MAX;
            }),
            ("limits.burst_per_address", |s| s.limits.burst_per_address = 0),
            ("shutdown_seconds", |s| s.shutdown_seconds = 3601),
            ("log.level", |s| s.log.level = " ".to_owned()),
            ("log.level", |s| s.log.level = "inof".to_owned()),
            ("log.level", |s| s.log.level = "info,readmit_runtime".to_owned()),
            ("log.level", |s| s.log.level = "info,readmit_runtime=loud".to_owned()),
        ];
        for (field, spoil) in cases {
            let mut settings = Settings::default();
            spoil(&mut settings);
            assert_eq!(settings.validate().unwrap_err().field, field);
        }
    }

    #[test]
    fn a_level_may_be_finer_for_some_parts() {
        for level in ["info", "OFF", "warn,readmit_runtime=debug", "info, sqlx=off"] {
            let log = Log { level: level.to_owned(), ..Log::default() };
            Settings { log, ..Settings::default() }.validate().unwrap();
        }
    }

    #[test]
    fn without_a_rate_no_burst_is_needed() {
        let mut settings = Settings::default();
        settings.limits.requests_per_second_per_credential = 0;
        settings.limits.burst_per_credential = 0;
        settings.validate().unwrap();
    }

    #[test]
    fn only_an_open_address_without_tls_or_proxy_is_open_to_eavesdroppers() {
        let open = Settings { listen: "0.0.0.0:80".parse().unwrap(), ..Settings::default() };
        assert!(open.is_open_to_eavesdroppers());
        let tls = Some(Tls { certificate: "c".into(), key: "k".into() });
        assert!(!Settings { tls, ..open.clone() }.is_open_to_eavesdroppers());
        let trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        assert!(!Settings { trusted_proxies, ..open }.is_open_to_eavesdroppers());
    }
}
