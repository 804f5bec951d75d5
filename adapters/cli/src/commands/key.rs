//! `key`: show, rotate, re-wrap the master key.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Subcommand;
use readmit::{Engine, KeyCount, KeyUse, Rewrapped};
use serde::Serialize;

use crate::context::{Context, MASTER_KEY};
use crate::error::CliError;
use crate::output::{fields, table};

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Show which master keys are in use and how much each wraps; never a key itself
    #[command(after_help = "\
Every account has a data key that seals its private data; the master key wraps the data keys.

Example:
  readmit key show")]
    Show,
    /// Put a new master key into use, and wrap every data key anew under it
    #[command(after_help = "\
Examples:
  readmit key rotate                 one machine: all steps but forgetting the old key
  readmit key rotate --prepare       several machines: first only add the new key to the key file

What happens, in this order: a new key is drawn and stands in the key file, in front of the old
one; the database names it as the one in use; every data key is wrapped anew. Each step is on the
disk before the next begins: if it is stopped, run it, or `readmit key rewrap`, again. The old key
stays in the file until `readmit key rewrap --forget-old`.

Nodes that run need not stop: one finds the new key in its key file when it first needs it. On
another machine it must stand there before the database names it: run
`readmit key rotate --prepare`, copy the key file to every machine, then run `readmit key rotate`.
A node without the new key goes on with what it has read, fails for the accounts that it cannot
unwrap and for new ones, and says which key it needs. A node whose key is in READMIT_MASTER_KEY
has to be started again with both keys, before the rotation.

A key in READMIT_MASTER_KEY: give the new and the old one, with a space between, new one first.
`readmit init --db sqlite://other.db` makes a new key, in other.db.key.")]
    Rotate {
        /// Only add a new key to the key file; the database does not change
        #[arg(long)]
        prepare: bool,
    },
    /// Wrap every data key anew that is not wrapped under the master key in use
    #[command(after_help = "\
Examples:
  readmit key rewrap                 go on with a rotation that was stopped
  readmit key rewrap --forget-old    then take the old keys out of the key file

It may be stopped at any moment, and run beside nodes that work. Before a key is forgotten, it is
retired in the database: no node can wrap anything under it any more, whatever it has in memory.

Backups of the database from before need the old key, and so does any other database that uses
the same key file: keep a copy of the key file as it was, with the backups.")]
    Rewrap {
        /// Once nothing is wrapped under the old keys, retire them and take them out of the file
        #[arg(long)]
        forget_old: bool,
    },
}

#[derive(Serialize)]
struct Shown {
    in_use: String,
    /// A newer one that waits to be put into use.
    prepared: Option<String>,
    /// None if the key was given in the environment.
    key_file: Option<PathBuf>,
    keys: Vec<ShownKey>,
}

#[derive(Serialize)]
struct ShownKey {
    id: String,
    in_use: bool,
    wraps: u64,
    at_hand: bool,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.keys.iter().map(|key| {
            let state = match (key.in_use, key.at_hand) {
                (true, _) => "in use",
                (false, true) => "old",
                (false, false) => "old, not at hand",
            };
            [key.id.clone(), state.to_owned(), key.wraps.to_string()]
        });
        table(f, ["master key", "state", "data keys"], rows)?;
        match &self.prepared {
            Some(id) => writeln!(f, "prepared: {id}"),
            None => Ok(()),
        }
    }
}

#[derive(Serialize)]
struct Prepared {
    prepared: String,
    key_file: Option<PathBuf>,
}

impl fmt::Display for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = place(self.key_file.as_ref());
        fields(f, [("prepared", self.prepared.clone()), ("key file", place)])
    }
}

#[derive(Serialize)]
struct Done {
    in_use: String,
    rewrapped: u64,
    left: u64,
    forgotten: Vec<String>,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = if self.left == 0 { String::new() } else { self.left.to_string() };
        let rewrapped = self.rewrapped.to_string();
        fields(
            f,
            [
                ("in use", self.in_use.clone()),
                ("wrapped anew", rewrapped),
                ("still old", left),
                ("forgotten", self.forgotten.join(", ")),
            ],
        )
    }
}

