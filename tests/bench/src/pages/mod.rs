//! The web pages, over TCP on this machine: one visitor, who opens one page after the other.
//!
//! An admin who is owner and auditor signs in by the API; the session's token is the pages' cookie.
//! There is a past: recoveries that are over, and an auditor who has looked often, of which each look is
//! an event of the tenant.

mod past;

use std::time::Instant;

use readmit_bench_driver::{Fallible, figures};
use serde_json::json;

use crate::database::Database;
use crate::phone::Phone;
use crate::plan::Plan;
use crate::report::Target;
use crate::rest::client::Client;
use crate::rest::people::{self, People};
use crate::rest::service::{self, Service};

const PASSWORD: &str = "correct horse battery staple";
/// Recoveries that are open while pages are opened.
const OPEN: usize = 100;
/// A page is to be made in so much time.
const LIMIT_US: f64 = 50_000.0;

/// Opens each page again and again; prints how long the server took.
pub async fn run(database: &Database, plan: &Plan) -> Fallible<Vec<Target>> {
    let place = database.empty("pages").await?;
    let people = people::prepare(&place, plan.visited).await?;
    past::live_through(&place, &people, plan.over, plan.looks).await?;
    println!(
        "\n== {}: the web pages, with {} customers, {} recoveries that are over, {} looks of auditors",
        database.name(),
        people.customers.len(),
        plan.over,
        plan.looks
    );
    println!("   one visitor with one connection; microseconds from request to whole answer");
    service::set_password(&plan.readmit, &place, people::BOB, PASSWORD).await?;
    let service = Service::start(&plan.readmit, &place).await?;
    let People { bob, customers, .. } = people;
    let mut client = Client::connect(service.address).await?;
    let token = sign_in(&mut client, bob).await?;
    let mut case = String::new();
    for customer in customers.iter().take(OPEN) {
        let path = format!("/api/v1/customers/{}/bypasses", customer.id);
        case =
            client.post(&path, &token, json!({"reason": "lost_device"})).await?.text("recovery")?;
    }
    println!("{:<44} {:>9} {:>9} {:>9}", "", "p50 us", "p99 us", "bytes");
    let mut slowest = 0.0_f64;
    let id = customers[OPEN].id.to_string();
    for page in pages(&id, &case) {
        let (mut took, mut bytes, all) = (Vec::new(), 0, Instant::now());
        for _ in 0..plan.visits {
            let begun = Instant::now();
            bytes = client.page(&page, &token).await?;
            took.push(begun.elapsed());
        }
        let taken = figures(plan.visits, all.elapsed(), took);
        let shown = page.replace(&id, "…").replace(&case, "…");
        println!("{shown:<44} {:>9.0} {:>9.0} {bytes:>9}", taken.p50_us, taken.p99_us);
        slowest = slowest.max(taken.p99_us);
    }
    service.stop().await?;
    database.delete(place).await?;
    let what =
        format!("{}, {} customers: p99 of the slowest page, us", database.name(), plan.visited);
    Ok(vec![Target::at_most(what, LIMIT_US, slowest)])
}

/// Every page that is opened by its address alone.
fn pages(customer: &str, case: &str) -> Vec<String> {
    let of = |path: &str| path.replace("CUSTOMER", customer).replace("CASE", case);
    [
        "/sign-in",
        "/portal",
        "/security",
        "/console/customers",
        "/console/customers?q=customer-4",
        "/console/customers?status=on&sort=codes_left",
        "/console/customers/CUSTOMER",
        "/console/customers/CUSTOMER/grant",
        "/console/bypasses",
        "/console/admins",
        "/console/keys",
        "/console/policy",
        "/audit",
        "/audit/recoveries",
        "/audit/recoveries/CASE",
        "/audit/recoveries?ended=revoked",
        "/audit/report",
        "/audit/sample",
    ]
    .map(of)
    .into()
}

async fn sign_in(client: &mut Client, mut bob: Phone) -> Fallible<String> {
    let body = json!({"tenant": people::TENANT, "login": people::BOB, "password": PASSWORD});
    let begun = client.post("/api/v1/sessions", "", body).await?.text("token")?;
    let (path, body) = ("/api/v1/sessions/current/second-factor", json!({"totp": bob.code()?}));
    client.post(path, &begun, body).await?.text("token")
}
