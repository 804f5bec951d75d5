//! Somebody changes the database with tools of their own; verification finds it and says where.
//!
//! | file | what is damaged |
//! |---|---|
//! | `rows.rs` | events: changed, deleted, inserted, swapped, duplicated |
//! | `heads.rs` | the head of the ledger; and what cannot be seen without a remembered one |
//! | `pages.rs` | the file itself, at random |
//! | `random.rs` | a thousand rows, columns, heads, cuts and forgeries at random |
//!
//! **What verification cannot see here.** A leaf that was changed so that it still fits its
//! columns and neighbours changes the root alone: the ledger is known to be damaged, not where. A
//! tail that was cut off together with its head leaves a ledger that holds together: only a head
//! that somebody remembers can tell (`a_cut_tail_with_its_head_is_not_visible`).

mod heads;
mod pages;
mod random;
mod rows;

use std::path::PathBuf;
use std::time::Duration;

use readmit::{Discrepancy, Engine, Policy, Seconds, Verified, VerifyError};
use readmit_tests::sqlite::sql;
use readmit_tests::{House, Msp, Result};

/// A database with two tenants, written and closed.
pub(crate) struct Written {
    house: House,
    /// What verification says of it.
    pub(crate) verified: Verified,
    /// The head as it was when the ledger had [`EARLIER`] events.
    pub(crate) earlier_head: String,
    /// The customer with the longest history.
    pub(crate) alice: readmit::CustomerId,
}

/// The names of the events of the ledger, by position, so that cases can be read.
pub(crate) const EVENTS: [&str; 16] = [
    "TenantCreated",
    "ApiKeyIssued",
    "AdminAuthorised",
    "AdminAuthorised",
    "AdminAuthorised",
    "AdminAuthorised",
    "AdminAuthorised",
    "CustomerRegistered",
    "EnrolmentStarted",
    "DeviceEnrolled",
    "CodesRegenerated",
    "BypassGranted",
    "CustomerRegistered",
    "EnrolmentStarted",
    "DeviceEnrolled",
    "CodesRegenerated",
];
pub(crate) const SIZE: u64 = 16;
pub(crate) const EARLIER: u64 = 12;

impl Written {
    pub(crate) async fn new() -> Result<Self> {
        let house = House::new()?;
        let msp = house.msp(Policy::standard()).await?;
        let tick = || house.clock.advance(Seconds(1));
        tick();
        let alice = msp.equip("alice@example.com").await?.id;
        tick();
        msp.tenant.execute(&msp.recovery_admin(), Msp::wish(alice).ticket("INC-4711")).await?;
        let head = "SELECT size || ',' || at || ',x''' || hex(root) || ''',x''' || hex(frontier) \
            || '''' FROM ledgers WHERE name = 'acme-msp';";
        let earlier_head = sql(&house.database(), head)?.trim().to_owned();
        tick();
        msp.equip("bert@example.com").await?;
        msp.engine.tenant("other-msp").await?;
        let names: Vec<_> = msp.ledger().await?.iter().map(|event| event.event.name()).collect();
        assert_eq!(names, EVENTS);
        let verified = msp.tenant.verify().await?;
        msp.engine.close().await;
        Ok(Self { house, verified, earlier_head, alice })
    }

    /// A copy, to be damaged.
    pub(crate) fn copy(&self) -> Result<Damaged> {
        let house = House::new()?;
        for file in std::fs::read_dir(self.house.folder())? {
            let file = file?;
            std::fs::copy(file.path(), house.folder().join(file.file_name()))?;
        }
        Ok(Damaged(house))
    }

    /// What verification finds after this was done to the database.
    pub(crate) async fn after(&self, damage: &str) -> Result<Option<(u64, &'static str)>> {
        let damaged = self.copy()?;
        sql(&damaged.database(), &with_names(damage))?;
        match damaged.verify().await? {
            Ok(verified) => {
                assert_eq!(verified, self.verified, "after {damage}");
                Ok(None)
            }
            Err(VerifyError::Broken(Discrepancy { position, what, .. })) => {
                Ok(Some((position, what)))
            }
            Err(error) => Err(format!("after {damage}: {error}").into()),
        }
    }
}

/// `OURS` and `OTHER` stand for the ids of the two ledgers, `BODY` for a body as text.
fn with_names(damage: &str) -> String {
    let ledger = |name: &str| format!("(SELECT ledger FROM ledgers WHERE name = '{name}')");
    damage
        .replace("OURS", &ledger("acme-msp"))
        .replace("OTHER", &ledger("other-msp"))
        .replace("BODY", "CAST(body AS TEXT)")
}

/// A database that somebody has changed.
pub(crate) struct Damaged(House);

impl Damaged {
    pub(crate) fn database(&self) -> PathBuf {
        self.0.database()
    }

    pub(crate) async fn open(&self) -> Result<Engine, readmit::OpenError> {
        self.0.open().await
    }

    /// What verification says of the ledger; an error if it comes to no verdict.
    pub(crate) async fn verify(&self) -> Result<Result<Verified, VerifyError>> {
        let engine = self.open().await?;
        let tenant = engine.find_tenant("acme-msp").await?.ok_or("the tenant is gone")?;
        let verdict = tokio::time::timeout(Duration::from_secs(20), tenant.verify()).await;
        engine.close().await;
        Ok(verdict?)
    }
}

#[tokio::test]
async fn what_nobody_has_changed_holds_together() -> Result {
    let written = Written::new().await?;
    assert_eq!(written.verified.size, SIZE);
    assert_eq!(written.after("SELECT 1;").await?, None);
    Ok(())
}
