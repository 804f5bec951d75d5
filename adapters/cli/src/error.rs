//! What a command ends with when it does not end well: the one place where
//! every error gets its stable kind and its exit code.

use readmit::{
    Error, Failure, KeyError, OpenError, RecoveryId, Refusal, RotateError, StoreErrorKind,
    VerifyError,
};

use readmit_http::server::ServeError;
use readmit_http::{RouterError, metrics};

use crate::demo::DemoError;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The command line says something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// What was named is not there.
    #[error("{0}")]
    NotFound(String),
    /// What was to be made is there already.
    #[error("{0}")]
    Exists(String),
    /// What is to be signed off is not over.
    #[error("the recovery {0} has not ended yet: it can be reviewed once it has")]
    NotEnded(RecoveryId),
    /// The admin who is to act has no second factor to show.
    #[error("{0}")]
    NoDevice(String),
    /// Stored bytes are not what they must be.
    #[error("{0}")]
    Damaged(String),
    /// A command was carried out, and nobody was told what it answers.
    #[error("the command was carried out ({done}), but {why}")]
    Untold {
        /// What there is now, such as `event 12`.
        done: String,
        /// Why the answer was not written.
        why: String,
    },
    /// Some of what was looked at is not in order; the answer has said what.
    #[error("{message}")]
    NotInOrder {
        /// How many, in words.
        message: String,
        /// What it means to a script.
        exit: Exit,
    },
    /// The engine said no, or failed.
    #[error(transparent)]
    Engine(#[from] Error),
    /// The database was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The master key was not rotated.
    #[error(transparent)]
    Rotate(#[from] RotateError),
    /// A ledger was not verified.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The story of the demo did not go as told.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The service could not be started, or not go on.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// What answers requests could not be made.
    #[error(transparent)]
    Router(#[from] RouterError),
    /// Nothing can be measured.
    #[error(transparent)]
    Metrics(#[from] metrics::InstallError),
    /// Reading or writing failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl From<KeyError> for CliError {
    fn from(error: KeyError) -> Self {
        RotateError::from(error).into()
    }
}

/// How a process ends, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Ok = 0,
    Failure = 1,
    Usage = 2,
    NotFound = 3,
    Refused = 4,
    Busy = 5,
    Verification = 6,
}

impl CliError {
    /// A position beyond the last event of a ledger of this size.
    pub(crate) fn no_event(position: u64, size: u64) -> Self {
        Self::NotFound(format!(
            "there is no event {position}: the ledger has {size} events, from 0 on"
        ))
    }

    /// The exit code, and the stable kind that `--json` shows.
    pub(crate) fn verdict(&self) -> (Exit, &'static str) {
        match self {
            Self::Usage(_) => (Exit::Usage, "usage"),
            Self::NotFound(_) => (Exit::NotFound, "not_found"),
            Self::Exists(_) => (Exit::Refused, "exists"),
            Self::NotEnded(_) => (Exit::Refused, Refusal::CaseOpen.kind()),
            Self::NoDevice(_) => (Exit::Refused, Refusal::MfaNotOn.kind()),
            Self::Damaged(_) => (Exit::Failure, "damaged"),
            Self::Untold { .. } => (Exit::Failure, "answer_not_written"),
            Self::NotInOrder { exit: Exit::Verification, .. } => {
                (Exit::Verification, "verification_failed")
            }
            Self::NotInOrder { exit, .. } => (*exit, "not_in_order"),
            Self::Engine(error) => engine(error),
            Self::Open(error) => open(error),
            Self::Rotate(error) => rotate(error),
            Self::Verify(error) => verify(error),
            Self::Demo(error) => demo(error),
            Self::Serve(error) => serve(error),
            Self::Router(_) | Self::Metrics(_) => (Exit::Failure, "failure"),
            Self::Io(error) => io(error),
        }
    }

    /// What to do about it, where the words of the error do not say so.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Engine(Error::Refused(refusal)) => refusal_hint(refusal),
            Self::Engine(Error::Unknown { .. }) => {
                Some("look at `readmit audit tail` before you try again")
            }
            Self::Untold { .. } => Some(
                "do not just repeat it: see what was done first, such as by `readmit audit tail`; \
                 what is shown once is lost",
            ),
            Self::Open(OpenError::KeyMissing(_)) => Some(
                "put the key file back, or name it with --key-file or READMIT_KEY_FILE, or give \
                 the key itself in READMIT_MASTER_KEY",
            ),
            Self::Open(OpenError::NoKey) => Some(
                "name a key file with --key-file or READMIT_KEY_FILE (`readmit init` makes it), or \
                 give the key itself in READMIT_MASTER_KEY",
            ),
            Self::Open(OpenError::WrongKey { .. }) => Some(
                "name the right key file with --key-file, or the key in READMIT_MASTER_KEY; \
                     after a rotation give the key file as the rotation left it, with the new key",
            ),
            Self::Serve(ServeError::Listen { .. }) => {
                Some("see which addresses this machine has, and that nothing else listens there")
            }
            Self::Rotate(RotateError::Keys(KeyError::StillNeeded { .. })) => Some(
                "put the old master keys back into the key file, each on a line of its own below \
                 the first, and run `readmit key rewrap` again; see `readmit key show`",
            ),
            Self::Rotate(RotateError::Keys(KeyError::NothingNew(_))) => {
                Some("see `readmit key rotate --help` for a key that stands in no file")
            }
            _ => None,
        }
    }
}

