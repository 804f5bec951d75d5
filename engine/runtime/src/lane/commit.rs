//! Commits a batch, and tells everyone what is true.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::time::{Duration, Instant};

use readmit_domain::{CommandId, LedgerId};

use crate::lane::decide::{Answer, Decided, Reply};
use crate::lane::state::{LedgerWork, Work};
use crate::lane::{ATTEMPTS_MAX, Lane, Pending};
use crate::ports::store::{CommandRow, CommitError, LedgerCommit, Load, Write};
use crate::ports::{StoreError, StoreErrorKind};
use crate::{ExecuteError, tiles};

/// Between two looks at a store that is away.
const LOOK_UP_PAUSE: Duration = Duration::from_millis(100);

/// Commands that are stored, and where.
type Stored = HashMap<(LedgerId, CommandId), CommandRow>;

impl Lane {
    /// Commits what is planned, answers what is proved, and has the rest decided again.
    pub(super) async fn finish(&mut self, decided: Decided) {
        let Decided { mut work, answers } = decided;
        let mut proved = self.unmoved(&work).await;
        let mut commits = take_commits(&mut work);
        let committed = self.commit(&mut commits).await;
        let writing: HashSet<LedgerId> = commits.iter().map(|commit| commit.ledger).collect();
        proved.extend(committed.iter().flatten());
        self.announce(&commits, &proved, &work, &answers);
        self.remember(work, &proved, &writing);
        let stored = match &committed {
            Err(CommitError::Unclear(_)) => self.look_up(&answers).await,
            _ => None,
        };
        for (pending, answer) in answers {
            let ledger = pending.prepared.ledger.id;
            match &committed {
                _ if proved.contains(&ledger) => pending.answer(answer.reply),
                // Perhaps only one of the ledgers is to blame: each is tried alone.
                Err(CommitError::NotCommitted(error))
                    if writing.len() > 1 && error.kind() == StoreErrorKind::Corrupt =>
                {
                    self.decide_alone(pending);
                }
                Err(CommitError::NotCommitted(error)) if writing.contains(&ledger) => {
                    pending.answer(Err(error.clone().into()));
                }
                Err(CommitError::Unclear(error)) if answer.planned => {
                    self.resolve(pending, answer.reply, stored.as_ref(), error);
                }
                _ => self.decide_again(pending),
            }
        }
    }

    /// Commits, with the tiles that are filled.
    async fn commit(&self, commits: &mut [LedgerCommit]) -> Result<Vec<LedgerId>, CommitError> {
        if commits.is_empty() {
            return Ok(Vec::new());
        }
        let store = self.shared.store.as_ref();
        for commit in &mut *commits {
            tiles::add_to(store, commit).await.map_err(CommitError::NotCommitted)?;
        }
        let started = Instant::now();
        let committed = store.commit(commits).await;
        self.shared.measures.commit(started.elapsed());
        committed
    }

    /// Ledgers without anything to commit whose head is still what was believed:
    /// refusals and repetitions were decided on the truth.
    async fn unmoved(&self, work: &Work) -> HashSet<LedgerId> {
        let quiet = work.ledgers.iter().filter(|(_, ledger)| ledger.events.is_empty());
        let (sure, unsure): (Vec<_>, Vec<_>) = quiet.partition(|(_, ledger)| ledger.just_read);
        let mut unmoved: HashSet<LedgerId> = sure.into_iter().map(|(id, _)| *id).collect();
        // A damaged head was read for this batch too.
        unmoved.extend(work.failed.keys());
        if !unsure.is_empty() {
            let heads = unsure.iter().map(|(id, _)| **id).collect();
            // A failed look proves nothing: those commands are decided again.
            let loaded = self.shared.store.load(&Load { heads, ..Load::default() }).await;
            for head in loaded.map(|loaded| loaded.heads).unwrap_or_default() {
                if work
                    .ledgers
                    .get(&head.ledger)
                    .is_some_and(|l| l.expected_size == head.size && l.head.fence == head.fence)
                {
                    unmoved.insert(head.ledger);
                }
            }
        }
        unmoved
    }

    /// Keeps what is proved; forgets ledgers that turned out to be otherwise.
    fn remember(&mut self, work: Work, proved: &HashSet<LedgerId>, writing: &HashSet<LedgerId>) {
        for (id, ledger) in work.ledgers {
            if proved.contains(&id) {
                self.memory.keep_head(id, ledger.head);
            } else {
                tracing::debug!(ledger = %id, committing = writing.contains(&id), "head was elsewhere");
                self.memory.forget(id);
            }
        }
        for (key, stream) in work.streams {
            if proved.contains(&key.0) {
                self.memory.keep_stream(key, stream);
            }
        }
    }

