//! `/audit/recoveries.csv`: the register as a file, sent while it is made.

use std::io;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use readmit::reports::{
    BypassException, CasePages, NamedException, exceptions_csv, exceptions_csv_rows,
};
use readmit::{AuditSubject, RecoveryRow};

use super::filter::Filter;
use super::people::People;
use super::{enter, record, register, saved_as};
use crate::extract::Query;
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;

/// The cases that are still to be written.
struct Rest {
    pages: CasePages,
    people: People,
}

/// As the command line tells them: the oldest first. Its reader takes it at their own pace, and what
/// waits for them is one page of cases, however many there are.
pub(super) async fn csv(
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Result<Response, Refused> {
    let admin = enter(&visitor).await?;
    let whole = Filter { cursor: String::new(), ..filter };
    let query = match whole.query(visitor.app.engine.now()) {
        Ok(query) => query,
        Err(wrong) => {
            let (from, to) = (&whole.from, &whole.to);
            return Ok(wrong.page(admin, "register-title", register::PATH, from, to));
        }
    };
    record(&admin, AuditSubject::Register).await?;
    let tenant = admin.tenant();
    let people = People::of(&visitor.app, tenant).await?;
    let rest = Rest { pages: tenant.case_pages(query).await?, people };
    let head = stream::once(async { exceptions_csv([]) });
    let rows = stream::unfold(Some(rest), |rest| async { rest?.part().await });
    let name = format!("{}-recoveries.csv", tenant.name());
    let headers = saved_as("text/csv; charset=utf-8", &name);
    Ok((headers, Body::from_stream(head.chain(rows))).into_response())
}

impl Rest {
    /// The next part of the file, and what is left; nothing is after a part that failed.
    async fn part(mut self) -> Option<(io::Result<Vec<u8>>, Option<Self>)> {
        match self.rows().await {
            Ok(Some(rows)) => Some((rows, Some(self))),
            Ok(None) => None,
            Err(problem) => {
                // The answer has begun: it breaks off, and is no whole file.
                tracing::error!(code = problem.code(), "a register could not be read to its end");
                Some((Err(io::Error::other(problem.code())), None))
            }
        }
    }

    async fn rows(&mut self) -> Result<Option<io::Result<Vec<u8>>>, Problem> {
        let Some(page) = self.pages.next().await? else { return Ok(None) };
        self.people.meet_those_of(&page).await?;
        let cases: Vec<BypassException> = page.into_iter().map(RecoveryRow::into).collect();
        let mut named = Vec::new();
        for case in &cases {
            named.push(NamedException {
                account: self.people.account(case.record.account).await?,
                requested_by: self.people.step(case.record.requested).await?,
                granted_by: self.people.step(case.record.granted).await?,
                case,
            });
        }
        Ok(Some(exceptions_csv_rows(named)))
    }
}
