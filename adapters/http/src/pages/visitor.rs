//! Who visits a page, and as what.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use readmit::{Account, AccountId, Actor, AdminId, Progress, Role, SignIn, Tenant, Timestamp};

use super::layers::{Here, Over};
use super::look::Look;
use super::page::{Chrome, Signed, Surface};
use super::place::Place;
use super::refused::Refused;
use super::words::Words;
use crate::app::{App, AppState};
use crate::identify::{Caller, TokenDigest, Who};
use crate::problem::Problem;

/// Whoever asks for a page.
pub(crate) struct Visitor {
    pub(crate) app: AppState,
    pub(crate) look: Look,
    here: String,
    /// Who is signed in, and what stands for their token.
    found: Option<(Caller, TokenDigest)>,
    /// What they brought that holds no longer.
    over: Option<Over>,
}

/// What has just happened to somebody who is to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    SignedOut,
    /// They have a new device.
    Recovered,
    PasswordSet,
    /// They said "this wasn't me".
    Reported,
    /// They wanted to say so, and their session had ended.
    NotReported,
    SessionOver,
    RecoveryOver,
}

impl Notice {
    const ALL: [Self; 7] = [
        Self::SignedOut,
        Self::Recovered,
        Self::PasswordSet,
        Self::Reported,
        Self::NotReported,
        Self::SessionOver,
        Self::RecoveryOver,
    ];

    /// The message that tells it.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::SignedOut => "notice-signed-out",
            Self::Recovered => "notice-recovered",
            Self::PasswordSet => "notice-password-set",
            Self::Reported => "notice-reported",
            Self::NotReported => "notice-not-reported",
            Self::SessionOver => "notice-session-over",
            Self::RecoveryOver => "notice-recovery-over",
        }
    }

    /// As addresses name it.
    pub(crate) fn name(self) -> &'static str {
        self.message().trim_start_matches("notice-")
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.name() == name)
    }

    /// Whether all is well.
    pub(crate) const fn is_good(self) -> bool {
        matches!(self, Self::SignedOut | Self::Recovered | Self::PasswordSet | Self::Reported)
    }
}

/// Somebody who sees to their own account: a customer, or an admin.
pub(crate) struct Own {
    pub(crate) caller: Caller,
    pub(crate) token: TokenDigest,
    pub(crate) id: AccountId,
    pub(crate) account: Account,
    pub(crate) standing: Standing,
    pub(crate) chrome: Chrome,
}

/// As what somebody sees to their own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// In a recovery: until then.
    Recovery { until: Timestamp },
    /// Their recovery has ended, or a newer sign-in has taken it over.
    RecoveryOver,
    /// Before their first device: they may set it up, and nothing else.
    FirstSetUp,
    /// With a second factor that they showed then.
    SecondFactor { at: Timestamp },
    /// With the password alone, where policy leaves MFA to them.
    Password,
}

/// An admin, signed in whole.
pub(crate) struct Admin {
    pub(crate) caller: Caller,
    pub(crate) token: TokenDigest,
    pub(crate) id: AdminId,
    pub(crate) roles: Vec<Role>,
    pub(crate) second_factor_at: Option<Timestamp>,
    pub(crate) chrome: Chrome,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let found = &parts.extensions;
        let outside = || Problem::new("internal", "A page stands outside of what is around pages.");
        Ok(Self {
            app: AppState::clone(app),
            look: *found.get::<Look>().ok_or_else(outside)?,
            here: found.get::<Here>().ok_or_else(outside)?.0.clone(),
            found: Caller::of(found, app).zip(found.get::<TokenDigest>().copied()),
            over: found.get::<Over>().copied(),
        })
    }
}

