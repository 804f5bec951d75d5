//! Reports for auditors, over a period: a range of moments, its end excluded.
//!
//! A case belongs to the period in which it began, by a request or a grant, and so to exactly one
//! of several periods that follow one another.
//!
//! ```
//! # async fn f(msp: readmit::Tenant, quarter: std::ops::Range<readmit::Timestamp>)
//! # -> Result<(), readmit::Error> {
//! for case in msp.exception_report(quarter.clone()).await? {
//!     println!("{} met {:?}, lacked {:?}", case.record.recovery, case.profile_met, case.missing);
//! }
//! let access = msp.access_report(quarter.clone()).await?;
//! assert!(access.duties.breaches.is_empty(), "somebody did alone what takes two");
//! let sample = msp.sample(quarter, "dice: 4 2 6", 25).await?;
//! println!("{} of {}", sample.cases.len(), sample.population);
//! # Ok(()) }
//! ```

mod csv;
mod pages;
mod register;
pub mod words;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;

use readmit_domain::assess::CaseRecord;
use readmit_domain::{RecoveryId, Timestamp};
use readmit_runtime::Envelope;
use serde::Serialize;

use crate::tlog::SignedCheckpoint;
use crate::{Error, PAGE_ITEMS_MAX, RecoveryRow, Tenant, TimelineQuery};

pub use csv::{csv, csv_rows};
pub use pages::CasePages;
pub use readmit_projections::reports::{
    Breach, BreachedDuty, BypassException, Drawn, Duties, Ending, Holder, Holding, Holdings, draw,
};
pub use register::{NamedException, exceptions_csv, exceptions_csv_rows, missing, state};

/// Who held which roles in a period, and whether duties stayed separate in its cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AccessReport {
    /// When the report was made: what is *current* is so at this moment.
    pub at: Timestamp,
    /// What was held at any moment of the period, in the order it was given.
    pub holdings: Vec<Holding>,
    /// Separation of duties, in the cases of the period.
    pub duties: Duties,
}

/// Cases drawn from a period by a seed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sample {
    /// The ledger as it was before anything was drawn: the cases that began in it, and in the
    /// period, are the population.
    pub checkpoint: SignedCheckpoint,
    /// How many cases there were to draw from.
    pub population: usize,
    /// What was drawn, in the order it was drawn.
    pub cases: Vec<(Drawn, RecoveryRow)>,
}

impl Tenant {
    /// Who held which roles at any moment of a period, and whether anybody did alone what takes
    /// two in a case of the period.
    pub async fn access_report(&self, period: Range<Timestamp>) -> Result<AccessReport, Error> {
        let mut holdings = Holdings::default();
        for event in self.stream(self.id().into()).await? {
            holdings.evolve(&event.recorded());
        }
        let mut duties = Duties::default();
        let mut pages = self.case_pages_of(&period).await?;
        while let Some(page) = pages.next().await? {
            duties = page.iter().fold(duties, |duties, row| duties.look_at(&row.record));
        }
        let at = self.latest().await?;
        Ok(AccessReport { at, holdings: holdings.during(&period), duties })
    }

    /// The register of the bypasses of a period, the oldest first: what PCI DSS 8.5.1 wants
    /// documented of every exception from MFA.
    pub async fn exception_report(
        &self,
        period: Range<Timestamp>,
    ) -> Result<Vec<BypassException>, Error> {
        Ok(self.cases(&period).await?.into_iter().map(BypassException::from).collect())
    }

    /// The cases that began in a period, the oldest first, with what auditors said of them: all in
    /// memory at once, where [`case_pages`](Self::case_pages) has one page of them.
    pub async fn cases(&self, period: &Range<Timestamp>) -> Result<Vec<RecoveryRow>, Error> {
        let mut pages = self.case_pages_of(period).await?;
        let mut cases = Vec::new();
        while let Some(page) = pages.next().await? {
            cases.extend(page);
        }
        Ok(cases)
    }

    /// Draws cases of a period by a seed: see [`draw`]. No more are in memory than are drawn.
    pub async fn sample(
        &self,
        period: Range<Timestamp>,
        seed: &str,
        count: usize,
    ) -> Result<Sample, Error> {
        let checkpoint = self.checkpoint().await?;
        let size = checkpoint.checkpoint().size();
        let (mut population, mut drawn) = (0, BTreeMap::new());
        let mut pages = self.case_pages_of(&period).await?;
        while let Some(page) = pages.next().await? {
            for row in page.into_iter().filter(|row| row.opened_position < size) {
                population += 1;
                drawn.insert(Drawn::of(seed, row.record.recovery), row);
                if drawn.len() > count {
                    drawn.pop_last();
                }
            }
        }
        Ok(Sample { checkpoint, population, cases: drawn.into_iter().collect() })
    }

    /// Every event of a case, the oldest first; what auditors say of it later is none of them.
    pub async fn recovery_history(&self, case: &CaseRecord) -> Result<Vec<Envelope>, Error> {
        let mut history = self.history(case.account).await?;
        history.retain(|event| event.recovery == Some(case.recovery));
        Ok(history)
    }

    /// The events by which auditors signed a case off, the oldest first.
    pub async fn reviews(&self, recovery: RecoveryId) -> Result<Vec<Envelope>, Error> {
        let views = self.views().await?;
        views.caught_up().await?;
        // The timeline knows where they stand: the tenant's own stream, which has every access of an
        // auditor too, would have to be read whole.
        let mut query = TimelineQuery::new().recovery(recovery).limit(PAGE_ITEMS_MAX);
        let mut reviews = Vec::new();
        loop {
            let page = views.timeline(&query).await?;
            for entry in page.items.iter().filter(|entry| entry.event == "ReviewSignedOff") {
                reviews.extend(self.event(entry.position).await?);
            }
            let Some(next) = page.next else { return Ok(reviews) };
            query = query.after(next);
        }
    }

    /// The event at a position; none beyond the end of the ledger.
    pub async fn event(&self, position: u64) -> Result<Option<Envelope>, Error> {
        let events = self.runtime().events(self.ledger(), position, NonZeroUsize::MIN).await?;
        Ok(events.into_iter().next())
    }

    /// The present: by our clock, or by that of whoever wrote the last event if it is ahead.
    pub async fn latest(&self) -> Result<Timestamp, Error> {
        Ok(self.runtime().now().max(self.head().await?.at))
    }
}
