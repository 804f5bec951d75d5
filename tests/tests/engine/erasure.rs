//! Personal data is gone, history stays, and every proof still holds.

use std::path::Path;

use data_encoding::HEXLOWER;
use readmit::{
    Actor, CheckSecondFactor, CustomerId, EraseCustomer, LiftLegalHold, Login, Origin,
    PlaceLegalHold, Policy, Refusal, RegisterCustomer, SignIn, Until,
};
use readmit_tests::sqlite::sql;
use readmit_tests::{House, Msp, Result, kind};

/// A customer about whom there is everything to erase.
async fn known_customer(msp: &Msp) -> Result<CustomerId> {
    let alice = msp.equip("alice@example.com").await?.id;
    let wish = Msp::wish(alice).note("She called from her sister's phone.");
    let origin = Origin { user_agent: Some("Firefox".into()), ..Origin::default() };
    msp.tenant.execute(&msp.recovery_admin().from(origin), wish).await?;
    Ok(alice)
}

async fn erase(msp: &Msp, customer: CustomerId) -> Result {
    msp.tenant.execute(&msp.owner(), EraseCustomer::new(customer)).await?;
    Ok(())
}

/// The id as SQL reads it.
fn blob(customer: CustomerId) -> String {
    format!("x'{}'", HEXLOWER.encode(customer.uuid().as_bytes()))
}

#[tokio::test]
async fn an_erased_customer_has_no_private_data_left() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = known_customer(&msp).await?;
    let history = msp.tenant.history(alice).await?;
    let mut private = 0;
    for event in &history {
        private += usize::from(msp.tenant.private(event).await?.is_some());
    }
    assert_eq!(private, 2, "of the registration and of the grant");
    assert_eq!(msp.tenant.login(alice).await?, Some("alice@example.com".parse::<Login>()?));

    erase(&msp, alice).await?;
    for msp in [msp.clone(), house.reopen(&msp).await?] {
        if msp.tenant.head().await.is_err() {
            continue; // The one that was closed by opening the other.
        }
        assert_eq!(msp.tenant.login(alice).await?, None);
        assert_eq!(msp.tenant.find("alice@example.com").await?, None);
        for event in msp.tenant.history(alice).await? {
            assert!(msp.tenant.private(&event).await?.is_none(), "{event:?}");
        }
    }
    let stream = blob(alice);
    for table in ["keys", "secrets", "names", "timers"] {
        let rows = format!("SELECT count(*) FROM {table} WHERE stream = {stream};");
        assert_eq!(sql(&house.database(), &rows)?.trim(), "0", "{table}");
    }
    let rows = format!(
        "SELECT count(*) FROM private JOIN events USING (ledger, position) WHERE stream = {stream};"
    );
    assert_eq!(sql(&house.database(), &rows)?.trim(), "0", "private");
    Ok(())
}

#[tokio::test]
async fn an_erasure_changes_no_history_and_no_proof() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = known_customer(&msp).await?;
    let (before, head) = (msp.tenant.account(alice).await?, msp.tenant.head().await?);
    let leaves = msp.tenant.leaves(0).await?;
    erase(&msp, alice).await?;

    let then = Until::Position(head.size - 1);
    let replayed =
        msp.tenant.as_of(then).customer(&alice).await?.ok_or("the customer is not known")?;
    assert_eq!(replayed.account, before);
    assert_eq!(replayed.login, None);
    let kept = msp.tenant.leaves(0).await?;
    assert_eq!(kept.get(..leaves.len()), Some(leaves.as_slice()));
    assert_eq!(msp.tenant.verify().await?.size, head.size + 2);
    let names = msp.names(alice).await?;
    assert!(names.ends_with(&["BypassGranted", "BypassRevoked", "CustomerErased"]), "{names:?}");
    let after = msp.tenant.account(alice).await?;
    assert!(after.erased && after.case.is_none());
    Ok(())
}

#[tokio::test]
async fn an_erased_login_can_be_registered_anew_and_is_another_customer() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let first = known_customer(&msp).await?;
    erase(&msp, first).await?;
    let second = msp.equip("alice@example.com").await?.id;
    assert_ne!(first, second);
    assert_eq!(msp.tenant.find("alice@example.com").await?, Some(second.into()));
    assert_eq!(msp.tenant.login(first).await?, None);
    assert_eq!(msp.tenant.login(second).await?, Some("alice@example.com".parse()?));
    Ok(())
}

#[tokio::test]
async fn nothing_can_be_done_with_an_erased_customer() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    erase(&msp, alice.id).await?;
    let code = alice.phone.code(msp.engine.now())?;
    let check = msp.check(alice.id, CheckSecondFactor::totp(alice.id, code)).await;
    let again = msp.tenant.execute(&msp.owner(), EraseCustomer::new(alice.id)).await;
    assert_eq!(kind(&check), "erased");
    assert_eq!(kind(&msp.grant(alice.id).await), "erased");
    assert_eq!(kind(&again), "erased");
    assert_eq!(msp.tenant.sign_in(alice.id).await?, SignIn::Refused(Refusal::Erased));
    Ok(())
}

#[tokio::test]
async fn a_legal_hold_forbids_the_erasure() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = known_customer(&msp).await?;
    msp.tenant.execute(&msp.owner(), PlaceLegalHold::new(alice)).await?;
    let refused = msp.tenant.execute(&msp.owner(), EraseCustomer::new(alice)).await;
    assert_eq!(kind(&refused), "legal_hold");
    assert!(msp.tenant.login(alice).await?.is_some());
    msp.tenant.execute(&msp.owner(), LiftLegalHold::new(alice)).await?;
    erase(&msp, alice).await
}

#[tokio::test]
async fn an_erasure_destroys_the_bytes_and_not_only_the_rows() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = known_customer(&msp).await?;
    let select = format!("SELECT hex(wrapped) FROM keys WHERE stream = {};", blob(alice));
    let wrapped = sql(&house.database(), &select)?.trim().to_ascii_lowercase();
    let wrapped = HEXLOWER.decode(wrapped.as_bytes())?;
    assert!(wrapped.len() > 32, "there is a key");
    erase(&msp, alice).await?;
    msp.engine.close().await;

    // With the wrapped key, and a master key that leaks some day, all could be read again.
    for file in std::fs::read_dir(house.folder())? {
        let path = file?.path();
        assert!(!holds(&path, &wrapped)?, "the key is still in {}", path.display());
    }
    Ok(())
}

fn holds(path: &Path, wanted: &[u8]) -> Result<bool> {
    let bytes = std::fs::read(path)?;
    Ok(bytes.windows(wanted.len()).any(|window| window == wanted))
}

#[tokio::test]
async fn a_command_under_way_does_not_bring_erased_data_back() -> Result {
    let nodes = readmit_tests::Nodes::open(2, Policy::standard()).await?;
    let [here, elsewhere] = nodes.msps.as_slice() else { panic!("not two nodes") };
    let alice = known_customer(here).await?;
    // The other node remembers the account, its key and its secrets.
    elsewhere.redeem(alice).await?;
    erase(here, alice).await?;
    assert_eq!(kind(&elsewhere.redeem(alice).await), "erased");
    let register = RegisterCustomer::new("alice@example.com");
    elsewhere.tenant.execute(&Actor::system(), register).await?;
    let rows = format!("SELECT count(*) FROM keys WHERE stream = {};", blob(alice));
    assert_eq!(sql(&nodes.house.database(), &rows)?.trim(), "0");
    nodes.verify_and_close().await
}
