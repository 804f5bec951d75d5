//! `audit`: verify a ledger, prove what it holds, copy it, look back, read its events.

mod bundle;
pub(crate) mod proofs;
mod replay;
mod tail;
pub(crate) mod verify;
mod witness;

use std::path::PathBuf;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CliError;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Hash every stored event again, and hold all that is stored against that
    Verify(verify::VerifyArgs),
    /// Sign and print the ledger's checkpoint: its size and root, to be kept elsewhere
    #[command(after_help = "\
Example:
  readmit audit checkpoint > acme.checkpoint

Keep it where nobody who can write the database can write. `readmit audit verify --against` shows
later that the ledger continues it. The format is the signed checkpoint of C2SP
(c2sp.org/tlog-checkpoint), which tools of others read too.")]
    Checkpoint,
    /// Print the key that verifies checkpoints, or let the next one sign
    #[command(after_help = "\
Examples:
  readmit audit vkey > acme.vkey
  readmit audit vkey --rotate

Give the key to auditors by a way of its own, not together with what they verify. After a rotation
the old key signs beside the new one for 30 days, and the ledger itself says which comes next.")]
    Vkey {
        /// Let the next key sign from now on
        #[arg(long)]
        rotate: bool,
    },
    /// Prove that an event stands in the ledger, to whoever has the key
    #[command(after_help = "\
Example:
  readmit audit prove 41 > event-41.proof
  readmit audit check-proof event-41.proof --vkey acme.vkey      anywhere, without a database

The proof is a file of C2SP (c2sp.org/tlog-proof), with the event itself as its extra data.")]
    Prove {
        /// The position of the event
        position: u64,
    },
    /// Check a proof, without a database, and print the event that it proves
    #[command(after_help = "\
Exits with 6 if the proof does not hold.")]
    CheckProof(proofs::CheckArgs),
    /// Copy the ledger into a folder that can be verified without us
    #[command(after_help = "\
Examples:
  readmit audit export acme-export
  readmit audit verify --bundle acme-export --vkey acme.vkey

The folder holds every event and hash in the layout of C2SP (c2sp.org/tlog-tiles), the checkpoint,
and a page that says how to check them with tools of others. Nothing personal is in it.")]
    Export {
        /// The folder; it must not be there yet
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Have a witness cosign the checkpoint: somebody who remembers it, and never signs two histories
    #[command(after_help = "\
Example:
  readmit audit witness --url https://witness.example/w1 --vkey witness.vkey

The witness speaks the protocol of C2SP (c2sp.org/tlog-witness); give its operator the origin and
the key of the ledger first. Exits with 6, loudly, if the witness has seen another history or more
events than there are here: then this database was rolled back, rewritten or copied.")]
    Witness(witness::WitnessArgs),
    /// Print what a time-stamping authority is to stamp, or keep its answer beside the checkpoint
    #[command(after_help = "\
Examples:
  readmit audit timestamp --size 42 > checkpoint.txt
  openssl ts -query -data checkpoint.txt -sha256 -cert -out request.tsq    send it to an authority
  readmit audit timestamp --size 42 --response answer.tsr

The answer (RFC 3161) is kept only if it is about this checkpoint. Who signed it is not judged:
`openssl ts -verify` does that.")]
    Timestamp(witness::TimestampArgs),
    /// Show every customer as they were, by folding the ledger anew up to then
    #[command(after_help = "\
Examples:
  readmit audit replay --at 2026-11-24T10:00:00Z
  readmit audit replay --position 41")]
    Replay(replay::ReplayArgs),
    /// Print events, one on a line: the last ones, or all from a position on
    #[command(after_help = "\
Examples:
  readmit audit tail
  readmit audit tail --from 0 --json > events.jsonl    the stored leaves, byte for byte
  readmit audit tail --follow")]
    Tail {
        /// The position to begin at [default: 20 events before the end]
        #[arg(long, value_name = "N")]
        from: Option<u64>,
        /// Go on, and print events as they are recorded; end with Ctrl-C
        #[arg(long, short)]
        follow: bool,
    },
}

pub(crate) async fn run(context: &Context, command: AuditCommand) -> Result<(), CliError> {
    match command {
        AuditCommand::Verify(args) => verify::run(context, args).await,
        AuditCommand::Checkpoint => proofs::checkpoint(context).await,
        AuditCommand::Vkey { rotate } => proofs::vkey(context, rotate).await,
        AuditCommand::Prove { position } => proofs::prove(context, position).await,
        AuditCommand::CheckProof(args) => proofs::check(context, &args),
        AuditCommand::Export { directory } => bundle::export(context, &directory).await,
        AuditCommand::Witness(args) => witness::submit(context, &args).await,
        AuditCommand::Timestamp(args) => witness::timestamp(context, &args).await,
        AuditCommand::Replay(args) => replay::run(context, &args).await,
        AuditCommand::Tail { from, follow } => tail::run(context, from, follow).await,
    }
}
