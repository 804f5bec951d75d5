//! A thousand random damages to a live ledger of some 700 events: none is missed, and each is
//! found where it is.

use std::path::PathBuf;

use readmit::tlog::{Edge, HashTile, SignedCheckpoint, leaf_hash};
use readmit::{Actor, Policy, RegisterCustomer, Seconds, VerifyError};
use readmit_tests::chance::Chance;
use readmit_tests::sqlite::sql;
use readmit_tests::{House, Msp, Result};

/// Of each of the four tests below.
const DAMAGES: u64 = 260;
const SIZE: u64 = 700;
/// Where the last full tile ends: before it, the very leaf is known.
const FULL: u64 = 512;
/// The ledger is put back to one of these sizes.
const EARLIER: [u64; 3] = [300, 520, 650];

struct Ledger {
    house: House,
    msp: Msp,
    remembered: SignedCheckpoint,
}

/// What was done, and between which positions it must be found.
struct Damage {
    sql: String,
    from: u64,
    to: u64,
}

impl Ledger {
    async fn new() -> Result<Self> {
        let house = House::new()?;
        let msp = house.msp(Policy::standard()).await?;
        let database = house.database();
        sql(&database, "CREATE TABLE heads AS SELECT * FROM ledgers WHERE false;")?;
        let mut size = msp.tenant.head().await?.size;
        while size < SIZE {
            // Half of them a second apart, some in a batch with others.
            house.clock.advance(Seconds(u32::try_from(size % 2)?));
            let login = format!("customer-{size}@example.com");
            let register = RegisterCustomer::new(login.as_str()).name("Somebody");
            msp.tenant.execute(&Actor::system(), register).await?;
            size += 1;
            if size.is_multiple_of(50) {
                msp.tenant.checkpoint().await?;
            }
            if EARLIER.contains(&size) {
                sql(&database, "INSERT INTO heads SELECT * FROM ledgers WHERE name = 'acme-msp';")?;
            }
        }
        let remembered = msp.tenant.checkpoint().await?;
        let keep =
            TABLES.map(|table| format!("CREATE TABLE kept_{table} AS SELECT * FROM {table};"));
        sql(&database, &keep.concat())?;
        Ok(Self { house, msp, remembered })
    }

    fn database(&self) -> PathBuf {
        self.house.database()
    }

    /// Damages the ledger, sees that it is found, and makes the damage good.
    async fn expect_found(&self, damage: &Damage) -> Result {
        let Damage { sql: text, from, to } = damage;
        let changed = sql(&self.database(), &format!("{text}; SELECT total_changes() > 0;"))?;
        assert!(changed.trim().ends_with('1'), "it changes nothing: {text}");
        let found = match self.msp.tenant.verify().await {
            Ok(_) => self.msp.tenant.verify_against(&self.remembered).await.err(),
            Err(error) => Some(error),
        };
        match found {
            Some(VerifyError::Broken(found)) => {
                let place = found.position;
                assert!((*from..=*to).contains(&place), "{text}: {from} to {to}, but {found}");
            }
            Some(VerifyError::Failed(why)) => {
                assert!(why.to_string().contains("damaged"), "{text}: {why}");
            }
            Some(other) => panic!("{text}: {other}"),
            None => panic!("missed: {text}"),
        }
        let restore = TABLES.map(|table| {
            format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table};")
        });
        sql(&self.database(), &restore.concat())?;
        Ok(())
    }

    async fn sound(self) -> Result {
        self.msp.tenant.verify().await?;
        self.msp.tenant.verify_against(&self.remembered).await?;
        self.msp.engine.close().await;
        Ok(())
    }
}

const TABLES: [&str; 5] = ["events", "private", "tiles", "checkpoints", "ledgers"];

/// The event itself where its tile is full; otherwise up to the end, where a root is compared.
fn at_event(sql: String, position: u64) -> Damage {
    let to = if position < FULL { position } else { SIZE };
    Damage { sql, from: position, to }
}

/// Another byte in the place of one of a column.
fn flip(chance: &mut Chance, table: &str, column: &str, row: &str, length: u64) -> String {
    let (place, byte) = (chance.below(length), chance.below(256));
    let at = |from: u64| format!("CAST(substr(CAST({column} AS BLOB), {from}, 1) AS BLOB)");
    format!(
        "UPDATE {table} SET {column} = CAST(substr({column}, 1, {place}) || \
         CASE WHEN {} = x'{byte:02x}' THEN x'{:02x}' ELSE x'{byte:02x}' END || \
         substr({column}, {} + 2) AS BLOB) WHERE {row}",
        at(place + 1),
        byte ^ 1,
        place
    )
}

