//! What auditors ask for, as pure folds.
//!
//! | file | what it answers |
//! |---|---|
//! | `access` | who held which roles, and when |
//! | `duties` | whether duties stayed separate in every case |
//! | `exceptions` | the register of bypasses: which profile each met, and what it lacked |
//! | `sample` | which cases a seed draws |

mod access;
mod duties;
mod exceptions;
mod sample;

pub use access::{Ending, Holder, Holding, Holdings};
pub use duties::{Breach, BreachedDuty, Duties};
pub use exceptions::BypassException;
pub use sample::{Drawn, draw};
