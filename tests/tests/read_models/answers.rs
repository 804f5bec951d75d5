//! What the read models answer about a story.

use readmit::{
    Actor, AlertQuery, ApproveBypass, CheckSecondFactor, CustomerQuery, CustomerStatus, DenyBypass,
    DisableMfa, Ended, EraseCustomer, Policy, Profile, ReadModel, Reason, RecoveryQuery,
    RegenerateCodes, RegisterCustomer, ReportUnrecognised, RequestBypass, Rule, Seconds,
    SignOffReview, Stage, TimelineQuery, UnfreezeAccount, Verdict,
};
use readmit_tests::{Database, House, Msp, Result};

use crate::assert_honest;

#[tokio::test]
async fn a_story_is_told_by_every_read_model_in_a_file() -> Result {
    a_story_is_told(House::new()?).await
}

#[tokio::test]
async fn a_story_is_told_by_every_read_model_on_a_server() -> Result {
    a_story_is_told(House::on(Database::Postgres).await?).await
}

async fn a_story_is_told(house: House) -> Result {
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let carol = msp.equip("carol@example.com").await?;
    let granted = msp.grant(alice.id).await?;
    let recovering = msp.recovering(alice.id, msp.redeem(alice.id).await?);
    msp.tenant.execute(&recovering, DisableMfa::new(alice.id)).await?;
    house.clock.advance(Seconds::minutes(2));
    let views = msp.tenant.views().await?;
    views.caught_up().await?;

    let now = views.now();
    let open = views.open_bypasses(None, None).await?.items;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].record.recovery, granted.recovery);
    assert_eq!(open[0].due.since(now), Seconds::minutes(58), "time left");
    let row = views.customer(alice.id).await?.ok_or("alice is not there")?;
    assert_eq!((row.status(now), row.stage(now)), (CustomerStatus::Off, Some(Stage::MfaDisabled)));
    let stage = CustomerQuery::new().stage(Stage::MfaDisabled);
    assert_eq!(views.customers(&stage).await?.items, [row]);

    msp.enrol(alice.id.into(), &recovering).await?;
    msp.tenant.execute(&recovering, RegenerateCodes::new(alice.id)).await?;
    let review = SignOffReview::new(granted.recovery, Verdict::Accepted);
    msp.tenant.execute(&msp.auditor(), review).seen_by(ReadModel::Recoveries).await?;

    let case = views.recovery(granted.recovery).await?.ok_or("the case is not there")?;
    assert_eq!(case.profile_met(), Some(Profile::Standard));
    assert_eq!(case.review.as_ref().map(|review| review.verdict), Some(Verdict::Accepted));
    assert!(!case.missing().is_empty(), "the strict profile asks for more");
    for (query, found) in [
        (RecoveryQuery::new(), true),
        (RecoveryQuery::new().granted_by(msp.recovery_admin_id()), true),
        (RecoveryQuery::new().requested_by(msp.recovery_admin_id()), false),
        (RecoveryQuery::new().reason(Reason::LostDevice).ended(Ended::Completed), true),
        (RecoveryQuery::new().reason(Reason::StolenDevice), false),
        (RecoveryQuery::new().ended(Ended::Expired), false),
        (RecoveryQuery::new().profile(Some(Profile::Standard)).account(alice.id), true),
        (RecoveryQuery::new().profile(None), false),
        (RecoveryQuery::new().account(carol.id), false),
        (RecoveryQuery::new().opened_from(case.opened_at), true),
        (RecoveryQuery::new().opened_before(case.opened_at), false),
    ] {
        assert_eq!(!views.recoveries(&query).await?.items.is_empty(), found, "{query:?}");
    }
    assert_eq!(views.open_bypasses(None, None).await?.items, []);

    let of_case = views.timeline(&TimelineQuery::new().recovery(granted.recovery)).await?;
    let names: Vec<&str> = of_case.items.iter().map(|entry| entry.event).collect();
    let steps = ["BypassGranted", "BypassUsed", "MfaDisabled", "EnrolmentStarted"];
    assert_eq!(names[..4], steps);
    assert_eq!(names.last(), Some(&"ReviewSignedOff"));
    let own = views.timeline(&TimelineQuery::new().account(alice.id).limit(500)).await?.items;
    assert_eq!(own, msp.tenant.timeline(alice.id).await?, "as the stream itself is told");

    let activity = views.activity(readmit::ActivityQuery::new()).await?;
    let counted = |event: &str| {
        activity.events.iter().find(|counted| counted.event == event).map(|counted| counted.count)
    };
    assert_eq!(counted("BypassGranted"), Some(1));
    assert_eq!(counted("RecoveryCompleted"), Some(1));
    assert_eq!(activity.grants_by_day.len(), 1);
    assert_eq!(activity.grants_by_day[0].reason, Some(Reason::LostDevice));
    assert_eq!(activity.admins.len(), 1);
    assert_eq!((activity.admins[0].granted, activity.admins[0].completed), (1, 1));
    let took: Vec<&str> = activity.took.iter().map(|took| took.span.as_str()).collect();
    assert_eq!(took, ["first_use", "new_device", "recovery"]);
    assert_eq!(activity.took[1].mean_seconds, 120);
    assert_honest(&msp).await?;
    msp.engine.close().await;
    Ok(())
}

