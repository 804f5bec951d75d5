//! Which tables there are, which of them are read, and how far each has come.
//!
//! A read model's tables have a *generation*. One generation is live: it is read. Another may be
//! made beside it, after a change of version or on request; once it has come as far, it is live.

use std::collections::{BTreeMap, BTreeSet};

use readmit_domain::LedgerId;
use readmit_runtime::Failure;
use readmit_runtime::ports::store::LedgerHead;
use readmit_runtime::ports::{StoreError, StoreErrorKind};
use sqlx::{AnyConnection, AssertSqlSafe, Executor as _};

use super::lease;
use crate::database::{Database, Dialect, Query, Sql, integer, shape, text};
use crate::model::ReadModel;

/// The tables that all read models share. TEXT here is only ever compared for equality.
const TABLES: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS read_models (model TEXT NOT NULL, generation BIGINT NOT NULL, \
     version BIGINT NOT NULL, shape TEXT NOT NULL, live BIGINT NOT NULL, \
     PRIMARY KEY (model, generation))",
    "CREATE TABLE IF NOT EXISTS cursors (model TEXT NOT NULL, generation BIGINT NOT NULL, \
     ledger TEXT NOT NULL, next BIGINT NOT NULL, command TEXT NOT NULL, \
     PRIMARY KEY (model, generation, ledger))",
    "CREATE TABLE IF NOT EXISTS lease (code TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, \
     fence BIGINT NOT NULL, beat BIGINT NOT NULL)",
];

/// One generation of a read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Generation {
    pub(crate) model: ReadModel,
    pub(crate) number: i64,
    pub(crate) live: bool,
}

/// How far one generation has come in one ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cursor {
    /// How many events it has seen.
    pub(crate) next: u64,
    /// The command of the last of them, by which another history is noticed.
    pub(crate) command: String,
}

/// What is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Live {
    pub(crate) generation: i64,
    /// Whether this version can read its tables.
    pub(crate) same_shape: bool,
    /// How many events of the ledger it has seen.
    pub(crate) next: u64,
}

/// Makes what is missing, so that this version can work on it.
pub(crate) async fn prepare(database: &Database) -> Sql<()> {
    let mut transaction = database.write().await?;
    for table in TABLES {
        transaction.execute(table).await?;
    }
    let insert = "INSERT INTO lease (code, holder, fence, beat) VALUES (?, '', 0, 0) \
        ON CONFLICT (code) DO NOTHING";
    Query::new(insert, [text(lease::code())]).fetch(&mut transaction).await?;
    for model in ReadModel::ALL {
        make_if_outdated(&mut transaction, database.dialect(), model).await?;
    }
    transaction.commit().await
}

struct Found {
    generation: i64,
    version: i64,
    shape: String,
    state: State,
}

/// What a generation is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Being made.
    Made,
    /// Read.
    Live,
    /// Replaced by another, to be dropped.
    Retired,
}

async fn found(connection: &mut AnyConnection, model: ReadModel) -> Sql<Vec<Found>> {
    let select = "SELECT generation, version, shape, live FROM read_models WHERE model = ? \
        ORDER BY generation";
    let rows = Query::new(select, [text(model)]).fetch(connection).await?;
    let read = |row: &crate::database::Fetched| {
        Ok(Found {
            generation: row.integer(0)?,
            version: row.integer(1)?,
            shape: row.text(2)?.to_owned(),
            state: match row.integer(3)? {
                0 => State::Made,
                1 => State::Live,
                _ => State::Retired,
            },
        })
    };
    rows.iter().map(read).collect()
}

/// Begins a generation of this version, unless there is one, or the live one is of a newer version.
async fn make_if_outdated(
    connection: &mut AnyConnection,
    dialect: Dialect,
    model: ReadModel,
) -> Sql<()> {
    let found = found(connection, model).await?;
    let (version, shape) = (model.version(), shape(model.tables()));
    let live = found.iter().find(|found| found.state == State::Live);
    let current = |found: &&Found| {
        found.version == version && found.shape == shape && found.state != State::Retired
    };
    let newer = live.is_some_and(|live| live.version > version);
    if newer || found.iter().any(|found| current(&found)) {
        return Ok(());
    }
    // What an older version had begun beside the live one is nobody's any more.
    for stale in found.iter().filter(|found| found.state == State::Made && found.version < version)
    {
        drop_generation(connection, model, stale.generation).await?;
    }
    make(connection, dialect, model, live.is_none()).await
}

