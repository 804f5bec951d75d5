//! Who asks, once it is known, and what they act as.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::Extensions;
use axum::http::request::Parts;
use readmit::{
    AccountId, Actor, AdminId, AuditSubject, CustomerId, Done, Error, Execute, KeyId, Origin,
    RecordAuditAccess, Role, Tenant, Timestamp,
};

use crate::app::{AppState, InFlight};
use crate::extract::How;
use crate::problem::Problem;
use crate::web_database::SessionToken;

/// Whose credential a request brings.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) tenant: Tenant,
    pub(crate) who: Who,
}

/// The holder of a credential.
#[derive(Debug)]
pub(crate) enum Who {
    /// A program, by an API key.
    Key { key: KeyId, roles: Vec<Role> },
    /// An admin who signed in.
    Admin { admin: AdminId, roles: Vec<Role>, session: SessionInUse },
    /// A customer who signed in, on the pages.
    Customer { customer: CustomerId, session: SessionInUse },
    /// A customer in a recovery, or an admin, whose own goes on the pages.
    Recovering { account: AccountId, actor: Box<Actor>, until: Timestamp },
}

/// The session that a request came with.
#[derive(Debug)]
pub(crate) struct SessionInUse {
    pub(crate) token: SessionToken,
    /// When the second factor was shown; if never, the password alone was.
    pub(crate) second_factor_at: Option<Timestamp>,
    pub(crate) ends_at: Timestamp,
}

impl SessionInUse {
    /// Whether the second factor was shown.
    pub(crate) const fn is_complete(&self) -> bool {
        self.second_factor_at.is_some()
    }

    /// This actor, with the second factor that they have shown.
    fn shown_by(&self, actor: Actor) -> Actor {
        match self.second_factor_at {
            Some(at) => actor.with_second_factor(at),
            None => actor,
        }
    }
}

/// Who asks, in which tenant, from where.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    identity: Arc<Identity>,
    /// The network address and the client of whoever sent this request.
    origin: Origin,
    in_flight: InFlight,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        Self::of(&parts.extensions, app)
            .ok_or_else(|| Problem::new("internal", "A route asks who calls and is open to all."))
    }
}

impl Caller {
    /// Who asks, if that is known.
    pub(crate) fn of(found: &Extensions, app: &AppState) -> Option<Self> {
        let identity = found.get::<Arc<Identity>>().cloned()?;
        let origin = found.get::<Origin>().cloned().unwrap_or_default();
        Some(Self { identity, origin, in_flight: app.in_flight.clone() })
    }

    pub(crate) fn tenant(&self) -> &Tenant {
        &self.identity.tenant
    }

    pub(crate) fn who(&self) -> &Who {
        &self.identity.who
    }

    /// Who acts when the caller acts for themselves.
    pub(crate) fn actor(&self) -> Actor {
        let actor = match &self.identity.who {
            Who::Key { key, .. } => Actor::service(*key),
            Who::Admin { admin, session, .. } => session.shown_by(Actor::admin(*admin)),
            Who::Customer { customer, session } => session.shown_by(Actor::customer(*customer)),
            Who::Recovering { actor, .. } => (**actor).clone(),
        };
        actor.from(self.origin.clone())
    }

    /// A customer for whom the caller, a service, speaks. Where the customer comes from is for the
    /// service to say: its own address is none of theirs.
    pub(crate) fn speaking_for(&self, customer: CustomerId, origin: Origin) -> Actor {
        match &self.identity.who {
            Who::Key { key, .. } => Actor::customer(customer).via(*key).from(origin),
            // No route that speaks for customers is open to others; if it were, the rules refuse.
            Who::Admin { .. } | Who::Customer { .. } | Who::Recovering { .. } => self.actor(),
        }
    }

    /// The customer of a recovery session.
    pub(crate) fn recovering(&self) -> Result<(CustomerId, Timestamp), Problem> {
        match &self.identity.who {
            Who::Recovering { account: AccountId::Customer(customer), until, .. } => {
                Ok((*customer, *until))
            }
            _ => Err(Problem::not_permitted()),
        }
    }

    /// The admin of a session.
    pub(crate) fn admin(&self) -> Result<(AdminId, &SessionInUse), Problem> {
        match &self.identity.who {
            Who::Admin { admin, session, .. } => Ok((*admin, session)),
            Who::Key { .. } | Who::Customer { .. } | Who::Recovering { .. } => {
                Err(Problem::not_permitted())
            }
        }
    }

    /// Refuses customers that the tenant does not know, where no rule looks at their account.
    pub(crate) async fn require_customer(&self, id: CustomerId) -> Result<(), Problem> {
        let account = self.tenant().account(id).await?;
        if account.registered { Ok(()) } else { Err(Problem::not_found()) }
    }

    /// Records that an auditor looked at history: before they are shown it.
    pub(crate) async fn record_access(&self, what: AuditSubject) -> Result<(), Problem> {
        let (Who::Key { roles, .. } | Who::Admin { roles, .. }) = &self.identity.who else {
            return Ok(());
        };
        if roles.contains(&Role::Auditor) {
            self.tenant().execute(&self.actor(), RecordAuditAccess::new(what)).await?;
        }
        Ok(())
    }

    /// Has a command carried out: once under one key, and only as long as nothing has changed.
    pub(crate) async fn carry_out<C: Execute + 'static>(
        &self,
        actor: &Actor,
        command: C,
        how: How,
    ) -> Result<Done<C::Outcome>, Problem> {
        let _under_way = match how.id {
            Some(id) => Some(self.in_flight.enter(self.tenant().ledger(), id)?),
            None => None,
        };
        let mut executing = self.tenant().execute(actor, command);
        if let Some(id) = how.id {
            executing = executing.with_id(id);
        }
        if let Some(version) = how.if_version {
            executing = executing.if_version(version);
        }
        executing.await.map_err(|error| match error {
            // What has no events is not there, whatever version was expected of it.
            Error::Changed { version: 0 } => Problem::not_found(),
            error => error.into(),
        })
    }
}
