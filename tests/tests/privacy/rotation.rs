//! The master key is rotated: step by step, stopped in between, beside nodes that work.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use readmit::{
    Actor, CheckSecondFactor, Engine, EraseCustomer, Error, Failure, KeyError, MasterKeyError,
    OpenError, Policy, RegisterCustomer, Rewrapped, RotateError,
};
use readmit_tests::{Customer, Database, House, Msp, Result};

/// A house whose engines use a key file, wherever the database is.
struct Site {
    house: House,
    key_file: PathBuf,
}

impl Site {
    async fn on(database: Database) -> Result<(Self, Msp)> {
        let house = House::on(database).await?;
        let key_file = house.folder().join("master.key");
        let site = Self { house, key_file };
        let msp = Msp::create(site.open().await?, "acme-msp", Policy::standard()).await?;
        Ok((site, msp))
    }

    async fn open(&self) -> Result<Engine, OpenError> {
        self.open_with(&self.key_file).await
    }

    async fn open_with(&self, key_file: &std::path::Path) -> Result<Engine, OpenError> {
        let builder = Engine::builder(&self.house.url()).clock(self.house.clock.clone());
        builder.key_file(key_file).open().await
    }

    async fn reopen(&self, msp: &Msp) -> Result<Msp> {
        msp.engine.close().await;
        msp.through(self.open().await?).await
    }

    fn lines(&self) -> Result<usize> {
        Ok(std::fs::read_to_string(&self.key_file)?.lines().count())
    }
}

/// Old accounts and new ones can be read and used.
pub(crate) async fn works(msp: &Msp, alice: &Customer, round: u32) -> Result {
    assert_eq!(msp.tenant.login(alice.id).await?, Some("alice@example.com".parse()?));
    msp.grant(alice.id).await?;
    msp.tenant.execute(&msp.recovery_admin(), readmit::RevokeBypass::new(alice.id)).await?;
    let login = format!("new-{round}@example.com");
    let new = msp.equip(&login).await?;
    assert_eq!(msp.tenant.login(new.id).await?, Some(login.parse()?));
    let code = new.phone.code(msp.engine.now())?;
    msp.check(new.id, CheckSecondFactor::totp(new.id, code)).await?;
    msp.tenant.verify().await?;
    Ok(())
}

/// What each master key wraps, by name.
async fn wraps(engine: &Engine, id: &str) -> Result<u64> {
    let used = engine.key_use().await?;
    Ok(used.keys.iter().find(|key| key.id == id).map_or(0, |key| key.wraps))
}

async fn goes_on_after_every_step(database: Database) -> Result {
    let (site, msp) = Site::on(database).await?;
    let alice = msp.equip("alice@example.com").await?;
    let old = msp.engine.key_use().await?.in_use;
    let old_file = std::fs::read(&site.key_file)?;

    // Only the file has changed: all goes on under the old key.
    let prepared = msp.engine.prepare_key().await?;
    let msp = site.reopen(&msp).await?;
    works(&msp, &alice, 1).await?;
    assert_eq!((site.lines()?, msp.engine.key_use().await?.in_use), (2, old.clone()));
    assert_eq!(wraps(&msp.engine, &prepared).await?, 0);
    assert_eq!(msp.engine.prepare_key().await?, prepared, "it is not drawn twice");

    // The database names the new key; nothing is wrapped anew yet.
    assert_eq!(msp.engine.rotate_key().await?, prepared);
    let msp = site.reopen(&msp).await?;
    let before = wraps(&msp.engine, &old).await?;
    works(&msp, &alice, 2).await?;
    assert_eq!(wraps(&msp.engine, &old).await?, before, "new accounts have the new key");
    assert_eq!((site.lines()?, wraps(&msp.engine, &prepared).await?), (2, 1));

    // Wrapped anew; the old key is still there.
    let done = msp.engine.rewrap(|_| ()).await?;
    assert_eq!((done.rewrapped, done.left, &done.in_use), (before, 0, &prepared));
    let msp = site.reopen(&msp).await?;
    works(&msp, &alice, 3).await?;
    assert_eq!(wraps(&msp.engine, &old).await?, 0);

    // Forgotten, twice: the second time there is nothing to do.
    assert_eq!(msp.engine.forget_old_keys().await?, std::slice::from_ref(&old));
    assert!(msp.engine.forget_old_keys().await?.is_empty());
    let msp = site.reopen(&msp).await?;
    works(&msp, &alice, 4).await?;
    assert_eq!(site.lines()?, 1);
    assert_eq!(msp.engine.rewrap(|_| ()).await?.rewrapped, 0);
    let keys = msp.engine.key_use().await?.keys;
    assert!(keys.iter().all(|key| key.id == prepared), "{keys:?}");
    msp.engine.close().await;

    // The old file alone is of no use any more, and says so.
    let stale = site.house.folder().join("stale.key");
    std::fs::rename(&site.key_file, site.house.folder().join("kept"))?;
    std::fs::copy(site.house.folder().join("kept"), &stale)?;
    std::fs::write(&stale, old_file)?;
    let Err(refused) = site.open_with(&stale).await else { panic!("the old key opened it") };
    assert!(matches!(refused, OpenError::WrongKey { .. }), "{refused}");
    let words = refused.to_string();
    assert!(words.contains(&prepared) && words.contains(&old), "{words}");
    Ok(())
}

