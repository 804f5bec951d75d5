//! What an auditor's desk asks of the read models.

use readmit::{
    AlertQuery, EraseCustomer, Policy, ReadModel, RecoveryQuery, ReportUnrecognised, RevokeBypass,
    Rule, Seconds, SignOffReview, UnfreezeAccount, Verdict,
};
use readmit_tests::{Database, House, Msp, Result};

use crate::assert_honest;

#[tokio::test]
async fn cases_are_found_by_what_auditors_said_of_them_in_a_file() -> Result {
    cases_are_found_by_what_auditors_said_of_them(House::new()?).await
}

#[tokio::test]
async fn cases_are_found_by_what_auditors_said_of_them_on_a_server() -> Result {
    cases_are_found_by_what_auditors_said_of_them(House::on(Database::Postgres).await?).await
}

async fn cases_are_found_by_what_auditors_said_of_them(house: House) -> Result {
    let msp = house.msp(Policy::standard()).await?;
    let mut cases = Vec::new();
    for name in ["ended", "asked", "good", "open"] {
        house.clock.advance(Seconds(1));
        let customer = msp.equip(&format!("{name}@example.com")).await?.id;
        let granted = msp.grant(customer).await?;
        if name != "open" {
            let revoke = RevokeBypass::new(customer);
            msp.tenant.execute(&msp.recovery_admin(), revoke).await?;
        }
        cases.push(granted.recovery);
    }
    let [ended, asked, good, open] = cases[..] else { return Err("four cases".into()) };
    for (case, verdict) in
        [(asked, Verdict::Accepted), (asked, Verdict::Questioned), (good, Verdict::Accepted)]
    {
        let review = SignOffReview::new(case, verdict).note("as the form has it");
        msp.tenant.execute(&msp.auditor(), review).await?;
    }
    let views = msp.tenant.views().await?;
    views.caught_up().await?;
    let now = views.now();
    let all = || RecoveryQuery::new();
    for (query, found) in [
        (all(), vec![open, good, asked, ended]),
        (all().oldest_first(), vec![ended, asked, good, open]),
        (all().open_at(now), vec![open]),
        (all().open_at(now + Seconds::days(1)), vec![]),
        (all().signed_off(None), vec![ended]),
        (all().signed_off(Some(Verdict::Questioned)), vec![asked]),
        (all().signed_off(Some(Verdict::Accepted)), vec![good]),
    ] {
        let page = views.recoveries(&query).await?;
        let ids: Vec<_> = page.items.iter().map(|row| row.record.recovery).collect();
        assert_eq!(ids, found, "{query:?}");
    }
    // Each page goes on where the one before ended, and no cursor is taken for one of the other way.
    let first = views.recoveries(&all().oldest_first().limit(3)).await?;
    let next = first.next.ok_or("there is a second page")?;
    let second = views.recoveries(&all().oldest_first().after(next.clone())).await?;
    assert_eq!((second.items.len(), second.next), (1, None));
    assert!(views.recoveries(&all().after(next)).await.is_err());

    let said = msp.tenant.reviews(asked).await?;
    assert_eq!(said.len(), 2);
    assert!(said[0].position < said[1].position);
    assert_eq!(msp.tenant.reviews(open).await?, []);
    let mut pages = msp.tenant.case_pages(all().signed_off(Some(Verdict::Accepted))).await?;
    assert_eq!(pages.next().await?.map(|page| page.len()), Some(1));
    assert_eq!(pages.next().await?, None);
    assert_honest(&msp).await?;
    msp.engine.close().await;
    Ok(())
}

#[tokio::test]
async fn logins_are_looked_up_together_and_are_gone_once_erased() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    // More than one statement asks for.
    let mut customers = Vec::new();
    for number in 0..130 {
        let login = format!("customer-{number}@example.com");
        let register = readmit::RegisterCustomer::new(login.as_str());
        customers.push(msp.tenant.execute(&msp.service(), register).await?.customer);
    }
    let erase = EraseCustomer::new(customers[7]);
    msp.tenant.execute(&msp.owner(), erase).seen_by(ReadModel::Customers).await?;
    let views = msp.tenant.views().await?;
    let logins = views.logins(&customers).await?;
    assert_eq!(logins.len(), 129);
    assert_eq!(logins.get(&customers[7]), None);
    assert_eq!(logins[&customers[129]].as_str(), "customer-129@example.com");
    assert_eq!(views.logins(&[]).await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn the_gravest_alerts_come_first_and_are_counted_from_where_a_page_begins() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    // Whoever lifts the freeze and grants has looked: that weighs less, and is the newest.
    for (login, by) in
        [("a", msp.recovery_admin()), ("b", msp.recovery_admin()), ("c", msp.owner())]
    {
        let customer = msp.equip(&format!("{login}@example.com")).await?.id;
        msp.tenant.execute(&msp.customer(customer), ReportUnrecognised::new(customer)).await?;
        let lift = UnfreezeAccount::new(customer, "she called back");
        msp.tenant.execute(&msp.owner(), lift).await?;
        msp.tenant.execute(&by, Msp::wish(customer)).await?;
    }
    let views = msp.tenant.views().await?;
    views.caught_up().await?;
    let all = || AlertQuery::new().rule(Rule::GrantedAfterFreeze);
    let newest = views.alerts(&all()).await?.items;
    let gravest = views.alerts(&all().gravest_first()).await?.items;
    assert_eq!(gravest, [newest[1].clone(), newest[2].clone(), newest[0].clone()]);
    assert_eq!(views.count_alerts(&all()).await?, 3);

    let first = views.alerts(&all().gravest_first().limit(1)).await?;
    let next = first.next.ok_or("there is a second page")?;
    assert_eq!(views.count_alerts(&all().gravest_first().after(next.clone())).await?, 2);
    let rest = views.alerts(&all().gravest_first().after(next.clone())).await?;
    assert_eq!(rest.items, gravest[1..]);
    assert!(views.count_alerts(&all().after(next)).await.is_err(), "it is of another order");
    assert_honest(&msp).await
}
