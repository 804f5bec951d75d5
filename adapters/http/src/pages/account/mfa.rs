//! `/my-account/mfa`: *MFA Modes* with its toggle, *MFA Recovery Options*.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use readmit::{CommandId, DisableMfa, Mfa, Stage};

use super::progress::{Rail, stage};
use super::{Act, draw, my_account};
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Own, Standing, Visitor};

#[derive(Template)]
#[template(path = "portal/mfa.html")]
struct MfaPage {
    chrome: Chrome,
    rail: Option<Rail>,
    modes: Modes,
    error: Option<String>,
    command: CommandId,
}

/// What the toggle shows, and what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Modes {
    /// The old device still works: it can be turned off.
    Old { devices: usize },
    /// There is no device: one can be set up.
    Off,
    /// The new device works: codes can be generated.
    New,
}

pub(super) async fn show(visitor: Visitor) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    if !own.standing.opens_my_account() {
        return my_account::closed(&visitor, own).await;
    }
    Ok(Page(page(&visitor, own, None).await?).into_response())
}

/// Turns MFA off: the old device and codes end for good.
pub(super) async fn turn_off(visitor: Visitor, Form(act): Form<Act>) -> Result<Response, Refused> {
    let own = visitor.own().await?;
    if !matches!(own.standing, Standing::Recovery { .. }) {
        return my_account::closed(&visitor, own).await;
    }
    let disable = own.tenant().execute(&own.actor(), DisableMfa::new(own.id));
    match disable.with_id(act.command).await {
        Ok(_) => Ok(Redirect::to("/my-account/mfa").into_response()),
        Err(readmit::Error::Refused(why)) => {
            let error = visitor.words().why(&why.into());
            Ok(unprocessable(page(&visitor, own, Some(error)).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(visitor: &Visitor, own: Own, error: Option<String>) -> Result<MfaPage, Refused> {
    let modes = match &own.account.mfa {
        Mfa::On { .. } if stage(&own.account) == Some(Stage::DeviceEnrolled) => Modes::New,
        Mfa::On { devices, .. } => Modes::Old { devices: devices.len() },
        Mfa::Off | Mfa::NotSetUp => Modes::Off,
    };
    let (rail, command) = (Rail::of(&own, visitor.app.engine.now()).await?, draw(visitor)?);
    Ok(MfaPage { rail, modes, error, command, chrome: own.chrome })
}
