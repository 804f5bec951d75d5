//! One command of a batch: known already, refused, or planned.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use readmit_domain::account::{Presented, SecretId};
use readmit_domain::command::{AccountCommand, Decision};
use readmit_domain::{
    Account, BypassId, Command, CommandId, Context, Findings, LedgerId, Proof, RecoveryCodeMatch,
    Refusal, StreamId, TotpMatch,
};

use crate::lane::state::{Stream, StreamKey, Work};
use crate::lane::{BATCH_BYTES_MAX, Lane, Pending};
use crate::outcome::Executed;
use crate::ports::store::CommandRow;
use crate::prepare::Prepared;
use crate::vault::{SecretPlace, secret_name};
use crate::{ExecuteError, Failure, codes};

/// What a lane answers.
pub(crate) enum Reply {
    /// Committed, durable.
    Committed(Box<Executed>),
    /// Carried out before, under the same id: its events stand there.
    Known(CommandRow),
    /// The bypass needs an issued code: draw one and come again.
    NeedsIssuedCode,
    /// Compare the typed code with this digest and come again.
    NeedsCodeCheck { bypass: BypassId, digest: String },
}

/// Commands of a batch with what was decided.
pub(crate) struct Decided {
    pub(crate) work: Work,
    pub(crate) answers: Vec<(Pending, Answer)>,
}

/// What was decided of one command; told to its caller once it is proved true.
pub(crate) enum Answer {
    /// Events are planned: true if the batch is committed.
    Planned(Box<Executed>),
    /// The same command id stands earlier in this batch: its answer counts.
    SameAs(CommandRow),
    /// No events: true if the head has not moved.
    Quiet(Result<Reply, ExecuteError>),
}

impl Lane {
    /// Decides each command in order. What does not fit into one commit comes again.
    pub(crate) fn decide_all(&mut self, mut work: Work, batch: Vec<Pending>) -> Decided {
        let mut answers = Vec::with_capacity(batch.len());
        let mut planned: HashMap<(LedgerId, CommandId), CommandRow> = HashMap::new();
        let mut bytes = 0;
        for pending in batch {
            if bytes > BATCH_BYTES_MAX {
                self.again.push_back(pending);
                continue;
            }
            let prepared = Arc::clone(&pending.prepared);
            let key = (prepared.ledger.id, prepared.id);
            let answer = match planned.get(&key).or_else(|| work.known.get(&key)) {
                Some(row) if row.fingerprint != prepared.fingerprint => {
                    Answer::Quiet(Err(Refusal::CommandReused.into()))
                }
                Some(row) if planned.contains_key(&key) => Answer::SameAs(*row),
                Some(row) => Answer::Quiet(Ok(Reply::Known(*row))),
                None => self.decide(&mut work, &prepared),
            };
            if let Answer::Planned(executed) = &answer {
                let events = u32::try_from(executed.events.len()).unwrap_or(u32::MAX);
                let (fingerprint, first_position) = (prepared.fingerprint, executed.first_position);
                planned.insert(key, CommandRow { fingerprint, first_position, events });
                bytes += work.ledgers.get(&key.0).map_or(0, |ledger| {
                    ledger.events.iter().rev().take(events as usize).map(|e| e.body.len()).sum()
                });
            }
            answers.push((pending, answer));
        }
        Decided { work, answers }
    }

    fn decide(&self, work: &mut Work, prepared: &Prepared) -> Answer {
        // The batch changes only when a plan is whole, in steps that cannot panic:
        // a rule or a fold that panics leaves nothing half done.
        let decided = catch_unwind(AssertUnwindSafe(|| self.try_decide(work, prepared)));
        match decided {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => Answer::Quiet(Err(error)),
            Err(_) => Answer::Quiet(Err(Failure::Panicked.into())),
        }
    }

    fn try_decide(&self, work: &mut Work, prepared: &Prepared) -> Result<Answer, ExecuteError> {
        let ledger = work.ledgers.get(&prepared.ledger.id);
        let ledger = ledger.ok_or(Failure::NoLedger(prepared.ledger.id))?;
        let now = self.shared.clock.now().max(ledger.head.at);
        let view = View::of(work, prepared)?;
        let found = match view.find(prepared, now)? {
            Ok(found) => found,
            Err(needed) => return Ok(Answer::Quiet(Ok(needed))),
        };
        let context = Context {
            now,
            tenant: view.tenant.state.tenant().ok_or(Failure::Panicked)?,
            actor: &prepared.actor,
            actor_account: view.actor.and_then(|stream| stream.state.account()),
            fresh: prepared.fresh,
            found: &found,
        };
        let decision = decide_purely(&prepared.command, view.target, &context)?;
        self.plan(work, prepared, now, decision)
    }
}

fn decide_purely(
    command: &Command,
    target: &Stream,
    context: &Context<'_>,
) -> Result<Decision, Failure> {
    match command {
        Command::Account(command) => {
            let account = target.state.account().ok_or(Failure::Panicked)?;
            Ok(command.decide(account, context))
        }
        Command::Tenant(command) => Ok(command.decide(context.tenant, context)),
    }
}

