//! Asks a witness over HTTP.

use std::sync::Arc;
use std::time::Duration;

use readmit::witness::{ANSWER_MAX_BYTES, ClientError, WitnessAnswer, WitnessClient};
use ureq::config::Config;
use ureq::http::{Response, Uri, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

/// For the whole exchange: a witness answers at once, or stores something first.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Headers are a few hundred bytes.
const HEADERS_MAX_BYTES: usize = 16 * 1024;

/// A witness at an address.
#[derive(Debug)]
pub(crate) struct HttpWitness {
    agent: Agent,
    /// Ends in `/add-checkpoint`.
    address: String,
    timeout: Duration,
}

/// Why an address is none of a witness.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} is not the address of a witness: give its submission prefix, such as \
     https://witness.example/w1, without user, query and fragment"
)]
pub(crate) struct AddressError(String);

impl HttpWitness {
    /// The witness with this submission prefix: `http` or `https`. TLS goes by the certificates
    /// that the system trusts, and a proxy by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
    ///
    /// Plain `http` takes nothing away from a cosignature, which is verified; but whoever is on the
    /// way can keep it from coming, or raise a false alarm.
    pub(crate) fn new(prefix: &str) -> Result<Self, AddressError> {
        Self::with_timeout(prefix, TIMEOUT)
    }

    /// The same, with less patience or more.
    pub(crate) fn with_timeout(prefix: &str, timeout: Duration) -> Result<Self, AddressError> {
        let address = address(prefix).ok_or_else(|| AddressError(prefix.to_owned()))?;
        let tls = if address.starts_with("https:") { tls() } else { TlsConfig::default() };
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEADERS_MAX_BYTES)
            .user_agent(concat!("readmit/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build();
        Ok(Self { agent: Config::new_agent(&config), address, timeout })
    }
}

impl WitnessClient for HttpWitness {
    async fn add_checkpoint(&self, body: String) -> Result<WitnessAnswer, ClientError> {
        let (agent, address) = (self.agent.clone(), self.address.clone());
        let asked = tokio::task::spawn_blocking(move || ask(&agent, &address, &body)).await;
        let answer = asked.map_err(|error| ClientError::Failed(error.to_string()))?;
        answer.map_err(|error| client_error(&error, self.timeout))
    }
}

fn ask(agent: &Agent, address: &str, body: &str) -> Result<WitnessAnswer, ureq::Error> {
    let request = agent.post(address).header(header::CONTENT_TYPE, "text/plain; charset=utf-8");
    read(request.send(body)?)
}

fn read(mut response: Response<Body>) -> Result<WitnessAnswer, ureq::Error> {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).map(str::to_owned);
    let limit = u64::try_from(ANSWER_MAX_BYTES).unwrap_or(u64::MAX);
    let body = response.body_mut().with_config().limit(limit).read_to_vec()?;
    Ok(WitnessAnswer { status: response.status().as_u16(), content_type, body })
}

fn client_error(error: &ureq::Error, timeout: Duration) -> ClientError {
    match error {
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => {
            ClientError::TooLong
        }
        ureq::Error::Timeout(_) => ClientError::TimedOut { seconds: timeout.as_secs() },
        other => ClientError::Failed(other.to_string()),
    }
}

/// Where `add-checkpoint` is, if the prefix is one.
fn address(prefix: &str) -> Option<String> {
    let uri: Uri = prefix.parse().ok()?;
    let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    let host =
        uri.authority().is_some_and(|it| !it.as_str().contains('@') && !it.host().is_empty());
    let whole = !prefix.contains(['?', '#']);
    let prefix = prefix.trim_end_matches('/');
    (scheme && host && whole).then(|| format!("{prefix}/add-checkpoint"))
}

/// The certificates that the system trusts, and ring: the only provider in the tree.
fn tls() -> TlsConfig {
    let found = rustls_native_certs::load_native_certs().certs;
    let roots = found.iter().map(|root| Certificate::from_der(root).to_owned());
    TlsConfig::builder()
        .root_certs(RootCerts::from(roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_may_have_a_path_and_a_slash_at_its_end() {
        let expected = Some("https://w.example/w1/add-checkpoint".to_owned());
        assert_eq!(address("https://w.example/w1"), expected);
        assert_eq!(address("https://w.example/w1/"), expected);
    }

    #[test]
    fn what_is_no_prefix_is_refused() {
        for prefix in [
            "",
            "w.example",
            "/w1",
            "ftp://w.example",
            "https://",
            "https://user:password@w.example",
            "https://w.example/?a=b",
            "https://w.example/#w1",
        ] {
            assert!(HttpWitness::new(prefix).is_err(), "{prefix}");
        }
    }
}
