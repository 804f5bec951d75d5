//! One checkpoint on its way to one witness, without IO.

use readmit_tlog::{
    AddCheckpoint, Checkpoint, ConsistencyProof, KeyKind, SignedCheckpoint, VerifiedSignature,
    VerifierKey, parse_known_size,
};

use super::{ANSWER_MAX_BYTES, ClientError, WitnessAnswer, WitnessError};

/// One checkpoint on its way to one witness.
///
/// Ask for a proof from [`old_size`](Self::old_size) to [`size`](Self::size), send
/// [`request`](Self::request), give the answer to [`take`](Self::take), and again if that says so:
/// it does so once at most.
#[derive(Clone, Debug)]
pub struct Submission {
    checkpoint: SignedCheckpoint,
    /// Not empty, all [`KeyKind::Cosignature`].
    witness: Vec<VerifierKey>,
    /// What the witness is taken to know. At most the checkpoint's size.
    old: u64,
    /// What the caller remembered, if the witness has corrected it.
    corrected: Option<u64>,
}

/// What an answer leads to.
#[derive(Clone, Debug)]
pub enum Step {
    /// The witness knows another size: ask again, from there.
    Again(Submission),
    /// The witness cosigned.
    Done(Witnessed),
}

/// A checkpoint with the cosignatures of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// The checkpoint that was submitted, with the cosignatures; an earlier one of the same key was
    /// replaced. Store it.
    pub checkpoint: SignedCheckpoint,
    /// The keys that cosigned, and when by the witness's clock, which may be wrong. At least one.
    pub cosigned: Vec<VerifiedSignature>,
    /// The witness knew fewer events than the caller remembered that it had cosigned: it lost its
    /// memory, or it is not the same one. Its word is worth less than before: tell its operator.
    pub forgot: Option<Forgot>,
}

/// What a witness has forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgot {
    /// How many events it had cosigned, as the caller remembered.
    pub remembered: u64,
    /// How many it knew.
    pub known: u64,
}

/// How much of what a witness wrote is shown, in characters.
const TOLD_MAX_CHARS: usize = 200;

impl Submission {
    /// A checkpoint for a witness that has these keys, and that cosigned `known_size` events the
    /// last time as far as the caller knows.
    ///
    /// # Errors
    ///
    /// [`WitnessError::NotAWitness`]; [`WitnessError::RolledBack`] when the checkpoint is smaller
    /// than what is remembered.
    pub fn new(
        checkpoint: SignedCheckpoint,
        known_size: u64,
        witness: &[VerifierKey],
    ) -> Result<Self, WitnessError> {
        if witness.is_empty() {
            return Err(WitnessError::NotAWitness("there is none".to_owned()));
        }
        if let Some(key) = witness.iter().find(|key| key.kind() != KeyKind::Cosignature) {
            let why = format!("{key} is the key of a log, not of a witness");
            return Err(WitnessError::NotAWitness(why));
        }
        let submission =
            Self { checkpoint, witness: witness.to_vec(), old: known_size, corrected: None };
        if known_size > submission.size() {
            return Err(submission.rolled_back(known_size));
        }
        Ok(submission)
    }

    /// How many events the witness is taken to know.
    pub const fn old_size(&self) -> u64 {
        self.old
    }

    /// How many events the checkpoint has.
    pub const fn size(&self) -> u64 {
        self.submitted().size()
    }

    /// The body of `add-checkpoint`.
    ///
    /// # Errors
    ///
    /// [`WitnessError::WrongProof`] when the proof is not from [`old_size`](Self::old_size) to
    /// [`size`](Self::size).
    pub fn request(&self, proof: &ConsistencyProof) -> Result<String, WitnessError> {
        let (expected, found) = ((self.old, self.size()), (proof.old_size(), proof.new_size()));
        if expected != found {
            return Err(WitnessError::WrongProof { expected, found });
        }
        Ok(AddCheckpoint::new(proof, self.checkpoint.clone())?.to_string())
    }

