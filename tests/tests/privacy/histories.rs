//! Random histories with random erasures: what was proven stays proven, and what was erased is
//! gone.
//!
//! Lives of several customers are mixed; now and then one of them is erased. Around each erasure
//! every fold, leaf and root is compared, and every file is searched for what the customer had
//! planted, sealed or not. `READMIT_SEED` repeats a history.

use std::collections::BTreeMap;
use std::path::PathBuf;

use readmit::{
    Account, AccountId, Engine, EraseCustomer, LiftLegalHold, LocalMasterKey, PlaceLegalHold,
    Policy, RegisterCustomer, StreamId,
};
use readmit_tests::chance::Chance;
use readmit_tests::postgres::psql;
use readmit_tests::{Database, House, Msp, Result, kind};
use readmit_tlog::{ConsistencyProof, Frontier, Hash, InclusionProof, Node, leaf_hash, node_hash};

use crate::life::{Life, MASTER};
use crate::search::Needles;

/// What everybody can compute of a ledger's beginning, without any key.
#[derive(Debug, PartialEq)]
struct Known {
    leaves: Vec<Vec<u8>>,
    root: Hash,
    accounts: BTreeMap<AccountId, Account>,
    histories: BTreeMap<AccountId, String>,
    tenant: String,
}

/// Everything that follows from the first `size` events.
async fn known(msp: &Msp, size: u64) -> Result<Known> {
    let mut leaves = Vec::new();
    while (leaves.len() as u64) < size {
        let page = msp.tenant.leaves(leaves.len() as u64).await?;
        leaves.extend(page);
    }
    leaves.truncate(usize::try_from(size)?);
    let mut frontier = Frontier::new();
    for leaf in &leaves {
        frontier.append(leaf_hash(leaf))?;
    }
    let (mut accounts, mut histories) = (BTreeMap::new(), BTreeMap::new());
    for event in msp.ledger().await?.into_iter().take_while(|event| event.position < size) {
        let StreamId::Account(id) = event.stream else { continue };
        let account = accounts.remove(&id).unwrap_or_else(|| Account::new(id));
        accounts.insert(id, account.evolve(&event.recorded()));
    }
    for id in accounts.keys() {
        let mut timeline = msp.tenant.timeline(*id).await?;
        timeline.retain(|entry| entry.position < size);
        histories.insert(*id, format!("{timeline:?}"));
    }
    let tenant = format!("{:?}", msp.tenant.state().await?);
    Ok(Known { leaves, root: frontier.root(), accounts, histories, tenant })
}

/// Proofs between the ledger as it was and as it is hold, for roots that people remember.
async fn proofs_hold(msp: &Msp, before: &Known) -> Result {
    let verified = msp.tenant.verify().await?;
    let all = known(msp, verified.size).await?;
    assert_eq!(all.root, verified.root);
    let hashes: Vec<Hash> = all.leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let (old, new) = (before.leaves.len() as u64, verified.size);
    let mut reader = nodes(&hashes);
    ConsistencyProof::build(old, new, &mut reader)?.verify(before.root, verified.root)?;
    for (position, leaf) in before.leaves.iter().enumerate() {
        let proof = InclusionProof::build(position as u64, new, &mut reader)?;
        proof.verify(leaf_hash(leaf), verified.root)?;
    }
    Ok(())
}

/// Every perfect subtree over these leaves.
fn nodes(leaves: &[Hash]) -> BTreeMap<Node, Hash> {
    let mut nodes = BTreeMap::new();
    let (mut level, mut row) = (0, leaves.to_vec());
    while !row.is_empty() {
        for (index, hash) in (0..).zip(&row) {
            nodes.insert(Node { level, index }, *hash);
        }
        let pairs = row.chunks_exact(2);
        row = pairs.filter_map(|pair| Some(node_hash(pair.first()?, pair.last()?))).collect();
        level += 1;
    }
    nodes
}

/// A history of random lives on a database of its own.
struct History {
    house: House,
    msp: Msp,
    lives: Vec<Life>,
    /// Where the files are.
    files: PathBuf,
    erasures: usize,
}

impl History {
    async fn begin(database: Database, chance: &mut Chance) -> Result<Self> {
        let mut house = House::on(database).await?;
        let files = match database {
            Database::Sqlite => house.folder().to_owned(),
            Database::Postgres => house.server()?.data().join("base"),
        };
        let key = LocalMasterKey::from_bytes(MASTER);
        let builder = Engine::builder(&house.url()).clock(house.clock.clone()).master_key(key);
        let msp = Msp::create(builder.open().await?, "acme-msp", Policy::standard()).await?;
        let mut lives = Vec::new();
        for _ in 0..4 {
            lives.push(Life::begin(&msp, chance).await?);
        }
        Ok(Self { house, msp, lives, files, erasures: 0 })
    }

    /// Something happens to somebody who was not erased.
    async fn go_on(&mut self, chance: &mut Chance) -> Result {
        let which = usize::try_from(chance.below(self.lives.len() as u64))?;
        let Some(life) = self.lives.get_mut(which) else { return Ok(()) };
        if !life.erased {
            life.go_on(&self.house, &self.msp, chance).await?;
            life.look(&self.house, &self.msp).await?;
        }
        Ok(())
    }

