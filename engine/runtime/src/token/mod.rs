//! Bearer tokens: texts that whoever holds them shows.
//!
//! | file | what it holds |
//! |---|---|
//! | `text.rs` | the one form in which a token is written and read |
//! | `api_key.rs` | what the holder of an API key shows, and who that is |
//! | `recovery.rs` | what somebody in a recovery session shows, and who that is |

mod api_key;
mod recovery;
mod text;

pub use api_key::{ApiKeyToken, Authenticated};
pub use recovery::{RecoveryBearer, RecoveryToken};
pub use text::ParseTokenError;