impl Visitor {
    pub(crate) const fn words(&self) -> &'static Words {
        self.look.words
    }

    pub(crate) fn caller(&self) -> Option<&Caller> {
        self.found.as_ref().map(|(caller, _)| caller)
    }

    pub(crate) fn token(&self) -> Option<TokenDigest> {
        self.found.as_ref().map(|(_, token)| *token)
    }

    /// What stands around a page that needs nobody to be signed in.
    pub(crate) fn chrome(&self, surface: Surface) -> Chrome {
        Chrome::new(self.look, surface, self.here.clone(), self.app.engine.now())
    }

    /// They are to sign in, and come back here.
    fn sign_in_first(&self) -> Refused {
        Refused::SignIn { notice: self.notice(), then: Place::of(&self.here) }
    }

    /// They are to sign in, and begin anew.
    pub(crate) fn sign_in_again(&self) -> Refused {
        Refused::SignIn { notice: self.notice(), then: None }
    }

    fn notice(&self) -> Option<Notice> {
        self.over.map(|over| match over {
            Over::Session => Notice::SessionOver,
            Over::Recovery => Notice::RecoveryOver,
        })
    }

    /// The admin who visits, if they hold one of these roles.
    pub(crate) async fn admin(&self, surface: Surface, roles: &[Role]) -> Result<Admin, Refused> {
        let (caller, token) = self.found.as_ref().ok_or_else(|| self.sign_in_first())?;
        let Who::Admin { admin, roles: held, session } = caller.who() else {
            return Err(Problem::not_permitted().into());
        };
        if !session.is_complete() {
            return Err(Refused::Elsewhere(unfinished(caller.tenant(), (*admin).into()).await?));
        }
        if !roles.iter().any(|role| held.contains(role)) {
            return Err(Problem::not_permitted().into());
        }
        let mut chrome = self.chrome(surface);
        chrome.who = Some(signed(&self.app, caller, (*admin).into(), held.clone(), None).await?);
        Ok(Admin {
            caller: caller.clone(),
            token: *token,
            id: *admin,
            roles: held.clone(),
            second_factor_at: session.second_factor_at,
            chrome,
        })
    }

    /// The customer or admin who visits, as far as they may see to their own account.
    pub(crate) async fn own(&self) -> Result<Own, Refused> {
        let (caller, token) = self.found.as_ref().ok_or_else(|| self.sign_in_first())?;
        let (id, session, roles) = match caller.who() {
            Who::Admin { admin, session, roles } => ((*admin).into(), Some(session), roles.clone()),
            Who::Customer { customer, session } => ((*customer).into(), Some(session), Vec::new()),
            Who::Recovering { account, .. } => (*account, None, Vec::new()),
            Who::Key { .. } => return Err(Problem::not_permitted().into()),
        };
        let tenant = caller.tenant();
        let account = tenant.account(id).await?;
        let standing = match session.map(|session| session.second_factor_at) {
            None => recovery(&account, caller, self.app.engine.now()),
            Some(Some(at)) => Standing::SecondFactor { at },
            Some(None) => match tenant.sign_in(id).await? {
                SignIn::EnrolmentOnly => Standing::FirstSetUp,
                SignIn::Allowed => Standing::Password,
                SignIn::Refused(why) => return Err(why.into()),
                _ => return Err(Refused::Elsewhere(unfinished(tenant, id).await?)),
            },
        };
        let mut chrome = self.chrome(Surface::Portal);
        chrome.who = Some(signed(&self.app, caller, id, roles, Some(standing)).await?);
        Ok(Own { caller: caller.clone(), token: *token, id, account, standing, chrome })
    }
}

impl Own {
    pub(crate) fn tenant(&self) -> &Tenant {
        self.caller.tenant()
    }

    pub(crate) fn actor(&self) -> Actor {
        self.caller.actor()
    }
}

impl Standing {
    /// Whether My Account is there.
    pub(crate) const fn opens_my_account(self) -> bool {
        matches!(self, Self::Recovery { .. } | Self::FirstSetUp)
    }
}

impl Admin {
    pub(crate) fn tenant(&self) -> &Tenant {
        self.caller.tenant()
    }

    pub(crate) fn holds(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }
}

/// The recovery that this visitor's token is of, if it lives still.
fn recovery(account: &Account, caller: &Caller, now: Timestamp) -> Standing {
    let held = caller.actor().recovery_session;
    let open = account.case.as_ref().and_then(|case| match &case.progress {
        Progress::Open(open) if now < open.until => Some((case.bypass, open)),
        Progress::Open(_) | Progress::Awaiting { .. } => None,
    });
    match (held, open) {
        (Some(held), Some((bypass, open)))
            if held.bypass == bypass && held.use_number == open.uses =>
        {
            match open.session_until.filter(|until| now < *until) {
                Some(until) => Standing::Recovery { until },
                None => Standing::RecoveryOver,
            }
        }
        _ => Standing::RecoveryOver,
    }
}

/// Where a sign-in goes on that has got no further than the password.
pub(super) async fn unfinished(tenant: &Tenant, id: AccountId) -> Result<String, Problem> {
    let address = match tenant.sign_in(id).await? {
        SignIn::Refused(why) => return Err(why.into()),
        SignIn::Bypass(_) => "/sign-in/recovery",
        SignIn::EnrolmentOnly => "/my-account",
        SignIn::Allowed => "/portal",
        _ => "/sign-in/code",
    };
    Ok(address.to_owned())
}

async fn signed(
    app: &App,
    caller: &Caller,
    id: AccountId,
    roles: Vec<Role>,
    standing: Option<Standing>,
) -> Result<Signed, Problem> {
    Ok(Signed {
        login: app.names.login(caller.tenant(), id).await?,
        tenant: caller.tenant().name().to_owned(),
        roles,
        my_account: standing.is_some_and(Standing::opens_my_account),
        session: !matches!(caller.who(), Who::Recovering { .. }),
    })
}
