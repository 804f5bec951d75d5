//! One tenant: what is asked of it, and what it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use readmit_domain::account::SignIn;
use readmit_domain::{
    Account, AccountId, Actor, AdminId, IntoText, LedgerId, Login, Refusal, StreamId, TenantId,
};
use readmit_projections::{AccountRow, TimelineEntry};
use readmit_runtime::ports::store::LedgerHead;
use readmit_runtime::{Envelope, Follower, PrivateData, Runtime};

use crate::execute::Executing;
use crate::outcome::Execute;
use crate::read_models::LazyReadModels;
use crate::{Error, TenantState};

/// One tenant of an engine: its customers, admins, policy and ledger.
///
/// Clones are the same tenant. Whatever belongs to another tenant does not
/// exist here: it is *not found*, never *forbidden*.
#[derive(Clone)]
pub struct Tenant {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) read_models: Arc<LazyReadModels>,
    head: LedgerHead,
}

/// An account with what its owner is called.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccountRecord {
    /// Its state.
    pub account: Account,
    /// How many events it has: what [`Executing::if_version`] takes.
    pub version: u64,
    /// The login; none once erased.
    pub login: Option<Login>,
    /// When it last let its owner in.
    pub last_sign_in: Option<readmit_domain::Timestamp>,
}

