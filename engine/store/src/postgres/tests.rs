//! What only the inside of the store can look at.

use std::num::NonZeroUsize;

use pgtemp::{PgTempDB, PgTempDBBuilder};
use readmit_domain::{CommandId, LedgerId, Timestamp};
use readmit_runtime::ports::keys::{Rewrap, StoredKey};
use readmit_runtime::ports::proofs::{StoredTile, TileId};
use readmit_runtime::ports::store::{
    CommandRow, LedgerCommit, Load, StoredEvent, StreamLoad, WrappedKey, Write,
};
use sqlx::postgres::PgArguments;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};
use uuid::Uuid;

use super::{PostgresOptions, PostgresStore, render};
use crate::DatabaseUrl;
use crate::proofs::{CHECKPOINTS_FROM, LAST_CHECKPOINT, PRIVATE_FROM, TILES_FROM, wanted_tiles};
use crate::sql::load::Loading;
use crate::sql::statement::{Statement, Value, integer};
use crate::sql::{batch, keys, statement};
use crate::store::{DUE, EVENTS, NEXT_DUE};

const STREAM: Uuid = Uuid::from_u128(50);
const LEDGER: LedgerId = LedgerId::from_uuid(Uuid::from_u128(1));

/// A server of its own; the newest that is installed.
async fn server() -> PgTempDB {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is not installed");
    let newest = versions.map(|version| version.unwrap().path().join("bin")).max().unwrap();
    PgTempDBBuilder::new().with_bin_path(newest).with_dbname("readmit").start_async().await
}

/// No statement may read a whole table, or what it costs grows with the ledger: not even while the
/// tables are empty, since the plan of that day is kept.
#[tokio::test]
async fn every_statement_finds_its_rows_by_an_index() {
    let server = server().await;
    let DatabaseUrl::Postgres(url) = server.connection_uri().parse().unwrap() else { panic!() };
    let store = PostgresStore::open(PostgresOptions::new(url).create(true)).await.unwrap();
    let load = Load {
        heads: vec![LEDGER],
        streams: vec![StreamLoad { ledger: LEDGER, stream: STREAM, after_version: 0 }],
        commands: vec![(LEDGER, CommandId::from_uuid(STREAM))],
        names: vec![(LEDGER, [1; 32])],
        event_limit: 10,
    };
    let erasure = everything_to_write(vec![Write::Erase { stream: STREAM }]);
    let commit = everything_to_write(writes());
    let scalars = [Value::Id(STREAM), integer(0_u64), integer(9_u64)];
    let mut texts = Vec::new();
    for run in statement::runs(&Loading::new(&load).1) {
        texts.push(render::read(run).unwrap());
    }
    for text in [DUE, NEXT_DUE, EVENTS, LAST_CHECKPOINT, CHECKPOINTS_FROM, PRIVATE_FROM, TILES_FROM]
    {
        let used = text.matches('$').count();
        let mut scalars = scalars[..used.min(scalars.len())].to_vec();
        scalars.resize(used, integer(9_u64));
        if text == DUE {
            scalars[0] = integer(0_u64);
        }
        texts.push(render::one(&Statement::new(text).with(scalars)).unwrap());
    }
    texts.push(render::one(&wanted_tiles(LEDGER, &[TileId { level: 0, index: 0 }])).unwrap());
    texts.push(render::one(&keys::not_under("kek", None, NonZeroUsize::MIN)).unwrap());
    let found = StoredKey { ledger: LEDGER, stream: STREAM, key: wrapped() };
    texts.push(render::one(&keys::rewrap(&[Rewrap { old: found, new: wrapped() }])).unwrap());
    texts.push(render::commit(&batch::heads(&[&commit]), &batch::statements(&[&commit])).unwrap());
    for statement in batch::statements(&[&erasure]) {
        texts.push(render::one(&statement).unwrap());
    }
    assert!(texts.len() > 9, "{}", texts.len());
    for (text, arguments) in texts {
        check(&store, text, arguments).await;
    }
}

async fn check(store: &PostgresStore, text: String, arguments: PgArguments) {
    let mut connection = store.dialect.connections.lend().await.unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN {text}"));
    let rows = connection.fetch_all(sqlx::query_with(explain, arguments)).await.unwrap();
    connection.give_back();
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    for (place, step) in plan.iter().enumerate() {
        assert!(!step.contains("Seq Scan"), "{text}\n{}", plan.join("\n"));
        // The earliest timers stand first in their index.
        if step.contains("Index") && step.contains("Scan using") && text != NEXT_DUE {
            let next = plan.get(place + 1).map_or("", String::as_str);
            assert!(next.contains("Index Cond"), "{text}\n{}", plan.join("\n"));
        }
    }
}

fn wrapped() -> WrappedKey {
    WrappedKey { kek: "kek".to_owned(), wrapped: vec![1] }
}

fn writes() -> Vec<Write> {
    let (stream, other) = (STREAM, Uuid::from_u128(51));
    vec![
        Write::Name { digest: [1; 32], stream },
        Write::Private { position: 0, sealed: vec![1] },
        Write::Secret { stream, name: [1; 17], sealed: vec![1] },
        Write::SecretEnded { stream, name: [2; 17] },
        Write::Key { stream, key: wrapped() },
        Write::Timer { stream, due: Timestamp::from_unix_micros(1) },
        Write::TimerEnded { stream: other },
        Write::Tile(StoredTile { id: TileId { level: 0, index: 0 }, hashes: vec![1] }),
    ]
}

fn everything_to_write(writes: Vec<Write>) -> LedgerCommit {
    let row = CommandRow { fingerprint: [9; 16], first_position: 0, events: 1 };
    LedgerCommit {
        ledger: LEDGER,
        expected_size: 0,
        fence: 0,
        at: Timestamp::from_unix_micros(5),
        root: [7; 32],
        frontier: vec![8; 32],
        events: vec![StoredEvent { position: 0, stream: STREAM, version: 1, body: vec![1] }],
        commands: vec![(CommandId::from_uuid(STREAM), row)],
        writes,
    }
}
