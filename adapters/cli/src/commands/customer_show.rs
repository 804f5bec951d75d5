//! `customer show`: one customer, now or at a moment in the past.

use std::fmt;

use readmit::{
    Account, AccountRecord, BypassId, Case, CodeSet, CustomerId, DeviceId, Lock, Login, Progress,
    RecoveryId, SignIn, Stage, Tenant, Terms, Timestamp, Until,
};
use serde::Serialize;

use crate::as_of::AsOf;
use crate::commands::customer::ShowArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::output::fields;
use crate::people::People;
use crate::words;

#[derive(Serialize)]
struct Shown {
    login: Option<Login>,
    customer: CustomerId,
    as_of: AsOf,
    mfa: &'static str,
    devices: Vec<DeviceId>,
    codes_left: Option<u8>,
    codes: Option<usize>,
    enrolment_until: Option<Timestamp>,
    recovery: Option<Open>,
    failures: u32,
    locked: bool,
    locked_until: Option<Timestamp>,
    frozen: bool,
    erased: bool,
    session_epoch: u32,
    last_sign_in: Option<Timestamp>,
    sign_in: Option<Worth>,
}

#[derive(Serialize)]
struct Open {
    recovery: RecoveryId,
    bypass: BypassId,
    stage: Stage,
    from: Option<Timestamp>,
    until: Timestamp,
    uses: u8,
    session_until: Option<Timestamp>,
    terms: Terms,
}

/// What a correct password is worth now.
#[derive(Serialize)]
struct Worth {
    answer: &'static str,
    message: String,
}

pub(super) async fn run(
    context: &Context,
    tenant: &Tenant,
    args: &ShowArgs,
) -> Result<(), CliError> {
    let id = People::of(tenant).await?.customer(&args.customer).await?;
    let as_of = AsOf::of(context, tenant, args.at, args.position).await?;
    let Some(view) = tenant.as_of(as_of.until).customer(&id).await? else {
        let at = words::moment(as_of.at);
        return Err(CliError::NotFound(format!("this customer was not registered yet at {at}")));
    };
    let worth = match as_of.until {
        Until::Now => Some(Worth::of(&tenant.sign_in(id).await?)),
        Until::Time(_) | Until::Position(_) => None,
    };
    context.output.answer(&Shown::new(id, view, as_of, worth))
}

impl Shown {
    fn new(customer: CustomerId, view: AccountRecord, as_of: AsOf, sign_in: Option<Worth>) -> Self {
        let AccountRecord { account, login, last_sign_in, .. } = view;
        let lock = account.lock_at(as_of.at);
        Self {
            login,
            customer,
            as_of,
            mfa: words::mfa(&account.mfa),
            devices: account.devices().iter().map(|device| device.id).collect(),
            codes_left: account.codes().map(CodeSet::left),
            codes: account.codes().map(|codes| codes.used.len()),
            enrolment_until: enrolment_until(&account, as_of.at),
            // A case whose time is over has ended, even if nobody has recorded it yet.
            recovery: account.case.filter(|case| as_of.at < case.due()).map(Open::new),
            failures: account.failures,
            locked: lock.is_some(),
            locked_until: lock.and_then(|Lock { until }| until),
            frozen: account.frozen,
            erased: account.erased,
            session_epoch: account.session_epoch,
            last_sign_in,
            sign_in,
        }
    }

    fn guards(&self) -> String {
        let locked = match self.locked_until {
            Some(until) => format!("locked until {}", words::moment(until)),
            None => "locked until an admin unlocks it".to_owned(),
        };
        let failures = format!("{} wrong code(s) in a row", self.failures);
        let frozen = "frozen: the customer said \"this wasn't me\"".to_owned();
        let guards = [
            (self.erased, "erased".to_owned()),
            (self.frozen, frozen),
            (self.locked, locked),
            (self.failures > 0, failures),
        ];
        let present: Vec<String> =
            guards.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect();
        if present.is_empty() { "none".to_owned() } else { present.join("; ") }
    }

    fn devices(&self) -> String {
        let ids: Vec<String> = self.devices.iter().map(ToString::to_string).collect();
        let enrolling = self
            .enrolment_until
            .map(|until| format!("one is being set up until {}", words::moment(until)));
        let all: Vec<String> = ids.into_iter().chain(enrolling).collect();
        if all.is_empty() { "none".to_owned() } else { all.join(", ") }
    }

    fn codes(&self) -> String {
        match (self.codes_left, self.codes) {
            (Some(left), Some(all)) => format!("{left} of {all} left"),
            _ => "none".to_owned(),
        }
    }
}

fn enrolment_until(account: &Account, at: Timestamp) -> Option<Timestamp> {
    account.enrolment.map(|enrolment| enrolment.until).filter(|until| at < *until)
}

impl Open {
    fn new(case: Case) -> Self {
        let (stage, until) = (case.stage(), case.due());
        let (from, uses, session_until) = match &case.progress {
            Progress::Awaiting { from, .. } => (*from, 0, None),
            Progress::Open(open) => (Some(open.from), open.uses, open.session_until),
        };
        let Case { recovery, bypass, terms, .. } = case;
        Self { recovery, bypass, stage, from, until, uses, session_until, terms }
    }

    fn state(&self, at: Timestamp) -> String {
        let until = words::until(self.until, at);
        match self.from.filter(|from| at < *from) {
            Some(from) => {
                let from = words::moment(from);
                format!("{}, from {from}, until {until}", words::stage(self.stage))
            }
            None => format!("{}, until {until}", words::stage(self.stage)),
        }
    }

    fn terms(&self) -> String {
        let Terms { reason, ticket, proof, max_uses, networks, .. } = &self.terms;
        let networks: Vec<String> = networks.iter().map(ToString::to_string).collect();
        let parts = [
            words::reason(*reason),
            ticket.as_ref().map(|ticket| ticket.as_str().to_owned()).unwrap_or_default(),
            format!("with {}", words::proof(*proof)),
            format!("used {} of {max_uses}", self.uses),
            if networks.is_empty() {
                String::new()
            } else {
                format!("from {}", networks.join(", "))
            },
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

impl Worth {
    fn of(worth: &SignIn) -> Self {
        Self { answer: words::sign_in_name(worth), message: words::sign_in(worth) }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.as_of.at;
        let login = self.login.as_ref().map(|login| login.as_str().to_owned());
        let as_of = match (self.as_of.until, self.as_of.position) {
            (Until::Now, _) => String::new(),
            (_, Some(position)) => format!("event {position}, {at}"),
            (_, None) => at.to_string(),
        };
        let recovery = self.recovery.as_ref();
        fields(
            f,
            [
                ("customer", login.unwrap_or_else(|| "(erased)".to_owned())),
                ("id", self.customer.to_string()),
                ("as of", as_of),
                ("mfa", self.mfa.replace('_', " ")),
                ("devices", self.devices()),
                ("recovery codes", self.codes()),
                ("recovery", recovery.map_or_else(|| "none".to_owned(), |open| open.state(at))),
                ("  terms", recovery.map(Open::terms).unwrap_or_default()),
                ("  id", recovery.map(|open| open.recovery.to_string()).unwrap_or_default()),
                ("guards", self.guards()),
                ("session epoch", self.session_epoch.to_string()),
                (
                    "last sign-in",
                    self.last_sign_in.map_or_else(|| "never".to_owned(), words::moment),
                ),
                (
                    "password now",
                    self.sign_in.as_ref().map(|it| it.message.clone()).unwrap_or_default(),
                ),
            ],
        )
    }
}
