//! Who comes with a token: the holder of an API key, or somebody in a recovery session.

use readmit_domain::{AccountId, Actor, KeyId, KeyLabel, Role, Timestamp};
use readmit_runtime::{ApiKeyToken, Authenticated, RecoveryBearer, RecoveryToken};

use crate::{Engine, Error, Tenant};

/// The holder of an API key that is good now.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ApiKeyHolder {
    /// The tenant that issued the key: the only one it opens.
    pub tenant: Tenant,
    /// The key: what `Actor::service` takes.
    pub key: KeyId,
    /// What it is for.
    pub label: KeyLabel,
    /// What it may do.
    pub roles: Vec<Role>,
    /// Until when; until revoked if not given.
    pub until: Option<Timestamp>,
}

/// Somebody in a recovery session, as their token says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recovering {
    /// The tenant.
    pub tenant: Tenant,
    /// Whose account it is: a customer's, or an admin's.
    pub account: AccountId,
    /// Its owner in that session: add where they come from by `Actor::from`.
    pub actor: Actor,
    /// Until when the token is good. The session may end earlier.
    pub until: Timestamp,
}

impl Tenant {
    /// A token for the recovery session that somebody holds, good until a moment: the end of the
    /// session, as [`Redeemed`](crate::Redeemed) tells it, or earlier. Nothing is stored.
    ///
    /// It carries whose account it is, which service speaks for them and which session they hold;
    /// where they came from, and a second factor that they showed, it does not.
    ///
    /// ```
    /// # async fn f(engine: readmit::Engine, msp: readmit::Tenant, alice: readmit::CustomerId)
    /// # -> Result<(), Box<dyn std::error::Error>> {
    /// use readmit::{Actor, DisableMfa, RecoveryToken, RedeemBypass};
    ///
    /// let as_alice = Actor::customer(alice);
    /// let redeemed = msp.execute(&as_alice, RedeemBypass::new(alice)).await?;
    /// let recovering = as_alice.in_recovery(redeemed.session);
    /// let text = msp.recovery_token(&recovering, redeemed.until).await?.expose();
    ///
    /// let token: RecoveryToken = text.parse()?; // such as from a request's Authorization
    /// let bearer = engine.recovering(&token).await?.ok_or("the session is over")?;
    /// bearer.tenant.execute(&bearer.actor, DisableMfa::new(bearer.account)).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`] as `session_not_live`, for an actor who is nobody in a recovery
    /// session.
    pub async fn recovery_token(
        &self,
        actor: &Actor,
        until: Timestamp,
    ) -> Result<RecoveryToken, Error> {
        self.runtime().recovery_token(self.ledger(), actor, until).await
    }
}

impl Engine {
    /// Who bears this recovery token.
    ///
    /// None if it was not written by this database, if anything in it was changed, or if it has run
    /// out by the engine's clock. Whether the session lives still (no newer use, the case open), the
    /// rules say when something is done.
    pub async fn recovering(&self, token: &RecoveryToken) -> Result<Option<Recovering>, Error> {
        let found = self.runtime.recovering(token).await?;
        Ok(found.map(|RecoveryBearer { head, account, actor, until, .. }| Recovering {
            tenant: self.tenant_of(head),
            account,
            actor,
            until,
        }))
    }

    /// Who holds this token, as of now: a revocation counts from the moment it is answered, on
    /// every node.
    ///
    /// None if the ledger or the key does not exist, if the key is revoked or has run out by the
    /// engine's clock, or if the secret is wrong: all of that looks alike to a stranger.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}", dir.path().join("readmit.db").display());
    /// # let engine = readmit::Engine::open(&url).await?;
    /// # let msp = engine.tenant("acme-msp").await?;
    /// use readmit::{Actor, ApiKeyToken, IssueApiKey};
    ///
    /// let issued = msp.execute(&Actor::system(), IssueApiKey::new("customer portal")).await?;
    /// let text = issued.token.as_ref().ok_or("shown once")?.expose();
    ///
    /// let token: ApiKeyToken = text.parse()?; // such as from a request's Authorization
    /// let holder = engine.authenticate(&token).await?.ok_or("nobody")?;
    /// assert_eq!((holder.key, holder.tenant.id()), (issued.key, msp.id()));
    /// let service = Actor::service(holder.key);
    /// # let _ = service;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn authenticate(&self, token: &ApiKeyToken) -> Result<Option<ApiKeyHolder>, Error> {
        let found = self.runtime.authenticate(token).await?;
        Ok(found.map(|Authenticated { head, key, .. }| ApiKeyHolder {
            tenant: self.tenant_of(head),
            key: token.key(),
            label: key.label,
            roles: key.roles,
            until: key.until,
        }))
    }
}
