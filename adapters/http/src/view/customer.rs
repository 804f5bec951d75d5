//! A customer: whole, in a list, and what their password is worth.

use readmit::{
    Account, AccountRecord, BypassId, Case, CodeSet, CustomerId, CustomerRow, CustomerStatus,
    DeviceId, IdentityCheck, Lock, Login, Methods, PersonName, Progress, Proof, Reason, RecoveryId,
    SignIn, Stage, Ticket, Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::schema;

/// The second factor of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mfa {
    /// Never had a device.
    NotSetUp,
    /// One active device or more.
    On,
    /// Turned off.
    Off,
}

impl From<&Account> for Mfa {
    fn from(account: &Account) -> Self {
        match account.mfa {
            readmit::Mfa::NotSetUp => Self::NotSetUp,
            readmit::Mfa::On { .. } => Self::On,
            readmit::Mfa::Off => Self::Off,
        }
    }
}

/// A customer at one moment.
#[derive(Serialize, ToSchema)]
#[schema(as = Customer)]
pub(crate) struct CustomerView {
    /// Who.
    #[schema(value_type = schema::CustomerId)]
    customer: CustomerId,
    /// What they sign in with; not there once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Login>, nullable = false)]
    login: Option<Login>,
    /// Whether they have a second factor.
    mfa: Mfa,
    /// Their active devices.
    #[schema(value_type = Vec<schema::DeviceId>)]
    devices: Vec<DeviceId>,
    /// Recovery codes that can still be used; not there if there is no set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    codes_left: Option<u8>,
    /// Until when a device that is being set up can be confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    enrolment_until: Option<Timestamp>,
    /// The recovery that is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    recovery: Option<OpenRecovery>,
    /// Wrong codes in a row.
    failures: u32,
    /// Whether too many of them have locked the account.
    locked: bool,
    /// Until when; if it is locked and this is not there, an admin must unlock it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    locked_until: Option<Timestamp>,
    /// Whether they said "this wasn't me".
    frozen: bool,
    /// Whether their personal data is destroyed.
    erased: bool,
    /// Rises whenever sessions that were made earlier must die.
    session_epoch: u32,
    /// When a second factor or a bypass last let them in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    last_sign_in: Option<Timestamp>,
    /// How many events there are about them: the `ETag`.
    version: u64,
}

impl CustomerView {
    /// A customer as they were at a moment.
    pub(crate) fn new(customer: CustomerId, record: AccountRecord, at: Timestamp) -> Self {
        let AccountRecord { account, login, last_sign_in, version, .. } = record;
        let lock = account.lock_at(at);
        let enrolment = account.enrolment.map(|enrolment| enrolment.until);
        Self {
            customer,
            login,
            mfa: Mfa::from(&account),
            devices: account.devices().iter().map(|device| device.id).collect(),
            codes_left: account.codes().map(CodeSet::left),
            enrolment_until: enrolment.filter(|until| at < *until),
            recovery: account.case.as_ref().filter(|case| at < case.due()).map(OpenRecovery::from),
            failures: account.failures,
            locked: lock.is_some(),
            locked_until: lock.and_then(|Lock { until }| until),
            frozen: account.frozen,
            erased: account.erased,
            session_epoch: account.session_epoch,
            last_sign_in,
            version,
        }
    }

    pub(crate) const fn version(&self) -> u64 {
        self.version
    }
}

/// A recovery that is open.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenRecovery {
    /// The case.
    #[schema(value_type = schema::RecoveryId)]
    recovery: RecoveryId,
    /// Its bypass.
    #[schema(value_type = schema::BypassId)]
    bypass: BypassId,
    /// How far it has come.
    #[schema(value_type = schema::Stage)]
    stage: Stage,
    /// From when the bypass holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    from: Option<Timestamp>,
    /// When it ends by itself.
    #[schema(value_type = schema::Timestamp)]
    until: Timestamp,
    /// How often the bypass was redeemed.
    uses: u8,
    /// How often it may be.
    max_uses: u8,
    /// Until when the newest recovery session lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    session_until: Option<Timestamp>,
    /// What redeeming it takes.
    #[schema(value_type = schema::Proof)]
    proof: Proof,
    /// Why the customer needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Reason>, nullable = false)]
    reason: Option<Reason>,
    /// The reference in the ticket system.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Ticket>, nullable = false)]
    ticket: Option<Ticket>,
    /// How the caller's identity was checked.
    #[schema(value_type = schema::IdentityCheck)]
    identity_check: IdentityCheck,
    /// Networks that it may be redeemed from; any if empty.
    #[schema(value_type = Vec<schema::Network>)]
    networks: Vec<ipnet::IpNet>,
}

