//! What a decision writes: leaves, secrets, private data, names, keys, timers.

use std::collections::HashSet;
use std::mem;

use readmit_domain::account::SecretId;
use readmit_domain::command::{AccountCommand, Decision};
use readmit_domain::{Account, Command, NewEvent, StreamId, Timestamp};
use readmit_tlog::leaf_hash;
use zeroize::Zeroizing;

use crate::envelope::{Envelope, EnvelopeError};
use crate::lane::Lane;
use crate::lane::decide::{NOT_IN_BATCH, Reply};
use crate::lane::state::{State, Stream, Work};
use crate::outcome::{Executed, ShownOnce};
use crate::ports::entropy::draw;
use crate::ports::store::{CommandRow, StoredEvent, Write};
use crate::prepare::{Drawn, Prepared};
use crate::vault::{DataKey, PrivatePlace, SecretPlace, secret_name};
use crate::{ExecuteError, Failure, codes};

impl Lane {
    /// Turns a decision into rows, and makes the batch go on from there.
    pub(super) fn plan(
        &self,
        work: &mut Work,
        prepared: &Prepared,
        now: Timestamp,
        decision: Decision,
    ) -> Result<Reply, ExecuteError> {
        let events = decision?;
        let (ledger, id) = (prepared.ledger.id, prepared.stream());
        let before = work.streams.get(&(ledger, id)).ok_or(NOT_IN_BATCH)?;
        let head = work.ledgers.get(&ledger).ok_or(NOT_IN_BATCH)?;
        let mut draft = Draft::new(self, prepared, before, head.head.frontier.size());
        for new in &events {
            draft.record(now, new)?;
        }
        if let Some(needed) = draft.change_secrets(before)? {
            return Ok(needed);
        }
        draft.set_timer(before);
        draft.bring_into_being();
        let first_position = head.head.frontier.size();
        let Draft { stream, stored, writes, .. } = draft;
        let version = stream.version;

        let head = work.ledgers.get_mut(&ledger).ok_or(NOT_IN_BATCH)?;
        for event in &stored {
            let appended = head.head.frontier.append(leaf_hash(&event.body));
            appended.map_err(|error| Failure::TooLarge(error.to_string()))?;
        }
        head.head.at = now;
        let count = u32::try_from(stored.len()).unwrap_or(u32::MAX);
        let row = CommandRow { fingerprint: prepared.fingerprint, first_position, events: count };
        head.commands.push((prepared.id, row));
        head.events.extend(stored);
        head.writes.extend(writes);
        work.streams.insert((ledger, id), stream);
        if let (Some(name), Some(account)) = (prepared.name, prepared.new_account()) {
            work.names.insert((ledger, name), account.uuid());
        }
        Ok(Reply::Committed(Box::new(Executed {
            command: prepared.id,
            stream: id,
            first_position,
            version,
            at: now,
            events,
            already: false,
            shown_once: ShownOnce::Nothing,
        })))
    }
}

/// Rows in the making. Nothing of the batch changes until all of them are made.
struct Draft<'a> {
    lane: &'a Lane,
    prepared: &'a Prepared,
    id: StreamId,
    stream: Stream,
    next_position: u64,
    stored: Vec<StoredEvent>,
    writes: Vec<Write>,
}

impl<'a> Draft<'a> {
    fn new(lane: &'a Lane, prepared: &'a Prepared, before: &Stream, next_position: u64) -> Self {
        let id = prepared.stream();
        let mut stream = before.clone();
        if let Some(new) = &prepared.new_key
            && new.stream == id.uuid()
        {
            stream.key = Some(new.key.clone());
        }
        let (stored, writes) = (Vec::new(), Vec::new());
        Self { lane, prepared, id, stream, next_position, stored, writes }
    }

    /// Writes one event's leaf, and goes on from the state after it.
    fn record(&mut self, at: Timestamp, new: &NewEvent) -> Result<(), Failure> {
        let private = self.stored.is_empty().then(|| self.seal_private()).transpose()?.flatten();
        let envelope = Envelope {
            ledger: self.prepared.ledger.id,
            position: self.next_position,
            stream: self.id,
            version: self.stream.version + 1,
            at,
            who: self.prepared.actor.who,
            command: self.prepared.id,
            recovery: new.recovery,
            event: new.event.clone(),
            private,
        };
        let body = envelope.encode().map_err(|error| match error {
            EnvelopeError::TooLarge(_) => Failure::TooLarge(error.to_string()),
            EnvelopeError::Json(_) | EnvelopeError::Event(_) => {
                Failure::Bug("an event cannot be written as JSON")
            }
        })?;
        let stream = self.id.uuid();
        let (position, version) = (envelope.position, envelope.version);
        self.stored.push(StoredEvent { position, stream, version, body });
        let state = mem::replace(&mut self.stream.state, State::new(self.id));
        self.stream.state = state.evolve(&envelope.recorded());
        self.stream.version = version;
        self.next_position += 1;
        Ok(())
    }

