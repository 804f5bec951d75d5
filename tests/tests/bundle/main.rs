//! A ledger as a folder of files: written, read back, damaged, and checked by other people's tools.
//!
//! | file | what is promised |
//! |---|---|
//! | `round_trip.rs` | what is written is verified, at every kind of size |
//! | `damage.rs` | hundreds of damages at random: each is found, and where it is |
//! | `refused.rs` | what is not a bundle at all, or not of the key's owner; nothing half written |
//! | `others.rs` | Go's checksum database, a Python package and openssl agree with us |

mod damage;
mod others;
mod refused;
mod round_trip;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use readmit::bundle::{BundleError, BundleFault, BundleWriter, VerifiedBundle, verify};
use readmit::{CustomerId, Envelope, Policy, Seconds, StreamId};
use readmit_tests::{House, Msp, Result};
use readmit_tlog::{Checkpoint, Frontier, NoteSigner, SignedCheckpoint, VerifierKey, leaf_hash};
use uuid::Uuid;

/// Who signs.
pub(crate) struct Log(NoteSigner);

/// The files of a bundle, by path.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

impl Log {
    pub(crate) fn new() -> Result<Self> {
        Self::of("readmit.example/led_01jptbm000e00800000000000y")
    }

    pub(crate) fn of(origin: &str) -> Result<Self> {
        Ok(Self(NoteSigner::new(origin, &[7; 32])?))
    }

    pub(crate) fn keys(&self) -> Vec<VerifierKey> {
        vec![self.0.key().clone()]
    }

    /// What the log signs when its ledger has these leaves.
    pub(crate) fn checkpoint(&self, leaves: &[Vec<u8>]) -> Result<SignedCheckpoint> {
        let mut frontier = Frontier::new();
        for leaf in leaves {
            frontier.append(leaf_hash(leaf))?;
        }
        let checkpoint = Checkpoint::new(self.0.key().name(), frontier.size(), frontier.root())?;
        Ok(SignedCheckpoint::sign(checkpoint, &self.0)?)
    }

    /// Writes a bundle of these leaves.
    pub(crate) fn write(&self, folder: &Path, leaves: &[Vec<u8>]) -> Result<()> {
        let mut writer = BundleWriter::create(folder)?;
        for leaf in leaves {
            writer.add(leaf)?;
        }
        assert_eq!(writer.size(), leaves.len() as u64);
        Ok(writer.finish(&self.checkpoint(leaves)?, &self.keys())?)
    }

    /// The files of a bundle of these leaves.
    pub(crate) fn files(&self, leaves: &[Vec<u8>]) -> Result<Files> {
        let house = tempfile::tempdir()?;
        let folder = house.path().join("bundle");
        self.write(&folder, leaves)?;
        read_files(&folder)
    }

    pub(crate) fn verify(&self, folder: &Path) -> Result<VerifiedBundle, BundleError> {
        verify(folder, &self.keys(), |_| {})
    }

    /// What is wrong with these files; nothing if they are a bundle.
    pub(crate) fn fault(&self, files: &Files) -> Result<Option<BundleFault>> {
        let folder = tempfile::tempdir()?;
        write_files(folder.path(), files)?;
        fault(self.verify(folder.path()))
    }
}

/// The fault that was found; any other failure is an error.
pub(crate) fn fault(verdict: Result<VerifiedBundle, BundleError>) -> Result<Option<BundleFault>> {
    match verdict {
        Ok(_) => Ok(None),
        Err(BundleError::Broken(fault)) => Ok(Some(fault)),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn read_files(folder: &Path) -> Result<Files> {
    let (mut files, mut folders) = (Files::new(), vec![PathBuf::new()]);
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                let name = path.to_str().ok_or("a name that is not UTF-8")?;
                files.insert(name.to_owned(), std::fs::read(entry.path())?);
            }
        }
    }
    Ok(files)
}

pub(crate) fn write_files(folder: &Path, files: &Files) -> Result<()> {
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        std::fs::write(path, bytes)?;
    }
    Ok(())
}

/// The leaves of a ledger that an engine wrote: of at least so many events.
pub(crate) async fn real_leaves(size: u64) -> Result<Vec<Vec<u8>>> {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    while msp.tenant.head().await?.size < size {
        house.clock.advance(Seconds(1));
        let number = msp.tenant.head().await?.size;
        let alice = msp.equip(&format!("alice-{number}@example.com")).await?.id;
        let wish = Msp::wish(alice).ticket(format!("INC-{number}").as_str());
        msp.tenant.execute(&msp.recovery_admin(), wish).await?;
    }
    let mut leaves = Vec::new();
    loop {
        let page = msp.tenant.leaves(leaves.len() as u64).await?;
        if page.is_empty() {
            break;
        }
        leaves.extend(page);
    }
    msp.engine.close().await;
    Ok(leaves)
}

/// Leaves that no engine wrote, but could have: sign-ins of so many customers in turn.
pub(crate) fn made_leaves(size: u64, customers: u64) -> Result<Vec<Vec<u8>>> {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/SecondFactorVerified.1.json");
    let mut event = Envelope::decode(std::fs::read(golden)?.trim_ascii_end())?;
    let mut leaf = |position: u64| {
        let customer = 0x0198_0000_0000_7000_8000_0000_0000_0000 | u128::from(position % customers);
        event.stream = StreamId::Account(CustomerId::from_uuid(Uuid::from_u128(customer)).into());
        event.position = position;
        event.version = position / customers + 1;
        Ok(event.encode()?)
    };
    (0..size).map(&mut leaf).collect()
}
