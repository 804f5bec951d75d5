//! `projection`: how far the read models are; making them anew.

use std::fmt;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use readmit::{ModelStatus, ReadModel};
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::output::table;
use crate::progress::Progress;

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectionCommand {
    /// Show how far each read model has come
    List,
    /// Make read models anew from the ledgers; they can be read meanwhile
    #[command(after_help = "\
Examples:
  readmit projection rebuild
  readmit projection rebuild customers timeline

Read models hold nothing of their own. Deleting their database, with nothing running, does the
same: it is made again when it is next needed.")]
    Rebuild {
        /// Which; all, if none is named
        #[arg(value_name = "MODEL", value_parser = model())]
        models: Vec<ReadModel>,
    },
}

fn model() -> impl TypedValueParser<Value = ReadModel> {
    let names = ReadModel::ALL.map(ReadModel::name);
    PossibleValuesParser::new(names).try_map(|name: String| name.parse::<ReadModel>())
}

#[derive(Serialize)]
struct Models {
    projections: Vec<ModelStatus>,
}

impl fmt::Display for Models {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.projections.iter().map(|status| {
            [
                status.model.to_string(),
                status.generation.to_string(),
                if status.live { "live" } else { "being made" }.to_owned(),
                status.seen.to_string(),
                status.events.to_string(),
                status.ledgers_behind.to_string(),
            ]
        });
        table(f, ["projection", "generation", "state", "seen", "events", "ledgers behind"], rows)
    }
}

pub(crate) async fn run(context: &Context, command: ProjectionCommand) -> Result<(), CliError> {
    let engine = context.engine().await?;
    if let ProjectionCommand::Rebuild { models } = command {
        let all = ReadModel::ALL.to_vec();
        for model in if models.is_empty() { all } else { models } {
            let progress = Progress::new(context.output, format_args!("making {model} anew"));
            engine.rebuild_read_model(model, |done, of| progress.at(done, of)).await?;
        }
    }
    context.output.answer(&Models { projections: engine.read_model_status().await? })
}
