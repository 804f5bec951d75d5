//! One record for each recovery case.

use std::collections::BTreeMap;

use readmit_domain::assess::CaseRecord;
use readmit_domain::{RecoveryId, StreamId};
use readmit_runtime::Envelope;

use crate::replay::Projection;

/// Every case of a tenant.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    /// By id, and so by the time they began.
    pub rows: BTreeMap<RecoveryId, CaseRecord>,
}

impl Projection for Cases {
    fn evolve(&mut self, event: &Envelope) {
        let (Some(recovery), StreamId::Account(account)) = (event.recovery, event.stream) else {
            return;
        };
        let recorded = event.recorded();
        let record = match self.rows.remove(&recovery) {
            Some(record) => Some(record.evolve(&recorded)),
            None => CaseRecord::begin(account, &recorded),
        };
        self.rows.extend(record.map(|record| (recovery, record)));
    }
}