/// Makes empty tables for one more generation.
pub(crate) async fn make(
    connection: &mut AnyConnection,
    dialect: Dialect,
    model: ReadModel,
    live: bool,
) -> Sql<()> {
    let last = found(connection, model).await?.last().map_or(0, |found| found.generation);
    let generation = last + 1;
    for table in model.tables() {
        for statement in table.create(dialect, generation) {
            connection.execute(AssertSqlSafe(statement)).await?;
        }
    }
    let insert = "INSERT INTO read_models (model, generation, version, shape, live) \
        VALUES (?, ?, ?, ?, ?)";
    let (version, shape) = (integer(model.version()), text(shape(model.tables())));
    let values = [text(model), integer(generation), version, shape, integer(i64::from(live))];
    Query::new(insert, values).fetch(connection).await?;
    Ok(())
}

async fn drop_generation(
    connection: &mut AnyConnection,
    model: ReadModel,
    generation: i64,
) -> Sql<()> {
    for table in model.tables() {
        let drop = format!("DROP TABLE IF EXISTS {}", table.named(generation));
        connection.execute(AssertSqlSafe(drop)).await?;
    }
    for table in ["cursors", "read_models"] {
        let delete = format!("DELETE FROM {table} WHERE model = ? AND generation = ?");
        Query::new(&delete, [text(model), integer(generation)]).fetch(connection).await?;
    }
    Ok(())
}

/// The generations that this version keeps up to date: those of its own version.
pub(crate) async fn generations(connection: &mut AnyConnection) -> Sql<Vec<Generation>> {
    let mut kept = Vec::new();
    for model in ReadModel::ALL {
        let (version, shape) = (model.version(), shape(model.tables()));
        let found = found(connection, model).await?.into_iter();
        let ours = found.filter(|found| {
            found.version == version && found.shape == shape && found.state != State::Retired
        });
        kept.extend(ours.map(|found| Generation {
            model,
            number: found.generation,
            live: found.state == State::Live,
        }));
    }
    Ok(kept)
}

/// How far each generation has come, by ledger.
pub(crate) async fn cursors(
    connection: &mut AnyConnection,
    generations: &[Generation],
) -> Sql<BTreeMap<LedgerId, BTreeMap<Generation, Cursor>>> {
    let mut cursors: BTreeMap<LedgerId, BTreeMap<Generation, Cursor>> = BTreeMap::new();
    for generation in generations {
        let select = "SELECT ledger, next, command FROM cursors WHERE model = ? AND generation = ?";
        let values = [text(generation.model), integer(generation.number)];
        for row in Query::new(select, values).fetch(connection).await? {
            let cursor = Cursor { next: row.count(1)?, command: row.text(2)?.to_owned() };
            cursors.entry(row.parse(0)?).or_default().insert(*generation, cursor);
        }
    }
    Ok(cursors)
}

/// Moves a cursor on, if it is still where it was: answers whether it was.
pub(crate) async fn move_on(
    connection: &mut AnyConnection,
    generation: &Generation,
    ledger: &str,
    from: u64,
    to: &Cursor,
) -> Sql<bool> {
    let (model, number) = (text(generation.model), integer(generation.number));
    if from == 0 {
        let insert = "INSERT INTO cursors (model, generation, ledger, next, command) \
            VALUES (?, ?, ?, 0, '') ON CONFLICT (model, generation, ledger) DO NOTHING";
        Query::new(insert, [model.clone(), number.clone(), text(ledger)]).fetch(connection).await?;
    }
    let update = "UPDATE cursors SET next = ?, command = ? \
        WHERE model = ? AND generation = ? AND ledger = ? AND next = ? RETURNING next";
    let values = [integer(to.next), text(&to.command), model, number, text(ledger), integer(from)];
    Ok(Query::new(update, values).fetch(connection).await?.len() == 1)
}

/// What is read of each model, and how far it has come in a ledger.
pub(crate) async fn live(
    connection: &mut AnyConnection,
    ledger: &str,
) -> Sql<BTreeMap<ReadModel, Live>> {
    let select = "SELECT m.model, m.generation, m.shape, COALESCE(c.next, 0) FROM read_models AS m \
        LEFT JOIN cursors AS c ON c.model = m.model AND c.generation = m.generation \
        AND c.ledger = ? WHERE m.live = 1";
    let mut live = BTreeMap::new();
    for row in Query::new(select, [text(ledger)]).fetch(connection).await? {
        // A model of a newer version that this one does not know is not asked for either.
        let Ok(model) = row.text(0)?.parse::<ReadModel>() else { continue };
        let same_shape = row.text(2)? == shape(model.tables());
        live.insert(model, Live { generation: row.integer(1)?, same_shape, next: row.count(3)? });
    }
    Ok(live)
}

pub(crate) fn not_readable(model: ReadModel) -> Failure {
    let what = format!(
        "the read model {model} is being made anew by this version, or was made by a newer one: \
         try again once `readmit projection list` says that it is there"
    );
    StoreError::new(StoreErrorKind::Busy, what).into()
}

