//! Sample data: two providers with ninety days of history, and customers in every state.
//!
//! | module | what it holds |
//! |---|---|
//! | `acme`, `borealis` | the plans, as tables: who there is, what they lost, how it ended |
//! | `plan`, `calendar` | what a plan can say, and when |
//! | `schedule` | lays a plan out in time, act by act |
//! | `office`, `recovery`, `person` | carries acts out on the engine |
//! | `cast` | who can sign in: passwords, phones |
//!
//! Whatever is stored comes about as it would at work: by commands, under a clock that is moved
//! forward, and never past the present. The same present gives the same history, but for ids
//! and secrets.

mod acme;
mod borealis;
pub(super) mod calendar;
mod cast;
mod office;
mod person;
mod plan;
mod recovery;
mod schedule;
#[cfg(test)]
mod tests;

use readmit::testing::TestClock;
use readmit::{Clock as _, Engine, Timestamp};
use readmit_http::web_database::WebDatabase;

use self::acme::ACME;
use self::borealis::BOREALIS;
use self::calendar::Calendar;
use self::office::Office;
use self::person::Person;
use self::schedule::Step;
use super::DemoError;
use super::story::Told;

pub(super) use self::cast::{DemoPeople, DemoPerson};

/// The first day of the plans, in working days before today: the story was told before.
const FIRST_DAY: u32 = 64;

/// Lets both providers live through their history, from the end of the story to this moment, and
/// gives everybody a password who can sign in. The clock stands before that moment when the
/// engine is done.
pub(super) async fn fill(
    engine: &Engine,
    clock: &TestClock,
    told: Told,
    web: &WebDatabase,
    now: Timestamp,
) -> Result<DemoPeople, DemoError> {
    let mut offices =
        [acme(engine, clock, told).await?, Office::found(&BOREALIS, engine, clock).await?];
    for (office, step) in steps(Calendar::before(now)) {
        clock.set(step.at.max(clock.now()));
        let office: &mut Office = offices.get_mut(office).ok_or("no such office")?;
        office.carry_out(&step).await?;
    }
    cast::gather(offices, web, now).await
}

/// What happens at either provider, in one order, since one clock tells their time.
fn steps(calendar: Calendar) -> Vec<(usize, Step)> {
    let steps = |(office, plan)| {
        schedule::steps(plan, calendar).into_iter().map(move |step| (office, step))
    };
    let mut steps: Vec<_> = (0..).zip([&ACME, &BOREALIS]).flat_map(steps).collect();
    steps.sort_by_key(|(_, step)| step.at);
    steps
}

/// The provider of the story, with whom the story left behind.
async fn acme(engine: &Engine, clock: &TestClock, told: Told) -> Result<Office, DemoError> {
    let tenant = engine.tenant(ACME.tenant).await?;
    let Told { cast, alice, carol } = told;
    let mut office = Office::of(&ACME, tenant, cast.service, clock);
    office.people.extend([
        ("olga", Person::new(cast.olga)),
        ("bob", Person::equipped(cast.bob, cast.bobs_phone, Vec::new())),
        ("alice", Person::equipped(alice.id, alice.phone, alice.codes)),
        ("carol", Person::equipped(carol.id, carol.phone, carol.codes)),
    ]);
    Ok(office)
}
