//! Reading: states by folding, events in order, private data opened.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use readmit_domain::{Account, AccountId, AdminId, CustomerId, LedgerId, Login, StreamId, Tenant};

use crate::engine::Runtime;
use crate::envelope::Envelope;
use crate::lane::{State, fold_streams, load_tenant};
use crate::pages::PAGE;
use crate::ports::store::{LedgerHead, StoredEvent, StreamLoad, at_least_one};
use crate::vault::{DataKey, PrivateData, PrivatePlace};
use crate::verify::{self, Discrepancy};
use crate::{Failure, crypto};

impl Runtime {
    /// Every ledger whose tenant was created, by the tenant's name.
    pub async fn ledgers(&self) -> Result<Vec<LedgerHead>, Failure> {
        let mut heads = self.shared.store.ledgers().await?;
        heads.retain(|head| head.size > 0);
        Ok(heads)
    }

    /// The head of a ledger whose tenant was created, if there is such a ledger.
    pub async fn find_ledger(&self, ledger: LedgerId) -> Result<Option<LedgerHead>, Failure> {
        Ok(self.shared.store.head(ledger).await?.filter(|head| head.size > 0))
    }

    /// The head of a ledger.
    pub async fn head(&self, ledger: LedgerId) -> Result<LedgerHead, Failure> {
        self.shared.store.head(ledger).await?.ok_or(Failure::NoLedger(ledger))
    }

    /// The tenant, as of now.
    pub async fn tenant_state(&self, ledger: LedgerId) -> Result<Tenant, Failure> {
        Ok(self.versioned_tenant_state(ledger).await?.0)
    }

    /// The tenant, as of now, and how many events its stream has.
    pub async fn versioned_tenant_state(&self, ledger: LedgerId) -> Result<(Tenant, u64), Failure> {
        let id = self.shared.ledger(ledger).await?.tenant;
        let stream = load_tenant(&self.shared, ledger, id).await?;
        match stream.state {
            State::Tenant(tenant) => Ok((tenant, stream.version)),
            State::Account(_) => Ok((Tenant::new(id), 0)),
        }
    }

    /// An account, as of now. One that does not exist has no events and is not registered.
    pub async fn account(&self, ledger: LedgerId, id: AccountId) -> Result<Account, Failure> {
        let states = fold_streams(&self.shared, [(ledger, id.into())]).await?;
        match states.into_values().next() {
            Some(State::Account(account)) => Ok(account),
            Some(State::Tenant(_)) | None => Ok(Account::new(id)),
        }
    }

    /// An account, and its tenant as it was a moment before or is now.
    pub async fn account_in_tenant(
        &self,
        ledger: LedgerId,
        id: AccountId,
    ) -> Result<(Account, Tenant), Failure> {
        let tenant = self.tenant_state(ledger).await?;
        Ok((self.account(ledger, id).await?, tenant))
    }

    /// Stored events in order of position, from `from` on, `limit` at most.
    pub async fn stored(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredEvent>, Failure> {
        Ok(self.shared.store.events(ledger, from, limit).await?)
    }

    /// Events in order of position, from `from` on, `limit` at most.
    pub async fn events(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<Envelope>, Failure> {
        self.stored(ledger, from, limit).await?.iter().map(|event| decode(ledger, event)).collect()
    }

    /// Every event of one stream, in order.
    pub async fn history(&self, ledger: LedgerId, id: StreamId) -> Result<Vec<Envelope>, Failure> {
        let mut history: Vec<Envelope> = Vec::new();
        loop {
            let after_version = history.last().map_or(0, |last| last.version);
            let wanted = StreamLoad { ledger, stream: id.uuid(), after_version };
            let page = self.shared.load_stream(wanted, PAGE.get()).await?;
            for event in &page.events {
                let envelope = decode(ledger, event)?;
                // The same 16 bytes under another prefix are another account.
                if envelope.stream != id {
                    return Ok(Vec::new());
                }
                history.push(envelope);
            }
            if !page.more {
                return Ok(history);
            }
        }
    }

    /// The stream that has this login, if it is taken.
    pub async fn find(
        &self,
        ledger: LedgerId,
        login: &Login,
    ) -> Result<Option<AccountId>, Failure> {
        let keys = self.shared.ledger(ledger).await?;
        let digest = crypto::keyed_digest(&keys.name_key, &[login.as_str().as_bytes()]);
        let Some(uuid) = self.shared.store.name(ledger, digest).await? else { return Ok(None) };
        let tenant = self.tenant_state(ledger).await?;
        let admin = AdminId::from_uuid(uuid);
        Ok(Some(if tenant.admins.contains_key(&admin) {
            admin.into()
        } else {
            CustomerId::from_uuid(uuid).into()
        }))
    }

    /// The private data of an event: none if it has none, or was erased.
    pub async fn private(&self, event: &Envelope) -> Result<Option<PrivateData>, Failure> {
        let Some(commitment) = &event.private else { return Ok(None) };
        let (ledger, position, stream) = (event.ledger, event.position, event.stream);
        let Some(key) = self.shared.data_key(ledger, stream.uuid()).await? else { return Ok(None) };
        let Some(sealed) = self.shared.store.private(ledger, position).await? else {
            return Ok(None);
        };
        let place = PrivatePlace { ledger, position, stream };
        open(&key, &sealed, place, commitment).map(Some)
    }

    /// The private data of some events of one ledger, each of a page or less after the one before:
    /// none where there is none, or where it was erased. Two round trips for all of them.
    pub async fn private_of(
        &self,
        events: &[&Envelope],
    ) -> Result<BTreeMap<u64, PrivateData>, Failure> {
        let private: Vec<_> = events.iter().filter(|event| event.private.is_some()).collect();
        let (Some(first), Some(last)) = (private.first(), private.last()) else {
            return Ok(BTreeMap::new());
        };
        let ledger = first.ledger;
        let limit = usize::try_from(last.position - first.position + 1).unwrap_or(usize::MAX);
        let store = self.shared.store.proofs();
        let sealed = store.private_from(ledger, first.position, at_least_one(limit)).await?;
        let sealed: BTreeMap<u64, Vec<u8>> = sealed.into_iter().collect();
        let streams = private.iter().map(|event| event.stream).collect();
        let keys = self.shared.data_keys(ledger, streams).await?;
        let mut opened = BTreeMap::new();
        for event in private {
            let (position, stream) = (event.position, event.stream);
            let found = (event.private.as_ref(), sealed.get(&position), keys.get(&stream));
            if let (Some(commitment), Some(sealed), Some(key)) = found {
                let place = PrivatePlace { ledger, position, stream };
                opened.insert(position, open(key, sealed, place, commitment)?);
            }
        }
        Ok(opened)
    }
}

fn open(
    key: &DataKey,
    sealed: &[u8],
    place: PrivatePlace,
    commitment: &str,
) -> Result<PrivateData, Failure> {
    key.open_private(sealed, place, commitment).map_err(|_| {
        let position = place.position;
        Failure::Damaged(format!(
            "the private data of event {position} does not fit its commitment"
        ))
    })
}

/// Reads a stored event, and holds its columns against its body.
pub(crate) fn decode(ledger: LedgerId, stored: &StoredEvent) -> Result<Envelope, Failure> {
    verify::decode(ledger, stored).map_err(|Discrepancy { position, what, expected, found }| {
        Failure::Damaged(format!(
            "event {position} of {ledger}: {what}: expected {expected}, found {found}"
        ))
    })
}
