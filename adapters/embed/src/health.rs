//! How an engine is: for whoever decides whether to send it work.

use std::time::Duration;

use serde::Serialize;

use crate::{Engine, Error, ModelStatus};

/// What does not answer for so long is not there: whoever asks wants to know soon.
const PATIENCE: Duration = Duration::from_secs(2);

/// How an engine is at one moment. What went wrong is told in words for its operator, not for
/// strangers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// Whether the database answers.
    pub database: Check,
    /// Whether the master key in use is at hand.
    pub key: Check,
    /// The read models, if they were started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_models: Option<ReadModelsHealth>,
}

/// Whether something is as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// Whether it is.
    pub ok: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// How the read models are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReadModelsHealth {
    /// Whether their database answers.
    #[serde(flatten)]
    pub check: Check,
    /// How far each has come; [`ModelStatus::most_behind`] is how far it lags. Empty if their
    /// database does not answer.
    pub models: Vec<ModelStatus>,
}

impl Health {
    /// Whether commands can be carried out. Read models that lag, or are away, do not keep the
    /// engine from that.
    pub const fn is_ready(&self) -> bool {
        self.database.ok && self.key.ok
    }
}

impl Check {
    fn of<T>(outcome: &Result<T, String>) -> Self {
        Self { ok: outcome.is_ok(), why: outcome.as_ref().err().cloned() }
    }
}

impl Engine {
    /// How this engine is now: a round trip to the database, the master key, and the read models if
    /// they were started. Never fails; answers within some two seconds, whatever is away.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}", dir.path().join("readmit.db").display());
    /// let engine = readmit::Engine::open(&url).await?;
    /// assert!(engine.health().await.is_ready());
    /// engine.close().await;
    /// let health = engine.health().await;
    /// assert!(!health.is_ready());
    /// println!("{}", health.database.why.unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn health(&self) -> Health {
        let store = async { Ok(self.runtime.check_store().await?) };
        let key = async { Ok(self.runtime.check_key().await?) };
        let (store, key, read_models) =
            tokio::join!(in_time(store), in_time(key), self.read_models_health());
        Health { database: Check::of(&store), key: Check::of(&key), read_models }
    }

    /// None if they were not started: asking how they are does not start them.
    async fn read_models_health(&self) -> Option<ReadModelsHealth> {
        let started = self.read_models.started()?;
        let status = in_time(async { Ok(started.status().await?) }).await;
        Some(ReadModelsHealth { check: Check::of(&status), models: status.unwrap_or_default() })
    }
}

/// The answer, if it comes in time.
async fn in_time<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}
