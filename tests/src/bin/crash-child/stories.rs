//! Writers that play stories, each in another state when the process is killed.

use std::time::Duration;

use readmit::{
    Actor, CheckSecondFactor, ConfirmEnrolment, CustomerId, DisableMfa, Done, Engine, Execute,
    GrantBypass, KeyId, Reason, RedeemBypass, RegenerateCodes, RegisterCustomer, RevokeBypass,
    Role, StartEnrolment, Tenant, TenantName, TotpCode,
};
use readmit_tests::house::builder;
use readmit_tests::report::Line;
use readmit_tests::{Phone, Result};

/// Writers for each tenant.
const WRITERS: usize = 8;

/// Writes for every tenant of the database until the process ends.
pub(crate) async fn write(url: &str, round: &str) -> Result {
    let engine = builder(url).existing().open().await?;
    let mut writers = tokio::task::JoinSet::new();
    for tenant in engine.tenants().await? {
        let state = tenant.state().await?;
        let (key, _) = state.keys.first_key_value().ok_or("the tenant has no key")?;
        let mut admins = state.admins.iter();
        let grants = |roles: &[Role]| roles.contains(&Role::RecoveryAdmin);
        let (bob, _) = admins.find(|(_, admin)| grants(&admin.roles)).ok_or("nobody grants")?;
        for writer in 0..WRITERS {
            let writer = Writer {
                engine: engine.clone(),
                name: tenant.name().parse()?,
                tenant: tenant.clone(),
                key: *key,
                bob: Actor::admin(*bob),
                prefix: format!("r{round}-w{writer}"),
            };
            writers.spawn(async move { writer.run().await });
        }
    }
    // They never end by themselves.
    match writers.join_next().await {
        Some(ended) => ended?,
        None => Err("there is no tenant".into()),
    }
}

struct Writer {
    engine: Engine,
    tenant: Tenant,
    name: TenantName,
    key: KeyId,
    bob: Actor,
    prefix: String,
}

impl Writer {
    async fn run(&self) -> Result {
        for number in 0_u64.. {
            self.story(number).await?;
        }
        Ok(())
    }

    /// From a registration to new codes on a new phone; some stories go otherwise.
    async fn story(&self, number: u64) -> Result {
        let login = format!("{}-{number}@example.com", self.prefix);
        let service = Actor::service(self.key);
        let register = RegisterCustomer::new(login.as_str()).name("Somebody");
        let id = self.done(&service, register, &["CustomerRegistered"]).await?.customer;
        let customer = Actor::customer(id).via(self.key);
        let shown_at = self.enrol(id, &customer).await?;
        let fresh = customer.clone().with_second_factor(shown_at);
        let codes = self.done(&fresh, RegenerateCodes::new(id), &["CodesRegenerated"]).await?;
        if number.is_multiple_of(2) {
            self.wrong_code(id, &customer).await?;
        }
        let code = codes.outcome.codes.into_iter().next().ok_or("no codes were shown")?;
        let code = CheckSecondFactor::recovery_code(id, code);
        self.done(&customer, code, &["RecoveryCodeUsed"]).await?;

        let bob = self.bob.clone().vouched_second_factor(self.engine.now());
        let grant = || GrantBypass::new(id).reason(Reason::LostDevice).note("on the phone");
        self.done(&bob, grant(), &["BypassGranted"]).await?;
        if number % 3 == 1 {
            let replaced = ["BypassRevoked", "BypassGranted"];
            self.done(&bob, grant().replacing(), &replaced).await?;
        }
        if number % 5 == 4 {
            self.done(&bob, RevokeBypass::new(id), &["BypassRevoked"]).await?;
            return Ok(());
        }
        let redeemed = self.done(&customer, RedeemBypass::new(id), &["BypassUsed"]).await?;
        let recovering = customer.clone().in_recovery(redeemed.session);
        self.done(&recovering, DisableMfa::new(id), &["MfaDisabled"]).await?;
        self.enrol(id, &recovering).await?;
        let completed = ["CodesRegenerated", "RecoveryCompleted"];
        self.done(&recovering, RegenerateCodes::new(id), &completed).await?;
        Ok(())
    }

    async fn enrol(&self, id: CustomerId, actor: &Actor) -> Result<readmit::Timestamp> {
        let started = self.done(actor, StartEnrolment::new(id), &["EnrolmentStarted"]).await?;
        let secret = started.secret.as_ref().ok_or("no secret was shown")?.expose_base32();
        let (tenant, device) = (self.name.clone(), started.device);
        Line::Phone { tenant, customer: id, device, secret: secret.to_string() }.tell()?;
        // The code of the step before: whoever comes after the crash has two more. It must not
        // be two steps old when it is checked, so the last seconds of a step are waited out.
        let seconds_left = 30 - self.engine.now().unix_seconds() % 30;
        if seconds_left <= 5 {
            tokio::time::sleep(Duration::from_secs(seconds_left)).await;
        }
        let code = Phone::from_base32(&secret)?.code_before(self.engine.now())?;
        let confirm = ConfirmEnrolment::new(id, device, code);
        Ok(self.done(actor, confirm, &["DeviceEnrolled"]).await?.at)
    }

    /// Has a command carried out, and tells the parent once it is acknowledged.
    async fn done<C: Execute + 'static>(
        &self,
        actor: &Actor,
        command: C,
        events: &[&str],
    ) -> Result<Done<C::Outcome>> {
        let done = self.tenant.execute(actor, command).await?;
        self.tell(done.command, Some(done.position), events)?;
        Ok(done)
    }

    /// A "no" that leaves a trace is acknowledged too.
    async fn wrong_code(&self, id: CustomerId, actor: &Actor) -> Result {
        let command = self.engine.draw_command_id()?;
        // Right once in a million: then nothing is told, and nothing is wrong.
        let code: TotpCode = "000000".parse()?;
        let check = CheckSecondFactor::totp(id, code);
        match self.tenant.execute(actor, check).with_id(command).await {
            Err(readmit::Error::Refused(readmit::Refusal::CodeWrong { .. })) => {
                self.tell(command, None, &["SecondFactorRejected"])
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn tell(&self, command: readmit::CommandId, position: Option<u64>, events: &[&str]) -> Result {
        let (tenant, events) =
            (self.name.clone(), events.iter().map(ToString::to_string).collect());
        Ok(Line::Acknowledged { tenant, command, position, events }.tell()?)
    }
}
