//! `audit tail`: events, one on a line.

use readmit::{Envelope, Error, StreamId, sentence};

use crate::context::Context;
use crate::error::CliError;
use crate::output::raw;
use crate::people::People;

/// Events that `tail` shows unless it is told where to begin.
const TAIL: u64 = 20;

pub(super) async fn run(
    context: &Context,
    from: Option<u64>,
    follow: bool,
) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let size = tenant.head().await?.size;
    let mut next = from.unwrap_or_else(|| size.saturating_sub(TAIL));
    if next > size {
        return Err(CliError::no_event(next, size));
    }
    let mut people = People::of(&tenant).await?;
    loop {
        let leaves = tenant.leaves(next).await?;
        for leaf in &leaves {
            print_leaf(context, &mut people, next, leaf).await?;
            next += 1;
        }
        if leaves.is_empty() {
            if !follow {
                return Ok(());
            }
            // What is waited for here is read again above, as it is stored.
            tenant.follow(next).next().await.map_err(Error::from)?;
            people = People::of(&tenant).await?;
        }
    }
}

async fn print_leaf(
    context: &Context,
    people: &mut People,
    position: u64,
    leaf: &[u8],
) -> Result<(), CliError> {
    if context.output.is_json() {
        return raw(&[leaf, b"\n"].concat());
    }
    let event = Envelope::decode(leaf)
        .map_err(|why| CliError::Damaged(format!("event {position} cannot be read: {why}")))?;
    let about = match event.stream {
        StreamId::Tenant(_) => "the tenant".to_owned(),
        StreamId::Account(id) => people.person(id).await?.to_string(),
    };
    let line = format!(
        "{position:>6}  {}  {:<21} {about}, by {}: {}\n",
        event.at,
        event.event.name(),
        people.actor(&event.who).await?,
        sentence(&event.event)
    );
    raw(line.as_bytes())
}
