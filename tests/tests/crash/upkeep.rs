//! After a crash life goes on: what is kept beside the events agrees with them.

use std::collections::BTreeSet;

use data_encoding::HEXUPPER;
use readmit::{
    Actor, CheckSecondFactor, ConfirmEnrolment, Engine, RedeemBypass, RevokeBypass, Tenant,
};
use readmit_tests::chance::Chance;
use readmit_tests::msp::all_customers;
use readmit_tests::report::Line;
use readmit_tests::{House, Phone, Result, kind};

/// Customers that are tried after each crash, for each tenant.
const TRIED: u64 = 2;

/// A few customers of this round go on where the crash left them.
pub(crate) async fn go_on(
    engine: &Engine,
    tenant: &Tenant,
    told: &[Line],
    chance: &mut Chance,
) -> Result {
    let phones = told.iter().filter_map(|line| match line {
        Line::Phone { tenant: whose, customer, device, secret }
            if whose.as_str() == tenant.name() =>
        {
            Some((*customer, *device, secret))
        }
        _ => None,
    });
    // The latest ones are those that the crash may have caught in the middle of something.
    let phones: Vec<_> = phones.collect();
    for _ in 0..TRIED.min(phones.len() as u64) {
        let back = usize::try_from(chance.below(10.min(phones.len() as u64)))?;
        let Some((customer, device, secret)) = phones.iter().rev().nth(back) else { continue };
        let (account, actor) = (tenant.account(customer).await?, Actor::customer(*customer));
        let code = Phone::from_base32(secret)?.code_after(engine.now())?;
        let answer = if account.devices().iter().any(|active| active.id == *device) {
            let check = CheckSecondFactor::totp(customer, code);
            kind(&tenant.execute(&actor, check).await)
        } else if account.enrolment.is_some_and(|started| started.device == *device) {
            let session = account
                .case
                .as_ref()
                .map(|case| readmit::RecoverySession { bypass: case.bypass, use_number: 1 });
            let actor = match session {
                Some(held) => actor.in_recovery(held),
                None => actor,
            };
            let confirm = ConfirmEnrolment::new(customer, *device, code);
            kind(&tenant.execute(&actor, confirm).await)
        } else {
            "ok".to_owned()
        };
        // Tried twice, a code is replayed.
        if !["ok", "code_replayed"].contains(&answer.as_str()) {
            return Err(format!("{customer} cannot go on with {device}: {answer}").into());
        }
        end_case(tenant, *customer).await?;
    }
    Ok(())
}

/// An open bypass can be redeemed if it was not, and taken back if it is not too late.
async fn end_case(tenant: &Tenant, customer: readmit::CustomerId) -> Result {
    let account = tenant.account(customer).await?;
    let Some(case) = &account.case else { return Ok(()) };
    let redeem = RedeemBypass::new(customer);
    let redeemed = kind(&tenant.execute(&Actor::customer(customer), redeem).await);
    let revoke = RevokeBypass::new(customer);
    let revoked = kind(&tenant.execute(&Actor::system(), revoke).await);
    match (case.stage(), redeemed.as_str(), revoked.as_str()) {
        (readmit::Stage::Granted, "ok", "ok")
        | (readmit::Stage::SignedIn | readmit::Stage::MfaDisabled, "spent", "ok")
        | (readmit::Stage::DeviceEnrolled, "spent", "too_late_to_revoke") => Ok(()),
        other => Err(format!("the case of {customer} cannot go on: {other:?}").into()),
    }
}

/// Timers, secrets and keys are exactly those that the states ask for.
pub(crate) async fn agrees(house: &House, tenant: &Tenant) -> Result {
    let hex = |uuid: uuid::Uuid| HEXUPPER.encode(uuid.as_bytes());
    let (mut timers, mut secrets, mut keys) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    keys.insert(hex(tenant.id().uuid()));
    let views = tenant.views().await?;
    views.caught_up().await?;
    let customers = all_customers(&views).await?.into_iter().map(|row| row.account);
    let mut accounts: Vec<readmit::Account> = customers.collect();
    let state = tenant.state().await?;
    for admin in state.admins.keys() {
        accounts.push(tenant.account(*admin).await?);
    }
    let of_keys = state.secrets().len();
    if of_keys > 0 {
        secrets.insert(format!("{}|{of_keys}", hex(tenant.id().uuid())));
    }
    for account in accounts {
        let stream = hex(account.id.uuid());
        keys.insert(stream.clone());
        if let Some(due) = account.due() {
            timers.insert(format!("{stream}|{}", due.unix_micros()));
        }
        match account.secrets().len() {
            0 => {}
            count => drop(secrets.insert(format!("{stream}|{count}"))),
        }
    }
    let ledger = hex(tenant.ledger().uuid());
    let (ledger, stream) = if house.url().starts_with("postgres") {
        (format!("WHERE ledger = '{ledger}'"), "upper(replace(stream::text, '-', ''))")
    } else {
        (format!("WHERE ledger = x'{ledger}'"), "hex(stream)")
    };
    let stored = |select: String| -> Result<BTreeSet<String>> {
        Ok(house.sql(&select)?.lines().map(str::to_owned).collect())
    };
    let wrong = |what: &str, one: &BTreeSet<String>, other: &BTreeSet<String>| {
        let difference: Vec<_> = one.symmetric_difference(other).collect();
        Err(format!("{what} do not agree with the states: {difference:?}").into())
    };
    let found = stored(format!("SELECT {stream}, due FROM timers {ledger};"))?;
    if found != timers {
        return wrong("timers", &found, &timers);
    }
    let counted = format!("SELECT {stream}, count(*) FROM secrets {ledger} GROUP BY stream;");
    let found = stored(counted)?;
    if found != secrets {
        return wrong("secrets", &found, &secrets);
    }
    let found = stored(format!("SELECT {stream} FROM keys {ledger};"))?;
    if found != keys {
        return wrong("keys", &found, &keys);
    }
    Ok(())
}
