//! `/security`: devices, codes and password, for who has shown a second factor.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use readmit::{CodeSet, CommandId, DeviceId, RemoveDevice, Timestamp};

use super::device::first_show_a_code;
use super::{Act, draw};
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Standing, Visitor};
use crate::pages::when::When;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "portal/security.html")]
struct SecurityPage {
    chrome: Chrome,
    /// Each with when it was set up.
    devices: Vec<(DeviceId, Option<When>, CommandId)>,
    codes: Option<u8>,
    /// Whether passwords are kept here, so that it can be changed here.
    password: bool,
    command: CommandId,
    another: CommandId,
}

pub(super) async fn show(visitor: Visitor) -> Result<impl IntoResponse, Refused> {
    let own = visitor.own().await?;
    match own.standing {
        Standing::SecondFactor { .. } | Standing::Password => {}
        _ => return Err(Refused::Elsewhere("/my-account".to_owned())),
    }
    let mut devices = Vec::new();
    for device in own.account.devices() {
        devices.push((device.id, since(device.id), draw(&visitor)?));
    }
    Ok(Page(SecurityPage {
        devices,
        codes: own.account.codes().map(CodeSet::left),
        password: visitor.app.passwords.table().is_some(),
        command: draw(&visitor)?,
        another: draw(&visitor)?,
        chrome: own.chrome,
    }))
}

/// When a device was set up: its id was drawn then (a UUID of version 7, RFC 9562).
fn since(device: DeviceId) -> Option<When> {
    let (seconds, _) = device.uuid().get_timestamp()?.to_unix();
    let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
    Some(Timestamp::from_unix_micros(micros).into())
}

pub(super) async fn remove_device(
    visitor: Visitor,
    Path(device): Path<String>,
    Form(act): Form<Act>,
) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    let device: DeviceId = device.parse().map_err(|_| Problem::not_found())?;
    let command = RemoveDevice::new(own.id, device);
    match own.tenant().execute(&own.actor(), command).with_id(act.command).await {
        Ok(_) => Ok(Redirect::to("/security").into_response()),
        Err(error) => Err(first_show_a_code(&own, error.into())),
    }
}