#[tokio::test]
async fn a_rotation_in_a_file_goes_on_after_every_step() -> Result {
    goes_on_after_every_step(Database::Sqlite).await
}

#[tokio::test]
async fn a_rotation_on_a_server_goes_on_after_every_step() -> Result {
    goes_on_after_every_step(Database::Postgres).await
}

async fn stopped_between_pages(database: Database) -> Result {
    let (site, msp) = Site::on(database).await?;
    let alice = msp.equip("alice@example.com").await?;
    for number in 0..700 {
        let register = RegisterCustomer::new(format!("c{number}@example.com").as_str());
        msp.tenant.execute(&Actor::system(), register).await?;
    }
    let old = msp.engine.key_use().await?.in_use;
    msp.engine.rotate_key().await?;
    let all = wraps(&msp.engine, &old).await?;
    let (told, mut now) = tokio::sync::watch::channel(0);
    // Dropped as soon as the first page is told of: the second is under way, or not.
    tokio::select! {
        done = msp.engine.rewrap(|done| { told.send_replace(done.rewrapped); }) => {
            panic!("not stopped: {done:?}");
        }
        changed = now.wait_for(|rewrapped| *rewrapped > 0) => drop(changed?),
    }
    let msp = site.reopen(&msp).await?;
    let left = wraps(&msp.engine, &old).await?;
    assert!(left > 0 && left < all, "{left} of {all}");
    works(&msp, &alice, 1).await?;
    let done = msp.engine.rewrap(|_| ()).await?;
    assert_eq!((done.rewrapped, done.left), (left, 0));
    assert_eq!(wraps(&msp.engine, &old).await?, 0);
    works(&msp, &alice, 2).await?;
    msp.engine.close().await;
    Ok(())
}

#[tokio::test]
async fn wrapping_anew_in_a_file_goes_on_where_it_was_stopped() -> Result {
    stopped_between_pages(Database::Sqlite).await
}

#[tokio::test]
async fn wrapping_anew_on_a_server_goes_on_where_it_was_stopped() -> Result {
    stopped_between_pages(Database::Postgres).await
}

