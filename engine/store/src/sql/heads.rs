//! The head rows of ledgers.

use readmit_domain::{LedgerId, TenantId};
use readmit_runtime::ports::store::{LedgerHead, StoreError};

use super::fields::{Fields, damaged};

/// Root of an empty tree: the SHA-256 of nothing (RFC 9162, section 2.1.1).
pub(crate) const EMPTY_ROOT: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// A query of heads, in the order in which [`head`] reads the columns.
macro_rules! select_heads {
    ($rest:literal) => {
        concat!(
            "SELECT l.ledger, l.tenant, l.name, l.origin, l.size, l.at, l.root, l.frontier, \
             l.fence FROM ",
            $rest
        )
    };
}
pub(crate) use select_heads;

/// Reads a head row.
pub(crate) fn head(row: &impl Fields) -> Result<LedgerHead, StoreError> {
    let id = row.id(0).ok_or_else(|| damaged("a row of the table ledgers", "the id"))?;
    let ledger = LedgerId::from_uuid(id);
    let bad = |what| move || damaged(format_args!("ledger {ledger}"), what);
    Ok(LedgerHead {
        ledger,
        tenant: row.id(1).map(TenantId::from_uuid).ok_or_else(bad("the tenant"))?,
        name: row.text(2).ok_or_else(bad("the name"))?.to_owned(),
        origin: row.text(3).ok_or_else(bad("the origin"))?.to_owned(),
        size: row.count(4).ok_or_else(bad("the size"))?,
        at: row.moment(5).ok_or_else(bad("the time"))?,
        root: row.array(6).ok_or_else(bad("the root"))?,
        frontier: row.bytes(7).ok_or_else(bad("the frontier"))?.to_vec(),
        fence: row.count(8).ok_or_else(bad("the fence"))?,
    })
}
