//! When keys were last used.

use readmit::{KeyId, Seconds};
use readmit_tests::Result;

use crate::there::There;

fn key(number: usize) -> KeyId {
    format!("key_{number:0>26}").parse().unwrap()
}

pub(crate) async fn the_latest_use_of_a_key_is_told(there: There) -> Result {
    let database = there.open().await?;
    let now = there.now();
    database.key_used(key(1), now);
    database.key_used(key(1), now + Seconds(5));
    database.key_used(key(1), now + Seconds(3));
    database.key_used(key(2), now);
    let times = database.last_used(&[key(1), key(2), key(3)]).await?;
    assert_eq!(times.into_iter().collect::<Vec<_>>(), [(key(1), now + Seconds(5)), (key(2), now)]);
    // More keys than one statement takes.
    let many: Vec<KeyId> = (0..1_000).map(key).collect();
    assert_eq!(database.last_used(&many).await?.len(), 2);
    assert_eq!(database.last_used(&[]).await?.len(), 0);
    Ok(())
}

pub(crate) async fn a_use_is_written_once_a_minute_and_at_the_end(there: There) -> Result {
    let (one, other) = (there.open().await?, there.open().await?);
    let now = there.now();
    one.key_used(key(1), now);
    while other.last_used(&[key(1)]).await?.get(&key(1)) != Some(&now) {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    one.key_used(key(1), now + Seconds(59));
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    assert_eq!(other.last_used(&[key(1)]).await?[&key(1)], now);
    one.close().await;
    assert_eq!(other.last_used(&[key(1)]).await?[&key(1)], now + Seconds(59));
    Ok(())
}
