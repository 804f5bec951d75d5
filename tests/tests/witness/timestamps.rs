//! OpenSSL's `ts` as a time-stamping authority.

use std::path::PathBuf;
use std::process::Command;

use readmit::timestamp::{TimestampError, Timestamped, check, stamped_bytes};
use readmit_tests::Result;
use readmit_tests::chance::Chance;
use readmit_tlog::Cosigner;
use tempfile::TempDir;

use crate::log::Log;

/// An authority with keys made for the occasion, in a folder of its own.
struct Authority(TempDir);

const POLICY: &str = "1.2.3.4.1";

const SETTINGS: &str = "\
[req]
distinguished_name = name
prompt = no
[name]
CN = Authority of the tests
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamper]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = authority
[authority]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = root.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
clock_precision_digits = 6
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
";

impl Authority {
    fn new() -> Result<Self> {
        let authority = Self(tempfile::tempdir()?);
        std::fs::write(authority.path("settings"), SETTINGS)?;
        std::fs::write(authority.path("serial"), "0A01\n")?;
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config settings -subj";
        authority.openssl(&format!(
            "req -x509 {key} /CN=root -extensions root -days 2 -keyout root.key -out root.pem"
        ))?;
        authority.openssl(&format!(
            "req -x509 {key} /CN=tsa -extensions stamper -days 2 -CA root.pem -CAkey root.key \
             -keyout tsa.key -out tsa.pem"
        ))?;
        Ok(authority)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn openssl(&self, arguments: &str) -> Result {
        let mut command = Command::new("openssl");
        command.current_dir(self.0.path()).args(arguments.split_whitespace());
        let output = command.output().map_err(|error| format!("openssl: {error}"))?;
        if output.status.success() {
            Ok(())
        } else {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(format!("openssl {arguments}: {why}").into())
        }
    }

    /// The answer to a request to stamp these bytes.
    fn stamp(&self, bytes: &[u8], digest: &str) -> Result<Vec<u8>> {
        std::fs::write(self.path("stamped"), bytes)?;
        self.openssl(&format!("ts -query -data stamped -{digest} -cert -out query"))?;
        // What is not granted is an answer too, and written with an exit code of its own.
        let replied = self.openssl("ts -reply -config settings -queryfile query -out response");
        if digest == "sha256" || digest == "sha512" {
            replied?;
        }
        Ok(std::fs::read(self.path("response"))?)
    }
}

fn bytes_of(log: &Log) -> Result<Vec<u8>> {
    Ok(stamped_bytes(&log.checkpoint()?, log.key())?)
}

#[test]
fn a_checkpoint_is_stamped_with_the_time_of_the_authority() -> Result {
    let (authority, bytes) = (Authority::new()?, bytes_of(&Log::of(300)?)?);
    let response = authority.stamp(&bytes, "sha256")?;
    let Timestamped { at, policy, serial } = check(&response, &bytes)?;
    assert_eq!(policy, POLICY);
    assert_eq!(serial, "0a02");

    // As OpenSSL reads it: `Time stamp: Nov 24 10:00:00.123456 2026 GMT`.
    let mut command = Command::new("openssl");
    command.current_dir(authority.0.path()).args(["ts", "-reply", "-in", "response", "-text"]);
    let text = String::from_utf8(command.output()?.stdout)?;
    let line = text.lines().find_map(|line| line.strip_prefix("Time stamp: "));
    let words: Vec<&str> = line.ok_or("it tells no time")?.split_whitespace().collect();
    let [month, day, time, year, "GMT"] = words[..] else { return Err(text.into()) };
    let shown = at.to_string();
    assert!(shown.starts_with(&format!("{year}-")), "{shown}, {words:?}");
    assert!(shown.contains(&format!("-{day:0>2}T")), "{shown}, {words:?}");
    let hours = time.split('.').next().unwrap_or_default();
    assert!(shown.contains(&format!("T{hours}.")), "{shown}, {words:?}");
    assert_eq!(month.len(), 3);

    // And as OpenSSL judges it, which we leave to it.
    authority.openssl("ts -verify -data stamped -in response -CAfile root.pem -untrusted tsa.pem")
}

#[test]
fn a_stamp_holds_whoever_cosigns_later() -> Result {
    let log = Log::of(3)?;
    let mut checkpoint = log.checkpoint()?;
    let bytes = stamped_bytes(&checkpoint, log.key())?;
    assert_eq!(bytes, checkpoint.to_string().into_bytes());
    let response = Authority::new()?.stamp(&bytes, "sha256")?;
    let witness = Cosigner::new("witness.example/w1", &[2; 32])?;
    checkpoint.add(witness.cosign(checkpoint.checkpoint(), 1)?)?;
    check(&response, &stamped_bytes(&checkpoint, log.key())?)?;
    // It is not the whole note that was stamped.
    let whole = checkpoint.to_string().into_bytes();
    assert_eq!(check(&response, &whole), Err(TimestampError::OtherBytes));
    Ok(())
}

#[test]
fn a_stamp_is_good_for_one_checkpoint_only() -> Result {
    let bytes = bytes_of(&Log::of(3)?)?;
    let response = Authority::new()?.stamp(&bytes, "sha256")?;
    let other = bytes_of(&Log::of(4)?)?;
    assert_eq!(check(&response, &other), Err(TimestampError::OtherBytes));
    Ok(())
}

#[test]
fn what_the_log_did_not_sign_is_not_stamped() -> Result {
    let stranger = Log::with(crate::log::ORIGIN, 9, 0)?;
    assert!(stamped_bytes(&Log::of(3)?.checkpoint()?, stranger.key()).is_err());
    Ok(())
}

#[test]
fn another_digest_is_told() -> Result {
    let bytes = bytes_of(&Log::of(3)?)?;
    let response = Authority::new()?.stamp(&bytes, "sha512")?;
    let found = "2.16.840.1.101.3.4.2.3".to_owned();
    assert_eq!(check(&response, &bytes), Err(TimestampError::OtherDigest { found }));
    Ok(())
}

#[test]
fn what_was_not_granted_is_told() -> Result {
    let bytes = bytes_of(&Log::of(3)?)?;
    // A digest that the authority does not take.
    let response = Authority::new()?.stamp(&bytes, "sha1")?;
    assert_eq!(check(&response, &bytes), Err(TimestampError::NotGranted { status: 2 }));
    Ok(())
}

#[test]
fn a_response_that_was_cut_or_has_more_is_refused() -> Result {
    let bytes = bytes_of(&Log::of(3)?)?;
    let mut response = Authority::new()?.stamp(&bytes, "sha256")?;
    for end in 0..response.len() {
        assert!(check(&response[..end], &bytes).is_err(), "cut at {end}");
    }
    response.push(0);
    assert!(check(&response, &bytes).is_err());
    response.resize(70_000, 0);
    assert_eq!(check(&response, &bytes), Err(TimestampError::TooLong { found: 70_000 }));
    Ok(())
}

#[test]
fn a_mangled_response_never_stamps_anything_else() -> Result {
    let bytes = bytes_of(&Log::of(3)?)?;
    let other = bytes_of(&Log::of(4)?)?;
    let good = Authority::new()?.stamp(&bytes, "sha256")?;
    let mut chance = Chance::from_environment()?;
    let length = u64::try_from(good.len())?;
    for _ in 0..20_000 {
        let mut response = good.clone();
        for _ in 0..=chance.below(3) {
            let at = usize::try_from(chance.below(length))?;
            response[at] = u8::try_from(chance.below(256))?;
        }
        // It may still be about these bytes, since signatures are not judged; never about others.
        let _ = check(&response, &bytes);
        assert!(check(&response, &other).is_err());
    }
    Ok(())
}
