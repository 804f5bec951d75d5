//! The master key in a file of its own, readable by its owner alone.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use readmit_runtime::ports::{
    Entropy, EntropyError, LocalMasterKey, MasterKey as _, MasterKeyError,
};
use zeroize::Zeroizing;

/// Why a key file did not serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// It could not be read or written.
    #[error("the key file {path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// It holds no key.
    #[error("the key file {path}: {source}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: MasterKeyError,
    },
    /// Others than its owner may read it.
    #[error("the key file {path} can be read by others (mode {mode:03o}): run chmod 600 on it")]
    TooOpen {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// A key file holds one line of 70 characters; whatever is much longer is something else.
const LONGEST: u64 = 1024;

/// The key file of a database that says nothing else: its own name with `.key` appended.
pub(crate) fn beside(database: &Path) -> PathBuf {
    with_suffix(database, ".key")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Reads the key of a file; none if there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<LocalMasterKey>, KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
    let file = match OpenOptions::new().read(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    check_mode(path, &file.metadata().map_err(failed)?)?;
    let mut text = Zeroizing::new(String::new());
    file.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
    let key = LocalMasterKey::parse(&text);
    key.map(Some).map_err(|source| KeyFileError::Malformed { path: path.to_owned(), source })
}

/// Draws a key and keeps it in a new file; never in the place of another.
///
/// The file appears with its whole content or not at all: it is written under
/// another name and then linked.
pub(crate) fn create(path: &Path, entropy: &dyn Entropy) -> Result<LocalMasterKey, KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
    let mut bytes = Zeroizing::new([0; 32]);
    entropy.fill(bytes.as_mut_slice())?;
    let key = LocalMasterKey::from_bytes(*bytes);
    // A name that nobody else writes to, in this process or another: what is linked is this key.
    let unfinished = with_suffix(path, &format!(".{}.unfinished", key.id()));
    let written = write_new(&unfinished, &key).and_then(|()| std::fs::hard_link(&unfinished, path));
    // Whether it was linked or not, the other name is of no use any more.
    let removed = std::fs::remove_file(&unfinished);
    written.and(removed).map_err(failed)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(key)
}

/// The data sealed under the key is durable: so must the key be.
fn write_new(path: &Path, key: &LocalMasterKey) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    let mut file = options.open(path)?;
    writeln!(file, "{}", key.expose().as_str())?;
    file.sync_all()
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

#[cfg(not(unix))]
fn owner_only(_: &mut OpenOptions) {}

#[cfg(unix)]
fn check_mode(path: &Path, metadata: &std::fs::Metadata) -> Result<(), KeyFileError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    let for_others = mode & 0o077;
    if for_others == 0 {
        Ok(())
    } else {
        Err(KeyFileError::TooOpen { path: path.to_owned(), mode })
    }
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &std::fs::Metadata) -> Result<(), KeyFileError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use readmit_runtime::ports::OsEntropy;

    #[test]
    fn a_key_file_is_made_once_for_its_owner_alone_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("readmit.db.key");
        assert!(read(&path).unwrap().is_none());
        let key = create(&path, &OsEntropy).unwrap();
        assert_eq!(read(&path).unwrap().unwrap().id(), key.id());
        assert!(matches!(create(&path, &OsEntropy), Err(KeyFileError::Io { .. })));
        assert_eq!(read(&path).unwrap().unwrap().id(), key.id());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, &OsEntropy).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let why = read(&path).unwrap_err().to_string();
        assert!(why.contains("644") && why.contains("chmod 600"), "{why}");
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, &OsEntropy).unwrap();
        std::fs::write(&path, "not a key").unwrap();
        assert!(matches!(read(&path), Err(KeyFileError::Malformed { .. })));
    }
}