    /// Tells followers, the timer, and whoever signs.
    fn announce(
        &self,
        commits: &[LedgerCommit],
        proved: &HashSet<LedgerId>,
        work: &Work,
        answers: &[(Pending, Answer)],
    ) {
        let ledgers = answers.iter().map(|(pending, _)| &pending.prepared.ledger);
        let tenants: HashMap<_, _> = ledgers.map(|ledger| (ledger.id, ledger.tenant)).collect();
        for commit in commits.iter().filter(|commit| proved.contains(&commit.ledger)) {
            let size = commit.expected_size + commit.events.len() as u64;
            self.shared.announce(commit.ledger, size);
            let tenant = tenants.get(&commit.ledger).copied();
            let stream = tenant.and_then(|id| work.streams.get(&(commit.ledger, id.into())));
            if let Some(tenant) = stream.and_then(|stream| stream.state.tenant()) {
                self.shared.unsigned.add(commit.ledger, tenant.signing_keys_at(commit.at));
            }
            if commit.writes.iter().any(|write| matches!(write, Write::Timer { .. })) {
                self.shared.timer_set.notify_one();
            }
        }
    }

    /// After a commit whose outcome is unclear: of its commands, those that are stored; none if
    /// even that cannot be known. One look for all of them, since it may have to wait for the
    /// store to come back, and everybody behind this lane waits with it.
    async fn look_up(&self, answers: &[(Pending, Answer)]) -> Option<Stored> {
        let planned = answers.iter().filter(|(_, answer)| answer.planned);
        let mut commands: Vec<_> =
            planned.map(|(pending, _)| (pending.prepared.ledger.id, pending.prepared.id)).collect();
        commands.sort_unstable();
        commands.dedup();
        let load = Load { commands, ..Load::default() };
        let started = Instant::now();
        loop {
            match self.shared.store.load(&load).await {
                Ok(loaded) => return Some(loaded.commands.into_iter().collect()),
                Err(error) if started.elapsed() >= self.shared.store.patience() => {
                    tracing::warn!(%error, "a commit was lost, and what is stored is not known");
                    return None;
                }
                Err(_) => tokio::time::sleep(LOOK_UP_PAUSE).await,
            }
        }
    }

    /// What is stored is the truth.
    fn resolve(
        &mut self,
        mut pending: Pending,
        if_stored: Result<Reply, ExecuteError>,
        stored: Option<&Stored>,
        why: &StoreError,
    ) {
        let (ledger, command) = (pending.prepared.ledger.id, pending.prepared.id);
        let Some(stored) = stored else {
            return pending.answer(Err(ExecuteError::Unknown { command, why: why.clone() }));
        };
        let answer = match stored.get(&(ledger, command)) {
            Some(row) if row.fingerprint == pending.prepared.fingerprint => match if_stored {
                // Carried out under this id, but not by this commit: another node's answer counts.
                Ok(Reply::Committed(planned)) if planned.first_position != row.first_position => {
                    Ok(Reply::Known(*row))
                }
                if_stored => if_stored,
            },
            // Nothing is stored, nor will be: the connection may have been an old one, so once more.
            None if !mem::replace(&mut pending.lost_before, true) => {
                return self.decide_again(pending);
            }
            _ => Err(why.clone().into()),
        };
        pending.answer(answer);
    }

    /// Another look, in a batch of its own ledger alone.
    pub(super) fn decide_alone(&mut self, mut pending: Pending) {
        pending.alone = true;
        self.decide_again(pending);
    }

    /// A lost race: the same request, the same draws, another look.
    fn decide_again(&mut self, mut pending: Pending) {
        pending.attempts += 1;
        if pending.attempts >= ATTEMPTS_MAX {
            pending.answer(Err(ExecuteError::BUSY));
        } else {
            self.again.push_back(pending);
        }
    }
}

/// The planned rows of each ledger, in ledger order, so that nodes lock heads alike.
fn take_commits(work: &mut Work) -> Vec<LedgerCommit> {
    let mut commits: Vec<LedgerCommit> = work
        .ledgers
        .iter_mut()
        .filter(|(_, ledger)| !ledger.events.is_empty())
        .map(|(id, ledger)| ledger.take_commit(*id))
        .collect();
    commits.sort_unstable_by_key(|commit| commit.ledger);
    commits
}

impl LedgerWork {
    fn take_commit(&mut self, ledger: LedgerId) -> LedgerCommit {
        LedgerCommit {
            ledger,
            expected_size: self.expected_size,
            fence: self.head.fence,
            at: self.head.at,
            root: *self.head.frontier.root().as_bytes(),
            frontier: self.head.frontier.to_bytes(),
            events: mem::take(&mut self.events),
            commands: mem::take(&mut self.commands),
            writes: mem::take(&mut self.writes),
        }
    }
}
