//! A tenant as it is now, or as it was: the same fold, over all events or over fewer.

use std::collections::BTreeMap;

use readmit_domain::assess::CaseRecord;
use readmit_domain::{CustomerId, RecoveryId};
use readmit_projections::{Accounts, Cases, Projection, Until, replay};

use crate::{AccountRecord, Error, Tenant, TenantState};

/// A tenant as of a moment or a position.
///
/// A login is shown if its account is not erased today: what was erased is gone from the past too.
#[derive(Debug, Clone, Copy)]
pub struct AsOf<'t> {
    tenant: &'t Tenant,
    until: Until,
}

impl Tenant {
    /// The tenant as it was at a moment, after every event of that microsecond; or after the event
    /// of a position.
    ///
    /// ```
    /// # async fn f(msp: readmit::Tenant, alice: readmit::CustomerId, then: readmit::Timestamp)
    /// # -> Result<(), readmit::Error> {
    /// let before = msp.as_of(then).customer(&alice).await?;
    /// let first = msp.as_of(0).accounts().await?;
    /// # Ok(()) }
    /// ```
    pub fn as_of(&self, until: impl Into<Until>) -> AsOf<'_> {
        AsOf { tenant: self, until: until.into() }
    }

    /// Every account with events, by id.
    pub async fn accounts(&self) -> Result<Vec<AccountRecord>, Error> {
        self.as_of(Until::Now).accounts().await
    }

    /// One customer.
    pub async fn customer(&self, customer: &CustomerId) -> Result<Option<AccountRecord>, Error> {
        self.as_of(Until::Now).customer(customer).await
    }

    /// Every recovery case by id, and so by the time it began.
    pub async fn recoveries(&self) -> Result<BTreeMap<RecoveryId, CaseRecord>, Error> {
        self.as_of(Until::Now).recoveries().await
    }
}

impl AsOf<'_> {
    /// Every account with events, by id.
    pub async fn accounts(&self) -> Result<Vec<AccountRecord>, Error> {
        let accounts = self.fold(Accounts::default()).await?;
        let mut records = Vec::with_capacity(accounts.rows.len());
        for row in accounts.rows.into_values() {
            records.push(self.tenant.record(row).await?);
        }
        Ok(records)
    }

    /// One customer; none if they have no events yet.
    pub async fn customer(&self, customer: &CustomerId) -> Result<Option<AccountRecord>, Error> {
        let history = self.tenant.history(*customer).await?;
        let mut accounts = Accounts::default();
        for event in history.iter().take_while(|event| self.until.includes(event)) {
            accounts.evolve(event);
        }
        match accounts.rows.into_values().next() {
            Some(row) => self.tenant.record(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Every recovery case by id, and so by the time it began.
    pub async fn recoveries(&self) -> Result<BTreeMap<RecoveryId, CaseRecord>, Error> {
        Ok(self.fold(Cases::default()).await?.rows)
    }

    /// One recovery case; none if it had not begun.
    pub async fn recovery(&self, recovery: &RecoveryId) -> Result<Option<CaseRecord>, Error> {
        Ok(self.recoveries().await?.remove(recovery))
    }

    /// The tenant itself: its policy, admins, keys and holds.
    pub async fn state(&self) -> Result<TenantState, Error> {
        let id = self.tenant.id();
        let mut state = TenantState::new(id);
        let history = self.tenant.stream(id.into()).await?;
        for event in history.iter().take_while(|event| self.until.includes(event)) {
            state = state.evolve(&event.recorded());
        }
        Ok(state)
    }

    async fn fold<P: Projection>(&self, projection: P) -> Result<P, Error> {
        Ok(replay(self.tenant.runtime(), self.tenant.ledger(), self.until, projection).await?)
    }
}
