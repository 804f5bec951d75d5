//! What a read model is to the runner: its name, its version, its tables, and its fold.

use std::fmt;
use std::str::FromStr;

use readmit_runtime::{Envelope, PrivateData};
use serde::{Deserialize, Serialize};

use crate::database::{Sql, Table, Tables};
use crate::{activity, customers, recoveries, timeline};

/// A read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadModel {
    /// Each customer's current state.
    Customers,
    /// One row for each recovery case.
    Recoveries,
    /// The history in sentences.
    Timeline,
    /// Counts for pictures.
    Activity,
}

/// Events that follow one another in a ledger, on their way into the read models.
pub(crate) struct Batch {
    /// The ledger, as rows name it.
    pub(crate) key: String,
    pub(crate) entries: Vec<Entry>,
}

/// One event, with what is needed of its private data.
pub(crate) struct Entry {
    pub(crate) event: Envelope,
    /// Of a registration, unless it was erased.
    pub(crate) private: Option<PrivateData>,
}

impl ReadModel {
    /// Every read model.
    pub const ALL: [Self; 4] = [Self::Customers, Self::Recoveries, Self::Timeline, Self::Activity];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Recoveries => "recoveries",
            Self::Timeline => "timeline",
            Self::Activity => "activity",
        }
    }

    /// Raised by whoever changes what the fold makes of an event: the tables are made anew then.
    pub(crate) const fn version(self) -> i64 {
        match self {
            Self::Customers => customers::VERSION,
            Self::Recoveries => recoveries::VERSION,
            Self::Timeline => timeline::VERSION,
            Self::Activity => activity::VERSION,
        }
    }

    pub(crate) const fn tables(self) -> &'static [Table] {
        match self {
            Self::Customers => customers::TABLES,
            Self::Recoveries => recoveries::TABLES,
            Self::Timeline => timeline::TABLES,
            Self::Activity => activity::TABLES,
        }
    }

    /// Takes the next events in.
    pub(crate) async fn fold(self, tables: &mut Tables<'_>, batch: &Batch) -> Sql<()> {
        match self {
            Self::Customers => customers::fold(tables, batch).await,
            Self::Recoveries => recoveries::fold(tables, batch).await,
            Self::Timeline => timeline::fold(tables, batch).await,
            Self::Activity => activity::fold(tables, batch).await,
        }
    }
}

impl fmt::Display for ReadModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no read model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no read model: expected one of customers, recoveries, timeline, activity")]
pub struct ParseReadModelError(String);

impl FromStr for ReadModel {
    type Err = ParseReadModelError;

    fn from_str(text: &str) -> Result<Self, ParseReadModelError> {
        let found = Self::ALL.into_iter().find(|model| model.name() == text);
        found.ok_or_else(|| ParseReadModelError(text.chars().take(64).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_model_is_read_as_it_is_written() {
        for model in ReadModel::ALL {
            assert_eq!(model.to_string().parse(), Ok(model));
            assert_eq!(serde_json::to_value(model).unwrap(), model.name());
        }
        let error = "people".parse::<ReadModel>().unwrap_err().to_string();
        assert!(error.contains("timeline"), "{error}");
    }
}
