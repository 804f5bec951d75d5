//! Programs that are not ours: they read what we show, and show what we read.

use std::path::Path;
use std::process::Command;

use readmit::Timestamp;
use readmit_tests::Result;

/// What an authenticator app that is not ours shows for a secret at this moment.
pub(crate) fn oathtool(secret: &str, now: Timestamp) -> Result<String> {
    let at = format!("@{}", now.unix_seconds());
    said("oathtool", &["--totp", "--base32", "--now", &at, secret])
}

/// What a camera reads in a picture with a QR code.
pub(crate) fn zbarimg(picture: &Path) -> Result<String> {
    said("zbarimg", &["--quiet", "--raw", picture.to_str().ok_or("a path that is no text")?])
}

fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let run = Command::new(program).args(arguments).output();
    let run = run.map_err(|error| format!("{program}: {error}: tests/run installs it"))?;
    if !run.status.success() {
        return Err(format!("{program}: {}", String::from_utf8_lossy(&run.stderr)).into());
    }
    Ok(String::from_utf8(run.stdout)?.trim().to_owned())
}
