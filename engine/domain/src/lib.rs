//! The rules of MFA recovery, pure.
mod id;
mod time;

pub use id::{
    AccountId, AdminId, BypassId, CodeSetId, CommandId, CustomerId, DeviceId, KeyId, LedgerId,
    ParseIdError, RecoveryId, StreamId, TenantId,
};
pub use time::{ParseTimestampError, Seconds, Timestamp};
