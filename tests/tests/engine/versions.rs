//! A command can insist on the version that was read.

use readmit::{
    AuditSubject, CheckSecondFactor, CustomerId, Error, Policy, RecordAuditAccess, RevokeBypass,
};
use readmit_tests::{House, Msp, Result, kind};

async fn version(msp: &Msp, id: CustomerId) -> Result<u64> {
    Ok(msp.tenant.customer(&id).await?.ok_or("not registered")?.version)
}

#[tokio::test]
async fn a_command_is_carried_out_only_on_the_version_that_was_read() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let read = version(&msp, alice).await?;
    let execute = |version| {
        msp.tenant.execute(&msp.recovery_admin(), Msp::wish(alice).replacing()).if_version(version)
    };
    let size = msp.tenant.head().await?.size;
    for wrong in [0, read - 1, read + 1, u64::MAX] {
        match execute(wrong).await {
            Err(Error::Changed { version }) => assert_eq!(version, read),
            other => panic!("{wrong}: {other:?}"),
        }
    }
    assert_eq!(msp.tenant.head().await?.size, size, "nothing is stored");
    let first = execute(read).await?;
    assert_eq!((first.version, version(&msp, alice).await?), (read + 1, read + 1));
    // Two events: the old case ends, the new one begins.
    let second = execute(first.version).await?;
    assert_eq!((second.version, version(&msp, alice).await?), (read + 3, read + 3));
    assert_eq!(kind(&execute(first.version).await), "changed");
    msp.tenant.verify().await?;
    Ok(())
}

#[tokio::test]
async fn what_happens_to_others_changes_no_version() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let read = version(&msp, alice).await?;
    let bert = msp.equip("bert@example.com").await?.id;
    msp.grant(bert).await?;
    let look = RecordAuditAccess::new(AuditSubject::Timeline);
    let (state, before) = msp.tenant.versioned_state().await?;
    assert_eq!(state, msp.tenant.state().await?);
    assert_eq!(msp.tenant.execute(&msp.auditor(), look).await?.version, before + 1);
    let grant = msp.tenant.execute(&msp.recovery_admin(), Msp::wish(alice)).if_version(read);
    assert_eq!(grant.await?.version, read + 1);
    Ok(())
}

#[tokio::test]
async fn a_repeated_command_is_answered_as_before_whatever_has_happened_since() -> Result {
    let house = House::new()?;
    let mut msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let read = version(&msp, alice).await?;
    let id = msp.engine.draw_command_id()?;
    let grant = async |msp: &Msp, version| {
        let wish = Msp::wish(alice);
        msp.tenant.execute(&msp.recovery_admin(), wish).with_id(id).if_version(version).await
    };
    let first = grant(&msp, read).await?;
    msp.tenant.execute(&msp.recovery_admin(), RevokeBypass::new(alice)).await?;
    for restart in [false, true] {
        if restart {
            msp = house.reopen(&msp).await?;
        }
        // The version is no part of what is asked.
        for insisted in [read, read + 7] {
            let again = grant(&msp, insisted).await?;
            assert!(again.already);
            assert_eq!((again.version, again.bypass), (first.version, first.bypass));
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_comes_too_late_counts_no_wrong_code() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let code = alice.phone.wrong_code(msp.engine.now())?;
    let check = CheckSecondFactor::totp(alice.id, code);
    let late = msp.tenant.execute(&msp.customer(alice.id), check).if_version(1).await;
    assert_eq!(kind(&late), "changed");
    assert_eq!(msp.tenant.account(alice.id).await?.failures, 0);
    Ok(())
}
