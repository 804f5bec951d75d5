//! `recovery review`: an auditor signs a finished case off.

use std::fmt;

use clap::{Args, ValueEnum};
use readmit::{Error, Note, RecoveryId, Refusal, SignOffReview, Verdict};
use serde::Serialize;

use super::find;
use crate::acting::{Acting, As};
use crate::context::Context;
use crate::error::CliError;
use crate::output::fields;
use crate::people::People;

#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    /// The recovery: its id, as `readmit recovery list` shows it
    #[arg(value_name = "RECOVERY")]
    recovery: RecoveryId,
    /// What you think of it
    #[arg(long, value_enum)]
    verdict: Word,
    /// Why, in a sentence; kept sealed. Needed to question a recovery
    #[arg(long, value_name = "TEXT")]
    note: Option<Note>,
    #[command(flatten)]
    acting: As,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Word {
    /// As it should be
    Accepted,
    /// Somebody must explain it
    Questioned,
}

#[derive(Serialize)]
struct Reviewed {
    recovery: RecoveryId,
    verdict: Verdict,
    position: u64,
}

impl fmt::Display for Reviewed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Accepted => "accepted",
            Verdict::Questioned => "questioned",
        };
        fields(
            f,
            [
                ("recovery", self.recovery.to_string()),
                ("verdict", verdict.to_owned()),
                ("event", self.position.to_string()),
            ],
        )
    }
}

pub(super) async fn run(context: &Context, args: ReviewArgs) -> Result<(), CliError> {
    let ReviewArgs { recovery, verdict, note, acting } = args;
    let tenant = context.tenant().await?;
    if find(&tenant, recovery).await?.record.ended.is_none() {
        return Err(CliError::NotEnded(recovery));
    }
    let verdict = match verdict {
        Word::Accepted => Verdict::Accepted,
        // Said before a code is asked for and wasted.
        Word::Questioned if note.is_none() => return Err(Error::from(Refusal::NoteMissing).into()),
        Word::Questioned => Verdict::Questioned,
    };
    let mut people = People::of(&tenant).await?;
    let acting = Acting::new(&tenant, &mut people, &acting.admin).await?;
    let review = SignOffReview::new(recovery, verdict);
    let review = match note {
        Some(note) => review.note(note),
        None => review,
    };
    let position = acting.carry_out(context, review).await?.position;
    context.output.answer_recorded(position, &Reviewed { recovery, verdict, position })
}
