//! Invitations: links by which somebody sets their first password.

use std::fmt;

use readmit::{AccountId, Failure, Seconds, TenantId, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::attempts;
use super::passwords::PasswordTable;
use super::token::InvitationToken;
use super::{SWEPT_AT_ONCE, Sql, id};
use crate::password::{AcceptedPassword, PasswordFailure};

/// One statement, so an account has one invitation however many are issued at once.
const ISSUE: &str = "INSERT INTO invitations (tenant, account, digest, created_at, ends_at) \
    SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS \
    (SELECT 1 FROM passwords WHERE tenant = $1 AND account = $2) \
    ON CONFLICT (tenant, account) DO UPDATE SET digest = excluded.digest, \
    created_at = excluded.created_at, ends_at = excluded.ends_at";
const FIND: &str = "SELECT i.tenant, i.account, i.ends_at FROM invitations i \
    WHERE i.digest = $1 AND i.ends_at > $2 AND NOT EXISTS \
    (SELECT 1 FROM passwords p WHERE p.tenant = i.tenant AND p.account = i.account)";
const TAKE: &str = "DELETE FROM invitations WHERE digest = $1 AND ends_at > $2 \
    RETURNING tenant, account, ends_at";
/// Of whoever sets a password at the same moment, the first one has set it.
const SET_FIRST: &str = "INSERT INTO passwords (tenant, account, digest, changed_at) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, account) DO NOTHING";
const VOID: &str = "DELETE FROM invitations WHERE tenant = $1 AND account = $2";
const SWEEP: &str = "DELETE FROM invitations WHERE digest IN \
    (SELECT digest FROM invitations WHERE ends_at <= $1 LIMIT $2)";

/// Invitations to set the first password of an account: each is good once, and for some hours.
///
/// They are no way to another password: whoever has one is not invited, and is not let in by an
/// invitation that was issued before.
#[derive(Clone)]
pub struct Invitations {
    passwords: PasswordTable,
}

/// A live invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invitation {
    /// Of which tenant.
    pub tenant: TenantId,
    /// Whose password it sets.
    pub account: AccountId,
    /// When it ends.
    pub ends_at: Timestamp,
}

impl Invitations {
    /// An invitation ends this long after it was issued: on the next day somebody reads their mail.
    pub const LIFETIME: Seconds = Seconds::hours(24);

    pub(super) const fn new(passwords: PasswordTable) -> Self {
        Self { passwords }
    }

    /// Invites the owner of an account to set their password, for [`Self::LIFETIME`]. An older
    /// invitation of the account is void. None if the account has a password.
    pub async fn issue(
        &self,
        tenant: TenantId,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Option<InvitationToken>, Failure> {
        let token = InvitationToken::draw(self.passwords.entropy())?;
        let query = sqlx::query(ISSUE)
            .bind(tenant.to_string())
            .bind(account.to_string())
            .bind(token.digest().into_text())
            .bind(now.unix_micros())
            .bind((now + Self::LIFETIME).unix_micros());
        let done = query.execute(self.passwords.database().writer()).await;
        let done = done.map_err(|error| self.passwords.database().explain(&error))?;
        Ok((done.rows_affected() > 0).then_some(token))
    }

    /// The invitation of this token, if it lives. It goes on living: programs that look for
    /// malware in mails follow every link.
    pub async fn find(
        &self,
        token: &InvitationToken,
        now: Timestamp,
    ) -> Result<Option<Invitation>, Failure> {
        let query = sqlx::query(FIND).bind(token.digest().into_text()).bind(now.unix_micros());
        let row = query.fetch_optional(self.passwords.database().reader()).await;
        let invitation = row.and_then(|row| row.as_ref().map(parse).transpose());
        invitation.map_err(|error| self.passwords.database().explain(&error))
    }

    /// Sets the first password of the account that was invited; answers the invitation, which is
    /// used up. None, and nothing is set, if it does not live: it was used, has ended, was replaced
    /// by a newer one, or the account has a password by now.
    pub async fn accept(
        &self,
        token: &InvitationToken,
        password: &AcceptedPassword,
        now: Timestamp,
    ) -> Result<Option<Invitation>, PasswordFailure> {
        // Whoever makes tokens up costs a look-up, and no digest of a password.
        if self.find(token, now).await?.is_none() {
            return Ok(None);
        }
        let digest = self.passwords.digest(password).await?;
        let accepted = self.set_first(token, &digest, now).await;
        Ok(accepted.map_err(|error| self.passwords.database().explain(&error))?)
    }

    /// Deletes invitations that have ended, [`SWEPT_AT_ONCE`] at most; answers how many.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64, Failure> {
        let query = sqlx::query(SWEEP).bind(now.unix_micros()).bind(SWEPT_AT_ONCE.cast_signed());
        let done = query.execute(self.passwords.database().writer()).await;
        let done = done.map(|done| done.rows_affected());
        done.map_err(|error| self.passwords.database().explain(&error))
    }

    /// Of many who accept one invitation at once, one deletes its row, and the others find none.
    /// What is deleted stays deleted if there is a password by now: the invitation is void.
    async fn set_first(
        &self,
        token: &InvitationToken,
        digest: &str,
        now: Timestamp,
    ) -> Sql<Option<Invitation>> {
        let mut transaction = self.passwords.database().write().await?;
        let take = sqlx::query(TAKE).bind(token.digest().into_text()).bind(now.unix_micros());
        let row = take.fetch_optional(&mut *transaction).await?;
        let Some(invitation) = row.as_ref().map(parse).transpose()? else {
            return transaction.rollback().await.map(|()| None);
        };
        let set = sqlx::query(SET_FIRST)
            .bind(invitation.tenant.to_string())
            .bind(invitation.account.to_string())
            .bind(digest)
            .bind(now.unix_micros())
            .execute(&mut *transaction)
            .await?;
        let is_first = set.rows_affected() > 0;
        if is_first {
            let Invitation { tenant, account, .. } = invitation;
            attempts::forgive(&mut transaction, tenant, account).await?;
        }
        transaction.commit().await?;
        Ok(is_first.then_some(invitation))
    }
}

/// Voids the invitation of an account, at the beginning of the transaction that sets or removes its
/// password: like whoever accepts one, it locks the invitation first, so that neither waits for the
/// other for ever.
pub(super) async fn void(
    connection: &mut AnyConnection,
    tenant: TenantId,
    account: AccountId,
) -> Sql<()> {
    let query = sqlx::query(VOID).bind(tenant.to_string()).bind(account.to_string());
    query.execute(connection).await.map(drop)
}

impl fmt::Debug for Invitations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitations").field("passwords", &self.passwords).finish()
    }
}

fn parse(row: &AnyRow) -> Sql<Invitation> {
    Ok(Invitation {
        tenant: id(row, "tenant")?,
        account: id(row, "account")?,
        ends_at: Timestamp::from_unix_micros(row.try_get("ends_at")?),
    })
}
