//! Writing the rows of a page, many in one statement.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{AnyConnection, AssertSqlSafe, Executor as _};

use super::{Query, Sql, Table, Value, json, text};

/// Values that go into one statement. More would save round trips; but SQLite looks for the name of
/// each value (`$1`) in a list of all names, and what that takes grows with their square.
const VALUES: usize = 192;

/// The tables of one generation of a read model, being written.
pub(crate) struct Tables<'c> {
    connection: &'c mut AnyConnection,
    generation: i64,
}

/// A row that follows from the events that concern it, kept whole in the column `state`, with
/// beside it what it is found by.
pub(crate) trait Row: Serialize + DeserializeOwned {
    /// Its table: ledger and key, what it is found by, and `state` at the end.
    const TABLE: &'static Table;

    /// What it is found by: all columns between the key and `state`.
    fn found_by(&self) -> Vec<Value>;
}

/// The column that a row is told from others of its ledger by.
pub(crate) fn key_of(table: &Table) -> &'static str {
    table.columns.get(1).map_or("", |column| column.0)
}

impl<'c> Tables<'c> {
    pub(crate) const fn new(connection: &'c mut AnyConnection, generation: i64) -> Self {
        Self { connection, generation }
    }

    /// The rows of these keys, as far as there are any.
    pub(crate) async fn load<R: Row>(
        &mut self,
        ledger: &str,
        keys: impl IntoIterator<Item = String>,
    ) -> Sql<BTreeMap<String, R>> {
        let keys: Vec<String> = keys.into_iter().collect();
        let (table, key) = (R::TABLE.named(self.generation), key_of(R::TABLE));
        let mut rows = BTreeMap::new();
        for keys in chunks(&keys, 1) {
            let select =
                format!("SELECT {key}, state FROM {table} WHERE ledger = ? AND {key} IN (");
            let mut query = Query::new(&select, [text(ledger)]);
            query.push(&format!("{})", places(keys.len())), keys.iter().map(text));
            for row in query.fetch(self.connection).await? {
                rows.insert(row.text(0)?.to_owned(), row.json(1)?);
            }
        }
        Ok(rows)
    }

    /// Keeps rows, in the place of those that were there.
    pub(crate) async fn store<R: Row>(
        &mut self,
        ledger: &str,
        rows: &BTreeMap<String, R>,
    ) -> Sql<()> {
        let mut values = Vec::with_capacity(rows.len());
        for (key, row) in rows {
            let mut row_values = vec![text(ledger), text(key)];
            row_values.extend(row.found_by());
            row_values.push(json(row)?);
            values.push(row_values);
        }
        self.put(R::TABLE, &values).await
    }

    /// Keeps rows, in the place of those that have the same key.
    pub(crate) async fn put(&mut self, table: &Table, rows: &[Vec<Value>]) -> Sql<()> {
        let rest = table.columns.iter().skip(table.key);
        let sets = rest.map(|column| format!("{0} = excluded.{0}", column.0));
        self.insert(table, rows, &sets.collect::<Vec<_>>().join(", ")).await
    }

    /// Adds the numbers behind the key to those that are there.
    pub(crate) async fn add(&mut self, table: &Table, rows: &[Vec<Value>]) -> Sql<()> {
        let named = table.named(self.generation);
        let rest = table.columns.iter().skip(table.key);
        let sums = rest.map(|column| format!("{0} = {named}.{0} + excluded.{0}", column.0));
        self.insert(table, rows, &sums.collect::<Vec<_>>().join(", ")).await
    }

    /// Every row of one key of a ledger, or of several.
    pub(crate) async fn delete(
        &mut self,
        table: &Table,
        ledger: &str,
        column: &str,
        keys: &[String],
    ) -> Sql<()> {
        for keys in chunks(keys, 1) {
            let delete =
                format!("DELETE FROM {} WHERE ledger = ? AND {column} IN (", self.of(table));
            let mut query = Query::new(&delete, [text(ledger)]);
            query.push(&format!("{})", places(keys.len())), keys.iter().map(text));
            query.fetch(self.connection).await?;
        }
        Ok(())
    }

    /// Rows by their whole key.
    pub(crate) async fn delete_rows(&mut self, table: &Table, rows: &[Vec<Value>]) -> Sql<()> {
        let named = table.named(self.generation);
        let key: Vec<&str> = table.columns.iter().take(table.key).map(|column| column.0).collect();
        let condition = key.join(" = ? AND ");
        for row in rows {
            let delete = format!("DELETE FROM {named} WHERE {condition} = ?");
            Query::new(&delete, row.iter().cloned()).fetch(self.connection).await?;
        }
        Ok(())
    }

    fn of(&self, table: &Table) -> String {
        table.named(self.generation)
    }

    async fn insert(&mut self, table: &Table, rows: &[Vec<Value>], sets: &str) -> Sql<()> {
        let begin = format!("INSERT INTO {} ({}) VALUES ", self.of(table), table.column_names());
        let conflict =
            if sets.is_empty() { "DO NOTHING".to_owned() } else { format!("DO UPDATE SET {sets}") };
        let end = format!(" ON CONFLICT ({}) {conflict}", table.key_columns());
        for rows in chunks(rows, table.columns.len()) {
            let text = insert_text(&begin, rows.len(), table.columns.len(), &end);
            let mut query = sqlx::query(AssertSqlSafe(text));
            for value in rows.iter().flatten() {
                query = value.clone().bind(query);
            }
            self.connection.execute(query).await?;
        }
        Ok(())
    }
}

/// `?, ?, ?`
fn places(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// Cuts a list into pieces of a few sizes, so that few texts are prepared; each item is so many
/// values.
fn chunks<T>(mut all: &[T], values: usize) -> impl Iterator<Item = &[T]> {
    let most = (VALUES / values.max(1)).max(1);
    std::iter::from_fn(move || {
        let sizes = [most, most / 4, 1];
        let size = sizes.into_iter().find(|size| (1..=all.len()).contains(size))?;
        let (chunk, rest) = all.split_at(size);
        all = rest;
        Some(chunk)
    })
}

fn insert_text(begin: &str, rows: usize, columns: usize, end: &str) -> String {
    let mut text = String::with_capacity(begin.len() + rows * columns * 6 + end.len());
    text.push_str(begin);
    let mut number = 0;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            number += 1;
            // Writing to a string cannot fail.
            let _ = write!(text, "{}${number}", if column == 0 { "" } else { ", " });
        }
        text.push(')');
    }
    text.push_str(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_cut_into_pieces_of_a_few_sizes() {
        let all: Vec<usize> = (0..46).collect();
        let sizes: Vec<usize> = chunks(&all, 9).map(<[usize]>::len).collect();
        assert_eq!(sizes, [21, 21, 1, 1, 1, 1]);
        assert_eq!(chunks(&all, 9).flatten().copied().collect::<Vec<_>>(), all);
        assert_eq!(chunks(&all, 1_000).count(), 46);
        assert_eq!(chunks::<usize>(&[], 3).count(), 0);
    }

    #[test]
    fn a_statement_has_a_place_for_each_value() {
        assert_eq!(insert_text("I ", 2, 2, " E"), "I ($1, $2), ($3, $4) E");
        assert_eq!(places(3), "?, ?, ?");
    }
}
