//! A text cannot be what it is meant for: refused with what is allowed, and nothing is stored.

use readmit::{
    AuthoriseAdmin, Error, IssueApiKey, Policy, Refusal, RegisterCustomer, Role, UnfreezeAccount,
};
use readmit_tests::{House, Msp, Result, kind};

#[tokio::test]
async fn bad_texts_are_refused_with_what_is_allowed_and_nothing_is_stored() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let (tenant, size) = (&msp.tenant, msp.tenant.head().await?.size);
    let long = "x".repeat(2_000);
    let mut answers = Vec::new();
    for login in ["", " ", "a b", "a\u{0}b", &long, &alice.to_string()] {
        let register = RegisterCustomer::new(login);
        answers.push(tenant.execute(&msp.service(), register).await.map(drop));
        let authorise = AuthoriseAdmin::new(login, [Role::Auditor]);
        answers.push(tenant.execute(&msp.owner(), authorise).await.map(drop));
        answers.push(tenant.find(login).await.map(drop));
    }
    for text in ["", "\u{7}", &long] {
        let register = RegisterCustomer::new("bert@example.com").name(text);
        answers.push(tenant.execute(&msp.service(), register).await.map(drop));
        let unfreeze = UnfreezeAccount::new(alice, text);
        answers.push(tenant.execute(&msp.owner(), unfreeze).await.map(drop));
        let noted = Msp::wish(alice).note(text);
        answers.push(tenant.execute(&msp.recovery_admin(), noted).await.map(drop));
        let label = IssueApiKey::new(text);
        answers.push(tenant.execute(&msp.owner(), label).await.map(drop));
    }
    for ticket in ["", "INC 4711", "INC-4711\n", "ü", &long] {
        let wish = Msp::wish(alice).ticket(ticket);
        answers.push(tenant.execute(&msp.recovery_admin(), wish).await.map(drop));
    }
    for name in ["", "Acme", "acme msp", "-", &long] {
        answers.push(msp.engine.tenant(name).await.map(drop));
    }
    for answer in answers {
        let Err(Error::Refused(Refusal::InvalidText { why })) = answer else {
            panic!("{}", kind(&answer))
        };
        assert!(why.to_string().contains("expected"), "{why}");
        assert!(!why.to_string().contains("xxx"), "a long text is repeated: {why}");
    }
    assert_eq!(tenant.head().await?.size, size);
    assert_eq!(msp.engine.tenants().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn policies_that_cannot_be_are_refused_and_leave_no_tenant() -> Result {
    let house = House::new()?;
    let engine = house.open().await?;
    let impossible = Policy { most_uses: 0, ..Policy::standard() };
    let answer = engine.tenant_under("acme-msp", impossible).await;
    assert_eq!(kind(&answer), "policy_invalid");
    assert!(engine.tenants().await?.is_empty());
    assert!(engine.find_tenant("acme-msp").await?.is_none());
    // The name is not lost by it.
    engine.tenant("acme-msp").await?.verify().await?;
    Ok(())
}

#[tokio::test]
async fn windows_that_cannot_be_are_refused() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let now = msp.engine.now();
    let ancient = readmit::Timestamp::from_unix_micros(i64::MIN);
    let never = readmit::Timestamp::from_unix_micros(i64::MAX);
    for (wish, refusal) in [
        (Msp::wish(alice).starting_at(ancient), "impossible_window"),
        (Msp::wish(alice).starting_at(never), "impossible_window"),
        (Msp::wish(alice).starting_at(now - readmit::Seconds(1)), "impossible_window"),
        (Msp::wish(alice).ending_at(now), "impossible_window"),
        (Msp::wish(alice).ending_at(never), "lifetime_outside_policy"),
        (Msp::wish(alice).for_minutes(0), "impossible_window"),
        (Msp::wish(alice).for_minutes(u32::MAX), "lifetime_outside_policy"),
        (Msp::wish(alice).uses(0), "uses_outside_policy"),
        (Msp::wish(alice).uses(255), "uses_outside_policy"),
    ] {
        let answer = msp.tenant.execute(&msp.recovery_admin(), wish.clone()).await;
        assert_eq!(kind(&answer), refusal, "{wish:?}");
    }
    Ok(())
}
