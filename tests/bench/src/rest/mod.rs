//! The REST API under load, over TCP on this machine: `readmit serve` as it is shipped.
//!
//! | module | what it holds |
//! |---|---|
//! | `people` | who is there before |
//! | `service`, `client` | the service; one connection to it |
//! | `load` | callers that go on for a while |
//! | `checks`, `stories` | what they do |

mod checks;
pub mod client;
mod load;
pub mod people;
pub mod service;
mod stories;

use std::sync::Arc;

use readmit_bench_driver::{Fallible, Figures, median, medians};
use serde_json::json;

use crate::database::Database;
use crate::phone::Phone;
use crate::plan::Plan;
use crate::report::Target;
use checks::Checks;
use client::Client;
use load::Caller;
use people::{Customer, People};
use service::{Service, cpu_seconds_of};
use stories::Stories;

/// Each with one request at a time on it.
const CONNECTIONS: usize = 64;
/// Commands of a story.
const COMMANDS: usize = 6;
const PASSWORD: &str = "correct horse battery staple";

/// Measures checks and stories in turn; prints them, and answers what became of the targets.
pub async fn run(database: &Database, plan: &Plan) -> Fallible<Vec<Target>> {
    let place = database.empty("rest").await?;
    let people = people::prepare(&place, plan.checked + plan.recovering).await?;
    let before = people.events;
    println!(
        "\n== {}: the REST API, {CONNECTIONS} connections that are kept alive",
        database.name()
    );
    println!(
        "   `readmit serve` in a process of its own, in plain HTTP: its read models kept up to"
    );
    println!(
        "   date, each request logged as JSON, no rates; every command under a key of its own."
    );
    println!("   {} customers and {before} events before.", people.customers.len());
    service::set_password(&plan.readmit, &place, people::BOB, PASSWORD).await?;
    let service = Service::start(&plan.readmit, &place).await?;
    let idle_mib = service.memory_mib();
    let (mut checks, mut stories) = (Measured::default(), Measured::default());
    let mut load = Callers::of(people, &service, plan).await?;
    for _ in 0..plan.rounds {
        load.checks = checks.round(load.checks, &service, plan).await?;
        load.stories = stories.round(load.stories, &service, plan).await?;
    }
    let after_mib = service.memory_mib();
    service.stop().await?;

    println!(
        "{:<30} {:>10} {:>9} {:>9} {:>7} {:>14} {:>8}",
        "", "per second", "p50 us", "p99 us", "errors", "cores: service", "callers"
    );
    let check = checks.told("second-factor checks");
    let story = stories.told("recovery stories of 6 commands");
    println!("{:<30} {idle_mib:>10.0}, {after_mib:.0}", "RSS MiB, idle and after");
    load.expect_all_stored(people::size(&place).await? - before)?;
    database.delete(place).await?;
    let on = |what| format!("{}, REST, {CONNECTIONS} connections: {what}", database.name());
    Ok(vec![
        Target::at_least(on("checks/s"), 5e3, check.per_second),
        Target::at_least(on("stories/s"), 700.0, story.per_second),
        Target::at_most(on("errors"), 0.0, (check.errors + story.errors) as f64),
    ])
}

/// Who is measured: of each kind as many as there are connections.
struct Callers {
    checks: Vec<Checks>,
    stories: Vec<Stories>,
}

impl Callers {
    async fn of(people: People, service: &Service, plan: &Plan) -> Fallible<Self> {
        let People { service: key, bob, mut customers, .. } = people;
        let session = sign_in(service, bob).await?;
        let (mut checks, mut stories) = (Vec::new(), Vec::new());
        for customers in shared_out(customers.split_off(plan.recovering)) {
            checks.push(Checks { key: Arc::clone(&key), customers, made: 0 });
        }
        for customers in shared_out(customers) {
            let (key, session) = (Arc::clone(&key), Arc::clone(&session));
            stories.push(Stories { key, session, customers, told: 0 });
        }
        Ok(Self { checks, stories })
    }

    /// Every command that was answered is an event at least.
    fn expect_all_stored(&self, events: u64) -> Fallible<()> {
        let checks: usize = self.checks.iter().map(|caller| caller.made).sum();
        let stories: usize = self.stories.iter().map(|caller| caller.told).sum();
        println!("{events} events of {checks} checks and {stories} stories, unmeasured ones too");
        if usize::try_from(events)? < checks + stories * COMMANDS {
            return Err("a command was answered and is not in the ledger".into());
        }
        Ok(())
    }
}

/// An admin signs in with both factors; answers the token.
async fn sign_in(service: &Service, mut bob: Phone) -> Fallible<Arc<str>> {
    let mut client = Client::connect(service.address).await?;
    let body = json!({"tenant": people::TENANT, "login": people::BOB, "password": PASSWORD});
    let begun = client.post("/api/v1/sessions", "", body).await?.text("token")?;
    let (path, body) = ("/api/v1/sessions/current/second-factor", json!({"totp": bob.code()?}));
    Ok(client.post(path, &begun, body).await?.text("token")?.into())
}

/// As many parts as there are connections, all of one size.
fn shared_out(mut customers: Vec<Customer>) -> Vec<Vec<Customer>> {
    let each = customers.len() / CONNECTIONS;
    (0..CONNECTIONS).map(|_| customers.split_off(customers.len() - each)).collect()
}

/// What came of the rounds of one kind of load.
#[derive(Default)]
struct Measured {
    rounds: Vec<Figures>,
    /// Cores at work: those of the service, and those of its callers.
    cores: Vec<[f64; 2]>,
}

impl Measured {
    async fn round<C: Caller>(
        &mut self,
        callers: Vec<C>,
        service: &Service,
        plan: &Plan,
    ) -> Fallible<Vec<C>> {
        let cpu = || [service.cpu_seconds(), cpu_seconds_of("self")];
        let (begun, before) = (std::time::Instant::now(), cpu());
        let (figures, callers) = load::drive(callers, service.address, plan.rest_round).await?;
        let (elapsed, after) = (begun.elapsed().as_secs_f64(), cpu());
        self.rounds.push(figures);
        self.cores.push([0, 1].map(|whose| (after[whose] - before[whose]) / elapsed));
        Ok(callers)
    }

    /// Prints the medians.
    fn told(&self, what: &str) -> Figures {
        let medians = medians(&self.rounds);
        let Figures { per_second, p50_us, p99_us, errors } = medians;
        let [service, callers] =
            [0, 1].map(|whose| median(self.cores.iter().map(|cores| cores[whose])));
        println!(
            "{what:<30} {per_second:>10.0} {p50_us:>9.0} {p99_us:>9.0} {errors:>7} \
             {service:>14.2} {callers:>8.2}"
        );
        medians
    }
}
