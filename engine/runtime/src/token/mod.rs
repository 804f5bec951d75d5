//! Bearer tokens: texts that whoever holds them shows.
//!
//! | file | what it holds |
//! |---|---|
//! | `text.rs` | the one form in which a token is written and read |
//! | `api_key.rs` | what the holder of an API key shows, and who that is |

mod api_key;
mod text;

pub use api_key::{ApiKeyToken, Authenticated};
pub use text::ParseTokenError;
