//! A tenant as it is now, or as it was: the same fold, over all events or over fewer.

use readmit_domain::CustomerId;
use readmit_projections::{Accounts, Projection as _, Until};

use crate::{AccountRecord, Error, Tenant, TenantState};

/// A tenant as of a moment or a position.
///
/// A login is shown if its account is not erased today: what was erased is gone from the past too.
#[derive(Debug, Clone, Copy)]
pub struct AsOf<'t> {
    pub(crate) tenant: &'t Tenant,
    pub(crate) until: Until,
}

impl Tenant {
    /// The tenant as it was at a moment, after every event of that microsecond; or after the event
    /// of a position.
    ///
    /// ```
    /// # async fn f(msp: readmit::Tenant, alice: readmit::CustomerId, then: readmit::Timestamp)
    /// # -> Result<(), readmit::Error> {
    /// let before = msp.as_of(then).customer(&alice).await?;
    /// let all = msp.as_of(then).views().await?.customers(&readmit::CustomerQuery::new()).await?;
    /// # Ok(()) }
    /// ```
    pub fn as_of(&self, until: impl Into<Until>) -> AsOf<'_> {
        AsOf { tenant: self, until: until.into() }
    }

    /// One customer.
    pub async fn customer(&self, customer: &CustomerId) -> Result<Option<AccountRecord>, Error> {
        self.as_of(Until::Now).customer(customer).await
    }
}

impl AsOf<'_> {
    /// One customer; none if they have no events yet.
    pub async fn customer(&self, customer: &CustomerId) -> Result<Option<AccountRecord>, Error> {
        let history = self.tenant.history(*customer).await?;
        let (mut accounts, mut version) = (Accounts::default(), 0);
        for event in history.iter().take_while(|event| self.until.includes(event)) {
            accounts.evolve(event);
            version = event.version;
        }
        match accounts.rows.into_values().next() {
            Some(row) => self.tenant.record(row, version).await.map(Some),
            None => Ok(None),
        }
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
}
