//! One customer's random life, and every distinctive byte that it planted.

use data_encoding::{BASE32_NOPAD, HEXLOWER, HEXUPPER};
use readmit::{
    CheckSecondFactor, ConfirmEnrolment, CustomerId, DisableMfa, Error, IssuedCode, LocalMasterKey,
    MasterKey as _, Origin, Proof, Reason, RecoveryCode, RecoverySession, RedeemBypass,
    RegenerateCodes, RegisterCustomer, ReportUnrecognised, RevokeBypass, Seconds, StartEnrolment,
    UnfreezeAccount,
};
use readmit_tests::chance::Chance;
use readmit_tests::{House, Msp, Phone, Result};

use crate::search::Needles;

/// The master key of these tests, so that data keys can be unwrapped here.
pub(crate) const MASTER: [u8; 32] = [0x5A; 32];

/// A customer, and what is known of them here.
pub(crate) struct Life {
    pub(crate) id: CustomerId,
    /// What must stand in no file, ever: it is sealed, or only its digest is kept.
    pub(crate) plain: Needles,
    /// What stands in the files until the customer is erased, and then no more.
    pub(crate) sealed: Needles,
    pub(crate) erased: bool,
    phone: Option<Phone>,
    codes: Vec<RecoveryCode>,
    issued: Option<IssuedCode>,
    session: Option<RecoverySession>,
}

/// Letters and digits that stand nowhere else.
fn distinctive(chance: &mut Chance) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letter = |n: u64| char::from(LETTERS[usize::try_from(n).unwrap_or_default()]);
    (0..16).map(|_| letter(chance.below(32))).collect()
}

/// Where somebody came from, as nobody else does.
fn origin(chance: &mut Chance, plain: &mut Needles) -> Origin {
    let part = |chance: &mut Chance| 0x1000 + chance.below(0xEFFF);
    let ip = format!("2001:db8:{:x}:{:x}::{:x}", part(chance), part(chance), part(chance));
    let user_agent = format!("Mozilla {}", distinctive(chance));
    plain.add("an address", ip.clone());
    plain.add("a user agent", user_agent.clone());
    Origin { ip: ip.parse().ok(), user_agent: Some(user_agent) }
}

impl Life {
    /// Somebody is registered, under a name and a login of their own.
    pub(crate) async fn begin(msp: &Msp, chance: &mut Chance) -> Result<Self> {
        let (login, name) = (distinctive(chance), distinctive(chance));
        let mut plain = Needles::default();
        plain.add("the login", login.clone());
        plain.add("the name", name.clone());
        let actor = msp.service().from(origin(chance, &mut plain));
        let register = RegisterCustomer::new(format!("{login}@example.com").as_str());
        let done = msp.tenant.execute(&actor, register.name(name.as_str())).await?;
        Ok(Self {
            id: done.customer,
            plain,
            sealed: Needles::default(),
            erased: false,
            phone: None,
            codes: Vec::new(),
            issued: None,
            session: None,
        })
    }

    /// Something happens to them. What a rule forbids at this moment does not.
    pub(crate) async fn go_on(&mut self, house: &House, msp: &Msp, chance: &mut Chance) -> Result {
        let step = chance.below(10);
        let done = match step {
            0 | 1 => self.enrol(msp, chance).await,
            2 => self.new_codes(msp, chance).await,
            3 => self.check(msp, chance).await,
            4 | 5 => self.grant(msp, chance).await,
            6 => self.redeem(msp, chance).await,
            7 => self.turn_off(msp).await,
            8 => self.use_code(msp, chance).await,
            _ => self.objects(msp, chance).await,
        };
        house.clock.advance(Seconds(31));
        match done {
            Err(error) if matches!(error.downcast_ref(), Some(Error::Refused(_))) => Ok(()),
            done => done,
        }
    }

    fn actor(&mut self, msp: &Msp, chance: &mut Chance) -> readmit::Actor {
        let actor = match self.session {
            Some(session) => msp.recovering(self.id, session),
            None => msp.customer(self.id),
        };
        actor.from(origin(chance, &mut self.plain)).with_second_factor(msp.engine.now())
    }

    async fn enrol(&mut self, msp: &Msp, chance: &mut Chance) -> Result {
        let actor = self.actor(msp, chance);
        let started = msp.tenant.execute(&actor, StartEnrolment::new(self.id)).await?;
        let secret = started.secret.as_ref().ok_or("no secret was shown")?;
        let base32 = secret.expose_base32();
        self.plain.add("a TOTP secret in base32", base32.as_bytes());
        let raw = BASE32_NOPAD.decode(base32.as_bytes())?;
        self.plain.add("a TOTP secret", raw);
        let phone = Phone::typed_in(secret)?;
        let code = phone.code_before(msp.engine.now())?;
        let confirm = ConfirmEnrolment::new(self.id, started.device, code);
        msp.tenant.execute(&actor, confirm).await?;
        self.phone = Some(phone);
        Ok(())
    }

    async fn new_codes(&mut self, msp: &Msp, chance: &mut Chance) -> Result {
        let mut actor = self.actor(msp, chance);
        if let (None, Some(phone)) = (self.session, &self.phone) {
            // Codes take a second factor that this account's own history holds.
            let check = CheckSecondFactor::totp(self.id, phone.code(msp.engine.now())?);
            let at = msp.tenant.execute(&actor, check).await?.at;
            actor = actor.with_second_factor(at);
        }
        let made = msp.tenant.execute(&actor, RegenerateCodes::new(self.id)).await?;
        self.codes.clone_from(&made.outcome.codes);
        for code in &self.codes {
            self.plain.add("a recovery code", code.expose().as_bytes());
            self.plain.add("a recovery code", code.expose().replace('-', ""));
        }
        Ok(())
    }

