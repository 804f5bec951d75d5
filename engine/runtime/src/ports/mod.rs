//! What the engine needs of the outside, as traits that an embedder may replace.

mod clock;
pub(crate) mod entropy;
mod key_ring;
pub mod keys;
mod master_key;
pub mod proofs;
pub mod store;

pub use clock::{Clock, SystemClock, TestClock};
pub use entropy::{Entropy, EntropyError, OsEntropy};
pub use key_ring::KeyRing;
pub use master_key::{LocalMasterKey, MasterKey, MasterKeyError};
pub use store::{EventStore, StoreError, StoreErrorKind};
