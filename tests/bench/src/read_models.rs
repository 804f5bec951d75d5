//! Read models: how fast they catch up with a ledger, and what a page of a million customers costs.

use std::time::{Duration, Instant};

use readmit::{
    Actor, CustomerId, CustomerQuery, CustomerSort, CustomerStatus, RecoveryQuery,
    RegisterCustomer, Stage, Tenant, TimelineQuery, Views,
};
use tokio::task::JoinSet;

use crate::database::Database;
use crate::plan::Plan;
use crate::readmit_engine::Readmit;
use crate::report::Target;
use readmit_bench_driver::{Fallible, Figures, figures, memory_mib};

/// Tasks that register customers; nothing is measured while they do.
const PREPARING: usize = 256;
/// Of each kind of query.
const QUERIES: usize = 300;
/// Customers with a device and an open bypass, among all the others.
const WITH_BYPASS: usize = 1_000;

/// Measures on one database.
pub async fn run(database: &Database, plan: &Plan) -> Fallible<Vec<Target>> {
    let name = database.name();
    let mut targets = stories(database, plan).await?;
    let place = database.empty("read").await?;
    let mut readmit = Readmit::open(&place, 1).await?.enrol(WITH_BYPASS, 1).await?;
    register(&readmit, plan.customers).await?;
    readmit = readmit.reopened(&place).await?;
    let tenant = &readmit.tenants[0];
    let size = tenant.head().await?.size;
    println!("\n== {name}: read models of {} customers, {size} events", plan.customers);

    let (views, rate) = catch_up(tenant).await?;
    let what = format!("{name}: catch up with registrations alone, events/s");
    targets.push(Target::at_least(what, 5e4, rate));

    println!("{:<44} {:>9} {:>9}", "a page of 50", "p50 us", "p99 us");
    let mut worst = 0.0_f64;
    for (what, query) in customer_queries(&views).await? {
        let measured = measure(async || views.customers(&query).await.map(|_| ())).await?;
        worst = worst.max(told(what, &measured));
    }
    let id = readmit.customers[WITH_BYPASS / 2];
    worst = worst.max(others(&views, id).await?);
    targets.push(Target::at_most(format!("{name}: the slowest page, p99 us"), 5e3, worst));
    readmit.engine.close().await;
    database.delete(place).await?;
    Ok(targets)
}

/// Catches up with customers who enrol a device and get and lose two bypasses each.
async fn stories(database: &Database, plan: &Plan) -> Fallible<Vec<Target>> {
    const COMMANDS: usize = 4;
    let (name, place) = (database.name(), database.empty("stories").await?);
    let readmit = Readmit::open(&place, 1).await?.enrol(plan.customers / 10, COMMANDS).await?;
    let readmit = readmit.reopened(&place).await?;
    let size = readmit.tenants[0].head().await?.size;
    println!("\n== {name}: read models of {size} events, seven for each customer");
    let (_, rate) = catch_up(&readmit.tenants[0]).await?;
    readmit.engine.close().await;
    database.delete(place).await?;
    Ok(vec![Target::at_least(format!("{name}: catch up with stories, events/s"), 5e4, rate)])
}

