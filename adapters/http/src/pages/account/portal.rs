//! `GET /portal`: where a customer begins.

use askama::Template;
use axum::response::IntoResponse;
use readmit::{CodeSet, Mfa};

use super::is_open;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Standing, Visitor};
use crate::pages::when::When;

#[derive(Template)]
#[template(path = "portal/portal.html")]
struct PortalPage {
    chrome: Chrome,
    mfa: &'static str,
    devices: usize,
    codes: Option<u8>,
    /// Until when the recovery goes on that is open for them.
    recovery: Option<When>,
    /// Whether somebody else may be in a recovery, or may begin one.
    elsewhere: bool,
    /// Whether their first device is still to be set up.
    first: bool,
    /// Whether a second factor was shown, so that devices and codes can be seen to.
    whole: bool,
}

pub(super) async fn show(visitor: Visitor) -> Result<impl IntoResponse, Refused> {
    let own = visitor.own().await?;
    let mfa = match &own.account.mfa {
        Mfa::On { .. } => "on",
        Mfa::Off => "off",
        Mfa::NotSetUp => "unset",
    };
    let recovery = match own.standing {
        Standing::Recovery { until } => Some(until.into()),
        Standing::RecoveryOver => return Err(Refused::Elsewhere("/my-account".to_owned())),
        _ => None,
    };
    Ok(Page(PortalPage {
        mfa,
        devices: own.account.devices().len(),
        codes: own.account.codes().map(CodeSet::left),
        recovery,
        elsewhere: recovery.is_none() && is_open(&own.account),
        first: own.standing == Standing::FirstSetUp,
        whole: matches!(own.standing, Standing::SecondFactor { .. } | Standing::Password),
        chrome: own.chrome,
    }))
}