impl From<&Case> for OpenRecovery {
    fn from(case: &Case) -> Self {
        let (from, uses, session_until) = match &case.progress {
            Progress::Awaiting { from, .. } => (*from, 0, None),
            Progress::Open(open) => (Some(open.from), open.uses, open.session_until),
        };
        let terms = case.terms.clone();
        Self {
            recovery: case.recovery,
            bypass: case.bypass,
            stage: case.stage(),
            from,
            until: case.due(),
            uses,
            max_uses: terms.max_uses,
            session_until,
            proof: terms.proof,
            reason: terms.reason,
            ticket: terms.ticket,
            identity_check: terms.identity_check,
            networks: terms.networks,
        }
    }
}

/// A customer in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct CustomerListed {
    /// Who.
    #[schema(value_type = schema::CustomerId)]
    customer: CustomerId,
    /// What they sign in with; not there once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Login>, nullable = false)]
    login: Option<Login>,
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::PersonName>, nullable = false)]
    name: Option<PersonName>,
    /// What matters most of them.
    #[schema(value_type = schema::CustomerStatus)]
    status: CustomerStatus,
    /// Whether they have a second factor.
    mfa: Mfa,
    /// Recovery codes that can still be used; not there if there is no set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    codes_left: Option<u8>,
    /// How far their open recovery has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Stage>, nullable = false)]
    stage: Option<Stage>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    until: Option<Timestamp>,
    /// When they became known.
    #[schema(value_type = schema::Timestamp)]
    registered_at: Timestamp,
    /// When a second factor or a bypass last let them in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    last_sign_in: Option<Timestamp>,
}

impl CustomerListed {
    pub(crate) fn new(row: CustomerRow, now: Timestamp) -> Self {
        Self {
            status: row.status(now),
            mfa: Mfa::from(&row.account),
            codes_left: row.codes_left(),
            stage: row.stage(now),
            until: row.until(now),
            customer: row.customer,
            registered_at: row.registered_at,
            last_sign_in: row.last_sign_in,
            login: row.login,
            name: row.name,
        }
    }
}

/// What a right password is worth now. Check the password first: this looks at MFA alone.
#[derive(Serialize, ToSchema)]
#[schema(as = SignIn)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub(crate) enum SignInView {
    /// Ask for a second factor.
    SecondFactor {
        /// What it can be shown with.
        methods: MethodsView,
    },
    /// Offer the bypass: redeeming it begins the recovery.
    Bypass {
        /// The bypass.
        #[schema(value_type = schema::BypassId)]
        bypass: BypassId,
        /// What redeeming it takes.
        #[schema(value_type = schema::Proof)]
        proof: Proof,
        /// Until when.
        #[schema(value_type = schema::Timestamp)]
        until: Timestamp,
        /// What else would do, if MFA is on.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        methods: Option<MethodsView>,
    },
    /// Let them set up MFA, and nothing else.
    EnrolmentOnly,
    /// Let them in.
    Allowed,
    /// Do not let them in.
    Refused {
        /// Why, as the codes of problems name it.
        #[schema(example = "locked")]
        code: &'static str,
        /// Why, in a sentence.
        detail: String,
    },
}

/// What a second factor can be shown with.
#[derive(Serialize, ToSchema)]
#[schema(as = Methods)]
pub(crate) struct MethodsView {
    /// The code of an authenticator app.
    totp: bool,
    /// A saved recovery code.
    recovery_code: bool,
}

impl From<Methods> for MethodsView {
    fn from(Methods { totp, recovery_code }: Methods) -> Self {
        Self { totp, recovery_code }
    }
}

impl From<SignIn> for SignInView {
    fn from(worth: SignIn) -> Self {
        match worth {
            SignIn::SecondFactor(methods) => Self::SecondFactor { methods: methods.into() },
            SignIn::Bypass(offer) => Self::Bypass {
                bypass: offer.bypass,
                proof: offer.proof,
                until: offer.until,
                methods: offer.second_factor.map(Into::into),
            },
            SignIn::EnrolmentOnly => Self::EnrolmentOnly,
            SignIn::Allowed => Self::Allowed,
            SignIn::Refused(why) => Self::Refused { code: why.kind(), detail: why.to_string() },
            _ => Self::Refused {
                code: "internal",
                detail: "this version does not know the answer".to_owned(),
            },
        }
    }
}
