//! Reading files that a stranger may have made.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::{BundleError, BundleFault};

/// Opens a file of the bundle, which must be there, and be a file.
pub(super) fn open(folder: &Path, file: &str) -> Result<File, BundleError> {
    let path = folder.join(file);
    // Before it is opened: what is a pipe would make us wait for somebody at its other end.
    let metadata = match std::fs::symlink_metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(BundleFault::new(file, "file", &"one", &"none").into());
        }
        Err(source) => return Err(BundleError::Io { path, source }),
    };
    if !metadata.is_file() {
        return Err(BundleFault::new(file, "file", &"a file", &"something else").into());
    }
    File::open(&path).map_err(BundleError::io(&path))
}

/// Reads a file of the bundle, which has at most `max` bytes.
pub(super) fn read(folder: &Path, file: &str, max: u64) -> Result<Vec<u8>, BundleError> {
    let mut opened = open(folder, file)?;
    let found = opened.metadata().map_err(BundleError::io(&folder.join(file)))?.len();
    if found > max {
        let expected = format!("at most {max} bytes");
        return Err(BundleFault::new(file, "size", &expected, &format!("{found} bytes")).into());
    }
    read_next(&mut opened, folder, file, found)
}

/// Reads on, up to `length` bytes: fewer at the end of the file.
pub(super) fn read_next(
    opened: &mut File,
    folder: &Path,
    file: &str,
    length: u64,
) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    let read = opened.take(length).read_to_end(&mut bytes);
    read.map_err(BundleError::io(&folder.join(file)))?;
    Ok(bytes)
}

/// Reads a text of the bundle, which has at most `max` bytes.
pub(super) fn read_text(folder: &Path, file: &str, max: u64) -> Result<String, BundleError> {
    let text = String::from_utf8(read(folder, file, max)?);
    text.map_err(|error| BundleFault::new(file, "text", &"UTF-8", &error).into())
}
