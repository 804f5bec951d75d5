//! Checking a bundle, without a database.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::thread::{self, Scope, ScopedJoinHandle};

use readmit_domain::{LedgerId, Timestamp};
use readmit_runtime::History;
use readmit_tlog::{
    Checkpoint, Edge, Hash, HashTile, Note, SignedCheckpoint, TileId, VerifiedSignature,
    VerifierKey,
};

use super::batch::{Piece, Pieces};
use super::layout::{CHECKPOINT, HOWTOS, README, VKEY, check_names, entries_path, tile_path};
use super::look::{Looked, look_at_all};
use super::read::{read, read_text};
use super::signer::signer;
use super::{BundleError, BundleFault};

/// A bundle that holds together and was signed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VerifiedBundle {
    /// Whose events.
    pub ledger: LedgerId,
    /// How many, and their root: what was signed.
    pub checkpoint: SignedCheckpoint,
    /// The key that signed it.
    pub signer: VerifierKey,
    /// The witnesses that cosigned it, among the keys that were given.
    pub cosigned: Vec<VerifiedSignature>,
    /// When the last of its events was recorded.
    pub at: Timestamp,
}

/// Batches that are looked at at the same time, at most, however many cores there are: each may take
/// tens of megabytes.
const THREADS_MAX: usize = 8;

/// `vkey` has one line of some hundred bytes for each key.
const VKEY_BYTES_MAX: u64 = 1 << 16;

/// `README.md` is a page.
const README_BYTES_MAX: u64 = 1 << 16;

/// Verifies a bundle against keys that came to the caller by another way: that one of them signed
/// the checkpoint, that the events are the history of one ledger, that every hash in every tile
/// follows from them up to the root that was signed, and that there is no other file. Keys may be
/// those of the log, of which one is enough, and of witnesses, whose cosignatures are told.
///
/// `progress` is called now and then with the number of events checked so far.
///
/// What was cut off or rolled back to an older checkpoint as a whole holds together:
/// [`verify_against`] finds that.
///
/// # Errors
/// [`BundleError::Broken`] with the first thing that does not hold; [`BundleError::Io`].
pub fn verify(
    folder: &Path,
    keys: &[VerifierKey],
    progress: impl FnMut(u64),
) -> Result<VerifiedBundle, BundleError> {
    verify_bundle(folder, keys, None, progress)
}

/// The same as [`verify`], and that the ledger goes on from a checkpoint that was remembered: no
/// event before it was changed or left out since.
///
/// Whether the remembered checkpoint is to be believed is for the caller to know
/// ([`SignedCheckpoint::verify`]).
///
/// # Errors
/// As [`verify`].
pub fn verify_against(
    folder: &Path,
    keys: &[VerifierKey],
    remembered: &Checkpoint,
    progress: impl FnMut(u64),
) -> Result<VerifiedBundle, BundleError> {
    verify_bundle(folder, keys, Some(remembered), progress)
}

fn verify_bundle(
    folder: &Path,
    keys: &[VerifierKey],
    remembered: Option<&Checkpoint>,
    progress: impl FnMut(u64),
) -> Result<VerifiedBundle, BundleError> {
    let checkpoint = read_checkpoint(folder)?;
    let (signer, cosigned) = signer(&checkpoint, keys)?;
    let tree = checkpoint.checkpoint();
    if tree.size() == 0 {
        return Err(BundleFault::new(CHECKPOINT, "size", &"at least one event", &"none").into());
    }
    if let Some(remembered) = remembered {
        check_remembered(tree, remembered)?;
    }
    check_names(folder, tree.size())?;
    check_texts(folder, &signer)?;
    let mut whole = Whole::new(folder, tree, remembered);
    whole.add_all(progress)?;
    let (ledger, at) = whole.finish()?;
    Ok(VerifiedBundle { ledger, checkpoint, signer, cosigned, at })
}

fn read_checkpoint(folder: &Path) -> Result<SignedCheckpoint, BundleError> {
    let text = read_text(folder, CHECKPOINT, Note::MAX_BYTES as u64)?;
    let expected = "a signed checkpoint";
    let checkpoint: SignedCheckpoint =
        text.parse().map_err(|why| BundleFault::new(CHECKPOINT, "text", &expected, &why))?;
    let signatures = checkpoint.note().signatures();
    if has_repeated(signatures.iter().map(|it| (it.name(), it.id()))) {
        return Err(BundleFault::new(CHECKPOINT, "text", &expected, &"a repeated signature").into());
    }
    Ok(checkpoint)
}

fn has_repeated<T: Ord>(mut items: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    !items.all(|item| seen.insert(item))
}

fn check_remembered(signed: &Checkpoint, remembered: &Checkpoint) -> Result<(), BundleFault> {
    if signed.origin() != remembered.origin() {
        let (expected, found) = (remembered.origin(), signed.origin());
        return Err(BundleFault::new(CHECKPOINT, "origin", &expected, &found));
    }
    if signed.size() < remembered.size() {
        let expected = format!("at least {}, as remembered", remembered.size());
        return Err(BundleFault::new(CHECKPOINT, "size", &expected, &signed.size()));
    }
    Ok(())
}

