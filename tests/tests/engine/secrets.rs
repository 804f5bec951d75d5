//! Known secrets are planted, and then looked for everywhere they must not be.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER, Specification};
use readmit::{
    Actor, ApproveBypass, CheckSecondFactor, ConfirmEnrolment, DisableMfa, GrantBypass,
    IdentityCheck, IssueApiKey, LocalMasterKey, Origin, Policy, Reason, RedeemBypass,
    RegenerateCodes, RegisterCustomer, StartEnrolment, UnfreezeAccount,
};
use readmit_tests::{House, Msp, Phone, Result};

const LOGIN: &str = "zebulon.quagga@example.com";
const NAME: &str = "Zebulon Quagga";
const NOTE: &str = "He lost it in the Okavango delta.";
const REASON: &str = "His brother Ezekiel confirmed it.";
const USER_AGENT: &str = "Netscape Navigator 4.04 (BeOS)";
const IP: &str = "2001:db8::beef:cafe";

/// What must not be found, each under a name that can be told when it is.
#[derive(Default)]
struct Planted(Vec<(String, Vec<u8>)>);

impl Planted {
    fn plant(&mut self, what: &str, bytes: impl AsRef<[u8]>) {
        self.0.push((what.to_owned(), bytes.as_ref().to_vec()));
    }

    /// A secret, and the forms that it could be written in by mistake.
    fn plant_bytes(&mut self, what: &str, bytes: &[u8]) {
        self.plant(what, bytes);
        self.plant(what, HEXLOWER.encode(bytes));
        self.plant(what, BASE64.encode(bytes).trim_end_matches('='));
        self.plant(what, BASE32_NOPAD.encode(bytes));
        // As `Debug` writes bytes.
        self.plant(what, format!("{bytes:?}").trim_matches(['[', ']']));
    }

    /// A code that people see in groups of four.
    fn plant_code(&mut self, what: &str, shown: &str, bytes: &[u8]) {
        self.plant(what, shown);
        self.plant(what, shown.replace('-', ""));
        self.plant_bytes(what, bytes);
    }

    #[track_caller]
    fn assert_not_in(&self, place: &str, haystack: &[u8]) {
        assert!(!haystack.is_empty(), "{place} is empty: nothing was looked at");
        for (what, needle) in &self.0 {
            let found = haystack.windows(needle.len()).any(|window| window == needle.as_slice());
            assert!(!found, "{what} stands in {place}");
        }
    }
}

/// Everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn listen() -> Result<Self> {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(move || writer.clone());
        subscriber.try_init()?;
        Ok(log)
    }

    fn text(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Has a command carried out, and keeps the `Debug` and `Display` forms of all that it involves.
macro_rules! carried_out {
    ($seen:ident, $tenant:expr, $actor:expr, $command:expr) => {{
        let (actor, command) = (&$actor, $command);
        let command_seen = readmit::Command::from(command.clone());
        write!($seen, "{actor:?} {command:?} {command_seen:?} {command_seen:#?}")?;
        let answer = $tenant.execute(actor, command).await;
        write!($seen, "{answer:?} {answer:#?}")?;
        if let Err(error) = &answer {
            write!($seen, "{error}")?;
        }
        answer
    }};
}

#[tokio::test]
async fn no_secret_stands_in_leaves_logs_debug_forms_or_files() -> Result {
    let log = Log::listen()?;
    let house = House::new()?;
    let mut planted = Planted::default();
    for (what, text) in
        [("the login", LOGIN), ("the name", NAME), ("the note", NOTE), ("the reason", REASON)]
    {
        planted.plant(what, text);
    }
    planted.plant("the user agent", USER_AGENT);
    planted.plant("the address", IP);
    let master = [0xA7; 32];
    planted.plant_bytes("the master key", &master);
    let engine = readmit::Engine::builder(&house.url())
        .clock(house.clock.clone())
        .master_key(LocalMasterKey::from_bytes(master))
        .open()
        .await?;
    let msp = Msp::create(engine, "acme-msp", Policy::strict()).await?;
    let seen = play(&house, &msp, &mut planted).await?;

    planted.assert_not_in("a Debug or Display form", seen.as_bytes());
    let leaves = msp.tenant.leaves(0).await?;
    planted.assert_not_in("a leaf", &leaves.join(&b'\n'));
    let mut private = String::new();
    for event in msp.ledger().await? {
        write!(private, "{event:?} {:?}", msp.tenant.private(&event).await?)?;
    }
    let views = format!("{:?}", msp.customers().await?);
    let hidden = [&views, &private, &format!("{:?} {:?}", msp.tenant, msp.engine)];
    for text in hidden {
        planted.assert_not_in("a Debug form of what was read", text.as_bytes());
    }
    // The write-ahead log still holds everything; after closing, the database does.
    assert!(files(&house, &planted)? >= 2);
    msp.engine.close().await;
    assert!(files(&house, &planted)? >= 1);
    planted.assert_not_in("the log", &log.text());
    Ok(())
}

/// Looks at every file of the house; answers how many there are.
fn files(house: &House, planted: &Planted) -> Result<usize> {
    let mut count = 0;
    for file in std::fs::read_dir(house.folder())? {
        let path = file?.path();
        // Logins and names stand in the read models, to be searched for.
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("readmit-read")) {
            continue;
        }
        let bytes = std::fs::read(&path)?;
        if !bytes.is_empty() {
            planted.assert_not_in(&path.display().to_string(), &bytes);
            count += 1;
        }
    }
    Ok(count)
}

