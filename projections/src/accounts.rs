//! Each account's state.

use std::collections::BTreeMap;

use readmit_domain::{Account, AccountId, Event, StreamId, Timestamp};
use readmit_runtime::Envelope;

use crate::replay::{Projection, lets_in};

/// Every account of a tenant.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    /// By id.
    pub rows: BTreeMap<AccountId, AccountRow>,
}

/// One account.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Its state.
    pub account: Account,
    /// The event that brought it into being; its login stands sealed beside it.
    pub first: Envelope,
    /// When a second factor or a bypass last let its owner in.
    pub last_sign_in: Option<Timestamp>,
}

impl Projection for Accounts {
    fn evolve(&mut self, event: &Envelope) {
        let id = match (event.stream, &event.event) {
            (StreamId::Account(id), _) => id,
            // An admin begins in the tenant's stream.
            (StreamId::Tenant(_), Event::AdminAuthorised(data)) => data.admin.into(),
            (StreamId::Tenant(_), _) => return,
        };
        let row = self.rows.entry(id).or_insert_with(|| AccountRow {
            account: Account::new(id),
            first: event.clone(),
            last_sign_in: None,
        });
        let account = std::mem::replace(&mut row.account, Account::new(id));
        row.account = account.evolve(&event.recorded());
        if lets_in(&event.event) {
            row.last_sign_in = Some(event.at);
        }
    }
}