#[tokio::test]
async fn every_edited_byte_is_found() -> Result {
    let ledger = Ledger::new().await?;
    let mut chance = Chance::from_environment()?;
    for _ in 0..DAMAGES {
        let position = chance.below(SIZE);
        let row = format!("position = {position}");
        let damage = match chance.below(8) {
            0..=3 => at_event(flip(&mut chance, "events", "body", &row, 150), position),
            4 => at_event(flip(&mut chance, "events", "stream", &row, 16), position),
            5 => {
                let position = 10 + chance.below(SIZE - 10);
                let row = format!("position = {position}");
                let sql = flip(&mut chance, "private", "sealed", &row, 60);
                Damage { sql, from: position, to: position }
            }
            6 => {
                let (index, place) = (chance.below(2), chance.below(256 * 32));
                let row = format!("level = 0 AND idx = {index}");
                let at = index * 256 + place / 32;
                let byte = chance.below(255) + 1;
                let sql = format!(
                    "UPDATE tiles SET hashes = (SELECT CAST(substr(hashes, 1, {place}) || \
                     CASE WHEN substr(hashes, {place} + 1, 1) = x'{byte:02x}' THEN x'00' \
                     ELSE x'{byte:02x}' END || substr(hashes, {place} + 2) AS BLOB)) WHERE {row}"
                );
                Damage { sql, from: at, to: at }
            }
            _ => {
                let size = (1 + chance.below(SIZE / 50 - 1)) * 50;
                let row = format!("size = {size}");
                let sql = flip(&mut chance, "checkpoints", "note", &row, 130);
                Damage { sql, from: size, to: size }
            }
        };
        ledger.expect_found(&damage).await?;
    }
    ledger.sound().await
}

#[tokio::test]
async fn every_changed_column_and_head_is_found() -> Result {
    let ledger = Ledger::new().await?;
    let mut chance = Chance::from_environment()?;
    for _ in 0..DAMAGES {
        let position = 1 + chance.below(SIZE - 1);
        let by = 1 + chance.below(9);
        let head = |column: &str, value: String| Damage {
            sql: format!("UPDATE ledgers SET {column} = {value} WHERE name = 'acme-msp'"),
            from: 0,
            to: SIZE + by,
        };
        let damage = match chance.below(8) {
            0 => {
                // Beyond the versions that the tenant's own stream has, or no such row could be.
                let by = by * 100;
                at_event(
                    format!(
                        "UPDATE events SET version = version + {by} WHERE position = {position}"
                    ),
                    position,
                )
            }
            1 => {
                let target = SIZE + by * 100;
                at_event(
                    format!("UPDATE events SET position = {target} WHERE position = {position}"),
                    position,
                )
            }
            2 => head("size", format!("size - {by}")),
            3 => head("size", format!("size + {by}")),
            4 => head("at", format!("at + {by}")),
            5 => head("root", format!("(SELECT root FROM heads LIMIT 1 OFFSET {})", by % 3)),
            6 => {
                head("frontier", format!("(SELECT frontier FROM heads LIMIT 1 OFFSET {})", by % 3))
            }
            _ => {
                let size = (1 + chance.below(SIZE / 50 - 1)) * 50;
                // The engine may have signed one of that size by itself meanwhile.
                let to = format!("UPDATE OR REPLACE checkpoints SET size = size + {by}");
                let sql = format!("{to} WHERE size = {size}");
                Damage { sql, from: size, to: size + by }
            }
        };
        ledger.expect_found(&damage).await?;
    }
    ledger.sound().await
}

#[tokio::test]
async fn every_missing_added_or_swapped_row_is_found() -> Result {
    let ledger = Ledger::new().await?;
    let mut chance = Chance::from_environment()?;
    for _ in 0..DAMAGES {
        let (one, other) = (10 + chance.below(SIZE - 20), 10 + chance.below(SIZE - 20));
        let (one, other) = (one.min(other), one.max(other) + 1);
        let damage = match chance.below(9) {
            0 => at_event(format!("DELETE FROM events WHERE position = {one}"), one),
            1 => at_event(
                format!("DELETE FROM events WHERE position BETWEEN {one} AND {other}"),
                one,
            ),
            2 => {
                let sql = format!("DELETE FROM private WHERE position = {one}");
                Damage { sql, from: one, to: one }
            }
            3 => {
                let sql = format!("DELETE FROM tiles WHERE level = 0 AND idx = {}", one % 2);
                Damage { sql, from: one % 2 * 256, to: one % 2 * 256 }
            }
            4 => at_event(swap("events", "body", one, other), one),
            5 => at_event(swap("events", "stream", one, other), one),
            6 => {
                let sql = swap("private", "sealed", one, other);
                Damage { sql, from: one, to: one }
            }
            7 => {
                let target = SIZE + chance.below(1000);
                let sql = format!(
                    "INSERT INTO events SELECT ledger, {target}, stream, version + 1, body \
                     FROM events WHERE position = {one}"
                );
                Damage { sql, from: target, to: target }
            }
            _ => {
                let target = SIZE + chance.below(1000);
                let sql = format!(
                    "INSERT INTO private SELECT ledger, {target}, sealed FROM private \
                     WHERE position = {one}"
                );
                Damage { sql, from: target, to: target }
            }
        };
        ledger.expect_found(&damage).await?;
    }
    ledger.sound().await
}