pub(crate) async fn run(context: &Context, command: KeyCommand) -> Result<(), CliError> {
    let engine = context.engine().await?;
    match command {
        KeyCommand::Show => context.output.answer(&shown(engine).await?),
        KeyCommand::Rotate { prepare: true } => prepare(context, engine).await,
        KeyCommand::Rotate { prepare: false } => rotate(context, engine).await,
        KeyCommand::Rewrap { forget_old } => rewrap(context, engine, forget_old).await,
    }
}

async fn shown(engine: &Engine) -> Result<Shown, CliError> {
    let KeyUse { in_use, newest, keys } = engine.key_use().await?;
    let shown =
        |KeyCount { id, wraps, at_hand }| ShownKey { in_use: id == in_use, id, wraps, at_hand };
    let keys: Vec<ShownKey> = keys.into_iter().map(shown).collect();
    let prepared = (newest != in_use).then_some(newest);
    let key_file = engine.key_file().map(Into::into);
    Ok(Shown { in_use, prepared, key_file, keys })
}

async fn prepare(context: &Context, engine: &Engine) -> Result<(), CliError> {
    let prepared = engine.prepare_key().await?;
    if prepared == engine.key_use().await?.in_use {
        return Err(readmit::KeyError::NothingNew(prepared).into());
    }
    let key_file = engine.key_file().map(Into::into);
    let answer = Prepared { prepared, key_file };
    context.output.answer_done("a new key stands in the key file", &answer)?;
    context.output.talk(
        "\nGive every machine that uses this database the key file as it is now, then run \
         `readmit key rotate`.",
    );
    Ok(())
}

async fn rotate(context: &Context, engine: &Engine) -> Result<(), CliError> {
    let new = engine.rotate_key().await?;
    context.output.talk(format!("The master key in use is {new} now."));
    let done = rewrap_all(context, engine).await?;
    context.output.answer_done(
        format_args!("the master key in use is {new}"),
        &Done {
            in_use: done.in_use,
            rewrapped: done.rewrapped,
            left: done.left,
            forgotten: Vec::new(),
        },
    )?;
    stands_whole(done.left, done.why)?;
    context.output.talk(format!(
        "\nKeep a copy of the key, as of the first one ({}). The old key is still there; once all \
         nodes\nwork with the new one: readmit key rewrap --forget-old",
        place(engine.key_file().map(Into::into).as_ref())
    ));
    Ok(())
}

async fn rewrap(context: &Context, engine: &Engine, forget_old: bool) -> Result<(), CliError> {
    let Rewrapped { in_use, rewrapped, left, why } = rewrap_all(context, engine).await?;
    let forgotten =
        if forget_old && left == 0 { engine.forget_old_keys().await? } else { Vec::new() };
    if forget_old && engine.key_file().is_none() {
        context.output.talk(format!(
            "Nothing needs the old keys: take them out of {MASTER_KEY}, once all nodes were \
             started again."
        ));
    }
    let answer = Done { in_use, rewrapped, left, forgotten };
    context.output.answer_done("data keys were wrapped anew", &answer)?;
    stands_whole(left, why)
}

/// How often somebody who waits is told how far it has come.
const TOLD_EVERY: Duration = Duration::from_secs(2);

async fn rewrap_all(context: &Context, engine: &Engine) -> Result<Rewrapped, CliError> {
    let mut told = Instant::now();
    let done = engine
        .rewrap(|done| {
            if told.elapsed() >= TOLD_EVERY {
                context.output.talk(format!("{} data keys wrapped anew …", done.rewrapped));
                told = Instant::now();
            }
        })
        .await?;
    Ok(done)
}

/// What could not be wrapped anew is a failure, though all else was.
fn stands_whole(left: u64, why: Option<readmit::MasterKeyError>) -> Result<(), CliError> {
    if left == 0 {
        return Ok(());
    }
    let why = why.map(|why| why.to_string()).unwrap_or_default();
    Err(readmit::KeyError::StillNeeded { left, why }.into())
}

fn place(key_file: Option<&PathBuf>) -> String {
    key_file.map_or_else(|| format!("the one in {MASTER_KEY}"), |path| path.display().to_string())
}
