//! Holding what is read against what the ledger says: the live tables beside a replay, row for row.

use std::cmp::Ordering;

use readmit_domain::LedgerId;
use readmit_runtime::Failure;
use readmit_runtime::ports::{StoreError, StoreErrorKind};
use serde::Serialize;
use sqlx::{Any, Transaction};

use crate::database::{Column, Fetched, Kind, Query, Sql, Table, Value, text};
use crate::model::ReadModel;
use crate::runner::{ReadModels, catalogue, in_memory};

/// Rows that are held against one another at a time.
const ROWS: usize = 1_000;
/// The ledger may go on while it is replayed, and what is erased meanwhile is missing in the
/// replay: then it is done again, so often at most.
const TRIES: usize = 3;

/// The first row that is not what the ledger says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// In which read model.
    pub model: ReadModel,
    /// In which of its tables.
    pub table: &'static str,
    /// Which row, by its key.
    pub row: String,
    /// In which column; none if the row is missing, or should not be there.
    pub column: Option<&'static str>,
    /// What follows from the ledger.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl ReadModels {
    /// Replays a ledger, and holds the tables that are read against that: answers how many events
    /// they have seen, and the first difference, if there is any.
    pub async fn compare(&self, ledger: LedgerId) -> Result<(u64, Option<Difference>), Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let size = self.runtime().head(ledger).await?.size;
            self.wait(ledger, &ReadModel::ALL, size).await?;
            let (seen, difference) = self.compare_once(ledger).await?;
            let moved = self.runtime().head(ledger).await?.size > seen;
            if difference.is_none() || !moved {
                return Ok((seen, difference));
            }
            if tries == TRIES {
                return Err(too_lively());
            }
        }
    }

    async fn compare_once(&self, ledger: LedgerId) -> Result<(u64, Option<Difference>), Failure> {
        let database = self.database();
        let explain = |error: sqlx::Error| database.explain(&error);
        // One moment of the live tables, while they go on.
        let mut live = database.read().await.map_err(explain)?;
        let models = catalogue::live(&mut live, &ledger.to_string()).await.map_err(explain)?;
        let mut seen = 0;
        for (model, at) in models {
            if !at.same_shape {
                return Err(catalogue::not_readable(model));
            }
            seen = at.next;
            let replayed = in_memory(self.runtime(), ledger, &[model], at.next).await?;
            let mut replay = replayed.read().await.map_err(explain)?;
            for table in model.tables() {
                let sides = Sides { model, table, ledger: ledger.to_string(), live: at.generation };
                let found =
                    sides.first_difference(&mut live, &mut replay).await.map_err(explain)?;
                if found.is_some() {
                    return Ok((seen, found));
                }
            }
            drop(replay);
            replayed.close().await;
        }
        Ok((seen, None))
    }
}

fn too_lively() -> Failure {
    let what = "the ledger goes on while its read models are compared with a replay, and what was \
                erased meanwhile is missing in that: try again when less is going on";
    StoreError::new(StoreErrorKind::Busy, what).into()
}

/// A table, live and replayed.
struct Sides {
    model: ReadModel,
    table: &'static Table,
    ledger: String,
    live: i64,
}

/// A database in memory has the first generation of everything.
const FIRST: i64 = 1;

type Cells = Vec<Value>;

impl Sides {
    async fn first_difference(
        &self,
        live: &mut Transaction<'static, Any>,
        replay: &mut Transaction<'static, Any>,
    ) -> Sql<Option<Difference>> {
        let mut after: Option<Cells> = None;
        loop {
            let expected = self.rows(replay, FIRST, after.as_ref()).await?;
            let found = self.rows(live, self.live, after.as_ref()).await?;
            let pairs = expected.len().max(found.len());
            for place in 0..pairs {
                let (expected, found) = (expected.get(place), found.get(place));
                if let Some(difference) = self.difference(expected, found) {
                    return Ok(Some(difference));
                }
            }
            match expected.last() {
                Some(last) if expected.len() == ROWS => {
                    after = Some(last.iter().take(self.table.key).cloned().collect());
                }
                _ => return Ok(None),
            }
        }
    }

