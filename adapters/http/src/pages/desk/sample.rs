//! `/audit/sample`: cases that a seed draws, the same ones for whoever draws again.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use readmit::reports::BypassException;
use readmit::{AuditSubject, RecoveryRow, Timestamp};
use serde::Deserialize;

use super::line::Line;
use super::people::People;
use super::period::Period;
use super::wrong::Wrong;
use super::{enter, record};
use crate::extract::Query;
use crate::pages::page::{Chrome, Page};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
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
    /// The days, as they were asked for.
    from: String,
    to: String,
    seed: String,
    count: u16,
    wrong: Option<Wrong>,
    drawn: Option<Drawn>,
}

/// What is to be drawn.
struct Draw {
    period: Period,
    seed: String,
    count: u16,
}

/// What was drawn, and from what.
struct Drawn {
    period: Period,
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
    let admin = enter(&visitor).await?;
    let mut page = SamplePage {
        chrome: admin.chrome.clone(),
        from: asked.from.clone(),
        to: asked.to.clone(),
        seed: asked.seed.clone(),
        count: asked.count.unwrap_or(CASES),
        wrong: None,
        drawn: None,
    };
    let mut draw = match asked.draw(visitor.app.engine.now()) {
        Ok(draw) => draw,
        Err(wrong) => {
            page.wrong = Some(wrong);
            return Ok((StatusCode::BAD_REQUEST, Page(page)).into_response());
        }
    };
    page.from = draw.period.first_day();
    page.to = draw.period.last_day();
    record(&admin, AuditSubject::Register).await?;
    if !draw.seed.is_empty() {
        // What can still grow cannot be drawn from again: such a period ends now.
        let latest = just_after(admin.tenant().latest().await?);
        if draw.period.before > latest {
            draw.period.before = latest;
            return Ok(Redirect::to(&draw.address()).into_response());
        }
        page.drawn = Some(draw.carry_out(&visitor, &admin).await?);
    }
    Ok(Page(page).into_response())
}

impl SamplePage {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.is_some_and(|wrong| wrong.field == field)
    }
}

impl Asked {
    fn draw(self, now: Timestamp) -> Result<Draw, Wrong> {
        let period = Period::of(&self.from, &self.to, now)?;
        let period = self.before.map_or(Ok(period), |before| period.up_to(before))?;
        let (seed, count) = (self.seed.trim().to_owned(), self.count.unwrap_or(CASES));
        if !(1..=MOST).contains(&count) {
            return Err(Wrong { field: "count", message: "sample-count-wrong" });
        }
        if seed.len() > SEED {
            return Err(Wrong { field: "seed", message: "sample-seed-wrong" });
        }
        Ok(Draw { period, seed, count })
    }
}

impl Draw {
    async fn carry_out(&self, visitor: &Visitor, admin: &Admin) -> Result<Drawn, Problem> {
        let tenant = admin.tenant();
        let sample = tenant.sample(self.period.range(), &self.seed, self.count.into()).await?;
        let mut people = People::of(&visitor.app, tenant).await?;
        let (draws, rows): (Vec<_>, Vec<RecoveryRow>) = sample.cases.into_iter().unzip();
        people.meet_those_of(&rows).await?;
        let mut cases = Vec::new();
        for (drawn, row) in draws.into_iter().zip(rows) {
            let case = BypassException::from(row);
            let case = Line::of(visitor.words(), &mut people, &case).await?;
            let draw = drawn.draw.to_string();
            cases.push(Pick { case, short: draw.chars().take(12).collect(), draw });
        }
        Ok(Drawn {
            period: self.period,
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
