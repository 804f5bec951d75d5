//! Whole recovery stories: six commands each, by three kinds of credential.

use std::sync::Arc;

use readmit_bench_driver::Fallible;
use serde_json::json;

use super::client::Client;
use super::load::Caller;
use super::people::Customer;
use crate::phone::Phone;

/// An admin, a login service and customers who lost their phone, one after the other.
pub struct Stories {
    pub key: Arc<str>,
    /// The session of an admin who has just shown a second factor.
    pub session: Arc<str>,
    /// Those who have not been helped yet.
    pub customers: Vec<Customer>,
    /// How many have been.
    pub told: usize,
}

impl Caller for Stories {
    async fn act(&mut self, client: &mut Client) -> Fallible<()> {
        let Customer { id, .. } = self.customers.pop().ok_or("too few customers")?;
        let grant = json!({"reason": "lost_device", "ticket": "INC-4711"});
        let path = format!("/api/v1/customers/{id}/bypasses");
        client.post(&path, &self.session, grant).await?;
        let path = format!("/api/v1/customers/{id}/bypass-redemptions");
        let recovery = client.post(&path, &self.key, json!({})).await?.text("token")?;

        client.post("/api/v1/recovery/mfa-off", &recovery, None).await?;
        let started = client.post("/api/v1/recovery/devices", &recovery, None).await?;
        let code = Phone::scan(&started.text("otpauth_uri")?)?.code()?;
        let path = format!("/api/v1/recovery/devices/{}/confirm", started.text("device")?);
        client.post(&path, &recovery, json!({"totp": code})).await?;
        client.post("/api/v1/recovery/codes", &recovery, None).await?;
        self.told += 1;
        Ok(())
    }
}
