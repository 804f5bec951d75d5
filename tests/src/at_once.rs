//! Many tasks that start at the same moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use readmit::Error;
use tokio::sync::Barrier;

use crate::Result;

/// Has so many tasks begin at once, and waits for all their answers.
pub async fn all_at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    work: impl IntoIterator<Item = F>,
) -> Result<Vec<T>> {
    let work: Vec<F> = work.into_iter().collect();
    let start = Arc::new(Barrier::new(work.len()));
    let tasks: Vec<_> = work
        .into_iter()
        .map(|work| {
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                work.await
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(tasks.len());
    for task in tasks {
        answers.push(task.await?);
    }
    Ok(answers)
}

/// What kind of answer this is: `ok`, the kind of a refusal, or which failure.
pub fn kind<T>(answer: &Result<T, Error>) -> String {
    match answer {
        Ok(_) => "ok".to_owned(),
        Err(Error::Refused(refusal)) => refusal.kind().to_owned(),
        Err(Error::Busy { .. }) => "busy".to_owned(),
        Err(Error::Changed { .. }) => "changed".to_owned(),
        Err(Error::Unknown { .. }) => "unknown".to_owned(),
        Err(error) => format!("failed: {error}"),
    }
}

/// How many answers there are of each kind.
pub fn tally<'a, T: 'a>(
    answers: impl IntoIterator<Item = &'a Result<T, Error>>,
) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        *tally.entry(kind(answer)).or_default() += 1;
    }
    tally
}

/// A tally to hold another against.
pub fn expected<const KINDS: usize>(kinds: [(&str, usize); KINDS]) -> BTreeMap<String, usize> {
    kinds.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect()
}
