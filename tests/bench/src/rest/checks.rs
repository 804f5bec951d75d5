//! Second-factor checks: each is one event.

use std::sync::Arc;

use readmit_bench_driver::Fallible;
use serde_json::json;

use super::client::Client;
use super::load::Caller;
use super::people::Customer;

/// A login service that checks one customer after the other, from the first again after the last.
pub struct Checks {
    pub key: Arc<str>,
    pub customers: Vec<Customer>,
    /// How many were made.
    pub made: usize,
}

impl Caller for Checks {
    async fn act(&mut self, client: &mut Client) -> Fallible<()> {
        let place = self.made % self.customers.len();
        let customer = self.customers.get_mut(place).ok_or("no customer")?;
        let path = format!("/api/v1/customers/{}/second-factor", customer.id);
        let body = json!({"totp": customer.phone.code()?});
        client.post(&path, &self.key, body).await?;
        self.made += 1;
        Ok(())
    }
}