/// Whether a newer version has made the tables that are read.
pub(crate) async fn is_newer(connection: &mut AnyConnection, model: ReadModel) -> Sql<bool> {
    let found = found(connection, model).await?;
    let live = found.iter().find(|found| found.state == State::Live);
    Ok(live.is_some_and(|live| live.version > model.version()))
}

/// Lets a generation be read in the place of those before it, if it has come to the end of every
/// ledger: answers whether it has. All that was known before this transaction may be old.
pub(crate) async fn swap(
    connection: &mut AnyConnection,
    finished: &Generation,
    fence: Option<i64>,
    heads: &[LedgerHead],
    unreadable: &BTreeSet<LedgerId>,
) -> Sql<bool> {
    let Generation { model, number, .. } = *finished;
    if let Some(fence) = fence
        && !lease::renew(connection, fence).await?
    {
        return Ok(false);
    }
    let found = found(connection, model).await?;
    let ours = found.iter().find(|it| it.generation == number && it.state == State::Made);
    let live = found.iter().find(|it| it.state == State::Live);
    let overtaken = |it: &Found| it.generation > number || it.version > model.version();
    if ours.is_none() || live.is_some_and(overtaken) {
        return Ok(false);
    }
    let seen = seen_of(connection, model, number).await?;
    let by_live = match live {
        Some(live) => seen_of(connection, model, live.generation).await?,
        None => BTreeMap::new(),
    };
    let is_at_its_end = |head: &LedgerHead| {
        let seen = seen.get(&head.ledger).copied().unwrap_or_default();
        let live = by_live.get(&head.ledger).copied().unwrap_or_default();
        seen >= head.size || (unreadable.contains(&head.ledger) && seen >= live)
    };
    if !heads.iter().all(is_at_its_end) {
        return Ok(false);
    }
    let retire = "UPDATE read_models SET live = -1 WHERE model = ? AND generation < ?";
    Query::new(retire, [text(model), integer(number)]).fetch(connection).await?;
    let update = "UPDATE read_models SET live = 1 WHERE model = ? AND generation = ?";
    Query::new(update, [text(model), integer(number)]).fetch(connection).await?;
    Ok(true)
}

/// How many events of each ledger a generation has seen.
async fn seen_of(
    connection: &mut AnyConnection,
    model: ReadModel,
    generation: i64,
) -> Sql<BTreeMap<LedgerId, u64>> {
    let select = "SELECT ledger, next FROM cursors WHERE model = ? AND generation = ?";
    let rows = Query::new(select, [text(model), integer(generation)]).fetch(connection).await?;
    rows.iter().map(|row| Ok((row.parse(0)?, row.count(1)?))).collect()
}

/// How many events of all ledgers each model that is read has seen.
pub(crate) async fn seen_in_all(connection: &mut AnyConnection) -> Sql<BTreeMap<String, u64>> {
    let select = "SELECT m.model, CAST(COALESCE(sum(c.next), 0) AS BIGINT) FROM read_models AS m \
        LEFT JOIN cursors AS c ON c.model = m.model AND c.generation = m.generation \
        WHERE m.live = 1 GROUP BY m.model";
    let rows = Query::new(select, []).fetch(connection).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.count(1)?))).collect()
}

/// Drops the tables of one generation that was replaced, if there is any. Who reads them still is
/// not waited for, nor is anybody kept waiting behind that.
pub(crate) async fn drop_retired(database: &Database) -> Sql<()> {
    // Asked in every round: nearly always there is none, and nobody's writing is held up.
    let mut reading = database.read().await?;
    let select = "SELECT generation FROM read_models WHERE live < 0 LIMIT 1";
    if Query::new(select, []).fetch(&mut reading).await?.is_empty() {
        return Ok(());
    }
    drop(reading);
    let mut transaction = database.write().await?;
    if database.dialect() == Dialect::Postgres {
        transaction.execute("SET LOCAL lock_timeout = '200ms'").await?;
    }
    for model in ReadModel::ALL {
        let found = found(&mut transaction, model).await?;
        if let Some(retired) = found.iter().find(|found| found.state == State::Retired) {
            drop_generation(&mut transaction, model, retired.generation).await?;
        }
    }
    transaction.commit().await
}

/// Forgets all that is known of a ledger: it is another one than it was.
pub(crate) async fn forget(
    connection: &mut AnyConnection,
    generations: &[Generation],
    ledger: &str,
) -> Sql<()> {
    for generation in generations {
        for table in generation.model.tables() {
            let delete = format!("DELETE FROM {} WHERE ledger = ?", table.named(generation.number));
            Query::new(&delete, [text(ledger)]).fetch(connection).await?;
        }
        let delete = "DELETE FROM cursors WHERE model = ? AND generation = ? AND ledger = ?";
        let values = [text(generation.model), integer(generation.number), text(ledger)];
        Query::new(delete, values).fetch(connection).await?;
    }
    Ok(())
}
