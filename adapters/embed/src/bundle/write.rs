//! Writing a bundle.

use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

use readmit_tlog::{Edge, EntryBundle, HashTile, SignedCheckpoint, TileId, VerifierKey, leaf_hash};

use super::layout::{CHECKPOINT, EVENTS, HOWTO, README, VKEY, WIDTH, entries_path, tile_path};
use super::signer::signer;
use super::{BundleError, BundleFault};

/// Writes the leaves of a ledger, in order, into a folder that appears when all of it is on disk.
/// Holds no more than 256 of them.
///
/// Until then it stands beside it, as `NAME.unfinished`; a writer that is dropped takes that away.
#[derive(Debug)]
pub struct BundleWriter {
    folder: PathBuf,
    unfinished: Unfinished,
    edge: Edge,
    /// The entries since the last full bundle, as they will stand in the next.
    entries: Vec<u8>,
    lines: BufWriter<File>,
}

/// `events.jsonl` is written in pieces of this size.
const BUFFER_BYTES: usize = 1 << 20;

/// Threads that do nothing but wait for the disk. A folder has about a thousand files.
const SYNCS_AT_ONCE: usize = 32;

impl BundleWriter {
    /// Begins a bundle that is to be this folder, which must not exist yet or be empty.
    ///
    /// # Errors
    /// [`BundleError::Occupied`], [`BundleError::Unfinished`], [`BundleError::Io`].
    pub fn create(folder: &Path) -> Result<Self, BundleError> {
        check_free(folder)?;
        let unfinished = Unfinished::create(folder)?;
        let path = unfinished.path.join(EVENTS);
        let lines = File::create_new(&path).map_err(BundleError::io(&path))?;
        let lines = BufWriter::with_capacity(BUFFER_BYTES, lines);
        let folder = folder.to_owned();
        Ok(Self { folder, unfinished, edge: Edge::new(), entries: Vec::new(), lines })
    }

    /// Adds the next leaf: the stored bytes of an event.
    ///
    /// # Errors
    /// [`BundleError::NotALeaf`], [`BundleError::Io`]. The bundle cannot be finished then.
    pub fn add(&mut self, leaf: &[u8]) -> Result<(), BundleError> {
        let position = self.edge.size();
        let not_a_leaf = || BundleError::NotALeaf { position };
        let length = u16::try_from(leaf.len()).map_err(|_| not_a_leaf())?;
        if leaf.contains(&b'\n') {
            return Err(not_a_leaf());
        }
        self.entries.extend(length.to_be_bytes());
        self.entries.extend(leaf);
        let written = self.lines.write_all(leaf).and_then(|()| self.lines.write_all(b"\n"));
        written.map_err(BundleError::io(&self.unfinished.path.join(EVENTS)))?;
        let completed = self.edge.append(leaf_hash(leaf)).map_err(|_| not_a_leaf())?;
        for (id, tile) in completed {
            self.write_tile(id, &tile)?;
            if id.level == 0 {
                self.write_entries(id.index)?;
            }
        }
        Ok(())
    }

    /// How many leaves were added.
    pub const fn size(&self) -> u64 {
        self.edge.size()
    }

    /// Ends the bundle with the checkpoint of exactly these leaves and the keys that sign the
    /// ledger's checkpoints. When it returns, the folder is there and on disk.
    ///
    /// # Errors
    /// [`BundleError::Empty`]; [`BundleError::Broken`] when the checkpoint has another size or root,
    /// or none of the keys signed it; [`BundleError::Occupied`] when something came to stand there;
    /// [`BundleError::Io`].
    pub fn finish(
        mut self,
        checkpoint: &SignedCheckpoint,
        keys: &[VerifierKey],
    ) -> Result<(), BundleError> {
        self.check(checkpoint, keys)?;
        for (id, tile) in self.edge.partial_tiles() {
            self.write_tile(id, &tile)?;
        }
        if !self.entries.is_empty() {
            self.write_entries(self.size() / WIDTH)?;
        }
        self.lines.flush().map_err(BundleError::io(&self.unfinished.path.join(EVENTS)))?;
        // Each once: a key twice would say nothing more.
        let mut lines: Vec<String> = keys.iter().map(|key| format!("{key}\n")).collect();
        lines.sort();
        lines.dedup();
        self.write(VKEY, lines.concat().as_bytes())?;
        self.write(README, HOWTO.as_bytes())?;
        // Last, since nothing is a bundle without it.
        self.write(CHECKPOINT, checkpoint.to_string().as_bytes())?;
        self.unfinished.move_to(&self.folder)
    }