    async fn check(&mut self, msp: &Msp, chance: &mut Chance) -> Result {
        let actor = self.actor(msp, chance);
        let Some(phone) = &self.phone else { return Ok(()) };
        let now = msp.engine.now();
        let code = if chance.below(4) == 0 { phone.wrong_code(now) } else { phone.code(now) }?;
        msp.tenant.execute(&actor, CheckSecondFactor::totp(self.id, code)).await?;
        Ok(())
    }

    async fn use_code(&mut self, msp: &Msp, chance: &mut Chance) -> Result {
        let actor = self.actor(msp, chance);
        let Some(code) = self.codes.pop() else { return Ok(()) };
        let check = CheckSecondFactor::recovery_code(self.id, code);
        msp.tenant.execute(&actor, check).await?;
        Ok(())
    }

    async fn grant(&mut self, msp: &Msp, chance: &mut Chance) -> Result {
        let note = format!("She called from {}.", distinctive(chance));
        self.plain.add("a note", note.clone());
        let wish = Msp::wish(self.id).reason(Reason::Other).note(note.as_str()).replacing();
        // Digesting an issued code takes a while: not each time.
        let proof =
            if chance.below(6) == 0 { Proof::PasswordAndIssuedCode } else { Proof::Password };
        let actor = msp.recovery_admin().from(origin(chance, &mut self.plain));
        let done = msp.tenant.execute(&actor, wish.proof(proof)).await?;
        self.session = None;
        self.issued.clone_from(&done.outcome.issued_code);
        if let Some(code) = &self.issued {
            self.plain.add("an issued code", code.expose().as_bytes());
            self.plain.add("an issued code", code.expose().replace('-', ""));
        }
        Ok(())
    }

    async fn redeem(&mut self, msp: &Msp, chance: &mut Chance) -> Result {
        let actor = msp.customer(self.id).from(origin(chance, &mut self.plain));
        let redeem = RedeemBypass::new(self.id);
        let redeem = match self.issued.take() {
            Some(code) => redeem.code(code),
            None => redeem,
        };
        self.session = Some(msp.tenant.execute(&actor, redeem).await?.session);
        Ok(())
    }

    async fn turn_off(&mut self, msp: &Msp) -> Result {
        let Some(session) = self.session else { return Ok(()) };
        msp.tenant.execute(&msp.recovering(self.id, session), DisableMfa::new(self.id)).await?;
        self.phone = None;
        self.codes.clear();
        Ok(())
    }

    /// "This wasn't me", and an admin sets it right again; or a bypass is taken back.
    async fn objects(&mut self, msp: &Msp, chance: &mut Chance) -> Result {
        self.session = None;
        if chance.below(2) == 0 {
            msp.tenant.execute(&msp.recovery_admin(), RevokeBypass::new(self.id)).await?;
            return Ok(());
        }
        let actor = self.actor(msp, chance);
        msp.tenant.execute(&actor, ReportUnrecognised::new(self.id)).await?;
        let why = format!("It was {} after all.", distinctive(chance));
        self.plain.add("why they were let in again", why.clone());
        let unfreeze = UnfreezeAccount::new(self.id, why.as_str());
        msp.tenant.execute(&msp.owner(), unfreeze).await?;
        Ok(())
    }

    /// Reads what is sealed of them at this moment, and the data key it is sealed under.
    /// Answers the sealed bytes of now; those of before are remembered with them.
    pub(crate) async fn look(&mut self, house: &House, msp: &Msp) -> Result<Needles> {
        let mut now = Needles::default();
        let rows = |text: String| -> Result<Vec<Vec<u8>>> {
            let answer = house.sql(&text)?.to_ascii_lowercase();
            answer.lines().map(|row| Ok(HEXLOWER.decode(row.trim().as_bytes())?)).collect()
        };
        let postgres = house.url().starts_with("postgres");
        let of = if postgres {
            format!("stream = '{}'", self.id.uuid())
        } else {
            format!("stream = x'{}'", HEXUPPER.encode(self.id.uuid().as_bytes()))
        };
        let hex = |column: &str| {
            if postgres { format!("encode({column}, 'hex')") } else { format!("hex({column})") }
        };
        for (what, column, table) in [
            ("a sealed private row", "sealed", "private JOIN events USING (ledger, position)"),
            ("a sealed secret", "sealed", "secrets"),
            ("the digest of a login", "name_digest", "names"),
        ] {
            let column = hex(column);
            for row in rows(format!("SELECT {column} FROM {table} WHERE {of};"))? {
                now.add(what, row);
            }
        }
        let wrapped = hex("wrapped");
        for row in rows(format!("SELECT {wrapped} FROM keys WHERE {of};"))? {
            let master = LocalMasterKey::from_bytes(MASTER);
            let (ledger, stream) = (msp.tenant.ledger().uuid(), self.id.uuid());
            let context = [b"key".as_slice(), ledger.as_bytes(), stream.as_bytes()].concat();
            let key = master.unwrap(&master.id(), &row, &context).await?;
            self.plain.add("the data key", key.as_slice());
            now.add("the wrapped data key", row);
        }
        self.sealed.extend(&now);
        Ok(now)
    }
}