/// All read models of a ledger, from nothing to its end; and events per second.
async fn catch_up(tenant: &Tenant) -> Fallible<(Views, f64)> {
    let size = tenant.head().await?.size;
    let (before, begun) = (memory_mib(), Instant::now());
    let views = tenant.views().await?;
    while views.customers(&CustomerQuery::new().limit(1)).await?.seen < size {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    views.caught_up().await?;
    let rate = size as f64 / begun.elapsed().as_secs_f64();
    println!("{:<44} {rate:>12.0}", "catch up, all read models: events per second");
    println!("{:<44} {before:>5.0}, {:>5.0}", "RSS MiB before and after", memory_mib());
    Ok((views, rate))
}

async fn register(readmit: &Readmit, customers: usize) -> Fallible<()> {
    const NAMES: [&str; 8] =
        ["Alice", "Bruno", "Chiara", "Dmitri", "Elena", "Farid", "Grace", "Hiroshi"];
    let mut tasks = JoinSet::new();
    for task in 0..PREPARING {
        let tenant = readmit.tenants[0].clone();
        tasks.spawn(async move {
            for number in (task..customers).step_by(PREPARING) {
                let login = format!("person{number}@company{}.example", number % 997);
                let name = format!("{} Surname{number}", NAMES[number % NAMES.len()]);
                let register = RegisterCustomer::new(login.as_str()).name(name.as_str());
                tenant.execute(&Actor::system(), register).await?;
            }
            Fallible::Ok(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    Ok(())
}

async fn customer_queries(views: &Views) -> Fallible<Vec<(&'static str, CustomerQuery)>> {
    let all = CustomerQuery::new;
    // Deep in the list, as somebody who goes on and on would be.
    let mut deep = all().limit(500);
    for _ in 0..100 {
        if let Some(next) = views.customers(&deep).await?.next {
            deep = deep.after(next);
        }
    }
    Ok(vec![
        ("customers by login", all()),
        ("… the 100th page of 500", deep.limit(50)),
        ("customers by last sign-in", all().sort(CustomerSort::LastSignIn)),
        ("customers by codes left", all().sort(CustomerSort::CodesLeft)),
        ("status: not set up (nearly all)", all().status(CustomerStatus::NotSetUp)),
        ("status: on (few)", all().status(CustomerStatus::On)),
        ("status: frozen (none)", all().status(CustomerStatus::Frozen)),
        ("status: locked (none)", all().status(CustomerStatus::Locked)),
        ("stage: granted (few)", all().stage(Stage::Granted)),
        ("search: one customer", all().search("person7777@")),
        ("search: every eighth", all().search("chiara")),
        ("search: nearly all", all().search("example")),
        ("search: two words", all().search("hiroshi surname77")),
        ("search: nobody", all().search("zz")),
        ("search: few of a status", all().search("customer").status(CustomerStatus::On)),
    ])
}

/// The other read models; answers the worst p99.
async fn others(views: &Views, id: CustomerId) -> Fallible<f64> {
    let mut worst = 0.0_f64;
    let one = measure(async || views.customer(id).await.map(|_| ())).await?;
    worst = worst.max(told("one customer", &one));
    let open = measure(async || views.open_bypasses(None, None).await.map(|_| ())).await?;
    worst = worst.max(told("open bypasses", &open));
    let query = RecoveryQuery::new();
    let cases = measure(async || views.recoveries(&query).await.map(|_| ())).await?;
    worst = worst.max(told("recoveries", &cases));
    let query = TimelineQuery::new().account(id);
    let own = measure(async || views.timeline(&query).await.map(|_| ())).await?;
    worst = worst.max(told("timeline of one customer", &own));
    let query = TimelineQuery::new().newest_first();
    let all = measure(async || views.timeline(&query).await.map(|_| ())).await?;
    worst = worst.max(told("timeline, newest first", &all));
    let query = readmit::ActivityQuery::new();
    let sums = measure(async || views.activity(query).await.map(|_| ())).await?;
    Ok(worst.max(told("activity of 30 days", &sums)))
}

fn told(what: &str, measured: &Figures) -> f64 {
    let Figures { p50_us, p99_us, .. } = measured;
    println!("{what:<44} {p50_us:>9.0} {p99_us:>9.0}");
    *p99_us
}

async fn measure(query: impl AsyncFn() -> Result<(), readmit::Error>) -> Fallible<Figures> {
    let mut latencies = Vec::new();
    let all = Instant::now();
    for _ in 0..QUERIES {
        let begun = Instant::now();
        query().await?;
        latencies.push(begun.elapsed());
    }
    Ok(figures(latencies.len(), all.elapsed(), latencies))
}
