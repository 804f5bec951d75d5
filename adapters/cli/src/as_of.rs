//! Up to where a ledger is read: `--at` and `--position`.

use readmit::{Error, Tenant, Timestamp, Until};
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::words;

/// Up to where a ledger is read.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct AsOf {
    pub(crate) at: Timestamp,
    pub(crate) position: Option<u64>,
    #[serde(skip)]
    pub(crate) until: Until,
}

impl AsOf {
    /// What was asked for, if it has come already; now, if nothing was.
    pub(crate) async fn of(
        context: &Context,
        tenant: &Tenant,
        at: Option<Timestamp>,
        position: Option<u64>,
    ) -> Result<Self, CliError> {
        let now = context.engine().await?.now();
        match (at, position) {
            (Some(at), _) => {
                // The clock that the ledger was written by may be ahead of ours.
                let latest = tenant.head().await?.at.max(now);
                if at > latest {
                    let latest = words::moment(latest);
                    return Err(CliError::Usage(format!(
                        "--at {at} has not come yet: it is {latest}"
                    )));
                }
                Ok(Self { at, position: None, until: Until::Time(at) })
            }
            (None, Some(position)) => {
                let event = tenant.follow(position).next_stored().await.map_err(Error::from)?;
                let Some(event) = event else {
                    return Err(CliError::no_event(position, tenant.head().await?.size));
                };
                let until = Until::Position(position);
                Ok(Self { at: event.at, position: Some(position), until })
            }
            (None, None) => Ok(Self { at: now, position: None, until: Until::Now }),
        }
    }
}
