//! `admin enrol`: an admin sets up their authenticator app at the terminal.

use std::fmt;

use readmit::{
    Actor, ConfirmEnrolment, DeviceId, Done, Enrolled, Enrolment, Error, Mfa, Refusal,
    RegenerateCodes, StartEnrolment, Tenant, Timestamp,
};
use serde::Serialize;

use crate::acting::Acting;
use crate::args::AccountName;
use crate::context::Context;
use crate::error::CliError;
use crate::output::fields;
use crate::people::{People, Person};
use crate::prompt;
use crate::words;

/// What the app must be told.
#[derive(Serialize)]
struct ForTheApp {
    admin: Person,
    device: DeviceId,
    until: Timestamp,
    secret: String,
    otpauth_uri: String,
}

impl fmt::Display for ForTheApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let characters: Vec<char> = self.secret.chars().collect();
        let groups: Vec<String> = characters.chunks(4).map(String::from_iter).collect();
        fields(f, [("secret", groups.join(" ")), ("address", self.otpauth_uri.clone())])
    }
}

/// What the admin has now.
#[derive(Serialize)]
struct SetUp {
    admin: Person,
    device: DeviceId,
    /// None if the admin keeps those they have.
    recovery_codes: Option<Vec<String>>,
}

impl fmt::Display for SetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes = self.recovery_codes.iter().flatten();
        codes.into_iter().try_for_each(|code| writeln!(f, "{code}"))
    }
}

pub(crate) async fn run(
    context: &Context,
    tenant: &Tenant,
    name: &AccountName,
) -> Result<(), CliError> {
    let mut people = People::of(tenant).await?;
    let id = people.admin(name).await?;
    let admin = people.person(id).await?;
    let before = tenant.account(id).await?;
    let actor = match before.mfa {
        Mfa::On { .. } => {
            context.output.talk("They have an authenticator app already: this adds another.");
            Acting::new(tenant, &mut people, name).await?.show_code(context).await?
        }
        Mfa::NotSetUp | Mfa::Off => Actor::admin(id),
    };
    let started = tenant.execute(&actor, StartEnrolment::new(id)).await?;
    show_secret(context, tenant, &admin, &started)?;
    let confirmed = confirm(context, tenant, &admin, &started).await?;
    let recovery_codes = match before.codes() {
        Some(_) => None,
        None => Some(new_codes(tenant, &admin, confirmed.at).await?),
    };
    let device = confirmed.device;
    show_codes(context, confirmed.position, &SetUp { admin, device, recovery_codes })
}

fn show_secret(
    context: &Context,
    tenant: &Tenant,
    admin: &Person,
    started: &Done<Enrolment>,
) -> Result<(), CliError> {
    let secret = started.secret.as_ref();
    let secret = secret.ok_or_else(|| CliError::Damaged("no secret was made".to_owned()))?;
    let address = secret.otpauth_uri(tenant.name(), &admin.to_string());
    let address = address.map_err(|error| CliError::Damaged(error.to_string()))?;
    context.output.talk(format!(
        "Type the secret into the authenticator app of {admin}, or make a QR code of the address.\n\
         Both are shown this once."
    ));
    let for_the_app = ForTheApp {
        admin: admin.clone(),
        device: started.device,
        until: started.until,
        secret: secret.expose_base32().as_str().to_owned(),
        otpauth_uri: address.as_str().to_owned(),
    };
    context.output.answer_recorded(started.position, &for_the_app)?;
    let until = words::moment(started.until);
    context.output.talk(format!("Then type the code that it shows, before {until}."));
    Ok(())
}

/// Asks for the first code of the app. A person may try again, until the engine says it is enough.
async fn confirm(
    context: &Context,
    tenant: &Tenant,
    admin: &Person,
    started: &Done<Enrolment>,
) -> Result<Done<Enrolled>, CliError> {
    loop {
        let code = prompt::totp_code("Code that the new app shows")?;
        let confirm = ConfirmEnrolment::new(admin.id, started.device, code);
        match tenant.execute(&Actor::person(admin.id), confirm).await {
            Err(Error::Refused(why @ Refusal::EnrolmentCodeWrong { attempts_left: 1.. }))
                if prompt::is_answered_by_a_person() =>
            {
                context.output.talk(why);
            }
            answer => return Ok(answer?),
        }
    }
}

async fn new_codes(
    tenant: &Tenant,
    admin: &Person,
    confirmed_at: Timestamp,
) -> Result<Vec<String>, CliError> {
    let actor = Actor::person(admin.id).with_second_factor(confirmed_at);
    let generated = tenant.execute(&actor, RegenerateCodes::new(admin.id)).await?;
    Ok(generated.codes.iter().map(|code| code.expose().as_str().to_owned()).collect())
}

fn show_codes(context: &Context, position: u64, set_up: &SetUp) -> Result<(), CliError> {
    let admin = &set_up.admin;
    context.output.talk(match &set_up.recovery_codes {
        Some(_) => format!(
            "{admin} is set up. Recovery codes, shown this once, each good for one sign-in:"
        ),
        None => format!("{admin} has another device. Their recovery codes stay good."),
    });
    context.output.answer_recorded(position, set_up)
}