impl Tenant {
    pub(crate) const fn new(
        runtime: Arc<Runtime>,
        read_models: Arc<LazyReadModels>,
        head: LedgerHead,
    ) -> Self {
        Self { runtime, read_models, head }
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The tenant's id.
    pub const fn id(&self) -> TenantId {
        self.head.tenant
    }

    /// The origin that the ledger's checkpoints carry: what its verifier key is named.
    pub fn origin(&self) -> &str {
        &self.head.origin
    }

    /// The tenant's name.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// The id of the tenant's ledger.
    pub const fn ledger(&self) -> LedgerId {
        self.head.ledger
    }

    /// Has a command carried out for an actor: await it to learn the outcome.
    ///
    /// Once the command waits in its lane, dropping the future does not take it
    /// back: repeat it under the same id ([`Executing::with_id`]) to learn what became of it.
    ///
    /// # Errors
    /// [`Error::Refused`] where a rule says no, [`Error::Busy`] where too much
    /// waits, [`Error::Unknown`] where the outcome could not be learned, and
    /// [`Error::Failed`] where something broke and nothing was done.
    pub fn execute<C: Execute>(&self, actor: &Actor, command: C) -> Executing<C> {
        Executing::new(self.clone(), actor, command)
    }

    /// What a correct password for this account is worth now. Check the
    /// password first; this looks only at MFA.
    pub async fn sign_in(&self, account: impl Into<AccountId>) -> Result<SignIn, Error> {
        let id = account.into();
        let (account, tenant) = self.runtime.account_in_tenant(self.ledger(), id).await?;
        if !account.is_known(&tenant) {
            return Err(Refusal::NotFound.into());
        }
        // As every rule: the ledger's time never runs backwards.
        let now = self.runtime.now().max(self.head().await?.at);
        Ok(account.sign_in(now, &tenant))
    }

    /// The tenant's policy, admins, keys and holds, as of now.
    pub async fn state(&self) -> Result<TenantState, Error> {
        Ok(self.runtime.tenant_state(self.ledger()).await?)
    }

    /// The tenant's policy, admins, keys and holds, with the version that they are of: what
    /// [`Executing::if_version`] takes for a command about the tenant.
    pub async fn versioned_state(&self) -> Result<(TenantState, u64), Error> {
        Ok(self.runtime.versioned_tenant_state(self.ledger()).await?)
    }

    /// One account's state, as of now. Of an account that is not known, an
    /// empty one that is not registered.
    pub async fn account(&self, account: impl Into<AccountId>) -> Result<Account, Error> {
        Ok(self.runtime.account(self.ledger(), account.into()).await?)
    }

    /// The account that has this login.
    pub async fn find(&self, login: impl IntoText<Login>) -> Result<Option<AccountId>, Error> {
        let login = login.into_text().map_err(|why| Refusal::InvalidText { why })?;
        Ok(self.runtime.find(self.ledger(), &login).await?)
    }

    /// The login of an account; none once erased.
    pub async fn login(&self, account: impl Into<AccountId>) -> Result<Option<Login>, Error> {
        let account = account.into();
        let stream = match account {
            AccountId::Customer(_) => StreamId::Account(account),
            AccountId::Admin(_) => StreamId::Tenant(self.id()),
        };
        // A customer's login stands beside their first event, an admin's
        // beside the tenant's event that authorised them first.
        let history = self.runtime.history(self.ledger(), stream).await?;
        let event = history.iter().find(|event| begins(event, account));
        match event {
            Some(event) => Ok(self.private(event).await?.and_then(|private| private.login)),
            None => Ok(None),
        }
    }

    /// The logins of all admins.
    pub async fn admin_logins(&self) -> Result<BTreeMap<AdminId, Login>, Error> {
        let history = self.stream(self.id().into()).await?;
        let mut logins = BTreeMap::new();
        for event in &history {
            let readmit_domain::Event::AdminAuthorised(data) = &event.event else { continue };
            // It stands beside the event that authorised them first.
            if !logins.contains_key(&data.admin)
                && let Some(login) = self.private(event).await?.and_then(|private| private.login)
            {
                logins.insert(data.admin, login);
            }
        }
        Ok(logins)
    }

    /// The history of an account in sentences, oldest first.
    pub async fn timeline(
        &self,
        account: impl Into<AccountId>,
    ) -> Result<Vec<TimelineEntry>, Error> {
        Ok(self.history(account).await?.iter().map(TimelineEntry::from).collect())
    }

    /// Every event of an account, oldest first.
    pub async fn history(&self, account: impl Into<AccountId>) -> Result<Vec<Envelope>, Error> {
        let stream = StreamId::Account(account.into());
        Ok(self.runtime.history(self.ledger(), stream).await?)
    }

    /// Every event of the tenant from a position on, live at the end.
    pub fn follow(&self, from: u64) -> Follower {
        self.runtime.follow(self.ledger(), from)
    }

    /// The leaves from a position on, a page of them; none at the end of the
    /// ledger. A leaf is the stored form of an event, byte for byte what is
    /// hashed: one line of JSON, which [`Envelope::decode`] reads.
    pub async fn leaves(&self, from: u64) -> Result<Vec<Vec<u8>>, Error> {
        let page = self.runtime.stored(self.ledger(), from, readmit_runtime::PAGE).await?;
        Ok(page.into_iter().map(|event| event.body).collect())
    }

    /// The private data of an event: none if it has none, or was erased.
    pub async fn private(&self, event: &Envelope) -> Result<Option<PrivateData>, Error> {
        if event.ledger != self.ledger() {
            // Another tenant's: here it does not exist.
            return Ok(None);
        }
        Ok(self.runtime.private(event).await?)
    }

    /// The head of the ledger: its size, its root, the time of its last event.
    pub async fn head(&self) -> Result<LedgerHead, Error> {
        Ok(self.runtime.head(self.ledger()).await?)
    }
}

impl Tenant {
    pub(crate) async fn stream(&self, stream: StreamId) -> Result<Vec<Envelope>, Error> {
        Ok(self.runtime.history(self.ledger(), stream).await?)
    }

    /// An account with its login.
    pub(crate) async fn record(
        &self,
        row: AccountRow,
        version: u64,
    ) -> Result<AccountRecord, Error> {
        let login = self.private(&row.first).await?.and_then(|private| private.login);
        let AccountRow { account, last_sign_in, .. } = row;
        Ok(AccountRecord { account, version, login, last_sign_in })
    }
}

impl std::fmt::Debug for Tenant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tenant").field("name", &self.head.name).finish_non_exhaustive()
    }
}

fn begins(event: &Envelope, account: AccountId) -> bool {
    match (account, &event.event) {
        (AccountId::Customer(_), _) => event.version == 1,
        (AccountId::Admin(id), readmit_domain::Event::AdminAuthorised(data)) => data.admin == id,
        (AccountId::Admin(_), _) => false,
    }
}