/// Whoever recomputes everything leaves a ledger that holds together: only what was remembered
/// elsewhere tells.
#[tokio::test]
async fn every_rollback_cut_and_consistent_forgery_is_found() -> Result {
    let ledger = Ledger::new().await?;
    let mut chance = Chance::from_environment()?;
    let leaves = all_leaves(&ledger.msp).await?;
    for _ in 0..DAMAGES {
        let damage = if chance.below(3) == 0 {
            let place = chance.below(3);
            let size = EARLIER[usize::try_from(place)?];
            let sql = format!("{} {}", cut(size, chance.below(2) == 0), head_of(place));
            Damage { sql, from: size, to: SIZE }
        } else {
            let position = 10 + chance.below(SIZE - 10);
            Damage { sql: forge(&leaves, position, &mut chance)?, from: position, to: SIZE }
        };
        ledger.expect_found(&damage).await?;
    }
    ledger.sound().await
}

fn swap(table: &str, column: &str, one: u64, other: u64) -> String {
    let at = |position| format!("(SELECT {column} FROM {table} WHERE position = {position})");
    format!(
        "CREATE TEMP TABLE swapped AS SELECT {} AS one, {} AS other; \
         UPDATE {table} SET {column} = (SELECT other FROM swapped) WHERE position = {one}; \
         UPDATE {table} SET {column} = (SELECT one FROM swapped) WHERE position = {other}",
        at(one),
        at(other)
    )
    .replace("UPDATE events SET stream", "UPDATE OR REPLACE events SET stream")
}

/// Everything from a size on goes; the checkpoints too, if whoever does it thinks of them.
fn cut(size: u64, checkpoints: bool) -> String {
    let full = size / 256;
    let checkpoints = if checkpoints {
        format!("DELETE FROM checkpoints WHERE size > {size};")
    } else {
        String::new()
    };
    format!(
        "DELETE FROM events WHERE position >= {size}; DELETE FROM private WHERE position >= {size}; \
         DELETE FROM tiles WHERE level = 0 AND idx >= {full}; \
         UPDATE tiles SET hashes = CAST(substr(hashes, 1, 32 * {full}) AS BLOB) WHERE level = 1; {checkpoints}"
    )
}

fn head_of(place: u64) -> String {
    format!(
        "UPDATE ledgers SET (size, at, root, frontier) = \
         (SELECT size, at, root, frontier FROM heads ORDER BY size LIMIT 1 OFFSET {place}) \
         WHERE name = 'acme-msp'"
    )
}

/// Another command id in one event, and everything that follows from it computed anew.
fn forge(leaves: &[Vec<u8>], position: u64, chance: &mut Chance) -> Result<String> {
    let mut edge = Edge::new();
    let mut tiles = Vec::new();
    let mut forged = Vec::new();
    for (number, leaf) in (0..).zip(leaves) {
        let mut leaf = leaf.clone();
        if number == position {
            let text = String::from_utf8(leaf.clone())?;
            let at = text.find("\"command\":\"cmd_").ok_or("no command")? + 25;
            let digit = char::from(b'0' + u8::try_from(chance.below(10))?);
            let old = text.get(at..=at).ok_or("too short")?;
            let new = if old == digit.to_string() { "z".to_owned() } else { digit.to_string() };
            forged = [text.get(..at).ok_or("")?, &new, text.get(at + 1..).ok_or("")?]
                .concat()
                .into_bytes();
            leaf.clone_from(&forged);
        }
        tiles.extend(edge.append(leaf_hash(&leaf))?);
    }
    tiles.extend(edge.partial_tiles().into_iter().filter(|(id, _)| id.level > 0));
    let mut frontier = readmit::tlog::Frontier::new();
    for (number, leaf) in (0..).zip(leaves) {
        frontier.append(leaf_hash(if number == position { &forged } else { leaf }))?;
    }
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let tiles = tiles.iter().map(|(id, tile): &(_, HashTile)| {
        format!(
            "UPDATE tiles SET hashes = x'{}' WHERE level = {} AND idx = {};",
            hex(&tile.to_bytes()),
            id.level,
            id.index
        )
    });
    Ok(format!(
        "UPDATE events SET body = x'{}' WHERE position = {position}; {} \
         DELETE FROM checkpoints WHERE size > {position}; \
         UPDATE ledgers SET root = x'{}', frontier = x'{}' WHERE name = 'acme-msp'",
        hex(&forged),
        tiles.collect::<String>(),
        hex(frontier.root().as_bytes()),
        hex(&frontier.to_bytes())
    ))
}

async fn all_leaves(msp: &Msp) -> Result<Vec<Vec<u8>>> {
    let mut leaves = Vec::new();
    loop {
        let page = msp.tenant.leaves(leaves.len() as u64).await?;
        if page.is_empty() {
            return Ok(leaves);
        }
        leaves.extend(page);
    }
}
