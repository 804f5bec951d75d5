//! The engine end to end, through the crate `readmit` alone, on a real database.
//!
//! | module | what is promised |
//! |---|---|
//! | `authenticator` | codes of an authenticator that is not ours |
//! | `recovery` | the story of a lost phone, under the standard policy |
//! | `strict` | the same under the strict policy: a second person, and an issued code |
//! | `guards` | wrong codes, locks, freezes, and grants that replace others |
//! | `expiry` | what runs out is recorded in time, once, and after a restart too |
//! | `idempotency` | a command id is carried out once, whatever became of it |
//! | `erasure` | personal data is gone, history stays |
//! | `isolation` | what belongs to another tenant does not exist |
//! | `following` | every event, in order, live, whoever recorded it |
//! | `neighbours` | what one tenant, row or port cannot do to the others |
//! | `nodes` | two engines on one database: neither is led astray by what it remembers |
//! | `lanes` | callers that go away, too many callers, and the end of an engine |
//! | `api_keys` | a key opens its own tenant for as long as it is good, and its secret goes with it |
//! | `versions` | a command can insist on the version that was read |
//! | `recovery_tokens` | a token says who is in which session, and nobody can change what it says |
//! | `health` | an engine says how it is, soon, whatever is away |
//! | `secrets` | nothing secret in leaves, logs, `Debug` forms or files |

mod api_keys;
mod authenticator;
mod erasure;
mod expiry;
mod following;
mod guards;
mod health;
mod idempotency;
mod isolation;
mod lanes;
mod neighbours;
mod nodes;
mod recovery;
mod recovery_tokens;
mod secrets;
mod strict;
mod versions;
