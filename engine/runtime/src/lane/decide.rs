//! One command of a batch: known already, refused, or planned.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use readmit_domain::account::{Presented, SecretId};
use readmit_domain::command::{AccountCommand, Decision};
use readmit_domain::{
    Account, BypassId, Command, CommandId, Context, DeviceId, Findings, LedgerId, Proof,
    RecoveryCode, RecoveryCodeMatch, Refusal, Seconds, StreamId, Timestamp, TotpCode, TotpMatch,
};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::lane::state::{Stream, StreamKey, Work};
use crate::lane::{BATCH_BYTES_MAX, Lane, Pending};
use crate::outcome::Executed;
use crate::ports::store::{CommandRow, NameDigest};
use crate::prepare::Prepared;
use crate::vault::{DataKey, SecretPlace, secret_name};
use crate::{ExecuteError, Failure, codes};

/// What a decision looks at was loaded for it.
pub(super) const NOT_IN_BATCH: Failure = Failure::Bug("a command is decided without its streams");

/// What a lane answers.
pub(crate) enum Reply {
    /// Carried out: durable once the caller is told.
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
pub(crate) struct Answer {
    pub(crate) reply: Result<Reply, ExecuteError>,
    /// Whether the events behind it are planned in this batch: then it is true
    /// if the batch is committed, and otherwise if the head has not moved.
    pub(crate) planned: bool,
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
            let reply = match planned.get(&key).or_else(|| work.known.get(&key)) {
                Some(row) if row.fingerprint != prepared.fingerprint => {
                    Err(Refusal::CommandReused.into())
                }
                Some(row) => Ok(Reply::Known(*row)),
                None => self.decide(&mut work, &prepared),
            };
            if let Ok(Reply::Committed(executed)) = &reply {
                let events = u32::try_from(executed.events.len()).unwrap_or(u32::MAX);
                let (fingerprint, first_position) = (prepared.fingerprint, executed.first_position);
                planned.insert(key, CommandRow { fingerprint, first_position, events });
                bytes += work.ledgers.get(&key.0).map_or(0, |ledger| {
                    ledger.events.iter().rev().take(events as usize).map(|e| e.body.len()).sum()
                });
            }
            let planned = reply.is_ok() && planned.contains_key(&key);
            answers.push((pending, Answer { reply, planned }));
        }
        Decided { work, answers }
    }

    fn decide(&self, work: &mut Work, prepared: &Prepared) -> Result<Reply, ExecuteError> {
        // The batch changes only when a plan is whole, in steps that cannot panic:
        // a rule or a fold that panics leaves nothing half done.
        let decided = catch_unwind(AssertUnwindSafe(|| self.try_decide(work, prepared)));
        decided.unwrap_or_else(|_| Err(Failure::Panicked.into()))
    }

    fn try_decide(&self, work: &mut Work, prepared: &Prepared) -> Result<Reply, ExecuteError> {
        let id = prepared.ledger.id;
        let ledger = work
            .ledgers
            .get(&id)
            .ok_or_else(|| work.failed.get(&id).cloned().unwrap_or(Failure::NoLedger(id)))?;
        let clock = self.shared.clock.now();
        let now = clock.max(ledger.head.at);
        require_clock(&prepared.command, clock, now)?;
        let view = View::of(work, prepared)?;
        let version = view.target.version;
        if prepared.if_version.is_some_and(|expected| expected != version) {
            return Err(ExecuteError::Changed { version });
        }
        // A phone goes by the real time, not by the ledger's.
        let found = match view.find(prepared, clock)? {
            Ok(found) => found,
            Err(needed) => return Ok(needed),
        };
        let context = Context {
            now,
            tenant: view.tenant.state.tenant().ok_or(Failure::Bug("the tenant is no tenant"))?,
            actor: &prepared.actor,
            actor_account: view.actor.and_then(|stream| stream.state.account()),
            fresh: prepared.fresh,
            found: &found,
        };
        let decision = decide_purely(&prepared.command, view.target, &context)?;
        self.plan(work, prepared, now, decision)
    }
}

/// A ledger that was written by a clock ahead of this one stands still until
/// this one has caught up: a bypass would live that much longer in real time.
const CLOCK_BEHIND_MAX: Seconds = Seconds::minutes(2);

/// Refuses to open a door while time stands still.
fn require_clock(command: &Command, clock: Timestamp, now: Timestamp) -> Result<(), Failure> {
    let opens = matches!(
        command,
        Command::Account(
            AccountCommand::GrantBypass(_)
                | AccountCommand::ApproveBypass(_)
                | AccountCommand::RedeemBypass(_)
        )
    );
    if opens && now > clock + CLOCK_BEHIND_MAX {
        return Err(Failure::ClockBehind { clock, ledger: now });
    }
    Ok(())
}

fn decide_purely(
    command: &Command,
    target: &Stream,
    context: &Context<'_>,
) -> Result<Decision, Failure> {
    match command {
        Command::Account(command) => {
            let account =
                target.state.account().ok_or(Failure::Bug("the account is no account"))?;
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
    names: &'a HashMap<(LedgerId, NameDigest), Uuid>,
}

impl<'a> View<'a> {
    fn of(work: &'a Work, prepared: &Prepared) -> Result<Self, Failure> {
        let ledger = prepared.ledger.id;
        let stream = |id: StreamId| -> Result<&'a Stream, Failure> {
            let key: StreamKey = (ledger, id);
            let stream = work.streams.get(&key).ok_or(NOT_IN_BATCH)?;
            stream.failure.clone().map_or(Ok(stream), Err)
        };
        let actor = prepared.actor.who.account().map(StreamId::Account);
        Ok(Self {
            target: stream(prepared.stream())?,
            tenant: stream(prepared.ledger.tenant.into())?,
            actor: match actor.filter(|id| work.streams.contains_key(&(ledger, *id))) {
                Some(id) => Some(stream(id)?),
                None => None,
            },
            names: &work.names,
        })
    }

    /// What look-ups and code checks find, or what must be brought first.
    fn find(
        &self,
        prepared: &Prepared,
        now: Timestamp,
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
        device: DeviceId,
        code: &TotpCode,
        now: Timestamp,
    ) -> Result<Vec<TotpMatch>, Failure> {
        let secret = self.open(SecretId::Totp(device))?;
        let steps = codes::totp_steps(&secret, code, now);
        Ok(steps.into_iter().map(|step| TotpMatch { device, step }).collect())
    }

    fn code_match(&self, code: &RecoveryCode) -> Result<Option<RecoveryCodeMatch>, Failure> {
        let Some(set) = self.account.codes() else { return Ok(None) };
        let stored = self.open(SecretId::Codes(set.id))?;
        let index = codes::code_index(&self.key()?.code_key(), &stored, code);
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

    fn open(&self, secret: SecretId) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let sealed = self.stream.secrets.get(&secret_name(secret));
        let sealed = sealed.ok_or_else(|| self.missing("secret"))?;
        let place = SecretPlace { ledger: self.ledger, stream: self.account.id.into(), secret };
        let opened = self.key()?.open_secret(sealed, place);
        opened.map_err(|_| self.missing("secret that opens"))
    }

    fn key(&self) -> Result<&DataKey, Failure> {
        self.stream.key.as_ref().ok_or_else(|| self.missing("data key"))
    }

    fn missing(&self, what: &str) -> Failure {
        Failure::Damaged(format!(
            "account {} has no {what} where its history says so",
            self.account.id
        ))
    }
}
