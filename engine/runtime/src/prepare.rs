//! Before the lane: ids, digests and random draws, all part of the request, so
//! that a lost race decides again on the same draws.

use std::sync::Arc;

use readmit_domain::account::Presented;
use readmit_domain::command::{AccountCommand, TenantCommand};
use readmit_domain::{
    Actor, Command, CommandId, FreshId, IssuedCode, IssuedCodeCheck, LedgerId, RecoveryCode,
    StreamId, TenantId,
};
use uuid::{Builder, Uuid};
use zeroize::Zeroizing;

use crate::codes::{TotpSecret, draw_codes};
use crate::ports::entropy::draw;
use crate::ports::store::{Fingerprint, NameDigest, WrappedKey};
use crate::shared::{Ledger, Shared};
use crate::token::ApiKeyToken;
use crate::vault::{DataKey, PrivateDraft, key_context};
use crate::{ExecuteError, Failure, Request, ShownOnce, crypto};

/// Ids, enums and texts can always be written.
const NO_JSON: Failure = Failure::Bug("a command cannot be written as JSON");

/// A command with everything it may need, ready for the lane.
pub(crate) struct Prepared {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) actor: Actor,
    pub(crate) command: Command,
    pub(crate) id: CommandId,
    /// The id came from the caller, so the command may have been carried out before.
    pub(crate) may_be_known: bool,
    /// How many events the stream must have when the command is decided.
    pub(crate) if_version: Option<u64>,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) fresh: FreshId,
    /// The digest of the login that the command brings.
    pub(crate) name: Option<NameDigest>,
    /// The key of the stream that the command brings into being.
    pub(crate) new_key: Option<NewKey>,
    pub(crate) private: Option<PrivateDraft>,
    pub(crate) drawn: Drawn,
    /// Compared only once the lane has found with what.
    pub(crate) issued_code_check: Option<IssuedCodeCheck>,
}

pub(crate) struct NewKey {
    pub(crate) stream: Uuid,
    pub(crate) key: DataKey,
    pub(crate) wrapped: WrappedKey,
}

/// The secret that the command makes.
pub(crate) enum Drawn {
    Nothing,
    TotpSecret(TotpSecret),
    Codes {
        codes: Vec<RecoveryCode>,
        salt: [u8; 16],
    },
    ApiKey(ApiKeyToken),
    /// Drawn only once the lane has found that the bypass needs one.
    IssuedCode {
        code: IssuedCode,
        digest: String,
    },
}

impl From<&Drawn> for ShownOnce {
    fn from(drawn: &Drawn) -> Self {
        match drawn {
            Drawn::Nothing => Self::Nothing,
            Drawn::TotpSecret(secret) => Self::TotpSecret(secret.clone()),
            Drawn::Codes { codes, .. } => Self::RecoveryCodes(codes.clone()),
            Drawn::ApiKey(token) => Self::ApiKey(token.clone()),
            Drawn::IssuedCode { code, .. } => Self::IssuedCode(code.clone()),
        }
    }
}

impl Prepared {
    /// The stream that the command is about.
    pub(crate) fn stream(&self) -> StreamId {
        match &self.command {
            Command::Account(command) => command.account(self.fresh).into(),
            Command::Tenant(_) => self.ledger.tenant.into(),
        }
    }

    /// The account that the command brings into being, whose name and key come with it.
    pub(crate) fn new_account(&self) -> Option<StreamId> {
        match &self.command {
            Command::Account(AccountCommand::RegisterCustomer(_)) => Some(self.stream()),
            Command::Tenant(TenantCommand::AuthoriseAdmin(command)) if command.is_new() => {
                Some(StreamId::Account(self.fresh.admin().into()))
            }
            _ => None,
        }
    }
}

impl Shared {
    /// Draws and digests what the command may need.
    pub(crate) async fn prepare(
        &self,
        ledger: Arc<Ledger>,
        request: Request,
    ) -> Result<Prepared, Failure> {
        let Request { actor, command, id, if_version, .. } = request;
        let fresh = FreshId(self.draw_id()?);
        let personal = command.personal();
        let name = personal
            .login
            .map(|login| crypto::keyed_digest(&ledger.name_key, &[login.as_str().as_bytes()]));
        let private = PrivateDraft::new(personal, &actor.origin, draw(self.entropy.as_ref())?)
            .map_err(|_| NO_JSON)?;
        let may_be_known = id.is_some();
        let mut prepared = Prepared {
            id: id.map_or_else(|| self.draw_command_id(), Ok)?,
            may_be_known,
            if_version,
            fingerprint: fingerprint(&ledger, &actor, &command)?,
            new_key: None,
            drawn: self.draw_secret(&command, ledger.id, fresh)?,
            issued_code_check: None,
            ledger,
            actor,
            command,
            fresh,
            name,
            private,
        };
        if let Some(stream) = prepared.new_account() {
            prepared.new_key = Some(self.draw_key(prepared.ledger.id, stream.uuid()).await?);
        }
        Ok(prepared)
    }