/// The streams that one decision looks at.
struct View<'a> {
    target: &'a Stream,
    tenant: &'a Stream,
    actor: Option<&'a Stream>,
    names: &'a HashMap<(LedgerId, crate::ports::store::NameDigest), uuid::Uuid>,
}

impl<'a> View<'a> {
    fn of(work: &'a Work, prepared: &Prepared) -> Result<Self, Failure> {
        let ledger = prepared.ledger.id;
        let stream = |id: StreamId| -> Result<&'a Stream, Failure> {
            let key: StreamKey = (ledger, id);
            let stream = work.streams.get(&key).ok_or(Failure::Panicked)?;
            stream.failure.clone().map_or(Ok(stream), Err)
        };
        let actor = prepared.actor.who.account().map(StreamId::Account);
        Ok(Self {
            target: stream(prepared.stream())?,
            tenant: stream(prepared.ledger.tenant.into())?,
            actor: actor.and_then(|id| work.streams.get(&(ledger, id))),
            names: &work.names,
        })
    }

    /// What look-ups and code checks find, or what must be brought first.
    fn find(
        &self,
        prepared: &Prepared,
        now: readmit_domain::Timestamp,
    ) -> Result<Result<Findings, Reply>, Failure> {
        let ledger = prepared.ledger.id;
        let mut found = Findings {
            login_taken: prepared.name.is_some_and(|name| self.names.contains_key(&(ledger, name))),
            issued_code: prepared.issued_code_check,
            ..Findings::default()
        };
        let (Command::Account(command), Some(account)) =
            (&prepared.command, self.target.state.account())
        else {
            return Ok(Ok(found));
        };
        if account.erased {
            // Its secrets are destroyed, and every rule refuses it.
            return Ok(Ok(found));
        }
        let secrets = Secrets { ledger, account, stream: self.target };
        match command {
            AccountCommand::CheckSecondFactor(check) => match check.presented() {
                Presented::Totp(code) => {
                    for device in account.devices() {
                        found.totp.extend(secrets.totp_matches(device.id, code, now)?);
                    }
                }
                Presented::RecoveryCode(code) => {
                    found.recovery_code = secrets.code_match(code)?;
                }
            },
            AccountCommand::ConfirmEnrolment(confirm)
                if account.enrolment.is_some_and(|pending| pending.device == confirm.device()) =>
            {
                found.totp = secrets.totp_matches(confirm.device(), confirm.code(), now)?;
            }
            AccountCommand::RedeemBypass(redeem) if redeem.issued_code().is_some() => {
                if let Some(needed) = secrets.code_check_needed(&found)? {
                    return Ok(Err(needed));
                }
            }
            _ => {}
        }
        Ok(Ok(found))
    }
}

/// The secrets of the account that a command is about.
struct Secrets<'a> {
    ledger: LedgerId,
    account: &'a Account,
    stream: &'a Stream,
}

impl Secrets<'_> {
    fn totp_matches(
        &self,
        device: readmit_domain::DeviceId,
        code: &readmit_domain::TotpCode,
        now: readmit_domain::Timestamp,
    ) -> Result<Vec<TotpMatch>, Failure> {
        let secret = self.open(SecretId::Totp(device))?;
        let steps = codes::totp_steps(&secret, code, now);
        Ok(steps.into_iter().map(|step| TotpMatch { device, step }).collect())
    }

    fn code_match(
        &self,
        code: &readmit_domain::RecoveryCode,
    ) -> Result<Option<RecoveryCodeMatch>, Failure> {
        let Some(set) = self.account.codes() else { return Ok(None) };
        let stored = self.open(SecretId::Codes(set.id))?;
        let key = self.stream.code_key().ok_or_else(|| self.missing("data key"))?;
        let index = codes::code_index(&key, &stored, code);
        Ok(index.map(|index| RecoveryCodeMatch { set: set.id, index }))
    }

    /// The comparison that must be made before this redemption can be decided.
    fn code_check_needed(&self, found: &Findings) -> Result<Option<Reply>, Failure> {
        let Some(case) = &self.account.case else { return Ok(None) };
        let secret = SecretId::IssuedCode(case.bypass);
        let compared = found.issued_code.is_some_and(|check| check.bypass == case.bypass);
        let wanted = case.terms.proof == Proof::PasswordAndIssuedCode
            && self.account.secrets().contains(&secret);
        if compared || !wanted {
            return Ok(None);
        }
        let digest = String::from_utf8(self.open(secret)?.to_vec());
        let digest = digest.map_err(|_| self.missing("digest"))?;
        Ok(Some(Reply::NeedsCodeCheck { bypass: case.bypass, digest }))
    }

    fn open(&self, secret: SecretId) -> Result<zeroize::Zeroizing<Vec<u8>>, Failure> {
        let sealed = self.stream.secrets.get(&secret_name(secret));
        let sealed = sealed.ok_or_else(|| self.missing("secret"))?;
        let key = self.stream.key.as_ref().ok_or_else(|| self.missing("data key"))?;
        let place = SecretPlace { ledger: self.ledger, stream: self.account.id.into(), secret };
        key.open_secret(sealed, place).map_err(|_| self.missing("secret that opens"))
    }

    fn missing(&self, what: &str) -> Failure {
        Failure::Damaged(format!(
            "account {} has no {what} where its history says so",
            self.account.id
        ))
    }
}
