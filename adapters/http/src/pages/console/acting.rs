//! Carrying out what a form asks for, by an admin who shows a code first if the rules want one.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use readmit::{
    Actor, CommandId, Done, Error, Execute, Policy, ReadModel, Seconds, TenantState, Timestamp,
};

use crate::identify::TokenDigest;
use crate::pages::door::code;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;
use crate::web_database::SessionToken;

/// A second factor that gets too old sooner than this is asked for again: a form takes a while.
const WHILE_TYPING: Seconds = Seconds(45);
/// How often, and how long between, a form that was sent twice looks for what its twin has done.
const LOOKS_FOR_TWIN: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// How often a command is decided again since the tenant has got another event meanwhile.
const TRIES: usize = 10;
/// What a session that was raised is kept under, for a twin that came with the token of before.
const RAISED: &str = "raised";

/// An admin who acts.
pub(super) struct Acting<'v> {
    visitor: &'v Visitor,
    admin: &'v Admin,
    /// The code of their own that the form brought; empty if it had no field for one.
    code: &'v str,
    raised: Option<Raised>,
}

/// A session that goes on under another token, since a second factor was shown.
#[derive(Clone)]
struct Raised {
    token: SessionToken,
    at: Timestamp,
}

impl<'v> Acting<'v> {
    pub(super) const fn new(visitor: &'v Visitor, admin: &'v Admin, code: &'v str) -> Self {
        Self { visitor, admin, code, raised: None }
    }

    /// Has a command carried out once under its id, and waits until the lists show it. If the rules
    /// want a second factor that is fresh, the code is shown first; they ask for it last, so no
    /// code is spent on what they refuse anyway.
    pub(super) async fn carry_out<C: Execute + Clone + 'static>(
        &mut self,
        id: CommandId,
        command: C,
    ) -> Result<Done<C::Outcome>, Problem> {
        self.carry_out_at(id, command, None).await
    }

    /// The same for a command about the tenant, only if the tenant is still as the form has shown it:
    /// its version says too much, since an auditor's view is one of its events.
    pub(super) async fn carry_out_if<C: Execute + Clone + 'static>(
        &mut self,
        id: CommandId,
        command: C,
        is_as_shown: impl Fn(&TenantState) -> bool,
    ) -> Result<Done<C::Outcome>, Problem> {
        for _ in 0..TRIES {
            let (state, version) = self.admin.tenant().versioned_state().await?;
            let is_as_shown = is_as_shown(&state);
            // No tenant has the last version there is: what was done under this id is answered as
            // before, and anything else refused.
            let version = if is_as_shown { version } else { u64::MAX };
            match self.carry_out_at(id, command.clone(), Some(version)).await {
                Err(problem) if is_as_shown && problem.code() == "changed" => {}
                answer => return answer,
            }
        }
        Err(Problem::new("busy", "Others change the tenant all the time."))
    }

    /// Only if what it is about is still at this version.
    async fn carry_out_at<C: Execute + Clone + 'static>(
        &mut self,
        id: CommandId,
        command: C,
        version: Option<u64>,
    ) -> Result<Done<C::Outcome>, Problem> {
        match self.once(id, command.clone(), version).await {
            Err(problem) if wants_code(&problem) && !self.code.trim().is_empty() => {
                self.raise().await?;
                self.once(id, command, version).await
            }
            answer => answer,
        }
    }

    /// Refuses an admin who has shown no second factor lately, for what no rule of the engine
    /// looks at.
    pub(super) async fn require_fresh(&mut self) -> Result<(), Problem> {
        let fresh_seconds = self.admin.tenant().state().await?.policy.fresh_seconds;
        let now = self.visitor.app.engine.now();
        if self.shown_at().is_some_and(|at| now <= at + fresh_seconds) {
            return Ok(());
        }
        if self.code.trim().is_empty() {
            return Err(readmit::Refusal::SecondFactorNotFresh { within: fresh_seconds }.into());
        }
        self.raise().await
    }

    /// Whether a form that is shown now must ask for a code.
    pub(super) fn needs_code(&self, policy: &Policy) -> bool {
        let later = self.visitor.app.engine.now() + WHILE_TYPING;
        self.shown_at().is_none_or(|at| later > at + policy.fresh_seconds)
    }

    /// What stands for the session from now on.
    pub(super) fn session(&self) -> TokenDigest {
        match &self.raised {
            Some(raised) => TokenDigest::of(&raised.token.expose()),
            None => self.admin.token,
        }
    }

    /// The answer, with the token under which the session goes on.
    pub(super) fn answer(&self, response: impl IntoResponse) -> Response {
        match &self.raised {
            Some(raised) => {
                let cookies = self.visitor.app.cookies;
                let jar = cookies.bring(CookieJar::new(), &raised.token.expose());
                (jar, response).into_response()
            }
            None => response.into_response(),
        }
    }

    fn shown_at(&self) -> Option<Timestamp> {
        self.raised.as_ref().map(|raised| raised.at).or(self.admin.second_factor_at)
    }

    fn actor(&self) -> Actor {
        let actor = self.admin.caller.actor();
        match &self.raised {
            Some(raised) => actor.with_second_factor(raised.at),
            None => actor,
        }
    }

    async fn once<C: Execute + 'static>(
        &self,
        id: CommandId,
        command: C,
        version: Option<u64>,
    ) -> Result<Done<C::Outcome>, Problem> {
        let executing = self.admin.tenant().execute(&self.actor(), command).with_id(id);
        let mut executing = ReadModel::ALL.into_iter().fold(executing, readmit::Executing::seen_by);
        if let Some(version) = version {
            executing = executing.if_version(version);
        }
        executing.await.map_err(|error| match error {
            Error::Changed { version: 0 } => Problem::not_found(),
            error => error.into(),
        })
    }

    async fn raise(&mut self) -> Result<(), Problem> {
        let app = &self.visitor.app;
        match code::raise(self.visitor, &self.admin.caller, self.code, "").await {
            Ok(token) => {
                let session = app.sessions.find(&token, app.engine.now()).await?;
                let at = session.and_then(|session| session.level.second_factor_at());
                let at = at.ok_or_else(|| Problem::unauthorised("The session has ended."))?;
                let raised = Raised { token, at };
                app.shown.keep(self.admin.token, RAISED, raised.clone());
                self.raised = Some(raised);
                Ok(())
            }
            Err(problem) if matches!(problem.code(), "code_replayed" | "unauthorised") => {
                self.follow_twin().await.ok_or(problem)
            }
            Err(problem) => Err(problem),
        }
    }

    /// Goes on as the same form does that was sent a moment ago and has spent the code: whoever
    /// clicks twice sees the answer to the second click.
    async fn follow_twin(&mut self) -> Option<()> {
        for _ in 0..LOOKS_FOR_TWIN {
            if let Some(raised) = self.visitor.app.shown.find::<Raised>(self.admin.token, RAISED) {
                self.raised = Some(Raised::clone(&raised));
                return Some(());
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        None
    }
}

fn wants_code(problem: &Problem) -> bool {
    problem.code() == "second_factor_not_fresh"
}
