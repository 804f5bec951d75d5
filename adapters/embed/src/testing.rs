//! For tests and demonstrations: a clock that is moved by hand, and
//! given–when–then for rules.

pub use readmit_domain::testing::*;
pub use readmit_domain::{
    Context, Findings, FreshId, IssuedCodeCheck, RecoveryCodeMatch, Tenant, TotpMatch,
};
pub use readmit_runtime::ports::TestClock;
