//! The auditor's desk: what it shows, what can be taken along, and that looking leaves a trace.
//!
//! | file | what is looked at |
//! |---|---|
//! | `verified.rs` | the banner, and a checkpoint that was kept |
//! | `alerts.rs` | what is worth a look |
//! | `register.rs` | the register, on a page and as CSV |
//! | `case.rs`, `review.rs` | one case; its sign-off |
//! | `report.rs` | the report and the sample |
//! | `taken.rs` | what is taken along |
//! | `who.rs` | who may look, and the trace that they leave |

mod alerts;
mod case;
mod register;
mod report;
mod review;
mod taken;
mod verified;
mod who;

use readmit::{AccountId, AuditSubject, CustomerId, Event, Role};
use readmit_tests::Result;
use serde_json::json;

use crate::office::Office;
use crate::sign_in::{staff, with_alice};
use crate::visit::Visitor;

/// What was noted with the grant.
const NOTE: &str = "She called from the airport.";

/// An office in which Alice's recovery is complete; with the id of it.
async fn recovered() -> Result<(Office, String)> {
    recovered_by(Role::RecoveryAdmin).await
}

/// The same, granted by an admin of this role.
async fn recovered_by(role: Role) -> Result<(Office, String)> {
    let (office, alice) = with_alice().await?;
    let bob = office.sign_in(role).await;
    let path = format!("/api/v1/customers/{}/bypasses", alice.id);
    let terms = json!({"reason": "lost_device", "ticket": "INC-4711", "note": NOTE});
    office.post(&path, &bob, terms).await.expect(201);
    let path = format!("/api/v1/customers/{}/bypass-redemptions", alice.id);
    let hers = office.post(&path, &office.service, json!({})).await.expect(201).text_of("token");
    office.act("/api/v1/recovery/mfa-off", &hers).await;
    office.set_up_in_recovery(&hers).await?;
    let codes = office.act("/api/v1/recovery/codes", &hers).await;
    let recovery = codes.text_of("completed");
    // As it would be a second later.
    office.tenant.checkpoint().await?;
    Ok((office, recovery))
}

/// What was looked at, by the events of the ledger from a position on.
async fn looked_at(office: &Office, from: u64) -> Result<Vec<AuditSubject>> {
    let leaves = office.tenant.leaves(from).await?;
    let events = leaves.iter().map(|leaf| readmit::Envelope::decode(leaf));
    let mut subjects = Vec::new();
    for event in events {
        if let Event::AuditAccessed(data) = event?.event {
            subjects.push(data.what);
        }
    }
    Ok(subjects)
}

async fn audrey(office: &Office) -> Visitor<'_> {
    let visitor = Visitor::new(office);
    staff(&visitor, Role::Auditor).await.expect(200, "/audit");
    visitor
}

async fn alice(office: &Office) -> Result<CustomerId> {
    match office.tenant.find("alice@example.com").await? {
        Some(AccountId::Customer(alice)) => Ok(alice),
        _ => Err("Alice is no customer".into()),
    }
}