#[tokio::test]
async fn cases_that_wait_that_are_granted_and_that_are_over_are_told_apart_in_a_file() -> Result {
    cases_are_told_apart(House::new()?).await
}

#[tokio::test]
async fn cases_that_wait_that_are_granted_and_that_are_over_are_told_apart_on_a_server() -> Result {
    cases_are_told_apart(House::on(Database::Postgres).await?).await
}

async fn cases_are_told_apart(house: House) -> Result {
    let msp = house.msp(Policy::standard()).await?;
    let ask = async |login: &str| -> Result<(readmit::CustomerId, readmit::RecoveryId)> {
        house.clock.advance(Seconds::minutes(1));
        let customer = msp.equip(login).await?.id;
        let ask = RequestBypass::new(customer).reason(Reason::LostDevice);
        Ok((customer, msp.tenant.execute(&msp.helpdesk(), ask).await?.recovery))
    };
    let (_, waits) = ask("one@example.com").await?;
    let (customer, approved) = ask("two@example.com").await?;
    msp.tenant.execute(&msp.approver(), ApproveBypass::new(customer, approved)).await?;
    let (customer, denied) = ask("three@example.com").await?;
    msp.tenant.execute(&msp.approver(), DenyBypass::new(customer, denied)).await?;
    let (_, waits_too) = ask("four@example.com").await?;
    let granted = msp.grant(msp.equip("five@example.com").await?.id).await?.recovery;
    let views = msp.tenant.views().await?;
    views.caught_up().await?;
    let now = views.now();
    let pages = async |mut query: RecoveryQuery| -> Result<Vec<readmit::RecoveryId>> {
        let mut all = Vec::new();
        loop {
            let page = views.recoveries(&query.clone().limit(1)).await?;
            all.extend(page.items.iter().map(|row| row.record.recovery));
            let Some(next) = page.next else { return Ok(all) };
            query = query.after(next);
        }
    };
    let query = RecoveryQuery::new;
    assert_eq!(pages(query().awaiting_at(now)).await?, [waits, waits_too]);
    assert_eq!(pages(query().granted_at(now)).await?, [approved, granted]);
    assert_eq!(pages(query().over()).await?, [denied]);
    // What nobody has recorded yet is open no more.
    let later = now + Seconds::days(2);
    assert_eq!(pages(query().awaiting_at(later)).await?, []);
    assert_eq!(pages(query().granted_at(later)).await?, []);
    assert_honest(&msp).await?;
    msp.engine.close().await;
    Ok(())
}

#[tokio::test]
async fn a_customer_is_found_by_login_and_name_until_they_are_erased() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let register = |login: &str, name: &str| RegisterCustomer::new(login).name(name);
    let service = msp.service();
    let alice = register("alice@wonder.example", "Alice Liddell");
    let alice = msp.tenant.execute(&service, alice).await?.customer;
    let alan = register("turing@bletchley.example", "Alan Ångström-Turing");
    let alan = msp.tenant.execute(&service, alan).await?.customer;
    let views = msp.tenant.views().await?;
    views.caught_up().await?;
    let found = async |text: &str| -> Result<Vec<readmit::CustomerId>> {
        let page = views.customers(&CustomerQuery::new().search(text)).await?;
        Ok(page.items.into_iter().map(|row| row.customer).collect())
    };
    assert_eq!(found("al").await?, [alan, alice], "in the order of the words, each once");
    assert_eq!(found("ALICE").await?, [alice]);
    assert_eq!(found("alice@won").await?, [alice]);
    assert_eq!(found("lid ali").await?, [alice]);
    assert_eq!(found("ångs").await?, [alan]);
    assert_eq!(found("turing example").await?, [alan]);
    assert_eq!(found("lice").await?, [], "words are found by their beginning");
    assert_eq!(found("ali turing").await?, []);
    assert_eq!(found("ångström-t").await?, [alan]);
    assert_eq!(found("(Liddell),").await?, [alice]);
    assert_eq!(found("%").await?.len(), 2, "no word at all");
    assert_eq!(found("  ").await?.len(), 2, "nothing was searched for");

    let owner = msp.owner();
    msp.tenant.execute(&owner, EraseCustomer::new(alice)).seen_by(ReadModel::Customers).await?;
    assert_eq!(found("alice").await?, []);
    assert_eq!(found("liddell").await?, []);
    let row = views.customer(alice).await?.ok_or("the row is gone")?;
    assert_eq!((row.login.as_ref(), row.name.as_ref()), (None, None));
    assert_eq!(row.status(views.now()), CustomerStatus::Erased);
    for file in std::fs::read_dir(house.folder())? {
        let bytes = std::fs::read(file?.path())?;
        let there = bytes.windows(7).any(|bytes| bytes.eq_ignore_ascii_case(b"liddell"));
        assert!(!there, "the name is still in a file");
    }
    assert_honest(&msp).await
}