    async fn rows(
        &self,
        side: &mut Transaction<'static, Any>,
        generation: i64,
        after: Option<&Cells>,
    ) -> Sql<Vec<Cells>> {
        let (columns, key) = (self.table.column_names(), self.table.key_columns());
        let select =
            format!("SELECT {columns} FROM {} WHERE ledger = ?", self.table.named(generation));
        let mut query = Query::new(&select, [text(&self.ledger)]);
        if let Some(after) = after {
            let places = vec!["?"; after.len()].join(", ");
            query.push(&format!(" AND ({key}) > ({places})"), after.iter().cloned());
        }
        query.push(&format!(" ORDER BY {key} LIMIT {ROWS}"), []);
        query.fetch(side).await?.iter().map(|row| self.cells(row)).collect()
    }

    fn cells(&self, row: &Fetched) -> Sql<Cells> {
        let columns = self.table.columns.iter().enumerate();
        let cell = |(place, Column(_, kind)): (usize, &Column)| match kind {
            Kind::Text => row.text(place).map(text),
            Kind::Integer => row.integer(place).map(Value::Integer),
        };
        columns.map(cell).collect()
    }

    fn difference(&self, expected: Option<&Cells>, found: Option<&Cells>) -> Option<Difference> {
        const NOTHING: &str = "no such row";
        match (expected, found) {
            (Some(expected), Some(found)) => match self.key(expected).cmp(self.key(found)) {
                Ordering::Less => {
                    Some(self.told(expected, None, show_row(expected), NOTHING.into()))
                }
                Ordering::Greater => Some(self.told(found, None, NOTHING.into(), show_row(found))),
                Ordering::Equal => {
                    let columns = self.table.columns.iter().zip(expected.iter().zip(found));
                    let mut differ = columns.filter(|(_, (expected, found))| expected != found);
                    let (Column(column, _), (is, was)) = differ.next()?;
                    Some(self.told(expected, Some(column), show(is), show(was)))
                }
            },
            (Some(expected), None) => {
                Some(self.told(expected, None, show_row(expected), NOTHING.into()))
            }
            (None, Some(found)) => Some(self.told(found, None, NOTHING.into(), show_row(found))),
            (None, None) => None,
        }
    }

    fn key<'c>(&self, cells: &'c Cells) -> &'c [Value] {
        cells.get(..self.table.key).unwrap_or(cells)
    }

    fn told(
        &self,
        row: &Cells,
        column: Option<&'static str>,
        expected: String,
        found: String,
    ) -> Difference {
        let key = self.key(row).iter().skip(1).map(show).collect::<Vec<_>>();
        let (model, table, row) = (self.model, self.table.name, key.join(" "));
        Difference { model, table, row, column, expected, found }
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
    }
}

fn show_row(cells: &Cells) -> String {
    cells.iter().skip(1).map(show).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::integer;

    const TABLE: Table = Table {
        name: "things",
        columns: &[
            Column("ledger", Kind::Text),
            Column("id", Kind::Integer),
            Column("what", Kind::Text),
        ],
        key: 2,
        indexes: &[],
    };

    fn row(id: i64, what: &str) -> Cells {
        vec![text("led"), integer(id), text(what)]
    }

    #[test]
    fn the_row_and_column_that_differ_are_named() {
        let model = ReadModel::Customers;
        let sides = Sides { model, table: &TABLE, ledger: "led".to_owned(), live: 1 };
        let told = |expected: Option<&Cells>, found: Option<&Cells>| {
            let told = sides.difference(expected, found)?;
            Some((told.row, told.column, told.expected, told.found))
        };
        let (one, other, two) = (row(1, "a"), row(1, "b"), row(2, "a"));
        assert_eq!(told(Some(&one), Some(&one)), None);
        let differs = Some(("1".into(), Some("what"), "a".into(), "b".into()));
        assert_eq!(told(Some(&one), Some(&other)), differs);
        let missing = Some(("1".into(), None, "1 a".into(), "no such row".into()));
        assert_eq!(told(Some(&one), Some(&two)), missing);
        assert_eq!(told(Some(&one), None), missing);
        let extra = Some(("1".into(), None, "no such row".into(), "1 a".into()));
        assert_eq!(told(Some(&two), Some(&one)), extra);
        assert_eq!(told(None, Some(&one)), extra);
    }
}
