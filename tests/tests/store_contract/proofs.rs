//! What proofs are made of: tiles with their events, checkpoints, private data in order.

use readmit_runtime::ports::proofs::{StoredCheckpoint, StoredTile, TileId};
use readmit_runtime::ports::store::{LedgerHead, Write};

use crate::Store;
use crate::support::{ALL, ONE, commit, ledger, part, part_with};

fn tile(level: u8, index: u64, byte: u8) -> StoredTile {
    StoredTile { id: TileId { level, index }, hashes: vec![byte; 64] }
}

fn signed(head: &LedgerHead, size: u64, note: &[u8]) -> StoredCheckpoint {
    StoredCheckpoint { ledger: head.ledger, size, note: note.to_vec(), stamp: None }
}

pub(crate) async fn tiles_stand_with_their_events(store: Store) {
    let head = ledger(&*store, 1).await;
    let writes = vec![Write::Tile(tile(0, 0, 1)), Write::Tile(tile(1, 0, 2))];
    let next = commit(&*store, part_with(&head, ONE, 1, writes)).await;
    // A stale commit leaves none, and replaces none.
    let stale =
        part_with(&head, ONE, 1, vec![Write::Tile(tile(1, 0, 9)), Write::Tile(tile(0, 1, 9))]);
    assert_eq!(store.commit(&[stale]).await.unwrap(), []);
    let wanted = [(0, 0), (1, 0), (0, 1)].map(|(level, index)| TileId { level, index });
    let mut found = store.proofs().tiles(next.ledger, &wanted).await.unwrap();
    found.sort_by_key(|tile| tile.id);
    assert_eq!(found, [tile(0, 0, 1), tile(1, 0, 2)]);
}

pub(crate) async fn a_tile_that_grew_takes_the_place_of_the_smaller_one(store: Store) {
    let head = ledger(&*store, 1).await;
    let other = ledger(&*store, 2).await;
    let kept = commit(&*store, part_with(&other, ONE, 1, vec![Write::Tile(tile(1, 0, 7))])).await;
    let head = commit(&*store, part_with(&head, ONE, 1, vec![Write::Tile(tile(1, 0, 1))])).await;
    let grown = StoredTile { hashes: vec![1; 96], ..tile(1, 0, 1) };
    commit(&*store, part_with(&head, ONE, 2, vec![Write::Tile(grown.clone())])).await;
    let id = [grown.id];
    assert_eq!(store.proofs().tiles(head.ledger, &id).await.unwrap(), [grown]);
    assert_eq!(store.proofs().tiles(kept.ledger, &id).await.unwrap(), [tile(1, 0, 7)]);
}

pub(crate) async fn tiles_come_in_order_of_level_and_index(store: Store) {
    let head = ledger(&*store, 1).await;
    let ids = [(1, 3), (0, 300), (2, 0), (0, 2), (1, 0)];
    let writes = ids.map(|(level, index)| Write::Tile(tile(level, index, 1))).to_vec();
    commit(&*store, part_with(&head, ONE, 1, writes)).await;
    let page = async |level, index, limit: usize| {
        let (from, limit) = (TileId { level, index }, limit.try_into().unwrap());
        let tiles = store.proofs().tiles_from(head.ledger, from, limit).await.unwrap();
        tiles.iter().map(|tile| (tile.id.level, tile.id.index)).collect::<Vec<_>>()
    };
    assert_eq!(page(0, 0, 9).await, [(0, 2), (0, 300), (1, 0), (1, 3), (2, 0)]);
    assert_eq!(page(0, 3, 3).await, [(0, 300), (1, 0), (1, 3)]);
    assert_eq!(page(2, 1, 3).await, []);
}

pub(crate) async fn a_checkpoint_is_kept_once(store: Store) {
    let head = ledger(&*store, 1).await;
    let both = [signed(&head, 5, b"first"), signed(&head, 7, b"second")];
    store.proofs().keep_checkpoints(&both).await.unwrap();
    let again = [signed(&head, 5, b"another"), signed(&head, 9, b"third")];
    store.proofs().keep_checkpoints(&again).await.unwrap();
    let mut kept = store.proofs().checkpoints(head.ledger, 0, ALL).await.unwrap();
    kept.sort_by_key(|kept| kept.size);
    assert_eq!(kept, [both[0].clone(), both[1].clone(), again[1].clone()]);
}

pub(crate) async fn checkpoints_are_found_by_their_size(store: Store) {
    let head = ledger(&*store, 1).await;
    let sizes = [40, 5, 300];
    store.proofs().keep_checkpoints(&sizes.map(|size| signed(&head, size, b"note"))).await.unwrap();
    let last = async |size| {
        let last = store.proofs().last_checkpoint(head.ledger, size).await.unwrap();
        last.map(|kept| kept.size)
    };
    assert_eq!(
        (last(4).await, last(5).await, last(299).await, last(u64::MAX).await),
        (None, Some(5), Some(40), Some(300))
    );
    let page = store.proofs().checkpoints(head.ledger, 6, 1.try_into().unwrap()).await.unwrap();
    assert_eq!(page.iter().map(|kept| kept.size).collect::<Vec<_>>(), [40]);
}

pub(crate) async fn a_note_is_replaced_only_by_who_knows_it(store: Store) {
    let head = ledger(&*store, 1).await;
    let first = signed(&head, 5, b"one signature");
    store.proofs().keep_checkpoints(std::slice::from_ref(&first)).await.unwrap();
    assert!(store.proofs().replace_note(&first, b"two signatures").await.unwrap());
    assert!(!store.proofs().replace_note(&first, b"another two").await.unwrap());
    let kept = store.proofs().last_checkpoint(head.ledger, 5).await.unwrap().unwrap();
    assert_eq!(kept.note, b"two signatures");
}

pub(crate) async fn a_time_stamp_stands_beside_its_checkpoint(store: Store) {
    let head = ledger(&*store, 1).await;
    store.proofs().keep_checkpoints(&[signed(&head, 5, b"note")]).await.unwrap();
    assert!(store.proofs().keep_stamp(head.ledger, 5, &[0, 1, 255]).await.unwrap());
    assert!(!store.proofs().keep_stamp(head.ledger, 6, b"stamp").await.unwrap());
    let kept = store.proofs().last_checkpoint(head.ledger, 9).await.unwrap().unwrap();
    assert_eq!((kept.size, kept.stamp), (5, Some(vec![0, 1, 255])));
}

pub(crate) async fn private_data_comes_in_order_of_position(store: Store) {
    let head = ledger(&*store, 1).await;
    let mut given = part(&head, &[(ONE, 1), (ONE, 2), (ONE, 3), (ONE, 4)]);
    given.writes = [3_u8, 0, 2]
        .map(|place| Write::Private { position: place.into(), sealed: vec![place; 3] })
        .to_vec();
    commit(&*store, given).await;
    let page = async |from, limit: usize| {
        store.proofs().private_from(head.ledger, from, limit.try_into().unwrap()).await.unwrap()
    };
    assert_eq!(page(0, 9).await, [(0, vec![0; 3]), (2, vec![2; 3]), (3, vec![3; 3])]);
    assert_eq!(page(1, 1).await, [(2, vec![2; 3])]);
}