#[tokio::test]
async fn each_status_is_found_and_what_passes_by_itself_is_over_in_time() -> Result {
    let house = House::new()?;
    let mut policy = Policy::standard();
    policy.request_seconds = Seconds::minutes(10);
    let msp = house.msp(policy).await?;
    let on = msp.equip("on@example.com").await?.id;
    let new = msp.tenant.execute(&msp.service(), RegisterCustomer::new("new@example.com")).await?;
    let frozen = msp.equip("frozen@example.com").await?.id;
    msp.tenant.execute(&msp.customer(frozen), ReportUnrecognised::new(frozen)).await?;
    let locked = msp.equip("locked@example.com").await?.id;
    for _ in 0..10 {
        let wrong = CheckSecondFactor::totp(locked, "000000".parse()?);
        assert!(msp.check(locked, wrong).await.is_err());
    }
    let ask = RequestBypass::new(on).reason(Reason::LostDevice);
    msp.tenant.execute(&msp.helpdesk(), ask).await?;
    let views = msp.tenant.views().await?;
    views.caught_up().await?;
    let of = async |query: CustomerQuery| -> Result<Vec<readmit::CustomerId>> {
        let page = views.customers(&query).await?;
        Ok(page.items.into_iter().map(|row| row.customer).collect())
    };
    let status = |status| CustomerQuery::new().status(status);
    assert_eq!(of(status(CustomerStatus::On)).await?, [on]);
    assert_eq!(of(status(CustomerStatus::NotSetUp)).await?, [new.customer]);
    assert_eq!(of(status(CustomerStatus::Frozen)).await?, [frozen]);
    assert_eq!(of(status(CustomerStatus::Locked)).await?, [locked]);
    let waiting = || CustomerQuery::new().stage(Stage::AwaitingApproval);
    assert_eq!(of(waiting()).await?, [on]);
    assert_eq!(of(status(CustomerStatus::Off)).await?, []);

    // The clock moves; no event tells of it.
    house.clock.advance(Seconds::minutes(16));
    assert_eq!(of(status(CustomerStatus::Locked)).await?, []);
    assert_eq!(of(status(CustomerStatus::On)).await?, [locked, on]);
    assert_eq!(of(waiting()).await?, []);
    assert_eq!(views.open_bypasses(None, None).await?.items, []);
    Ok(())
}

#[tokio::test]
async fn what_was_just_done_is_seen_by_whoever_asks_for_it() -> Result {
    let house = House::new()?;
    let msp: Msp = house.msp(Policy::standard()).await?;
    let views = msp.tenant.views().await?;
    for number in 0..50 {
        let register = RegisterCustomer::new(format!("customer-{number}@example.com").as_str());
        let done =
            msp.tenant.execute(&Actor::system(), register).seen_by(ReadModel::Customers).await?;
        assert!(views.customer(done.customer).await?.is_some(), "number {number}");
    }
    Ok(())
}

#[tokio::test]
async fn an_alert_is_raised_told_and_found_by_rule_and_person() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    msp.tenant.execute(&msp.customer(alice.id), ReportUnrecognised::new(alice.id)).await?;
    let lift = UnfreezeAccount::new(alice.id, "she called back");
    msp.tenant.execute(&msp.owner(), lift).await?;
    house.clock.advance(Seconds::minutes(5));
    let granted = msp.grant(alice.id).await?;
    let views = msp.tenant.views().await?;
    views.caught_up().await?;
    let found =
        async |query: AlertQuery| Ok::<_, readmit::Error>(views.alerts(&query).await?.items);
    let all = found(AlertQuery::new()).await?;
    assert_eq!(all.len(), 1);
    let alert = &all[0];
    assert_eq!(alert.rule, Rule::GrantedAfterFreeze);
    assert_eq!(alert.subject, msp.recovery_admin_id().into());
    assert_eq!((alert.account, alert.recovery), (alice.id.into(), Some(granted.recovery)));
    assert!(alert.sentence().contains("5 min after a freeze"), "{}", alert.sentence());
    for (query, is_found) in [
        (AlertQuery::new().rule(Rule::GrantedAfterFreeze), true),
        (AlertQuery::new().rule(Rule::OffHours), false),
        (AlertQuery::new().subject(msp.recovery_admin_id()).account(alice.id), true),
        (AlertQuery::new().subject(alice.id), false),
        (AlertQuery::new().at_least(alert.severity()), true),
        (AlertQuery::new().from(alert.at).before(alert.at + Seconds(1)), true),
        (AlertQuery::new().before(alert.at), false),
    ] {
        assert_eq!(!found(query.clone()).await?.is_empty(), is_found, "{query:?}");
    }
    let before = msp.tenant.as_of(granted.position - 1).views().await?;
    assert_eq!(before.alerts(&AlertQuery::new()).await?.items, []);
    assert_honest(&msp).await
}