    fn check(&self, signed: &SignedCheckpoint, keys: &[VerifierKey]) -> Result<(), BundleError> {
        let (size, checkpoint) = (self.size(), signed.checkpoint());
        if size == 0 {
            return Err(BundleError::Empty);
        }
        if checkpoint.size() != size {
            return Err(BundleFault::new(CHECKPOINT, "size", &size, &checkpoint.size()).into());
        }
        let root = self.edge.root();
        if checkpoint.root() != root {
            return Err(BundleFault::new(CHECKPOINT, "root", &root, &checkpoint.root()).into());
        }
        Ok(signer(signed, keys).map(drop)?)
    }

    fn write_tile(&self, id: TileId, tile: &HashTile) -> Result<(), BundleError> {
        self.write(&tile_path(id, self.size()), &tile.to_bytes())
    }

    fn write_entries(&mut self, index: u64) -> Result<(), BundleError> {
        self.write(&entries_path(index, self.size()), &self.entries)?;
        self.entries.clear();
        Ok(())
    }

    fn write(&self, file: &str, bytes: &[u8]) -> Result<(), BundleError> {
        let path = self.unfinished.path.join(file);
        let written = match fs::write(&path, bytes) {
            // The first file in its folder.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let made = path.parent().map_or(Ok(()), fs::create_dir_all);
                made.and_then(|()| fs::write(&path, bytes))
            }
            written => written,
        };
        written.map_err(BundleError::io(&path))
    }
}

/// A folder that goes when it is dropped, unless it was moved.
#[derive(Debug)]
struct Unfinished {
    path: PathBuf,
    moved: bool,
}

impl Unfinished {
    fn create(folder: &Path) -> Result<Self, BundleError> {
        let mut name = folder.as_os_str().to_owned();
        name.push(".unfinished");
        let path = PathBuf::from(name);
        match fs::create_dir(&path) {
            Ok(()) => Ok(Self { path, moved: false }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(BundleError::Unfinished(path))
            }
            Err(source) => Err(BundleError::Io { path, source }),
        }
    }

    fn move_to(mut self, folder: &Path) -> Result<(), BundleError> {
        sync_all(&self.path)?;
        check_free(folder)?;
        // An empty folder is in the way of a rename on some systems.
        match fs::remove_dir(folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(BundleError::io(folder)(error));
            }
            _ => fs::rename(&self.path, folder).map_err(BundleError::io(folder))?,
        }
        self.moved = true;
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        sync(parent.unwrap_or_else(|| Path::new(".")))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.moved {
            // Nobody can help if this fails.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn check_free(folder: &Path) -> Result<(), BundleError> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() != ErrorKind::NotADirectory => {
            Err(BundleError::io(folder)(error))
        }
        Ok(false) | Err(_) => Err(BundleError::Occupied(folder.to_owned())),
    }
}

/// Waits until a folder and all below it is on disk. At the end, and many at a time: one wait of the
/// disk then serves all of them, which takes a tenth of the time.
fn sync_all(folder: &Path) -> Result<(), BundleError> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(BundleError::io(folder))? {
        let entry = entry.map_err(BundleError::io(folder))?;
        let kind = entry.file_type().map_err(BundleError::io(folder))?;
        if kind.is_dir() { &mut folders } else { &mut files }.push(entry.path());
    }
    folders.iter().try_for_each(|folder| sync_all(folder))?;
    let share = files.len().div_ceil(SYNCS_AT_ONCE).max(1);
    thread::scope(|scope| {
        let sync_share = |files: &[PathBuf]| files.iter().try_for_each(|file| sync(file));
        let waiting: Vec<_> =
            files.chunks(share).map(|files| scope.spawn(move || sync_share(files))).collect();
        waiting.into_iter().try_for_each(|waiting| {
            // A panic in a thread goes on in ours.
            waiting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    sync(folder)
}

fn sync(path: &Path) -> Result<(), BundleError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(BundleError::io(path))
}

const _: () = assert!(EntryBundle::MAX_ENTRY_BYTES == u16::MAX as usize, "one length for both");
