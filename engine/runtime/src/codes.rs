//! Making and checking codes: TOTP, recovery codes, issued codes.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use readmit_domain::account::CODES_IN_A_SET;
use readmit_domain::{RecoveryCode, Timestamp, TotpCode};
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::crypto;
use crate::ports::entropy::draw;
use crate::ports::{Entropy, EntropyError};

/// Seconds of one TOTP time step (RFC 6238 §5.2).
const STEP_SECONDS: u64 = 30;
/// Steps before and after the present one that are accepted, for slow clocks and slow people.
const SKEW_STEPS: u64 = 1;
const DIGITS: u8 = 6;
/// Bytes of the salt of a code set.
const SET_SALT_BYTES: usize = 16;
const DIGEST_BYTES: usize = 32;

/// The secret of a device: 160 bits (RFC 4226 §4). Shown once, while it is set up.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TotpSecret([u8; 20]);

impl TotpSecret {
    pub(crate) fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        draw(entropy).map(Self)
    }

    /// The secret in base32, as people type it into an app.
    pub fn expose_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&self.0))
    }

    /// The `otpauth:` address that a QR code holds: whose account, at whom.
    ///
    /// Colons separate its parts and are taken out of both texts. An address
    /// without an account would show nothing in the app: it is refused.
    pub fn otpauth_uri(
        &self,
        issuer: &str,
        account: &str,
    ) -> Result<Zeroizing<String>, OtpauthError> {
        let without_colons = |text: &str| text.replace(':', " ");
        let uri = builder(&self.0)
            .with_issuer(Some(without_colons(issuer)))
            .with_account_name(without_colons(account))
            .build_noncompliant()
            .to_url();
        uri.map(Zeroizing::new).map_err(|_| OtpauthError)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

/// There is no `otpauth:` address without an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address for an authenticator app needs the name of an account")]
pub struct OtpauthError;

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(hidden)")
    }
}

/// SHA-1, six digits, 30 seconds: what phone apps know, whatever else an address says.
fn builder(secret: &[u8]) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP_SECONDS)
        .with_skew(0)
        .with_secret(secret.to_vec())
}

/// The time steps around `now` that the code is right for, latest first.
///
/// Every step of the window is tried whatever the others gave, and each
/// comparison takes constant time.
pub(crate) fn totp_steps(secret: &[u8], code: &TotpCode, now: Timestamp) -> Vec<u64> {
    let totp: Totp = builder(secret).build_noncompliant();
    let present = now.unix_seconds() / STEP_SECONDS;
    let window = present.saturating_sub(SKEW_STEPS)..=present + SKEW_STEPS;
    window.rev().filter_map(|step| totp.check(code.expose(), step * STEP_SECONDS)).collect()
}

/// Draws a set of recovery codes.
pub(crate) fn draw_codes(entropy: &dyn Entropy) -> Result<Vec<RecoveryCode>, EntropyError> {
    (0..CODES_IN_A_SET).map(|_| draw(entropy).map(RecoveryCode::from_bytes)).collect()
}

/// What is stored of a set: salt ‖ one keyed digest for each code.
///
/// The codes carry 120 bits, so a fast keyed digest is enough (SP 800-63B-4 §3.1.2).
pub(crate) fn digest_codes(
    key: &[u8; 32],
    codes: &[RecoveryCode],
    salt: [u8; SET_SALT_BYTES],
) -> Zeroizing<Vec<u8>> {
    let mut digests = Zeroizing::new(salt.to_vec());
    for code in codes {
        digests.extend(crypto::keyed_digest(key, &[&salt, code.expose_bytes()]));
    }
    digests
}

/// The place of a code in a set. Every digest is compared, each in constant time.
pub(crate) fn code_index(key: &[u8; 32], stored: &[u8], code: &RecoveryCode) -> Option<u8> {
    let (salt, digests) = stored.split_at_checked(SET_SALT_BYTES)?;
    let digest = crypto::keyed_digest(key, &[salt, code.expose_bytes()]);
    let mut found = None;
    for (index, stored) in (0_u8..).zip(digests.chunks_exact(DIGEST_BYTES)) {
        if bool::from(digest.as_slice().ct_eq(stored)) {
            found = Some(index);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238 appendix B.
    const SECRET: &[u8] = b"12345678901234567890";

    fn steps(code: &str, second: i64) -> Vec<u64> {
        totp_steps(SECRET, &code.parse().unwrap(), Timestamp::from_unix_micros(second * 1_000_000))
    }

    #[test]
    fn the_published_codes_are_right_for_their_step() {
        // RFC 6238 appendix B, SHA-1, the last six of the eight digits.
        assert_eq!(steps("287082", 59), [1]);
        assert_eq!(steps("081804", 1_111_111_109), [37_037_036]);
        assert_eq!(steps("005924", 1_234_567_890), [41_152_263]);
        assert_eq!(steps("353130", 20_000_000_000), [666_666_666]);
    }

    #[test]
    fn one_step_of_skew_is_accepted_and_two_are_not() {
        assert_eq!(steps("287082", 29), [1]);
        assert_eq!(steps("287082", 89), [1]);
        assert!(steps("287082", 90).is_empty());
        assert!(steps("000000", 59).is_empty());
    }

    #[test]
    fn a_recovery_code_is_found_at_its_place_under_its_key_alone() {
        let codes: Vec<_> = (0..10).map(|n| RecoveryCode::from_bytes([n; 15])).collect();
        let stored = digest_codes(&[1; 32], &codes, [2; 16]);
        assert_eq!(code_index(&[1; 32], &stored, &codes[7]), Some(7));
        assert_eq!(code_index(&[9; 32], &stored, &codes[7]), None);
        assert_eq!(code_index(&[1; 32], &stored, &RecoveryCode::from_bytes([99; 15])), None);
        assert_eq!(code_index(&[1; 32], &stored[..8], &codes[0]), None);
    }

    #[test]
    fn the_address_for_the_app_names_account_and_issuer() {
        let secret = TotpSecret([5; 20]);
        let uri = secret.otpauth_uri("Acme: MSP", "alice@example.com").unwrap();
        assert!(uri.starts_with("otpauth://totp/"), "{}", *uri);
        assert!(uri.contains("alice%40example.com") && uri.contains("secret=AUCQK"), "{}", *uri);
        assert_eq!(secret.otpauth_uri("Acme MSP", ""), Err(OtpauthError));
    }
}
