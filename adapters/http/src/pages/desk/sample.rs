//! `/audit/sample`: cases that a seed draws, the same ones for whoever draws again.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use readmit::reports::BypassException;
use readmit::{AuditSubject, Timestamp};
use serde::Deserialize;

use super::line::Line;
use super::look_at;
use super::people::People;
use super::period::Period;
use crate::extract::Query;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;

/// Nobody looks at more cases in one go.
const MOST: u16 = 1_000;
const CASES: u16 = 25;
/// A longer seed draws no better.
const SEED: usize = 200;

#[derive(Template)]
#[template(path = "desk/sample.html")]
struct SamplePage {
    chrome: Chrome,
    period: Period,
    seed: String,
    count: u16,
    drawn: Option<Drawn>,
}

/// What was drawn, and from what.
struct Drawn {
    population: usize,
    size: u64,
    root: String,
    checkpoint: String,
    cases: Vec<Pick>,
    /// The same on the command line.
    command: String,
}

/// A case with what it was sorted by.
struct Pick {
    case: Line,
    draw: String,
    /// As much of it as tells it from the others.
    short: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: String,
    to: String,
    /// The moment at which a period ended that was not over.
    before: Option<Timestamp>,
    seed: String,
    count: Option<u16>,
}

pub(super) async fn show(
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Refused> {
    let now = visitor.app.engine.now();
    let period = Period::of(&asked.from, &asked.to, now)?;
    let period = Period { before: asked.before.unwrap_or(period.before), ..period };
    let count = asked.count.unwrap_or(CASES);
    if !(1..=MOST).contains(&count) || asked.seed.len() > SEED || period.from >= period.before {
        let detail = "A sample has 1 to 1000 cases of a period, and a short seed.";
        return Err(Problem::new("invalid_query", detail).into());
    }
    let seed = asked.seed.trim().to_owned();
    let admin = look_at(&visitor, AuditSubject::Register).await?;
    let mut page = SamplePage { chrome: admin.chrome.clone(), period, seed, count, drawn: None };
    if !page.seed.is_empty() {
        // What can still grow cannot be drawn from again: such a period ends now.
        let latest = just_after(admin.tenant().latest().await?);
        if period.before > latest {
            page.period.before = latest;
            return Ok(Redirect::to(&page.address()).into_response());
        }
        page.drawn = Some(page.draw(&visitor, &admin.caller).await?);
    }
    Ok(Page(page).into_response())
}

impl SamplePage {
    async fn draw(
        &self,
        visitor: &Visitor,
        caller: &crate::identify::Caller,
    ) -> Result<Drawn, Problem> {
        let tenant = caller.tenant();
        let sample = tenant.sample(self.period.range(), &self.seed, self.count.into()).await?;
        let mut people = People::of(&visitor.app, tenant).await?;
        let mut cases = Vec::new();
        for (drawn, record) in sample.cases {
            let case = BypassException::from(record);
            let case = Line::of(visitor.words(), &mut people, &case).await?;
            let draw = drawn.draw.to_string();
            cases.push(Pick { case, short: draw.chars().take(12).collect(), draw });
        }
        Ok(Drawn {
            population: sample.population,
            size: sample.checkpoint.checkpoint().size(),
            root: sample.checkpoint.checkpoint().root().to_string(),
            checkpoint: sample.checkpoint.to_string(),
            cases,
            command: self.command(),
        })
    }

    /// Where exactly these cases are drawn again.
    fn address(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("from", &self.period.first_day())
            .append_pair("to", &self.period.last_day())
            .append_pair("before", &self.period.before.to_string())
            .append_pair("seed", &self.seed)
            .append_pair("count", &self.count.to_string())
            .finish();
        format!("/audit/sample?{query}")
    }

    fn command(&self) -> String {
        let Period { from, before } = self.period;
        let seed = self.seed.replace('\'', r"'\''");
        format!(
            "readmit recovery sample {} --seed '{seed}' --from {from} --to {before}",
            self.count
        )
    }
}

fn just_after(at: Timestamp) -> Timestamp {
    Timestamp::from_unix_micros(at.unix_micros().saturating_add(1))
}
