//! A service embeds the engine: register a customer, ask what a password is
//! worth, let an admin grant a bypass, read the history.
//!
//! Run it with `cargo run -p readmit-examples --bin embed`.

use readmit::{
    Actor, AuthoriseAdmin, ConfirmEnrolment, CustomerId, Engine, GrantBypass, IssueApiKey, Reason,
    RegisterCustomer, Role, SignIn, StartEnrolment, Tenant,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("readmit.db").display());

    let engine = Engine::open(&url).await?;
    let msp = engine.tenant("acme-msp").await?; // creates or opens
    let (service, bob) = staff(&engine, &msp).await?;

    let alice = msp.execute(&service, RegisterCustomer::new("alice@example.com")).await?.customer;
    set_up_phone(&engine, &msp, alice).await?;

    let grant =
        GrantBypass::new(alice).for_minutes(60).reason(Reason::LostDevice).ticket("INC-4711");
    let granted = msp.execute(&bob, grant).await?;
    say(&format!("granted as {}, event {}", granted.bypass, granted.position));

    // After YOUR password check:
    match msp.sign_in(alice).await? {
        SignIn::SecondFactor(methods) => say(&format!("ask for a code: {methods:?}")),
        SignIn::Bypass(offer) => say(&format!("a bypass can be used until {}", offer.until)),
        SignIn::EnrolmentOnly => say("let them set up MFA, and nothing else"),
        SignIn::Refused(why) => say(&format!("not now: {why}")),
        SignIn::Allowed => say("welcome"),
        _ => {}
    }

    for entry in msp.timeline(alice).await? {
        say(&format!("{} {}", entry.at, entry.summary));
    }
    engine.close().await;
    Ok(())
}

/// The service that calls, and an admin whose second factor the service has seen.
async fn staff(engine: &Engine, msp: &Tenant) -> Result<(Actor, Actor), readmit::Error> {
    let operator = Actor::system();
    let key = msp.execute(&operator, IssueApiKey::new("login service")).await?.key;
    let bob = AuthoriseAdmin::new("bob@acme.example", [Role::RecoveryAdmin]);
    let bob = msp.execute(&operator, bob).await?.admin;
    Ok((Actor::service(key), Actor::admin(bob).vouched_second_factor(engine.now())))
}

/// What the customer's phone does: it keeps the secret, and shows a code.
async fn set_up_phone(
    engine: &Engine,
    msp: &Tenant,
    customer: CustomerId,
) -> Result<(), Box<dyn std::error::Error>> {
    let actor = Actor::customer(customer);
    let enrolment = msp.execute(&actor, StartEnrolment::new(customer)).await?;
    let secret = enrolment.secret.as_ref().ok_or("the secret is shown once")?;
    let uri = secret.otpauth_uri("Acme MSP", "alice@example.com")?;
    let phone = totp_rs::Totp::from_url(uri.as_str())?;
    let code = phone.generate(engine.now().unix_seconds()).to_string().parse()?;
    msp.execute(&actor, ConfirmEnrolment::new(customer, enrolment.device, code)).await?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example talks to its reader")]
fn say(text: &str) {
    println!("{text}");
}
