//! PostgreSQL: one statement for the whole batch, an array for each column.

use sqlx::PgConnection;

use super::Batch;
use readmit_bench_driver::Fallible;

const COMMIT: &str = "WITH head AS (
    UPDATE ledgers SET size = size + $2, at = $3, root = $4, frontier = $5
    WHERE ledger = $1 AND size = $3 RETURNING ledger
), stored AS (
    INSERT INTO events (ledger, position, stream, version, body)
    SELECT h.ledger, e.* FROM head AS h,
    unnest($6::bigint[], $7::uuid[], $8::bigint[], $9::bytea[]) AS e
), known AS (
    INSERT INTO commands (ledger, command, fingerprint, first_position, events)
    SELECT h.ledger, c.*, 1 FROM head AS h, unnest($10::uuid[], $11::bytea[], $6) AS c
), set AS (
    INSERT INTO timers (ledger, stream, due)
    SELECT h.ledger, t.*, 1 FROM head AS h, unnest($12::uuid[]) AS t
    ON CONFLICT (ledger, stream) DO UPDATE SET due = excluded.due
), ended AS (
    DELETE FROM timers WHERE ledger IN (SELECT ledger FROM head) AND stream = ANY ($13::uuid[])
) SELECT ledger FROM head";

pub(super) async fn commit(connection: &mut PgConnection, batch: &Batch<'_>) -> Fallible<()> {
    let rows = batch.rows;
    let first = rows.first().ok_or("an empty batch")?.position;
    let moved = sqlx::query(COMMIT)
        .bind(batch.ledger)
        .bind(i64::try_from(rows.len())?)
        .bind(first)
        .bind([7_u8; 32].as_slice())
        .bind([7_u8; 320].as_slice())
        .bind(rows.iter().map(|row| row.position).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.stream).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.version).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.body.as_slice()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.command).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.fingerprint.as_slice()).collect::<Vec<_>>())
        .bind(&batch.set)
        .bind(&batch.ended)
        .fetch_all(connection)
        .await?;
    if moved.len() == 1 { Ok(()) } else { Err("the head was not where it should be".into()) }
}
