//! Short ways to look into a store.

use readmit_domain::{CommandId, LedgerId};
use readmit_runtime::ports::store::{CommandRow, EventStore, Load, StoreError};

/// Where a command's events stand, if it was carried out.
pub async fn command(
    store: &dyn EventStore,
    ledger: LedgerId,
    command: CommandId,
) -> Result<Option<CommandRow>, StoreError> {
    let load = Load { commands: vec![(ledger, command)], ..Load::default() };
    Ok(store.load(&load).await?.commands.pop().map(|(_, row)| row))
}
