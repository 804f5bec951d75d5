//! What a read model's tables look like.

use std::fmt::Write as _;

use super::Dialect;

/// A table of a read model. Its name in the database carries the generation:
/// `customers_2` is what `customers` was made for the second time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [Column],
    /// So many of the first columns are the primary key; the very first is the ledger.
    pub(crate) key: usize,
    pub(crate) indexes: &'static [Index],
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column(pub(crate) &'static str, pub(crate) Kind);

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, sorted by its bytes.
    Text,
    /// A 64-bit integer.
    Integer,
}

/// An index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Index {
    /// Its columns, separated by commas.
    pub(crate) columns: &'static str,
    /// Which rows stand in it; all, if empty.
    pub(crate) only: &'static str,
}

impl Index {
    pub(crate) const fn on(columns: &'static str) -> Self {
        Self { columns, only: "" }
    }
}

impl Table {
    /// Its name in the database.
    pub(crate) fn named(&self, generation: i64) -> String {
        format!("{}_{generation}", self.name)
    }

    /// The key's columns, separated by commas.
    pub(crate) fn key_columns(&self) -> String {
        names(self.columns.iter().take(self.key))
    }

    /// All columns, separated by commas.
    pub(crate) fn column_names(&self) -> String {
        names(self.columns.iter())
    }

    /// What makes it.
    pub(crate) fn create(&self, dialect: Dialect, generation: i64) -> Vec<String> {
        let table = self.named(generation);
        let mut text = format!("CREATE TABLE IF NOT EXISTS {table} (");
        for Column(name, kind) in self.columns {
            // Writing to a string cannot fail.
            let _ = write!(text, "{name} {} NOT NULL, ", kind.sql(dialect));
        }
        let _ = write!(text, "PRIMARY KEY ({}))", self.key_columns());
        let indexes = self.indexes.iter().zip(1..).map(|(Index { columns, only }, number)| {
            let only = if only.is_empty() { String::new() } else { format!(" WHERE {only}") };
            format!("CREATE INDEX IF NOT EXISTS {table}_{number} ON {table} ({columns}){only}")
        });
        [text].into_iter().chain(indexes).collect()
    }
}

impl Kind {
    /// PostgreSQL would sort by the language of the database, and could not search by a prefix.
    const fn sql(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Text, Dialect::Sqlite) => "TEXT",
            (Self::Text, Dialect::Postgres) => "TEXT COLLATE \"C\"",
            (Self::Integer, _) => "BIGINT",
        }
    }
}

/// What tables look like, as one text: if two are the same, one version can read what another wrote.
pub(crate) fn shape(tables: &[Table]) -> String {
    tables.iter().flat_map(|table| table.create(Dialect::Sqlite, 0)).collect::<Vec<_>>().join("; ")
}

fn names<'c>(columns: impl Iterator<Item = &'c Column>) -> String {
    columns.map(|Column(name, _)| *name).collect::<Vec<_>>().join(", ")
}
