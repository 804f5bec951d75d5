//! Pages: bounded, in order, and each item on one of them.

use readmit::{
    Actor, CheckSecondFactor, CustomerQuery, CustomerSort, Error, Failure, PageCursor, Policy,
    RecoveryQuery, RegisterCustomer, TimelineQuery,
};
use readmit_tests::{Database, House, Msp, Result, all_at_once};

async fn with_customers(house: &House, count: usize) -> Result<Msp> {
    let msp = house.msp(Policy::standard()).await?;
    let registered = all_at_once((0..count).map(|number| {
        let tenant = msp.tenant.clone();
        async move {
            let login = format!("c{:03}@example.com", number * 7 % count);
            let register = RegisterCustomer::new(login.as_str()).name("Same Name");
            tenant.execute(&Actor::system(), register).await.map(|_| ())
        }
    }));
    registered.await?.into_iter().collect::<Result<Vec<()>, _>>()?;
    msp.tenant.views().await?.caught_up().await?;
    Ok(msp)
}

async fn logins(msp: &Msp, query: CustomerQuery, limit: usize) -> Result<Vec<String>> {
    let views = msp.tenant.views().await?;
    let mut all = Vec::new();
    let mut query = query.limit(limit);
    loop {
        let page = views.customers(&query).await?;
        assert!(page.items.len() <= limit);
        all.extend(
            page.items.iter().filter_map(|row| row.login.as_ref()).map(|it| it.as_str().to_owned()),
        );
        let Some(next) = page.next else { return Ok(all) };
        // As a browser or a script would send it.
        query = query.after(next.to_string().parse::<PageCursor>()?);
    }
}

#[tokio::test]
async fn every_customer_is_on_one_page_in_every_order_in_a_file() -> Result {
    every_customer_is_on_one_page(House::new()?).await
}

#[tokio::test]
async fn every_customer_is_on_one_page_in_every_order_on_a_server() -> Result {
    every_customer_is_on_one_page(House::on(Database::Postgres).await?).await
}

async fn every_customer_is_on_one_page(house: House) -> Result {
    let msp = with_customers(&house, 101).await?;
    let sorted: Vec<String> = (0..101).map(|number| format!("c{number:03}@example.com")).collect();
    for limit in [1, 7, 100, 101, 500] {
        assert_eq!(logins(&msp, CustomerQuery::new(), limit).await?, sorted, "{limit} on a page");
    }
    for sort in [CustomerSort::LastSignIn, CustomerSort::CodesLeft] {
        let mut found = logins(&msp, CustomerQuery::new().sort(sort), 10).await?;
        found.sort();
        assert_eq!(found, sorted, "{sort:?}");
    }
    for search in ["c", "example", "same", "name c0"] {
        let mut found = logins(&msp, CustomerQuery::new().search(search), 9).await?;
        found.sort();
        let some = sorted.iter().filter(|login| search != "name c0" || login.starts_with("c0"));
        assert_eq!(found, some.cloned().collect::<Vec<_>>(), "{search}");
    }
    msp.engine.close().await;
    Ok(())
}

#[tokio::test]
async fn customers_are_sorted_by_what_was_asked_for() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let never = msp.equip("never@example.com").await?;
    let early = msp.equip("early@example.com").await?;
    let late = msp.equip("late@example.com").await?;
    for customer in [&early, &late] {
        house.clock.advance(readmit::Seconds(60));
        let code = customer.codes.first().cloned().ok_or("no codes")?;
        msp.check(customer.id, CheckSecondFactor::recovery_code(customer.id, code)).await?;
    }
    let views = msp.tenant.views().await?;
    views.caught_up().await?;
    let ids = async |sort| -> Result<Vec<readmit::CustomerId>> {
        let page = views.customers(&CustomerQuery::new().sort(sort)).await?;
        Ok(page.items.into_iter().map(|row| row.customer).collect())
    };
    assert_eq!(ids(CustomerSort::LastSignIn).await?, [late.id, early.id, never.id]);
    assert_eq!(ids(CustomerSort::CodesLeft).await?.last(), Some(&never.id));
    Ok(())
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() -> Result {
    let house = House::new()?;
    let msp = with_customers(&house, 3).await?;
    let views = msp.tenant.views().await?;
    let cursor = views.customers(&CustomerQuery::new().limit(1)).await?.next.ok_or("one page")?;
    let other = CustomerQuery::new().sort(CustomerSort::CodesLeft).after(cursor.clone());
    let answer = views.customers(&other).await;
    assert!(matches!(answer, Err(Error::Failed(Failure::OtherList))), "{answer:?}");
    let answer = views.recoveries(&RecoveryQuery::new().after(cursor.clone())).await;
    assert!(matches!(answer, Err(Error::Failed(Failure::OtherList))), "{answer:?}");
    let answer = views.timeline(&TimelineQuery::new().after(cursor)).await;
    assert!(matches!(answer, Err(Error::Failed(Failure::OtherList))), "{answer:?}");
    Ok(())
}

#[tokio::test]
async fn the_timeline_goes_both_ways() -> Result {
    let house = House::new()?;
    let msp = with_customers(&house, 12).await?;
    let views = msp.tenant.views().await?;
    let positions = async |mut query: TimelineQuery| -> Result<Vec<u64>> {
        let mut all = Vec::new();
        loop {
            let page = views.timeline(&query.clone().limit(5)).await?;
            all.extend(page.items.iter().map(|entry| entry.position));
            let Some(next) = page.next else { return Ok(all) };
            query = query.after(next);
        }
    };
    let size = msp.tenant.head().await?.size;
    assert_eq!(positions(TimelineQuery::new()).await?, (0..size).collect::<Vec<_>>());
    let newest = TimelineQuery::new().newest_first();
    assert_eq!(positions(newest).await?, (0..size).rev().collect::<Vec<_>>());
    Ok(())
}
