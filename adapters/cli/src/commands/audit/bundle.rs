//! `audit export`, and `audit verify --bundle`.

use std::path::Path;

use crate::context::Context;
use crate::error::CliError;

pub(super) async fn export(_context: &Context, _directory: &Path) -> Result<(), CliError> {
    Err(CliError::Usage("not here yet".into()))
}

pub(super) fn verify(_context: &Context, _bundle: &Path, _vkey: &str) -> Result<(), CliError> {
    Err(CliError::Usage("not here yet".into()))
}
