//! Every command, and the one way to have it decided.

use serde::Serialize;

use crate::account::{
    Account, ApproveBypass, CheckSecondFactor, ConfirmEnrolment, DenyBypass, DisableMfa,
    EraseCustomer, ExpireBypass, GrantBypass, RedeemBypass, RegenerateCodes, RegisterCustomer,
    RemoveDevice, ReportUnrecognised, RequestBypass, RevokeBypass, StartEnrolment, UnfreezeAccount,
    UnlockAccount,
};
use crate::tenant::{
    AuthoriseAdmin, ChangePolicy, CreateTenant, IssueApiKey, LiftLegalHold, PlaceLegalHold,
    RecordAuditAccess, RevokeApiKey, RotateSigningKey, SignOffReview, SuspendAdmin, Tenant,
};
use crate::{AccountId, Context, FreshId, Login, NewEvent, Note, PersonName, Refusal};

/// What a rule answers: the events to record, or why not.
pub type Decision = Result<Vec<NewEvent>, Refusal>;

/// A command about one account.
pub trait AccountRule {
    /// Which account; a command that makes a new one takes its id from `fresh`.
    fn account(&self, fresh: FreshId) -> AccountId;

    /// The rule, pure.
    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision;

    /// Personal data that the command brings.
    fn personal(&self) -> Personal<'_> {
        Personal::default()
    }
}

/// A command about the tenant itself.
pub trait TenantRule {
    /// The rule, pure.
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision;

    /// Personal data that the command brings.
    fn personal(&self) -> Personal<'_> {
        Personal::default()
    }
}

/// Personal data that a command brings: kept sealed beside its event, never in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Personal<'a> {
    /// The login of a new account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<&'a Login>,
    /// What the person is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a PersonName>,
    /// Free text about the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'a Note>,
}

macro_rules! commands {
    ($(#[$doc:meta])* $enum:ident about $via:ident: $state:ident by $rule:ident, $($name:ident,)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(tag = "command")]
        #[non_exhaustive]
        pub enum $enum { $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)+ }

        impl $enum {
            /// The names of all these commands.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// The name of the command, for logs and metrics.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)+ }
            }

            fn rule(&self) -> &dyn $rule {
                match self { $(Self::$name(command) => command,)+ }
            }

            /// The rule, pure.
            pub fn decide(&self, state: &$state, context: &Context<'_>) -> Decision {
                self.rule().decide(state, context)
            }

            /// Personal data that the command brings.
            pub fn personal(&self) -> Personal<'_> {
                self.rule().personal()
            }
        }

        $(
            impl From<$name> for $enum {
                fn from(command: $name) -> Self {
                    Self::$name(command)
                }
            }

            impl From<$name> for Command {
                fn from(command: $name) -> Self {
                    Self::$via($enum::$name(command))
                }
            }
        )+
    };
}

/// A command, about an account or about the tenant.
///
/// Its serialised form holds personal data but no typed code; it is made to
/// be digested, not to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Command {
    /// About one account.
    Account(AccountCommand),
    /// About the tenant.
    Tenant(TenantCommand),
}

commands! {
    /// A command about one account.
    AccountCommand about Account: Account by AccountRule,
    RegisterCustomer,
    RequestBypass,
    GrantBypass,
    ApproveBypass,
    DenyBypass,
    RevokeBypass,
    RedeemBypass,
    DisableMfa,
    StartEnrolment,
    ConfirmEnrolment,
    RemoveDevice,
    RegenerateCodes,
    CheckSecondFactor,
    ExpireBypass,
    ReportUnrecognised,
    UnfreezeAccount,
    UnlockAccount,
    EraseCustomer,
}

commands! {
    /// A command about the tenant itself.
    TenantCommand about Tenant: Tenant by TenantRule,
    CreateTenant,
    ChangePolicy,
    AuthoriseAdmin,
    SuspendAdmin,
    IssueApiKey,
    RevokeApiKey,
    RotateSigningKey,
    RecordAuditAccess,
    SignOffReview,
    PlaceLegalHold,
    LiftLegalHold,
}

impl AccountCommand {
    /// Which account; a command that makes a new one takes its id from `fresh`.
    pub fn account(&self, fresh: FreshId) -> AccountId {
        self.rule().account(fresh)
    }
}

impl Command {
    /// The name of the command, for logs and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Account(command) => command.name(),
            Self::Tenant(command) => command.name(),
        }
    }

    /// Personal data that the command brings.
    pub fn personal(&self) -> Personal<'_> {
        match self {
            Self::Account(command) => command.personal(),
            Self::Tenant(command) => command.personal(),
        }
    }
}
