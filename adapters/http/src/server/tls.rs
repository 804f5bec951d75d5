//! Certificate and key: read at start, and anew on SIGHUP.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::settings::Tls;

/// Why certificate or key cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{field}: {} holds no {expected} in PEM: {why}", path.display())]
    File {
        /// The setting that names it.
        field: &'static str,
        /// The file.
        path: PathBuf,
        /// What should be in it.
        expected: &'static str,
        /// What is wrong.
        why: pem::Error,
    },
    /// There is no certificate in the file.
    #[error("tls.certificate: {} holds no certificate in PEM", .0.display())]
    NoCertificate(PathBuf),
    /// Certificate and key do not belong together, or are of a kind that is not known.
    #[error("tls: certificate and key cannot be used together: {0}")]
    Unusable(#[from] rustls::Error),
}

/// Reads certificate and key.
pub(super) fn load(files: &Tls) -> Result<RustlsConfig, TlsError> {
    read(files).map(RustlsConfig::from_config)
}

/// Reads both anew whenever the process is told to, for ever. If they cannot be used, the ones
/// before stay in use. Without TLS there is nothing to read, and the signal must not end us either:
/// from the call on it does not.
#[cfg(unix)]
pub(super) fn reload_on_hangup(
    files: Option<Tls>,
    config: Option<RustlsConfig>,
) -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangups = signal(SignalKind::hangup())?;
    Ok(async move {
        while hangups.recv().await.is_some() {
            if let (Some(files), Some(config)) = (&files, &config) {
                reload(files, config);
            } else {
                tracing::info!("told to read the certificate anew, but TLS is not in use");
            }
        }
    })
}

#[cfg(not(unix))]
pub(super) fn reload_on_hangup(
    _: Option<Tls>,
    _: Option<RustlsConfig>,
) -> std::io::Result<impl Future<Output = ()>> {
    Ok(std::future::ready(()))
}

/// A few small files: read within a moment, and seldom.
fn reload(files: &Tls, config: &RustlsConfig) {
    match read(files) {
        Ok(new) => {
            config.reload_from_config(new);
            tracing::info!(certificate = %files.certificate.display(), "certificate and key read anew");
        }
        Err(error) => tracing::error!(%error, "the certificate in use was kept"),
    }
}

fn read(files: &Tls) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|why| TlsError::File {
        field: "tls.key",
        path: files.key.clone(),
        expected: "private key without a passphrase",
        why,
    })?;
    // Named, so that no other part of the process decides on it.
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let found = found.map_err(|why| TlsError::File {
        field: "tls.certificate",
        path: path.to_owned(),
        expected: "certificate",
        why,
    })?;
    if found.is_empty() {
        return Err(TlsError::NoCertificate(path.to_owned()));
    }
    Ok(found)
}