async fn beside_erasures(database: Database) -> Result {
    let (site, msp) = Site::on(database).await?;
    let mut customers = Vec::new();
    for number in 0..120 {
        let register = RegisterCustomer::new(format!("c{number}@example.com").as_str());
        customers.push(msp.tenant.execute(&Actor::system(), register).await?.customer);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let turns = {
        let (engine, stop) = (msp.engine.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            let mut turns = 0;
            while !stop.load(Ordering::Acquire) || turns < 2 {
                engine.rotate_key().await?;
                engine.rewrap(|_| ()).await?;
                engine.forget_old_keys().await?;
                turns += 1;
            }
            Ok::<_, RotateError>(turns)
        })
    };
    let other = msp.through(site.open().await?).await?;
    for (number, customer) in customers.iter().enumerate().filter(|(n, _)| n % 2 == 0) {
        let erase = EraseCustomer::new(*customer);
        other.tenant.execute(&other.owner(), erase).await?;
        let register = RegisterCustomer::new(format!("new{number}@example.com").as_str());
        // A key may be retired between being drawn and being stored: then it is drawn again.
        loop {
            match other.tenant.execute(&Actor::system(), register.clone()).await {
                Err(Error::Busy { retry_after }) => tokio::time::sleep(retry_after).await,
                done => {
                    done?;
                    break;
                }
            }
        }
    }
    stop.store(true, Ordering::Release);
    let turns = turns.await??;
    eprintln!("{turns} rotations");
    let used = msp.engine.key_use().await?;
    // The tenant, its five admins, and as many customers as before.
    assert_eq!(used.keys.len(), 1, "{used:?}");
    assert_eq!(used.keys.first().map(|key| key.wraps), Some(1 + 5 + 120));
    for (number, customer) in customers.iter().enumerate() {
        let login = msp.tenant.login(*customer).await?;
        assert_eq!(login.is_none(), number % 2 == 0, "{number}");
    }
    msp.tenant.verify().await?;
    msp.engine.close().await;
    other.engine.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotations_beside_erasures_and_new_accounts_in_a_file_lose_and_revive_nothing() -> Result {
    beside_erasures(Database::Sqlite).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotations_beside_erasures_and_new_accounts_on_a_server_lose_and_revive_nothing() -> Result
{
    beside_erasures(Database::Postgres).await
}

#[tokio::test]
async fn a_node_with_the_same_key_file_goes_on_and_one_with_an_old_copy_says_what_it_needs()
-> Result {
    let (site, msp) = Site::on(Database::Sqlite).await?;
    let alice = msp.equip("alice@example.com").await?;
    let carol = msp.equip("carol@example.com").await?;
    let copy = site.house.folder().join("copy.key");
    std::fs::copy(&site.key_file, &copy)?;
    let same = msp.through(site.open().await?).await?;
    let stale = msp.through(site.open_with(&copy).await?).await?;
    // It remembers alice, with her key; carol it has never seen.
    stale.grant(alice.id).await?;

    let new = msp.engine.rotate_key().await?;
    msp.engine.rewrap(|_| ()).await?;
    stale.redeem(alice.id).await?;
    msp.engine.forget_old_keys().await?;
    // Longer than a node goes by what it last heard of the key in use.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    same.grant(carol.id).await?;
    same.equip("dave@example.com").await?;

    let erin = RegisterCustomer::new("erin@example.com");
    let refused = [
        stale.tenant.login(carol.id).await.map(drop).err(),
        stale.tenant.execute(&Actor::system(), erin.clone()).await.map(drop).err(),
    ];
    for refused in refused {
        let Some(Error::Failed(Failure::MasterKey(why))) = refused else {
            panic!("{refused:?}");
        };
        assert!(matches!(&why, MasterKeyError::OtherKey { needed, .. } if *needed == new));
        assert!(why.to_string().contains("key file"), "{why}");
    }
    // Once it has the new file it goes on, without being started again.
    std::fs::copy(&site.key_file, &copy)?;
    stale.tenant.execute(&Actor::system(), erin).await?;
    stale.tenant.login(carol.id).await?;
    for msp in [&msp, &same, &stale] {
        msp.engine.close().await;
    }
    Ok(())
}

#[tokio::test]
async fn an_old_key_that_is_lost_too_early_is_named_and_nothing_else_is_lost() -> Result {
    let (site, msp) = Site::on(Database::Sqlite).await?;
    let alice = msp.equip("alice@example.com").await?;
    let old = msp.engine.key_use().await?.in_use;
    msp.engine.rotate_key().await?;
    msp.engine.close().await;
    let both = std::fs::read_to_string(&site.key_file)?;
    let new = both.lines().next().ok_or("an empty key file")?;
    std::fs::write(&site.key_file, new)?;

    let engine = site.open().await?;
    let Rewrapped { rewrapped, left, why, .. } = engine.rewrap(|_| ()).await?;
    assert_eq!((rewrapped, left), (0, 1 + 5 + 1));
    assert!(matches!(why, Some(MasterKeyError::OtherKey { needed, .. }) if needed == old));
    let refused = engine.forget_old_keys().await;
    assert!(
        matches!(refused, Err(RotateError::Keys(KeyError::StillNeeded { left: 7, .. }))),
        "{refused:?}"
    );
    let used = engine.key_use().await?;
    assert!(used.keys.iter().any(|key| key.id == old && !key.at_hand), "{used:?}");
    engine.close().await;

    std::fs::write(&site.key_file, &both)?;
    let msp = msp.through(site.open().await?).await?;
    assert_eq!(msp.engine.rewrap(|_| ()).await?.rewrapped, 7);
    works(&msp, &alice, 1).await?;
    msp.engine.close().await;
    Ok(())
}