    fn draw_secret(
        &self,
        command: &Command,
        ledger: LedgerId,
        fresh: FreshId,
    ) -> Result<Drawn, Failure> {
        Ok(match command {
            Command::Account(AccountCommand::StartEnrolment(_)) => {
                Drawn::TotpSecret(TotpSecret::draw(self.entropy.as_ref())?)
            }
            Command::Account(AccountCommand::RegenerateCodes(_)) => Drawn::Codes {
                codes: draw_codes(self.entropy.as_ref())?,
                salt: draw(self.entropy.as_ref())?,
            },
            Command::Tenant(TenantCommand::IssueApiKey(_)) => {
                Drawn::ApiKey(ApiKeyToken::draw(self.entropy.as_ref(), ledger, fresh.key())?)
            }
            _ => Drawn::Nothing,
        })
    }

    /// Draws the key of a new stream and has it wrapped.
    async fn draw_key(&self, ledger: LedgerId, stream: Uuid) -> Result<NewKey, Failure> {
        let key = DataKey::from_bytes(Zeroizing::new(draw(self.entropy.as_ref())?));
        let context = key_context(ledger, stream);
        let wrapped = self.wrap(&key, &context).await?;
        Ok(NewKey { stream, key, wrapped })
    }

    /// Draws the key of a new ledger's tenant, and what is derived from it.
    pub(crate) async fn draw_ledger(
        &self,
        id: LedgerId,
        tenant: TenantId,
    ) -> Result<(Arc<Ledger>, NewKey), Failure> {
        let new = self.draw_key(id, tenant.uuid()).await?;
        Ok((Arc::new(Ledger::new(id, tenant, &new.key)), new))
    }

    /// Draws an id for a command.
    pub(crate) fn draw_command_id(&self) -> Result<CommandId, Failure> {
        Ok(CommandId::from_uuid(self.draw_id()?))
    }

    /// Draws an id: a UUID of version 7, so that ids sort by time (RFC 9562 §5.7).
    pub(crate) fn draw_id(&self) -> Result<Uuid, Failure> {
        let millis = self.clock.now().unix_micros().cast_unsigned() / 1000;
        let random = draw(self.entropy.as_ref())?;
        Ok(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Draws an issued code and digests it, where blocking is allowed.
    pub(crate) async fn draw_issued_code(&self) -> Result<Drawn, ExecuteError> {
        let code = IssuedCode::from_bytes(draw(self.entropy.as_ref()).map_err(Failure::from)?);
        let salt: [u8; 16] = draw(self.entropy.as_ref()).map_err(Failure::from)?;
        let bytes = Zeroizing::new(*code.expose_bytes());
        let digest = self
            .slowly(move || crypto::slow_digest(bytes.as_slice(), &salt))
            .await?
            .map_err(|_| Failure::Bug("argon2id does not digest an issued code"))?;
        Ok(Drawn::IssuedCode { code, digest })
    }

    /// Compares an issued code with a digest, where blocking is allowed.
    pub(crate) async fn check_issued_code(
        &self,
        code: &IssuedCode,
        digest: String,
    ) -> Result<bool, ExecuteError> {
        let bytes = Zeroizing::new(*code.expose_bytes());
        self.slowly(move || crypto::slow_digest_matches(bytes.as_slice(), &digest)).await
    }

    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ExecuteError> {
        let place = Arc::clone(&self.slow_waiting).try_acquire_owned();
        let place = place.map_err(|_| ExecuteError::BUSY)?;
        let core = Arc::clone(&self.slow_digests).acquire_owned().await;
        // The work holds both: a caller who goes away does not make room before it is done.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((place, core));
            done
        });
        done.await.map_err(|_| Failure::Panicked.into())
    }
}

/// Digests who asked for what, the typed code included; when they last showed
/// a second factor is left out, since a repetition may come later.
fn fingerprint(ledger: &Ledger, actor: &Actor, command: &Command) -> Result<Fingerprint, Failure> {
    let who = match actor.who.account() {
        Some(account) => account.to_string().into_bytes(),
        None => serde_json::to_vec(&actor.who).map_err(|_| NO_JSON)?,
    };
    let asked = serde_json::to_vec(command).map_err(|_| NO_JSON)?;
    let shown = shown_code(command);
    let digest = crypto::keyed_digest(&ledger.fingerprint_key, &[&who, &asked, &shown]);
    let mut fingerprint = Fingerprint::default();
    fingerprint.copy_from_slice(&digest[..16]);
    Ok(fingerprint)
}

fn shown_code(command: &Command) -> Zeroizing<Vec<u8>> {
    let Command::Account(command) = command else { return Zeroizing::default() };
    Zeroizing::new(match command {
        AccountCommand::CheckSecondFactor(command) => match command.presented() {
            Presented::Totp(code) => code.expose().as_bytes().to_vec(),
            Presented::RecoveryCode(code) => code.expose_bytes().to_vec(),
        },
        AccountCommand::ConfirmEnrolment(command) => command.code().expose().as_bytes().to_vec(),
        AccountCommand::RedeemBypass(command) => {
            command.issued_code().map(|code| code.expose_bytes().to_vec()).unwrap_or_default()
        }
        _ => Vec::new(),
    })
}
