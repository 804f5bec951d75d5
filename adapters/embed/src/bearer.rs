//! Who comes with a token: the holder of an API key.

use readmit_domain::{KeyId, KeyLabel, Role, Timestamp};
use readmit_runtime::{ApiKeyToken, Authenticated};

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

impl Engine {
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
