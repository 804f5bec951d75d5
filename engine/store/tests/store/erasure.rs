//! Erased bytes are gone from the files.

use readmit_runtime::ports::store::{WrappedKey, Write};
use uuid::Uuid;

use crate::support::{Place, commit, part, part_with};

const ONE: Uuid = Uuid::from_u128(501);
const TWO: Uuid = Uuid::from_u128(502);

#[tokio::test]
async fn erased_bytes_are_in_no_file_any_more() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let marks = [*b"a secret 0123456789", *b"a letter 0123456789", *b"the key! 0123456789"];
    let writes = vec![
        Write::Secret { stream: ONE, name: [1; 17], sealed: marks[0].into() },
        Write::Private { position: 0, sealed: marks[1].into() },
        Write::Key {
            stream: ONE,
            key: WrappedKey { kek: "kek".to_owned(), wrapped: marks[2].into() },
        },
    ];
    let head = commit(&place.store, part_with(&head, ONE, 1, writes)).await;
    assert_eq!(marks.map(|mark| found(&place, &mark)), [true; 3]);
    let head = commit(&place.store, part_with(&head, ONE, 2, vec![Write::Erase { stream: ONE }]));
    let head = head.await;
    assert_eq!(marks.map(|mark| found(&place, &mark)), [false; 3]);
    commit(&place.store, part(&head, &[(TWO, 1)])).await;
}

#[tokio::test]
async fn a_reader_only_delays_the_end_of_erased_bytes() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let mark = *b"a letter 0123456789";
    let private = vec![Write::Private { position: 0, sealed: mark.into() }];
    let head = commit(&place.store, part_with(&head, ONE, 1, private)).await;
    let mut reader = place.raw().await;
    sqlx::query("BEGIN").execute(&mut reader).await.unwrap();
    sqlx::query("SELECT * FROM private").fetch_all(&mut reader).await.unwrap();
    let erase = part_with(&head, ONE, 2, vec![Write::Erase { stream: ONE }]);
    let head = commit(&place.store, erase).await;
    assert!(found(&place, &mark));
    sqlx::query("ROLLBACK").execute(&mut reader).await.unwrap();
    commit(&place.store, part(&head, &[(TWO, 1)])).await;
    assert!(!found(&place, &mark));
}

/// Whether bytes stand anywhere in the files of a store.
fn found(place: &Place, bytes: &[u8]) -> bool {
    std::fs::read_dir(place.directory.path()).unwrap().any(|file| {
        let contents = std::fs::read(file.unwrap().path()).unwrap();
        contents.windows(bytes.len()).any(|window| window == bytes)
    })
}
