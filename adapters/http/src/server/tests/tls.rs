//! Certificates, used and replaced.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::running::{in_time, router, settings, start};
use crate::server::{ServeError, check};
use crate::settings::{Settings, Tls};

/// A certificate for 127.0.0.1, and its key.
fn issue(folder: &Path) -> Tls {
    let files = Tls { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-subj", "/CN=readmit", "-days", "2", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&files.key)
        .arg("-out")
        .arg(&files.certificate)
        .output()
        .expect("openssl is needed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    files
}

/// What a caller who trusts this certificate is answered; or that they cannot.
fn ask(address: SocketAddr, certificate: &Path) -> Result<String, std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = address.ip().into();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let tcp = TcpStream::connect(address)?;
    tcp.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut stream = StreamOwned::new(connection, tcp);
    stream.write_all(b"GET /peer HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

async fn asked(address: SocketAddr, certificate: &Path) -> Result<String, std::io::Error> {
    let certificate = certificate.to_owned();
    in_time(tokio::task::spawn_blocking(move || ask(address, &certificate))).await.unwrap()
}

fn hang_up() {
    let kill = format!("kill -HUP {}", std::process::id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_are_answered_by_tls_and_a_new_certificate_is_taken_on_sighup() {
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let files = issue(folder.path());
    let running = start(Settings { tls: Some(files.clone()), ..settings() }, router()).await;
    let address = running.ready.address;
    assert!(running.ready.tls);
    let answer = asked(address, &files.certificate).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // In plain HTTP there is no answer, and those who speak TLS are not disturbed.
    let mut plain = running.caller().await;
    plain.get("/peer").await;
    assert!(!plain.rest().await.contains("HTTP"));

    // Rubbish is not taken.
    let new = issue(other.path());
    let old = folder.path().join("old.pem");
    fs::copy(&files.certificate, &old).unwrap();
    fs::write(&files.certificate, "rubbish").unwrap();
    hang_up();
    tokio::time::sleep(Duration::from_millis(300)).await;
    asked(address, &old).await.unwrap();

    fs::copy(&new.certificate, &files.certificate).unwrap();
    fs::copy(&new.key, &files.key).unwrap();
    hang_up();
    let taken = async {
        while asked(address, &new.certificate).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    in_time(taken).await;
    asked(address, &old).await.unwrap_err();
    in_time(running.stop()).await.unwrap().unwrap();
}

#[test]
fn files_that_cannot_be_used_are_named_with_their_setting() {
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let files = issue(folder.path());
    let missing = folder.path().join("missing.pem");
    let rubbish = folder.path().join("rubbish.pem");
    fs::write(&rubbish, "-----BEGIN").unwrap();
    let with = |tls: Tls| check(&Settings { tls: Some(tls), ..settings() });
    with(files.clone()).unwrap();
    for (tls, word) in [
        (Tls { certificate: missing.clone(), ..files.clone() }, "tls.certificate"),
        (Tls { certificate: rubbish.clone(), ..files.clone() }, "tls.certificate"),
        (Tls { certificate: files.key.clone(), ..files.clone() }, "tls.certificate"),
        (Tls { key: missing, ..files.clone() }, "tls.key"),
        (Tls { key: rubbish, ..files.clone() }, "tls.key"),
        (Tls { key: issue(other.path()).key, ..files }, "tls: "),
    ] {
        match with(tls) {
            Err(error @ ServeError::Tls(_)) => {
                assert!(error.to_string().starts_with(word), "{word}: {error}");
            }
            other => panic!("{word}: {other:?}"),
        }
    }
}
