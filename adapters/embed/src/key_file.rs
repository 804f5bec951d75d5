//! The master keys in a file of their own, readable by its owner alone.
//!
//! One line for each key, the newest first. More than one stand there only while keys are rotated.
//! The file changes by being replaced whole, by one process at a time.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use readmit_runtime::ports::{
    Entropy, EntropyError, KeyRing, LocalMasterKey, MasterKey as _, MasterKeyError,
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
    /// It was there, and is not any more.
    #[error("the key file {path} is gone: put it back")]
    Gone {
        /// Which file.
        path: PathBuf,
    },
    /// It holds as many keys as it may.
    #[error(
        "the key file {path} holds {} keys already: run `readmit key rewrap --forget-old` first",
        KeyRing::KEYS_MOST
    )]
    Full {
        /// Which file.
        path: PathBuf,
    },
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// A key takes a line of 70 characters; whatever is much longer than all that may be there is
/// something else.
const LONGEST: u64 = 80 * KeyRing::KEYS_MOST as u64;

/// The key file of a database that says nothing else: its own name with `.key` appended.
pub(crate) fn beside(database: &Path) -> PathBuf {
    with_suffix(database, ".key")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Reads the keys of a file; none if there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<KeyRing>, KeyFileError> {
    Ok(open(path)?.map(|(ring, _)| ring))
}

fn open(path: &Path) -> Result<Option<(KeyRing, Metadata)>, KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
    let file = match OpenOptions::new().read(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let metadata = file.metadata().map_err(failed)?;
    check_mode(path, &metadata)?;
    let mut text = Zeroizing::new(String::new());
    file.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
    let ring = KeyRing::parse(&text);
    let ring = ring.map_err(|source| KeyFileError::Malformed { path: path.to_owned(), source })?;
    Ok(Some((ring, metadata)))
}

/// Draws a key and keeps it in a new file; never in the place of another.
///
/// The file appears with its whole content or not at all: it is written under
/// another name and then linked.
pub(crate) fn create(path: &Path, entropy: &dyn Entropy) -> Result<KeyRing, KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
    let ring = KeyRing::of(draw(entropy)?);
    // A name that nobody else writes to, in this process or another: what is linked is this key.
    let unfinished = with_suffix(path, &format!(".{}.unfinished", ring.id()));
    let written = write_new(&unfinished, &ring).and_then(|_| std::fs::hard_link(&unfinished, path));
    // Whether it was linked or not, the other name is of no use any more.
    let removed = std::fs::remove_file(&unfinished);
    written.and(removed).and_then(|()| sync_folder(path)).map_err(failed)?;
    Ok(ring)
}

/// Changes what a key file holds: to what `change` makes of it, if that makes anything else of it.
/// Answers what it holds then.
///
/// The file is replaced whole: a process that is killed midway leaves it as it was or as it is to
/// be. Owner and mode stay. Who changes it waits for whoever else does.
pub(crate) fn change(
    path: &Path,
    change: impl FnOnce(KeyRing) -> Result<Change, KeyFileError>,
) -> Result<KeyRing, KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
    // A link to the file stays one.
    let path = std::fs::canonicalize(path).map_err(failed)?;
    // Let go when it is closed, even by being killed. The file itself cannot be locked: it goes.
    let lock = with_suffix(&path, ".lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    owner_only(&mut options);
    let lock = options.open(&lock).map_err(failed)?;
    lock.lock().map_err(failed)?;

    let found = open(&path)?.ok_or_else(|| KeyFileError::Gone { path: path.clone() })?;
    let ring = match change(found.0)? {
        Change::Keep(ring) => return Ok(ring),
        Change::Write(ring) => ring,
    };
    let unfinished = with_suffix(&path, ".unfinished");
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        // One that was killed left it; nobody else is at it now.
        _ => {}
    }
    let written = write_new(&unfinished, &ring)
        .and_then(|file| keep_owner(&file, &found.1))
        .and_then(|()| std::fs::rename(&unfinished, &path));
    if written.is_err() {
        // The keys must not lie about; what is to be told is why it was not written.
        let _ = std::fs::remove_file(&unfinished);
    }
    written.and_then(|()| sync_folder(&path)).map_err(failed)?;
    Ok(ring)
}

/// What becomes of a key file.
pub(crate) enum Change {
    Keep(KeyRing),
    Write(KeyRing),
}

/// Draws a new master key.
pub(crate) fn draw(entropy: &dyn Entropy) -> Result<LocalMasterKey, KeyFileError> {
    let mut bytes = Zeroizing::new([0; 32]);
    entropy.fill(bytes.as_mut_slice())?;
    Ok(LocalMasterKey::from_bytes(*bytes))
}

/// The data sealed under the keys is durable: so must the keys be.
fn write_new(path: &Path, ring: &KeyRing) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    let mut file = options.open(path)?;
    file.write_all(ring.expose().as_bytes())?;
    file.sync_all()?;
    Ok(file)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

/// Whoever could read the file before must be able to go on.
#[cfg(unix)]
fn keep_owner(file: &File, before: &Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let now = file.metadata()?;
    if (now.uid(), now.gid()) == (before.uid(), before.gid()) {
        return Ok(());
    }
    fchown(file, Some(before.uid()), Some(before.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

#[cfg(not(unix))]
fn owner_only(_: &mut OpenOptions) {}

#[cfg(unix)]
fn check_mode(path: &Path, metadata: &Metadata) -> Result<(), KeyFileError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    let for_others = mode & 0o077;
    if for_others == 0 {
        Ok(())
    } else {
        Err(KeyFileError::TooOpen { path: path.to_owned(), mode })
    }
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &Metadata) -> Result<(), KeyFileError> {
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

    #[test]
    fn a_key_is_added_in_front_and_nothing_is_left_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let old = create(&path, &OsEntropy).unwrap().id();
        // Somebody was killed here.
        std::fs::write(with_suffix(&path, ".unfinished"), "half a k").unwrap();
        let add = |ring: KeyRing| {
            let key = draw(&OsEntropy)?;
            Ok(Change::Write(ring.with_newest(key).unwrap()))
        };
        let changed = change(&path, add).unwrap();
        let ids: Vec<String> = read(&path).unwrap().unwrap().ids().collect();
        assert_eq!(ids, changed.ids().collect::<Vec<_>>());
        assert!(ids.len() == 2 && ids[1] == old);
        assert!(!with_suffix(&path, ".unfinished").exists());

        let before = std::fs::read(&path).unwrap();
        change(&path, |ring| Ok(Change::Keep(ring))).unwrap();
        let full = |_| Err(KeyFileError::Full { path: PathBuf::new() });
        assert!(matches!(change(&path, full), Err(KeyFileError::Full { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[cfg(unix)]
    #[test]
    fn a_changed_key_file_is_its_owners_alone_and_a_link_to_it_stays_one() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        create(&file, &OsEntropy).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let add = |ring: KeyRing| Ok(Change::Write(ring.with_newest(draw(&OsEntropy)?).unwrap()));
        change(&link, add).unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(read(&file).unwrap().unwrap().ids().count(), 2);
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
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