    /// Somebody is erased; somebody new comes.
    async fn erase_one(&mut self, chance: &mut Chance) -> Result {
        let living = self.lives.iter().filter(|life| !life.erased).count() as u64;
        let which = usize::try_from(chance.below(living))?;
        self.written()?;
        let msp = &self.msp;
        let mut living = self.lives.iter_mut().filter(|life| !life.erased);
        let Some(life) = living.nth(which) else { return Ok(()) };
        life.look(&self.house, msp).await?.assert_there(&self.files, "before the erasure")?;
        if chance.below(3) == 0 {
            msp.tenant.execute(&msp.owner(), PlaceLegalHold::new(life.id)).await?;
            let refused = msp.tenant.execute(&msp.owner(), EraseCustomer::new(life.id)).await;
            assert_eq!(kind(&refused), "legal_hold");
            life.look(&self.house, msp).await?;
            msp.tenant.execute(&msp.owner(), LiftLegalHold::new(life.id)).await?;
        }
        let size = msp.tenant.head().await?.size;
        let before = known(msp, size).await?;
        let cases = msp.recoveries().await?;
        msp.tenant.execute(&msp.owner(), EraseCustomer::new(life.id)).await?;
        life.erased = true;
        self.erasures += 1;

        assert_eq!(known(msp, size).await?, before);
        proofs_hold(msp, &before).await?;
        let now = msp.recoveries().await?;
        for (id, case) in cases.into_iter().filter(|(_, case)| case.ended.is_some()) {
            assert_eq!(now.get(&id), Some(&case), "{id}");
        }
        if self.house.url().starts_with("sqlite") {
            // By what the engine itself does, and while it goes on.
            let mut gone = life.plain.clone();
            gone.extend(&life.sealed);
            gone.assert_gone(&self.files, "right after the erasure")?;
        }
        self.lives.push(Life::begin(msp, chance).await?);
        Ok(())
    }

    /// What was acknowledged stands in the files; on a server it may be in its log alone.
    fn written(&self) -> Result {
        if self.house.url().starts_with("postgres") {
            self.house.sql("CHECKPOINT")?;
        }
        Ok(())
    }

    /// Leaves the ledger alone in its files.
    fn without_read_models(&self) -> Result {
        if self.house.url().starts_with("postgres") {
            psql(&self.house.url(), "DROP SCHEMA public_read CASCADE")?;
            return self.written();
        }
        for ending in ["", "-wal", "-shm"] {
            let path = self.house.folder().join(format!("readmit-read.db{ending}"));
            if path.exists() {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Nothing erased stands in any file; nothing private of the others stands there in the clear,
    /// while what is sealed does: so the search finds what is there.
    async fn end(mut self) -> Result {
        let mut sealed = Needles::default();
        for life in self.lives.iter_mut().filter(|life| !life.erased) {
            sealed.extend(&life.look(&self.house, &self.msp).await?);
        }
        self.msp.tenant.verify().await?;
        // What nobody has seen yet is not erased from what is read.
        self.msp.customers().await?;
        self.msp.engine.close().await;
        if self.house.url().starts_with("sqlite") {
            self.house.sql("PRAGMA wal_checkpoint(TRUNCATE); VACUUM;")?;
            self.house.sql("PRAGMA wal_checkpoint(TRUNCATE);")?;
        } else {
            psql(&self.house.url(), "VACUUM FULL")?;
            psql(&self.house.url(), "SELECT pg_switch_wal()")?;
            self.written()?;
        }
        let mut gone = Needles::default();
        for life in &self.lives {
            gone.extend(&life.plain);
            if life.erased {
                gone.extend(&life.sealed);
            }
        }
        let mut erased = Needles::default();
        for life in self.lives.iter().filter(|life| life.erased) {
            erased.extend(&life.plain);
            erased.extend(&life.sealed);
        }
        erased.assert_gone(&self.files, "at the end, of those who were erased")?;
        // Of the others, logins and names stand in the read models, to be searched for.
        self.without_read_models()?;
        gone.assert_gone(&self.files, "at the end")?;
        sealed.assert_there(&self.files, "at the end, of those who were not erased")?;
        eprintln!("{} erasures, {} things looked for", self.erasures, gone.len());
        assert!(self.erasures > 1 && gone.len() > 100);
        Ok(())
    }
}

async fn play(database: Database, steps: u64, chance: &mut Chance) -> Result {
    let mut history = History::begin(database, chance).await?;
    for step in 1..=steps {
        history.go_on(chance).await?;
        if step % 16 == 0 {
            history.erase_one(chance).await?;
        }
    }
    history.end().await
}

/// Histories that are played on files: each takes a second or two.
const HISTORIES: u64 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_in_a_file_changes_nothing_that_was_proven_and_leaves_no_byte() -> Result {
    let mut chance = Chance::from_environment()?;
    for _ in 0..HISTORIES {
        play(Database::Sqlite, 80, &mut chance).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_on_a_server_changes_nothing_that_was_proven_and_leaves_no_byte_once_rewritten()
-> Result {
    let mut chance = Chance::from_environment()?;
    play(Database::Postgres, 64, &mut chance).await
}

/// The bytes are gone although the pages around them are full, split and joined again.
#[tokio::test]
async fn an_erasure_among_many_leaves_no_byte() -> Result {
    let mut chance = Chance::from_environment()?;
    let mut history = History::begin(Database::Sqlite, &mut chance).await?;
    for number in 0..150 {
        let (msp, login) = (&history.msp, format!("{number}@example.com"));
        let actor = readmit::Actor::system();
        msp.tenant.execute(&actor, RegisterCustomer::new(login.as_str())).await?;
        if number % 10 == 0 {
            let mut life = Life::begin(msp, &mut chance).await?;
            life.look(&history.house, msp).await?;
            history.lives.push(life);
        }
    }
    for _ in 0..16 {
        history.erase_one(&mut chance).await?;
    }
    history.end().await
}