    /// Private data belongs to the first event of its command. An erasure keeps
    /// none: its key is about to be destroyed.
    fn seal_private(&mut self) -> Result<Option<String>, Failure> {
        let erases =
            matches!(self.prepared.command, Command::Account(AccountCommand::EraseCustomer(_)));
        let Some(draft) = self.prepared.private.as_ref().filter(|_| !erases) else {
            return Ok(None);
        };
        let position = self.next_position;
        let place = PrivatePlace { ledger: self.prepared.ledger.id, position, stream: self.id };
        let nonce = draw(self.lane.shared.entropy.as_ref())?;
        let sealed = self.key()?.seal_private(draft, place, nonce);
        let sealed =
            sealed.map_err(|_| Failure::TooLarge("private data is too long".to_owned()))?;
        self.writes.push(Write::Private { position, sealed });
        Ok(Some(draft.commitment()))
    }

    /// A secret lives exactly as long as the state names it. Answers what must
    /// be drawn first, if the state names one that nobody has drawn.
    fn change_secrets(&mut self, before: &Stream) -> Result<Option<Reply>, Failure> {
        let (old, new) = (before.state.secrets(), self.stream.state.secrets());
        let erased = self.stream.state.account().is_some_and(|account| account.erased);
        if erased {
            self.stream.key = None;
            self.stream.secrets.clear();
            self.writes.push(Write::Erase { stream: self.id.uuid() });
            return Ok(None);
        }
        // A tenant may have many keys, and its stream grows whenever somebody looks at history.
        let (had, has): (HashSet<_>, HashSet<_>) = (old.iter().collect(), new.iter().collect());
        for ended in old.iter().filter(|secret| !has.contains(secret)) {
            let name = secret_name(*ended);
            self.stream.secrets.remove(&name);
            self.writes.push(Write::SecretEnded { stream: self.id.uuid(), name });
        }
        for secret in new.iter().copied().filter(|secret| !had.contains(secret)) {
            let Some(plain) = self.drawn(secret)? else { return Ok(Some(Reply::NeedsIssuedCode)) };
            let place = SecretPlace { ledger: self.prepared.ledger.id, stream: self.id, secret };
            let nonce = draw(self.lane.shared.entropy.as_ref())?;
            let sealed = self.key()?.seal_secret(&plain, place, nonce);
            let sealed =
                sealed.map_err(|_| Failure::TooLarge("a secret is too long".to_owned()))?;
            let name = secret_name(secret);
            self.stream.secrets.insert(name, sealed.clone());
            self.writes.push(Write::Secret { stream: self.id.uuid(), name, sealed });
        }
        Ok(None)
    }

    /// What is kept of a secret that was drawn with the request.
    fn drawn(&self, secret: SecretId) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        match (secret, &self.prepared.drawn) {
            (SecretId::Totp(_), Drawn::TotpSecret(secret)) => {
                Ok(Some(secret.bytes().to_vec().into()))
            }
            (SecretId::Codes(_), Drawn::Codes { codes, salt }) => {
                let key = self.key()?.code_key();
                Ok(Some(codes::digest_codes(&key, codes, *salt)))
            }
            (SecretId::IssuedCode(_), Drawn::IssuedCode { digest, .. }) => {
                Ok(Some(digest.clone().into_bytes().into()))
            }
            (SecretId::ApiKey(key), Drawn::ApiKey(token)) if token.key() == key => {
                Ok(Some(token.digest(self.key()?)))
            }
            (SecretId::IssuedCode(_), _) => Ok(None),
            (SecretId::Totp(_) | SecretId::Codes(_) | SecretId::ApiKey(_), _) => {
                Err(Failure::Bug("nothing was drawn for a new secret"))
            }
        }
    }

    fn set_timer(&mut self, before: &Stream) {
        let due = |state: &State| state.account().and_then(Account::due);
        let (old, new) = (due(&before.state), due(&self.stream.state));
        let stream = self.id.uuid();
        match new {
            _ if old == new => {}
            Some(due) => self.writes.push(Write::Timer { stream, due }),
            None => self.writes.push(Write::TimerEnded { stream }),
        }
    }

    /// Name and key of an account, or the key of a tenant, that begins with this command.
    fn bring_into_being(&mut self) {
        if let (Some(digest), Some(account)) = (self.prepared.name, self.prepared.new_account()) {
            self.writes.push(Write::Name { digest, stream: account.uuid() });
        }
        if let Some(new) = &self.prepared.new_key {
            self.writes.push(Write::Key { stream: new.stream, key: new.wrapped.clone() });
        }
    }

    fn key(&self) -> Result<&DataKey, Failure> {
        let missing = || Failure::Damaged(format!("stream {} has no data key", self.id));
        self.stream.key.as_ref().ok_or_else(missing)
    }
}
