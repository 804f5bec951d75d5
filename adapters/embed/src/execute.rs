//! One command on its way, awaited.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use readmit_domain::{Actor, CommandId, Timestamp};
use readmit_projections::ReadModel;
use readmit_runtime::ports::{StoreError, StoreErrorKind};
use readmit_runtime::{Executed, Failure, Request};

use crate::outcome::Execute;
use crate::{Error, Tenant};

/// A command that is carried out when it is awaited.
///
/// It can be repeated safely under an id of the caller's own:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let dir = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}", dir.path().join("readmit.db").display());
/// # let engine = readmit::Engine::open(&url).await?;
/// # let msp = engine.tenant("acme-msp").await?;
/// use readmit::{Actor, RegisterCustomer};
///
/// let id = engine.draw_command_id()?;
/// let register = || RegisterCustomer::new("alice@example.com");
/// let first = msp.execute(&Actor::system(), register()).with_id(id).await?;
/// let again = msp.execute(&Actor::system(), register()).with_id(id).await?;
/// assert_eq!(first.customer, again.customer);
/// assert!(again.already && !first.already);
/// # Ok(())
/// # }
/// ```
#[must_use = "a command is carried out only when it is awaited"]
pub struct Executing<C> {
    tenant: Tenant,
    request: Request,
    seen_by: Vec<ReadModel>,
    command: PhantomData<fn(C)>,
}

/// A command that was carried out, and is durable. Dereferences to its outcome.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Done<T> {
    /// What the command answers.
    pub outcome: T,
    /// The command's id.
    pub command: CommandId,
    /// Position of its first event in the tenant's ledger.
    pub position: u64,
    /// The version of its account, or of the tenant if it is about that, after it: what
    /// [`Executing::if_version`] takes next.
    pub version: u64,
    /// When it was decided: what `Actor::with_second_factor` takes after a check.
    pub at: Timestamp,
    /// Whether it had been carried out before under the same id, and nothing was
    /// done now. Of a check of a second factor this means: it *was* right, once.
    /// Open a session only if this is false, or for the very request that carries the id.
    pub already: bool,
}

impl<T> Deref for Done<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.outcome
    }
}

impl<C: Execute> Executing<C> {
    pub(crate) fn new(tenant: Tenant, actor: &Actor, command: C) -> Self {
        let request = Request {
            ledger: tenant.ledger(),
            actor: actor.clone(),
            command: command.into(),
            id: None,
            if_version: None,
        };
        Self { tenant, request, seen_by: Vec::new(), command: PhantomData }
    }

    /// Carries the command out under this id, once, however often it is repeated.
    /// The same id for something else is refused as `command_reused`.
    pub fn with_id(mut self, id: CommandId) -> Self {
        self.request.id = Some(id);
        self
    }

    /// Carries the command out only if what it is about, an account or the tenant, is still at this
    /// version when it is decided: nothing was recorded of it since it was read. Otherwise the
    /// answer is [`Error::Changed`], and nothing is stored.
    ///
    /// A command that was carried out under the same id is answered as before, whatever has
    /// happened since.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}", dir.path().join("readmit.db").display());
    /// # let engine = readmit::Engine::open(&url).await?;
    /// # let msp = engine.tenant("acme-msp").await?;
    /// use readmit::{Actor, ChangePolicy, Error, Policy};
    ///
    /// let (read, version) = msp.versioned_state().await?;
    /// assert_eq!(read.policy, Policy::standard());
    /// let change = || msp.execute(&Actor::system(), ChangePolicy::new(Policy::strict()));
    /// let changed = change().if_version(version).await?;
    /// assert_eq!(changed.version, version + 1);
    /// let late = change().if_version(version).await;
    /// assert!(matches!(late, Err(Error::Changed { version: 2 })));
    /// # Ok(())
    /// # }
    /// ```
    pub fn if_version(mut self, version: u64) -> Self {
        self.request.if_version = Some(version);
        self
    }

    /// Answers only once this read model has seen what was done; may be said for several.
    ///
    /// If it cannot be waited for, the command is carried out all the same, and the error is
    /// [`Error::Unknown`]: repeat it under the same id.
    pub fn seen_by(mut self, model: ReadModel) -> Self {
        self.seen_by.push(model);
        self
    }
}

impl<C: Execute + 'static> IntoFuture for Executing<C> {
    type Output = Result<Done<C::Outcome>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { tenant, request, seen_by, .. } = self;
        Box::pin(async move {
            let mut executed = tenant.runtime().execute(request).await?;
            let end = executed.first_position + executed.events.len() as u64;
            tenant.wait_for(&seen_by, end).await.map_err(|why| unseen(&executed, &why))?;
            let outcome = C::outcome(&mut executed)
                .ok_or(Failure::Bug("the events of a command are not its own"))?;
            Ok(Done {
                outcome,
                command: executed.command,
                position: executed.first_position,
                version: executed.version,
                at: executed.at,
                already: executed.already,
            })
        })
    }
}

/// It was carried out, so what failed afterwards must not sound like "nothing was done".
fn unseen(executed: &Executed, why: &Error) -> Error {
    let why = StoreError::new(StoreErrorKind::Unavailable, why.to_string());
    Error::Unknown { command: executed.command, why }
}