/// A story with every secret in it; answers all that could be logged by whoever takes part.
async fn play(house: &House, msp: &Msp, planted: &mut Planted) -> Result<String> {
    let mut seen = String::new();
    let tenant = &msp.tenant;
    let origin = || Origin { ip: IP.parse().ok(), user_agent: Some(USER_AGENT.to_owned()) };
    let from = |actor: Actor| actor.from(origin());

    let issued = carried_out!(seen, tenant, from(msp.owner()), IssueApiKey::new("portal"))?;
    plant_token(planted, &issued.token.as_ref().ok_or("no token was shown")?.expose())?;
    let register = RegisterCustomer::new(LOGIN).name(NAME);
    let id = carried_out!(seen, tenant, from(msp.service()), register)?.customer;
    let taken = RegisterCustomer::new(LOGIN).name(NAME);
    carried_out!(seen, tenant, from(msp.service()), taken).err().ok_or("registered twice")?;
    let customer = from(msp.customer(id));
    let phone = enrol(&mut seen, msp, &customer, id, planted).await?;
    let wrong = CheckSecondFactor::totp(id, phone.wrong_code(msp.engine.now())?);
    carried_out!(seen, tenant, customer, wrong).err().ok_or("a wrong code was right")?;
    let right = CheckSecondFactor::totp(id, phone.code(msp.engine.now())?);
    let at = carried_out!(seen, tenant, customer, right)?.at;
    let fresh = customer.clone().with_second_factor(at);
    codes(&mut seen, msp, &fresh, id, planted).await?;

    let wish = GrantBypass::new(id)
        .reason(Reason::Other)
        .note(NOTE)
        .ticket("INC-4711")
        .identity_check(IdentityCheck::Video);
    let asked = carried_out!(seen, tenant, from(msp.recovery_admin()), wish)?;
    let approve = ApproveBypass::new(id, asked.recovery);
    let approved = carried_out!(seen, tenant, from(msp.approver()), approve)?;
    let code = approved.outcome.issued_code.ok_or("no code was shown")?;
    planted.plant("the issued code", code.expose().as_bytes());
    planted.plant("the issued code", code.expose().replace('-', ""));
    planted.plant("the issued code", format!("{:?}", code.expose_bytes()).trim_matches(['[', ']']));
    let redeem = RedeemBypass::new(id).code(code);
    let session = carried_out!(seen, tenant, customer, redeem)?.session;
    let recovering = customer.clone().in_recovery(session);
    carried_out!(seen, tenant, recovering, DisableMfa::new(id))?;
    house.clock.advance(readmit::Seconds(60));
    enrol(&mut seen, msp, &recovering, id, planted).await?;
    codes(&mut seen, msp, &recovering, id, planted).await?;
    carried_out!(seen, tenant, customer, readmit::ReportUnrecognised::new(id))?;
    carried_out!(seen, tenant, from(msp.owner()), UnfreezeAccount::new(id, REASON))?;
    Ok(seen)
}

/// The token of an API key, and the secret in it: the 20 bytes before its checksum.
fn plant_token(planted: &mut Planted, text: &str) -> Result {
    planted.plant("an API key", text);
    let mut crockford = Specification::new();
    crockford.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    let digits = text.strip_prefix("rmk_").ok_or("another prefix")?;
    let bytes = crockford.encoding()?.decode(digits.as_bytes())?;
    planted.plant_bytes("the secret of an API key", bytes.get(32..52).ok_or("too short")?);
    Ok(())
}

async fn enrol(
    seen: &mut String,
    msp: &Msp,
    actor: &Actor,
    id: readmit::CustomerId,
    planted: &mut Planted,
) -> Result<Phone> {
    let tenant = &msp.tenant;
    let started = carried_out!(seen, tenant, actor, StartEnrolment::new(id))?;
    let secret = started.secret.as_ref().ok_or("no secret was shown")?;
    let base32 = secret.expose_base32();
    planted.plant_bytes("a TOTP secret", &BASE32_NOPAD.decode(base32.as_bytes())?);
    let phone = Phone::typed_in(secret)?;
    let code = phone.code_before(msp.engine.now())?;
    let confirm = ConfirmEnrolment::new(id, started.device, code);
    carried_out!(seen, tenant, actor, confirm)?;
    Ok(phone)
}

async fn codes(
    seen: &mut String,
    msp: &Msp,
    actor: &Actor,
    id: readmit::CustomerId,
    planted: &mut Planted,
) -> Result {
    let tenant = &msp.tenant;
    let generated = carried_out!(seen, tenant, actor, RegenerateCodes::new(id))?.outcome.codes;
    assert_eq!(generated.len(), 10);
    for code in &generated {
        planted.plant_code("a recovery code", &code.expose(), code.expose_bytes());
    }
    let first = generated.into_iter().next().ok_or("no codes were shown")?;
    let spend = CheckSecondFactor::recovery_code(id, first);
    carried_out!(seen, tenant, actor, spend.clone())?;
    carried_out!(seen, tenant, actor, spend).err().ok_or("a code was right twice")?;
    Ok(())
}

/// The test above would pass if it looked in the wrong place.
#[test]
fn what_is_planted_is_found() {
    let mut planted = Planted::default();
    planted.plant_bytes("a secret", &[1, 2, 3, 250]);
    for place in ["xx 010203fa xx", "Secret([1, 2, 3, 250])", "AQID+g==", "AEBAH6Q"] {
        let found = std::panic::catch_unwind(|| planted.assert_not_in("here", place.as_bytes()));
        assert!(found.is_err(), "{place}");
    }
    planted.assert_not_in("here", b"nothing of it");
}