    /// Judges what the witness answered.
    ///
    /// # Errors
    ///
    /// [`WitnessError`] for whatever is neither a good cosignature nor a size that is worth
    /// another attempt.
    pub fn take(self, answer: &WitnessAnswer) -> Result<Step, WitnessError> {
        if answer.body.len() > ANSWER_MAX_BYTES {
            return Err(ClientError::TooLong.into());
        }
        let (status, told) = (answer.status, told(&answer.body));
        let origin = || self.submitted().origin().to_owned();
        match status {
            200 => self.cosigned(answer).map(Step::Done),
            409 => self.correct(answer),
            422 if self.old > 0 => Err(self.forked(told)),
            400 | 422 => Err(WitnessError::NotAccepted { status, told }),
            403 => Err(WitnessError::UnknownKey { origin: origin(), told }),
            404 => Err(WitnessError::UnknownOrigin { origin: origin(), told }),
            429 | 500..=599 => Err(WitnessError::Unavailable { status, told }),
            300..=399 => Err(WitnessError::Redirected { status }),
            _ => Err(bad(status, "no such status is known")),
        }
    }

    fn cosigned(self, answer: &WitnessAnswer) -> Result<Witnessed, WitnessError> {
        let lines = text(answer)?;
        let mut checkpoint = self.checkpoint;
        let cosigned = checkpoint
            .add_cosignatures(lines, &self.witness)
            .map_err(WitnessError::BadCosignature)?;
        if cosigned.iter().any(|signature| signature.at_seconds == Some(0)) {
            return Err(WitnessError::Undated);
        }
        let forgot = self.corrected.filter(|remembered| *remembered > self.old);
        let forgot = forgot.map(|remembered| Forgot { remembered, known: self.old });
        Ok(Witnessed { checkpoint, cosigned, forgot })
    }

    /// The witness knows another size than it was told.
    fn correct(self, answer: &WitnessAnswer) -> Result<Step, WitnessError> {
        let known = known_size(answer)?;
        let ours = self.size();
        if known > ours {
            return Err(self.rolled_back(known));
        }
        if known == self.old {
            // Of one size, but of another root: how tlog-witness v1.0.0 had it.
            let same_size = known == ours && known > 0;
            let why = "it names the very size that it was told";
            return Err(if same_size { self.forked(String::new()) } else { bad(409, why) });
        }
        if self.corrected.is_some() {
            let origin = self.submitted().origin().to_owned();
            return Err(WitnessError::Moved { origin, known });
        }
        Ok(Step::Again(Self { corrected: Some(self.old), old: known, ..self }))
    }

    const fn submitted(&self) -> &Checkpoint {
        self.checkpoint.checkpoint()
    }

    fn rolled_back(&self, known: u64) -> WitnessError {
        let origin = self.submitted().origin().to_owned();
        WitnessError::RolledBack { origin, known, ours: self.size() }
    }

    fn forked(&self, told: String) -> WitnessError {
        let origin = self.submitted().origin().to_owned();
        WitnessError::Forked { origin, known: self.old, ours: self.size(), told }
    }
}

fn known_size(answer: &WitnessAnswer) -> Result<u64, WitnessError> {
    let kind = answer.content_type.as_deref().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("text/x.tlog.size") {
        return Err(bad(answer.status, "it is not a text/x.tlog.size"));
    }
    parse_known_size(text(answer)?).map_err(|error| bad(answer.status, &error.to_string()))
}

fn text(answer: &WitnessAnswer) -> Result<&str, WitnessError> {
    std::str::from_utf8(&answer.body).map_err(|_| bad(answer.status, "it is not UTF-8"))
}

fn bad(status: u16, why: &str) -> WitnessError {
    WitnessError::BadAnswer { status, why: why.to_owned() }
}

/// The beginning of what a witness wrote, so that it can stand in a message: it may be
/// anything, so only printable ASCII is kept.
fn told(body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body);
    let line = body.trim().lines().next().unwrap_or_default();
    let shown: String =
        line.chars().filter(|c| matches!(c, ' '..='~')).take(TOLD_MAX_CHARS).collect();
    if shown.is_empty() { shown } else { format!(" (it says: {shown})") }
}
