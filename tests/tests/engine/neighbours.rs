//! What one tenant, one damaged row or one broken port cannot do to the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use readmit::{
    Actor, AuditSubject, AuthoriseAdmin, CheckSecondFactor, CustomerId, Engine, Error, Failure,
    GrantBypass, LocalMasterKey, MasterKey, MasterKeyError, OpenError, Policy, Reason,
    RecordAuditAccess, RegisterCustomer, ReportUnrecognised, Role, Seconds, StartEnrolment,
};
use readmit_tests::{House, Msp, Result, all_at_once, sqlite};
use zeroize::Zeroizing;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_id_of_another_kind_with_a_long_history_is_not_found_and_holds_nobody_up() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    // More events than are loaded at once.
    for _ in 0..9 {
        let look = |_| {
            let (tenant, actor) = (msp.tenant.clone(), Actor::system());
            async move {
                let look = RecordAuditAccess::new(AuditSubject::Timeline);
                tenant.execute(&actor, look).await.map(|_| ())
            }
        };
        for answer in all_at_once((0..500).map(look)).await? {
            answer?;
        }
    }
    let other_kind = CustomerId::from_uuid(msp.tenant.id().uuid());
    let hung = Duration::from_secs(20);
    let start = StartEnrolment::new(other_kind);
    let answer = tokio::time::timeout(hung, async {
        msp.tenant.execute(&Actor::customer(other_kind), start).await
    });
    assert_eq!(readmit_tests::kind(&answer.await?), "not_found");
    tokio::time::timeout(hung, msp.equip("alice@example.com")).await??;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_damaged_head_fails_its_own_tenant_alone() -> Result {
    let house = House::new()?;
    let engine = house.open().await?;
    engine.tenant("aaa").await?;
    engine.tenant("bbb").await?;
    engine.close().await;
    sqlite::sql(&house.database(), "UPDATE ledgers SET root = zeroblob(32) WHERE name = 'aaa'")?;

    let engine = house.open().await?;
    let tenants = [engine.tenant("aaa").await?, engine.tenant("bbb").await?];
    let register = |n: usize| {
        let tenant = tenants.iter().cycle().nth(n).cloned();
        async move {
            let login = format!("customer-{n}@example.com");
            let tenant = tenant.ok_or(Failure::Closed)?;
            tenant
                .execute(&Actor::system(), RegisterCustomer::new(login.as_str()))
                .await
                .map(|_| ())
        }
    };
    let answers: Vec<Result<(), Error>> = all_at_once((0..64).map(register)).await?;
    for (n, answer) in answers.iter().enumerate() {
        let damaged = matches!(answer, Err(Error::Failed(Failure::Damaged(_))));
        assert!(if n % 2 == 1 { answer.is_ok() } else { damaged }, "{n}: {answer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn an_admin_whose_own_history_is_damaged_may_do_nothing() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let bob = msp.recovery_admin_id();
    msp.tenant.execute(&Actor::admin(bob), StartEnrolment::new(bob)).await?;
    msp.tenant.execute(&Actor::admin(bob), ReportUnrecognised::new(bob)).await?;
    let frozen = msp.grant(alice).await;
    assert_eq!(readmit_tests::kind(&frozen), "frozen");
    msp.engine.close().await;
    let damage = "UPDATE events SET body = x'00' WHERE position = (SELECT max(position) FROM events \
                  WHERE CAST(body AS TEXT) LIKE '%\"stream\":\"adm_%EnrolmentStarted%')";
    sqlite::sql(&house.database(), damage)?;

    let msp = house.reopen(&msp).await?;
    let answer = msp.grant(alice).await;
    assert!(matches!(answer, Err(Error::Failed(Failure::Damaged(_)))), "{answer:?}");
    Ok(())
}

/// A master key that can be told to panic or to hang.
#[derive(Clone)]
struct Moody {
    key: Arc<LocalMasterKey>,
    mood: Arc<AtomicU8>,
}

const WELL: u8 = 0;
const PANICS: u8 = 1;
const HANGS: u8 = 2;

#[async_trait]
impl MasterKey for Moody {
    fn id(&self) -> String {
        self.key.id()
    }

    async fn wrap(&self, key: &[u8; 32], context: &[u8]) -> Result<Vec<u8>, MasterKeyError> {
        self.key.wrap(key, context).await
    }

    async fn unwrap(
        &self,
        kek: &str,
        wrapped: &[u8],
        context: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, MasterKeyError> {
        match self.mood.load(Ordering::SeqCst) {
            PANICS => panic!("a mistake in a client of a key service"),
            HANGS => std::future::pending().await,
            _ => self.key.unwrap(kek, wrapped, context).await,
        }
    }
}

#[tokio::test]
async fn a_master_key_that_panics_or_hangs_takes_no_lane_down() -> Result {
    for mood in [PANICS, HANGS] {
        let house = House::new()?;
        let key = Moody {
            key: Arc::new(LocalMasterKey::from_bytes([7; 32])),
            mood: Arc::new(AtomicU8::new(WELL)),
        };
        let open = || {
            let builder = Engine::builder(&house.url()).clock(house.clock.clone());
            builder.master_key(key.clone()).open()
        };
        let msp = Msp::create(open().await?, "acme-msp", Policy::standard()).await?;
        let alice = msp.equip("alice@example.com").await?.id;
        let carol = msp.equip("carol@example.com").await?.id;
        msp.engine.close().await;

        let msp = msp.through(open().await?).await?;
        msp.grant(carol).await?;
        key.mood.store(mood, Ordering::SeqCst);
        let answer = msp.grant(alice).await;
        assert!(matches!(answer, Err(Error::Unknown { .. } | Error::Failed(_))), "{answer:?}");
        key.mood.store(WELL, Ordering::SeqCst);
        msp.grant(alice).await?;
        msp.redeem(carol).await?;
        msp.tenant.verify().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_clock_that_was_ahead_once_opens_no_doors_and_locks_nobody_out() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let right = house.clock.clone();
    let noon = msp.engine.now();
    right.advance(Seconds::days(1));
    msp.tenant.execute(&Actor::system(), RegisterCustomer::new("carol@example.com")).await?;
    right.set(noon);

    let granted = msp.grant(alice.id).await;
    assert!(
        matches!(granted, Err(Error::Failed(Failure::ClockBehind { .. }))),
        "a bypass would live a day longer than it says: {granted:?}"
    );
    // The phone goes by the real time, and so do we.
    let code = alice.phone.code(msp.engine.now())?;
    msp.check(alice.id, CheckSecondFactor::totp(alice.id, code)).await?;
    Ok(())
}

#[tokio::test]
async fn no_key_is_made_over_ledgers_whose_setting_was_lost() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    msp.engine.close().await;
    sqlite::sql(&house.database(), "DELETE FROM settings")?;
    let key = house.folder().join("readmit.db.key");
    std::fs::rename(&key, house.folder().join("elsewhere"))?;
    let opened = house.open().await;
    assert!(matches!(opened, Err(OpenError::KeyMissing(_))), "{opened:?}");
    assert!(!key.exists());
    Ok(())
}

#[tokio::test]
async fn engines_that_are_dropped_leave_nothing_running() -> Result {
    let house = House::new()?;
    let threads = || std::fs::read_dir("/proc/self/task").map(Iterator::count);
    let before = threads()?;
    for _ in 0..20 {
        let engine = house.open().await?;
        engine.tenant("acme-msp").await?;
    }
    for _ in 0..100 {
        if threads()? <= before + 10 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{before} threads before, {} after twenty engines", threads()?);
}

#[tokio::test]
async fn a_renamed_tenant_does_not_verify() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    sqlite::sql(&house.database(), "UPDATE ledgers SET name = 'other-msp'")?;
    let broken = msp.tenant.verify().await.map_err(|error| error.to_string());
    assert!(broken.as_ref().is_err_and(|why| why.contains("name of the head")), "{broken:?}");
    Ok(())
}

#[tokio::test]
async fn a_suspended_admin_does_not_sign_in() -> Result {
    let house = House::new()?;
    let engine = house.open().await?;
    let msp = engine.tenant("acme-msp").await?;
    let operator = Actor::system();
    let olga = AuthoriseAdmin::new("olga@acme.example", [Role::Owner]);
    msp.execute(&operator, olga).await?;
    let bob = AuthoriseAdmin::new("bob@acme.example", [Role::RecoveryAdmin]);
    let bob = msp.execute(&operator, bob).await?.admin;
    msp.execute(&operator, readmit::SuspendAdmin::new(bob)).await?;
    let answer = msp.sign_in(bob).await?;
    assert_eq!(answer, readmit::SignIn::Refused(readmit::Refusal::NotPermitted));
    let grant = GrantBypass::new(bob).reason(Reason::LostDevice);
    let grant = msp.execute(&Actor::admin(bob).vouched_second_factor(engine.now()), grant).await;
    assert_eq!(readmit_tests::kind(&grant), "not_permitted");
    Ok(())
}
