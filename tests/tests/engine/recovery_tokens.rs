//! A token says who is in which session, and nobody can change what it says.

use readmit::{
    Actor, ApproveBypass, CustomerId, DisableMfa, GrantState, Policy, RecoverySession,
    RecoveryToken, RedeemBypass, RevokeApiKey, Seconds, Timestamp,
};
use readmit_tests::msp::session;
use readmit_tests::{House, Msp, Result, kind};

/// A customer who has redeemed a bypass, and until when the session lives.
async fn redeemed(msp: &Msp) -> Result<(CustomerId, RecoverySession, Timestamp)> {
    let alice = msp.equip("alice@example.com").await?.id;
    msp.tenant.execute(&msp.recovery_admin(), Msp::wish(alice).uses(3)).await?;
    Ok((alice, msp.redeem(alice).await?, msp.engine.now() + Seconds::minutes(15)))
}

async fn read(msp: &Msp, text: &str) -> Result<Option<readmit::Recovering>> {
    match text.parse::<RecoveryToken>() {
        Ok(token) => Ok(msp.engine.recovering(&token).await?),
        Err(_) => Ok(None),
    }
}

#[tokio::test]
async fn a_token_leads_back_into_the_session_after_a_restart_too() -> Result {
    let house = House::new()?;
    let mut msp = house.msp(Policy::standard()).await?;
    let (alice, held, until) = redeemed(&msp).await?;
    for actor in [msp.recovering(alice, held), Actor::customer(alice).in_recovery(held)] {
        let text = msp.tenant.recovery_token(&actor, until).await?.expose();
        msp = house.reopen(&msp).await?;
        let bearer = read(&msp, &text).await?.ok_or("nobody")?;
        assert_eq!((bearer.account, bearer.until, &bearer.actor), (alice.into(), until, &actor));
        assert_eq!(bearer.tenant.ledger(), msp.tenant.ledger());
    }
    let text = msp.tenant.recovery_token(&msp.recovering(alice, held), until).await?.expose();
    let bearer = read(&msp, &text).await?.ok_or("nobody")?;
    bearer.tenant.execute(&bearer.actor, DisableMfa::new(alice)).await?;
    Ok(())
}

#[tokio::test]
async fn a_token_ends_at_its_moment() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let (alice, held, until) = redeemed(&msp).await?;
    let token = msp.tenant.recovery_token(&msp.recovering(alice, held), until).await?;
    house.clock.advance(Seconds(15 * 60 - 1));
    assert!(msp.engine.recovering(&token).await?.is_some());
    house.clock.advance(Seconds(1));
    assert!(msp.engine.recovering(&token).await?.is_none());
    Ok(())
}

#[tokio::test]
async fn the_rules_say_whether_the_session_lives() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let (alice, held, until) = redeemed(&msp).await?;
    let disable = async |held| {
        let token = msp.tenant.recovery_token(&msp.recovering(alice, held), until).await?;
        let bearer = msp.engine.recovering(&token).await?.ok_or("nobody")?;
        Result::<String>::Ok(kind(
            &bearer.tenant.execute(&bearer.actor, DisableMfa::new(alice)).await,
        ))
    };
    let newer = msp.redeem(alice).await?;
    assert_eq!(disable(held).await?, "session_not_live", "there is a newer use");
    assert_eq!(disable(session(newer.bypass, 3)).await?, "session_not_live");
    msp.tenant.execute(&msp.owner(), RevokeApiKey::new(msp.key)).await?;
    assert_eq!(disable(newer).await?, "not_permitted", "its service has no key any more");
    Ok(())
}

#[tokio::test]
async fn any_character_that_is_changed_makes_it_worthless() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let (alice, held, until) = redeemed(&msp).await?;
    let token = msp.tenant.recovery_token(&msp.recovering(alice, held), until).await?;
    let text = token.expose();
    assert!(read(&msp, &text).await?.is_some());
    let symbols = "0123456789abcdefghjkmnpqrstvwxyz";
    for (place, character) in text.char_indices() {
        let now = symbols.find(character).unwrap_or_default();
        // One bit, and all of them.
        for other in [now ^ 1, now ^ 16, now ^ 31] {
            let other = symbols.get(other..=other).ok_or("no such symbol")?;
            let mut changed = text.to_string();
            changed.replace_range(place..=place, other);
            if changed != *text {
                assert!(read(&msp, &changed).await?.is_none(), "{place}: {other}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn another_database_another_tenant_and_nobody_in_a_session_have_no_token() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let theirs = Msp::create(msp.engine.clone(), "other-msp", Policy::standard()).await?;
    let (alice, held, until) = redeemed(&msp).await?;
    let recovering = msp.recovering(alice, held);
    let token = msp.tenant.recovery_token(&recovering, until).await?;
    let elsewhere = House::new()?.msp(Policy::standard()).await?;
    assert!(elsewhere.engine.recovering(&token).await?.is_none());
    // What another tenant writes of our customer leads to that tenant, where they are nobody.
    let written = theirs.tenant.recovery_token(&recovering, until).await?;
    let bearer = msp.engine.recovering(&written).await?.ok_or("nobody")?;
    assert_eq!(bearer.tenant.ledger(), theirs.tenant.ledger());
    let disable = bearer.tenant.execute(&bearer.actor, DisableMfa::new(alice)).await;
    assert_eq!(kind(&disable), "not_found");

    for actor in [msp.customer(alice), msp.service(), Actor::system()] {
        let none = msp.tenant.recovery_token(&actor, until).await;
        assert_eq!(kind(&none), "session_not_live");
    }
    Ok(())
}

#[tokio::test]
async fn an_admin_has_a_token_for_their_own_recovery_and_for_no_other() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let (alice, held, until) = redeemed(&msp).await?;
    let bob = msp.recovery_admin_id();
    msp.enrol(bob.into(), &Actor::admin(bob)).await?;
    let asked = msp.tenant.execute(&msp.owner(), Msp::wish(bob)).await?;
    let awaits = matches!(asked.state, GrantState::AwaitingApproval { .. });
    assert!(awaits, "an admin's recovery takes a second person");
    msp.tenant.execute(&msp.approver(), ApproveBypass::new(bob, asked.recovery)).await?;
    let own = msp.tenant.execute(&Actor::admin(bob), RedeemBypass::new(bob)).await?;
    for (session, disabled) in [(own.session, "ok"), (held, "session_not_live")] {
        let actor = Actor::admin(bob).in_recovery(session);
        let token = msp.tenant.recovery_token(&actor, until).await?;
        let bearer = msp.engine.recovering(&token).await?.ok_or("nobody")?;
        assert_eq!((bearer.account, &bearer.actor), (bob.into(), &actor));
        let disable = bearer.tenant.execute(&bearer.actor, DisableMfa::new(bob)).await;
        assert_eq!(kind(&disable), disabled);
        let hers = bearer.tenant.execute(&bearer.actor, DisableMfa::new(alice)).await;
        assert_eq!(kind(&hers), "not_found");
    }
    Ok(())
}