/// The page is one that we wrote; the keys have their one form, and the signer is among them.
fn check_texts(folder: &Path, signer: &VerifierKey) -> Result<(), BundleError> {
    let page = read(folder, README, README_BYTES_MAX)?;
    if !HOWTOS.iter().any(|known| known.as_bytes() == page) {
        let found = "one that is not known here: it was changed, or is of another version";
        return Err(BundleFault::new(README, "text", &"a page that Readmit writes", &found).into());
    }
    let text = read_text(folder, VKEY, VKEY_BYTES_MAX)?;
    let fault = |found: String| {
        let expected = format!("keys, one a line, {signer} among them");
        BundleFault::new(VKEY, "text", &expected, &found).into()
    };
    let keys = text.split_inclusive('\n').map(|line| line.strip_suffix('\n').unwrap_or("").parse());
    match keys.collect::<Result<Vec<VerifierKey>, _>>() {
        Ok(keys) if has_repeated(keys.iter().map(ToString::to_string)) => {
            Err(fault("a repeated one".to_owned()))
        }
        Ok(keys) if keys.contains(signer) => Ok(()),
        Ok(keys) => Err(fault(format!("{} others", keys.len()))),
        Err(error) => Err(fault(error.to_string())),
    }
}

/// All events so far, and what stands above them.
struct Whole<'a> {
    folder: &'a Path,
    signed: &'a Checkpoint,
    remembered: Option<&'a Checkpoint>,
    history: History,
    /// The tree above the full tiles of level 0, which are its leaves: its levels are one less.
    above: Edge,
}

impl<'a> Whole<'a> {
    fn new(folder: &'a Path, signed: &'a Checkpoint, remembered: Option<&'a Checkpoint>) -> Self {
        Self { folder, signed, remembered, history: History::new(), above: Edge::new() }
    }

    /// Reads batch after batch; threads look at some of them while the first is added.
    fn add_all(&mut self, mut progress: impl FnMut(u64)) -> Result<(), BundleError> {
        let mut pieces = Pieces::open(self.folder, self.signed.size())?;
        let cores = thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
        thread::scope(|scope| {
            let mut looking = VecDeque::new();
            loop {
                let (batch, unreadable) = pieces.batch();
                let last = batch.is_empty() || unreadable.is_some();
                looking.push_back(look_aside(scope, batch)?);
                while looking.len() > cores || (last && !looking.is_empty()) {
                    for looked in looking.pop_front().map(join).unwrap_or_default() {
                        self.add(looked)?;
                    }
                    progress(self.history.size());
                }
                match unreadable {
                    Some(error) => return Err(error),
                    None if last => return pieces.check_end(),
                    None => {}
                }
            }
        })
    }

    fn add(&mut self, looked: Looked) -> Result<(), BundleError> {
        for event in &looked.events {
            self.history.add_seen(event).map_err(|broken| {
                BundleFault::of(&entries_path(looked.index, self.signed.size()), broken)
            })?;
            self.check_root_remembered()?;
        }
        looked.broken.map_or(Ok(()), Err)?;
        let Some(root) = looked.root else { return Ok(()) };
        let completed = self.above.append(root).map_err(|error| {
            BundleFault::new(CHECKPOINT, "size", &"a ledger that can be", &error)
        })?;
        completed.iter().try_for_each(|(id, tile)| self.check_tile(*id, tile))
    }

    fn check_root_remembered(&self) -> Result<(), BundleFault> {
        let size = self.history.size();
        match self.remembered.filter(|remembered| remembered.size() == size) {
            None => Ok(()),
            Some(remembered) => {
                let what = "root when it had as many events as remembered";
                check_root(what, remembered.root(), self.history.root())
            }
        }
    }

    /// A tile of the tree above, as that of the whole tree.
    fn check_tile(&self, id: TileId, tile: &HashTile) -> Result<(), BundleError> {
        let id = TileId { level: id.level + 1, index: id.index };
        let (file, expected) = (tile_path(id, self.signed.size()), tile.to_bytes());
        let found = read(self.folder, &file, expected.len() as u64)?;
        if found == expected {
            return Ok(());
        }
        let hashes = found.as_chunks().0.iter().copied().map(Hash::from_bytes);
        let same =
            tile.hashes().iter().zip(hashes.clone()).take_while(|(one, other)| **one == *other);
        let number = same.count();
        let shown = |hash: Option<Hash>| match hash {
            Some(hash) => format!("{hash} as number {number}"),
            None => format!("nothing whole as number {number}"),
        };
        let expected = shown(tile.hashes().get(number).copied());
        Err(BundleFault::new(&file, "hash", &expected, &shown(hashes.clone().nth(number))).into())
    }

    fn finish(self) -> Result<(LedgerId, Timestamp), BundleError> {
        let partial = self.above.partial_tiles();
        partial.iter().try_for_each(|(id, tile)| self.check_tile(*id, tile))?;
        check_root("root", self.history.root(), self.signed.root())?;
        Ok((self.history.ledger().ok_or(BundleError::Empty)?, self.history.at()))
    }
}

/// Two roots: of the events, and of a checkpoint.
fn check_root(what: &'static str, expected: Hash, found: Hash) -> Result<(), BundleFault> {
    if expected == found {
        return Ok(());
    }
    Err(BundleFault::new(CHECKPOINT, what, &expected, &found))
}

fn look_aside<'s>(
    scope: &'s Scope<'s, '_>,
    batch: Vec<Piece>,
) -> Result<ScopedJoinHandle<'s, Vec<Looked>>, BundleError> {
    let spawned = thread::Builder::new().spawn_scoped(scope, move || look_at_all(&batch));
    spawned.map_err(BundleError::io(Path::new("a thread")))
}

fn join(looking: ScopedJoinHandle<'_, Vec<Looked>>) -> Vec<Looked> {
    // A panic in a thread goes on in ours.
    looking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
