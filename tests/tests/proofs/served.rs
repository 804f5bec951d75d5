//! Tiles one by one: what there is, byte for byte, and nothing else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use readmit::tlog::{EntryBundle, Hash, HashTile, TileId, TilePath};
use readmit::{Error, Failure};
use readmit_tests::{Database, Msp, Result};

use crate::{grow, house_with, on_both};

on_both! {
    every_tile_that_exists_is_served_as_it_is_exported,
    a_tile_is_served_only_under_a_checkpoint,
    a_damaged_tile_is_not_made_up,
}

/// The files of a folder below `tile/`, by their path.
fn tiles_below(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![PathBuf::from("tile")]);
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                let name = path.to_str().ok_or("a name that is not UTF-8")?;
                files.insert(name.to_owned(), std::fs::read(entry.path())?);
            }
        }
    }
    Ok(files)
}

async fn leaves_of(msp: &Msp) -> Result<Vec<Vec<u8>>> {
    let mut leaves = Vec::new();
    loop {
        let page = msp.tenant.leaves(leaves.len() as u64).await?;
        if page.is_empty() {
            return Ok(leaves);
        }
        leaves.extend(page);
    }
}

/// What the tiles of a ledger with these leaves are, computed from nothing else: those of the
/// levels 0 and 1, and the bundles, at their widest.
fn computed(leaves: &[Vec<u8>]) -> Result<(Vec<EntryBundle>, Vec<HashTile>, Option<HashTile>)> {
    let bundles = leaves.chunks(256).map(EntryBundle::new).collect::<Result<Vec<_>, _>>()?;
    let tiles: Vec<HashTile> = bundles.iter().map(EntryBundle::leaf_hashes).collect();
    let roots: Vec<Hash> = tiles.iter().filter_map(HashTile::root).collect();
    Ok((bundles, tiles, HashTile::new(roots).ok()))
}

/// Every width of these hashes is served, and nothing wider.
async fn is_served(msp: &Msp, id: TileId, tile: &HashTile) -> Result {
    for width in 1..=HashTile::FULL_WIDTH {
        let expected = tile.hashes().get(..width).map(<[Hash]>::to_vec);
        let expected = expected.map(HashTile::new).transpose()?.map(|tile| tile.to_bytes());
        let served = msp.tenant.tile(&TilePath::hashes(id, width)?).await?;
        assert_eq!(served, expected, "{id:?} {width}");
    }
    Ok(())
}

async fn every_tile_that_exists_is_served_as_it_is_exported(database: Database) -> Result {
    let (house, msp) = house_with(database, 0).await?;
    // Before anybody is hired there is one event.
    let mut fresh = msp.clone();
    fresh.tenant = msp.engine.tenant("fresh-msp").await?;
    for (msp, size) in [(&fresh, 1), (&msp, 255), (&msp, 256), (&msp, 257), (&msp, 600)] {
        grow(msp, size).await?;
        let folder = house.folder().join(format!("bundle-{size}"));
        msp.tenant.export(&folder, |_, _| {}).await?;
        for (path, bytes) in tiles_below(&folder)? {
            assert_eq!(msp.tenant.tile(&path.parse()?).await?, Some(bytes), "{size}: {path}");
        }
        let leaves = leaves_of(msp).await?;
        assert_eq!(leaves.len() as u64, size);
        let (bundles, tiles, above) = computed(&leaves)?;
        for (index, tile) in (0..).zip(&tiles) {
            is_served(msp, TileId { level: 0, index }, tile).await?;
        }
        if let Some(above) = above {
            is_served(msp, TileId { level: 1, index: 0 }, &above).await?;
        }
        for (index, bundle) in (0..).zip(&bundles) {
            for width in [1, 2, 87, 88, 89, 254, 255, 256] {
                let entries: Vec<&[u8]> = bundle.entries().take(width).collect();
                let exists = entries.len() == width;
                let expected = EntryBundle::new(entries)?.as_bytes().to_vec();
                let served = msp.tenant.tile(&TilePath::entries(index, width)?).await?;
                assert_eq!(served, exists.then_some(expected), "{size}: {index} {width}");
            }
        }
        for nothing in [
            format!("tile/0/{:03}.p/1", size.div_ceil(256)),
            format!("tile/entries/{:03}.p/1", size.div_ceil(256)),
            "tile/1/001.p/1".to_owned(),
            "tile/2/000.p/1".to_owned(),
            "tile/63/000".to_owned(),
            "tile/entries/x009/x007/x199/x254/x740/991.p/1".to_owned(),
            "tile/0/x009/x007/x199/x254/x740/991".to_owned(),
        ] {
            assert_eq!(msp.tenant.tile(&nothing.parse()?).await?, None, "{size}: {nothing}");
        }
    }
    msp.engine.close().await;
    Ok(())
}

async fn a_tile_is_served_only_under_a_checkpoint(database: Database) -> Result {
    let (house, msp) = house_with(database, 300).await?;
    let kept = "SELECT coalesce(max(size), 0) FROM checkpoints;";
    // By then whatever changed was signed, and nobody signs unasked.
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    house.sql("DELETE FROM checkpoints;")?;
    assert_eq!(msp.tenant.tile(&"tile/entries/001.p/45".parse()?).await?, None);
    assert_eq!(house.sql(kept)?.trim(), "0", "nothing is signed for what there is not");
    assert!(msp.tenant.tile(&"tile/entries/001.p/44".parse()?).await?.is_some());
    assert_eq!(house.sql(kept)?.trim(), "300");
    msp.engine.close().await;
    Ok(())
}

async fn a_damaged_tile_is_not_made_up(database: Database) -> Result {
    let (house, msp) = house_with(database, 600).await?;
    msp.tenant.checkpoint().await?;
    house.sql("DELETE FROM tiles WHERE level = 0 AND idx = 1;")?;
    for path in ["tile/0/001", "tile/0/001.p/7"] {
        match msp.tenant.tile(&path.parse()?).await {
            Err(Error::Failed(Failure::Damaged(_))) => {}
            other => panic!("{path}: {other:?}"),
        }
    }
    assert!(msp.tenant.tile(&"tile/0/000".parse()?).await?.is_some());
    msp.engine.close().await;
    Ok(())
}
