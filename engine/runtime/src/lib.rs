//! The engine: from a command to a durable event, and back to what is known.
//!
//! | module | what it holds |
//! |---|---|
//! | [`ports`] | what the engine needs of the outside: store, clock, entropy, master key |
//! | `engine` | [`Runtime`]: a running engine |
//! | `prepare` | before the lane: ids, digests, random draws |
//! | `lane` | many commands, one commit |
//! | [`envelope`] | the stored form of an event |
//! | `keys` | which master key is in use; wrapping data keys anew |
//! | `vault`, `codes`, `crypto` | private data and secrets; making and checking codes; the primitives |
//! | `token` | what the holder of an API key, or of a recovery session, shows |
//! | `measures` | what is counted, for whoever operates the engine |
//! | `expiry` | the timer that records what has run out |
//! | `tiles`, `proofs`, `checkpoint` | hashes from inside the tree, what they prove, signed heads |
//! | `read`, `pages`, `follow`, `verify` | states, events, live events, and whether a ledger holds together |
//!
//! **Invariant: success is durable.** A caller is told "committed" only after the
//! store has said so, and "not committed" only if nothing will ever be stored.
//!
//! **Invariant: what is answered was decided on the truth.** A batch is guarded by
//! the size of its ledgers; answers that commit nothing are given only if the
//! head has not moved since.
//!
//! **Invariant: a secret lives exactly as long as the state names it.** The lane
//! compares the state before and after; nothing else creates or deletes secrets.

mod checkpoint;
mod codes;
mod crypto;
mod engine;
pub mod envelope;
mod expiry;
mod follow;
mod keys;
mod lane;
mod measures;
mod outcome;
mod pages;
pub mod ports;
mod prepare;
mod proofs;
mod read;
mod shared;
mod tiles;
mod token;
mod vault;
mod verify;

pub use checkpoint::KeptCheckpoint;
pub use codes::{OtpauthError, TotpSecret};
pub use engine::{Ports, Runtime};
pub use envelope::{Envelope, EnvelopeError};
pub use follow::Follower;
pub use keys::{KeyCount, KeyError, KeyUse, Rewrapped};
pub use outcome::{ExecuteError, Executed, Failure, Request, ShownOnce};
pub use pages::PAGE;
pub use readmit_tlog::Hash;
pub use token::{ApiKeyToken, Authenticated, ParseTokenError, RecoveryBearer, RecoveryToken};
pub use vault::PrivateData;
pub use verify::{Discrepancy, History, Seen, Verified, VerifyError};
