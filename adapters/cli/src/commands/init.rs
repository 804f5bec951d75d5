//! `init`: a new database and its master key.

use std::fmt;
use std::path::PathBuf;

use readmit::{OpenError, StoreErrorKind};
use serde::Serialize;

use crate::context::{Context, DEFAULT_DB, MASTER_KEY};
use crate::error::CliError;
use crate::output::fields;

#[derive(Serialize)]
struct Made {
    database: String,
    /// None if the key was given in the environment.
    key_file: Option<PathBuf>,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = match &self.key_file {
            Some(path) => path.display().to_string(),
            None => format!("the one in {MASTER_KEY}"),
        };
        fields(f, [("database", self.database.clone()), ("master key", key)])
    }
}

pub(crate) async fn run(context: &Context) -> Result<(), CliError> {
    require_none(context).await?;
    let builder = context.builder()?;
    let key_file = builder.key_path()?;
    let key_was_there = key_file.as_ref().is_some_and(|path| path.exists());
    builder.open().await?.close().await;

    if key_was_there {
        context.output.talk("A key file was there already: the new database uses its key.");
    }
    let database = context.place()?;
    let next = next_steps(&database);
    context.output.answer_done("the database was made", &Made { database, key_file })?;
    context.output.talk(next);
    Ok(())
}

/// Refuses where a database is already, whatever its state.
async fn require_none(context: &Context) -> Result<(), CliError> {
    match context.builder()?.existing().open().await {
        Ok(engine) => {
            engine.close().await;
            Err(CliError::Exists(format!(
                "there is a database at {} already; nothing was changed",
                context.place()?
            )))
        }
        Err(OpenError::Store(error)) if error.kind() == StoreErrorKind::Missing => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn next_steps(place: &str) -> String {
    let export = if place == DEFAULT_DB {
        String::new()
    } else if place.starts_with("sqlite:") {
        format!("\n  export READMIT_DB='{place}'")
    } else {
        // Not repeated, since it may hold a password.
        "\n  export READMIT_DB=...        the address as you gave it\
         \n  export READMIT_KEY_FILE=...  the key file, if you named one"
            .to_owned()
    };
    format!(
        "\nKeep a copy of the key where this machine's backups are not: without it nothing that is
sealed can be read, and nobody can make another.

What comes next:{export}
  readmit tenant create acme-msp
  readmit admin add you@acme.example --role owner
  readmit admin enrol you@acme.example"
    )
}
