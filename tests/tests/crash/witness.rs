//! Follows a ledger on its own: it trusts neither the head nor the engine's own verification.

use std::collections::HashMap;

use readmit::{CommandId, Envelope, StreamId, Tenant, Timestamp};
use readmit_tests::Result;
use readmit_tests::report::Line;
use readmit_tlog::{Frontier, leaf_hash};

/// What was seen of one tenant's ledger, over all crashes.
pub(crate) struct Witness {
    name: &'static str,
    frontier: Frontier,
    at: Timestamp,
    versions: HashMap<StreamId, u64>,
    /// Where each command's events begin, and their names.
    commands: HashMap<CommandId, (u64, Vec<&'static str>)>,
    last: Option<CommandId>,
}

impl Witness {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            frontier: Frontier::new(),
            at: Timestamp::from_unix_micros(0),
            versions: HashMap::new(),
            commands: HashMap::new(),
            last: None,
        }
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// Reads what is new, leaf by leaf, and comes to the root of the head by itself.
    pub(crate) async fn catch_up(&mut self, tenant: &Tenant) -> Result {
        loop {
            let leaves = tenant.leaves(self.frontier.size()).await?;
            if leaves.is_empty() {
                break;
            }
            for leaf in leaves {
                self.see(&leaf)?;
            }
        }
        let head = tenant.head().await?;
        // Our own timers may have gone on since: a case that ran out is no surprise, but no
        // case runs out within this test.
        if (head.size, head.at) != (self.frontier.size(), self.at) {
            return Err(format!("the head is not what was read: {head:?}").into());
        }
        if &head.root != self.frontier.root().as_bytes()
            || head.frontier != self.frontier.to_bytes()
        {
            return Err(format!("the root at {} is not that of the leaves", head.size).into());
        }
        Ok(())
    }

    fn see(&mut self, leaf: &[u8]) -> Result {
        let position = self.frontier.size();
        let event = Envelope::decode(leaf)?;
        let version = self.versions.entry(event.stream).or_default();
        *version += 1;
        if (event.position, event.version) != (position, *version) || event.at < self.at {
            return Err(format!("out of order: expected {position}, {version}: {event:?}").into());
        }
        self.at = event.at;
        let (_, names) = match self.commands.get_mut(&event.command) {
            Some(command) if self.last == Some(event.command) => command,
            Some(_) => return Err(format!("carried out twice: {event:?}").into()),
            None => self.commands.entry(event.command).or_insert((position, Vec::new())),
        };
        names.push(event.event.name());
        self.last = Some(event.command);
        self.frontier.append(leaf_hash(leaf))?;
        Ok(())
    }

    /// Everything that was acknowledged stands where it was said to stand, and all of it.
    pub(crate) fn confirm(&self, told: &[Line]) -> Result {
        for line in told {
            let Line::Acknowledged { tenant, command, position, events } = line else { continue };
            if tenant.as_str() != self.name {
                continue;
            }
            match self.commands.get(command) {
                Some((first, names))
                    if names == events && position.is_none_or(|told| told == *first) => {}
                other => return Err(format!("{line} was acknowledged, but: {other:?}").into()),
            }
        }
        Ok(())
    }

    /// The engine comes to the same, hashing everything from the beginning.
    pub(crate) async fn verify(&self, tenant: &Tenant) -> Result {
        let verified = tenant.verify().await?;
        if (verified.size, verified.root) == (self.frontier.size(), self.frontier.root()) {
            Ok(())
        } else {
            Err(format!("verified {verified:?}, which is not what was witnessed").into())
        }
    }
}