fn engine(error: &Error) -> (Exit, &'static str) {
    match error {
        Error::Refused(Refusal::NotFound) => (Exit::NotFound, Refusal::NotFound.kind()),
        Error::Refused(refusal) => (Exit::Refused, refusal.kind()),
        Error::Busy { .. } => (Exit::Busy, "busy"),
        Error::Changed { .. } => (Exit::Busy, "changed"),
        Error::Unknown { .. } => (Exit::Failure, "outcome_unknown"),
        Error::Failed(failure) => failed(failure),
        _ => (Exit::Failure, "failure"),
    }
}

fn failed(failure: &Failure) -> (Exit, &'static str) {
    match failure {
        Failure::Store(error) => store(error.kind()),
        Failure::Damaged(_) => (Exit::Failure, "damaged"),
        Failure::MasterKey(_) => (Exit::Failure, "master_key"),
        Failure::ClockBehind { .. } => (Exit::Failure, "clock_behind"),
        Failure::OtherList => (Exit::Usage, "other_list"),
        _ => (Exit::Failure, "failure"),
    }
}

fn open(error: &OpenError) -> (Exit, &'static str) {
    match error {
        OpenError::Store(error) => store(error.kind()),
        OpenError::KeyFile(_) => (Exit::Failure, "key_file"),
        OpenError::KeyMissing(_) => (Exit::Failure, "key_missing"),
        OpenError::WrongKey { .. } => (Exit::Failure, "key_wrong"),
        _ => (Exit::Failure, "failure"),
    }
}

fn rotate(error: &RotateError) -> (Exit, &'static str) {
    match error {
        RotateError::Keys(KeyError::Failed(failure)) => failed(failure),
        RotateError::Keys(KeyError::NothingNew(_)) => (Exit::Refused, "nothing_new"),
        RotateError::Keys(KeyError::Retired(_)) => (Exit::Refused, "key_retired"),
        RotateError::Keys(KeyError::Overtaken(_)) => (Exit::Busy, "overtaken"),
        RotateError::Keys(KeyError::StillNeeded { .. }) => (Exit::Failure, "key_still_needed"),
        RotateError::KeyFile(_) => (Exit::Failure, "key_file"),
        _ => (Exit::Failure, "failure"),
    }
}

fn store(kind: StoreErrorKind) -> (Exit, &'static str) {
    match kind {
        StoreErrorKind::Busy => (Exit::Busy, "busy"),
        StoreErrorKind::BadAddress => (Exit::Usage, "bad_address"),
        StoreErrorKind::Missing => (Exit::Failure, "database_missing"),
        StoreErrorKind::CannotWrite => (Exit::Failure, "cannot_write"),
        StoreErrorKind::NotOurs => (Exit::Failure, "not_ours"),
        StoreErrorKind::Corrupt => (Exit::Failure, "damaged"),
        _ => (Exit::Failure, "unavailable"),
    }
}

/// Damage that keeps a ledger from being read at all is a verification that failed.
fn verify(error: &VerifyError) -> (Exit, &'static str) {
    match error {
        VerifyError::Broken(_) => (Exit::Verification, "verification_failed"),
        VerifyError::Failed(failure) => match failed(failure) {
            (_, "damaged") => (Exit::Verification, "verification_failed"),
            other => other,
        },
        _ => (Exit::Failure, "failure"),
    }
}

fn serve(error: &ServeError) -> (Exit, &'static str) {
    match error {
        ServeError::Setting(_) | ServeError::Tls(_) => (Exit::Usage, "bad_setting"),
        ServeError::Listen { .. } => (Exit::Failure, "cannot_listen"),
        _ => (Exit::Failure, "failure"),
    }
}

fn demo(error: &DemoError) -> (Exit, &'static str) {
    match error {
        DemoError::Open(error) => open(error),
        DemoError::Engine(error) => engine(error),
        DemoError::Verify(error) => verify(error),
        // A pipe that was closed early too: exit code 0 says that the whole story went as told.
        DemoError::Io(_) | DemoError::Otherwise { .. } | DemoError::Phone(_) => {
            (Exit::Failure, "failure")
        }
    }
}

/// Whoever reads our output may stop early: that is no failure.
fn io(error: &std::io::Error) -> (Exit, &'static str) {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => (Exit::Ok, "closed_pipe"),
        _ => (Exit::Failure, "failure"),
    }
}

fn refusal_hint(refusal: &Refusal) -> Option<&'static str> {
    Some(match refusal {
        Refusal::CaseOpen => "see `readmit bypass list`; grant with --replace to start anew",
        Refusal::ReasonMissing => "give --reason, such as --reason lost_device",
        Refusal::NoteMissing => "give --note with a sentence",
        Refusal::TicketMissing => "give --ticket, such as --ticket INC-4711",
        Refusal::IdentityCheckMissing => {
            "give --identity-check, such as --identity-check call_back"
        }
        Refusal::ProofTooWeak => "leave --proof out, or give --proof password_and_issued_code",
        Refusal::NothingToBypass => "they can sign in and set up MFA without a bypass",
        Refusal::NotPermitted => "see `readmit admin list` for who may",
        Refusal::TooLateToRevoke => "the recovery ends by itself",
        Refusal::LoginTaken => "see `readmit customer list` and `readmit admin list`",
        _ => return None,
    })
}
