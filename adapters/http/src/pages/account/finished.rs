//! `GET /my-account/finished`: what happened in the recovery that is over.

use askama::Template;
use axum::response::IntoResponse;
use readmit::{CaseEnd, CaseRecord, RecoveryQuery};

use super::codes;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Standing, Visitor};
use crate::pages::when::When;

#[derive(Template)]
#[template(path = "portal/finished.html")]
struct FinishedPage {
    chrome: Chrome,
    happened: Vec<(&'static str, When)>,
    tenant: String,
}

pub(super) async fn show(visitor: Visitor) -> Result<impl IntoResponse, Refused> {
    let own = visitor.own().await?;
    if own.standing != Standing::RecoveryOver {
        return Err(Refused::Elsewhere("/portal".to_owned()));
    }
    if codes::are_shown(&visitor, &own) {
        // They have not been saved yet.
        return Err(Refused::Elsewhere("/codes".to_owned()));
    }
    let views = own.tenant().views().await?;
    // It ended a moment ago.
    views.caught_up().await?;
    let last = views.recoveries(&RecoveryQuery::new().account(own.id).limit(1)).await?;
    let Some(record) = last.items.into_iter().next().map(|row| row.record).filter(is_completed)
    else {
        return Err(Refused::Elsewhere("/my-account".to_owned()));
    };
    let at = |step: &Option<readmit::Step>| step.as_ref().map(|step| step.at);
    let happened = [
        ("finished-off", at(&record.mfa_disabled)),
        ("finished-device", at(&record.device_enrolled)),
        ("finished-codes", record.ended.map(|(at, _)| at)),
        ("finished-over", record.ended.map(|(at, _)| at)),
    ];
    Ok(Page(FinishedPage {
        happened: happened.into_iter().filter_map(|(what, at)| Some((what, at?.into()))).collect(),
        tenant: own.tenant().name().to_owned(),
        chrome: own.chrome,
    }))
}

fn is_completed(record: &CaseRecord) -> bool {
    matches!(record.ended, Some((_, CaseEnd::Completed { .. })))
}
