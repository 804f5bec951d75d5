//! What invitations do.

use std::time::Duration;

use readmit::{AccountId, Seconds};
use readmit_http::password::PasswordAnswer::{Right, Wrong};
use readmit_http::password::PasswordFailure;
use readmit_http::web_database::{
    Invitation, InvitationToken, Invitations, PasswordTable, SWEPT_AT_ONCE,
};
use readmit_tests::{Result, all_at_once};
use sha2::{Digest as _, Sha256};

use crate::there::{
    RIGHT, There, WRONG, accepted, account, alice, bob, check, session_of, sessions_of, tenant,
};

pub(crate) async fn an_invitation_sets_the_first_password_once(there: There) -> Result {
    let passwords = there.passwords().await?;
    let invitations = passwords.invitations();
    for invited in [alice(), bob()] {
        let token = invite(&there, &invitations, invited).await?;
        assert!(token.expose().starts_with("rmi_"));
        let read: InvitationToken = token.expose().parse()?;
        // Whatever only looks at it uses nothing up.
        for _ in 0..3 {
            let found = invitations.find(&read, there.now()).await?.ok_or("it lives")?;
            assert_eq!((found.tenant, found.account), (tenant(), invited));
            assert_eq!(found.ends_at, there.now() + Seconds::hours(24));
        }
        let done = invitations.accept(&read, &accepted(RIGHT)?, there.now()).await?;
        assert_eq!(done.ok_or("it lives")?.account, invited);
        assert_eq!(check(&passwords, invited, RIGHT).await?, Right);
        assert!(is_void(&there, &invitations, &token).await?);
        assert_eq!(check(&passwords, invited, RIGHT).await?, Right);
    }
    Ok(())
}

pub(crate) async fn of_sixteen_who_accept_at_once_one_does(there: There) -> Result {
    let passwords = there.passwords().await?;
    let invitations = passwords.invitations();
    let token = invite(&there, &invitations, alice()).await?;
    let now = there.now();
    let texts = (0..16).map(|number| format!("tulip window number {number}"));
    let texts: Vec<String> = texts.collect();
    let mut work = Vec::new();
    for text in &texts {
        let (invitations, token, password) = (invitations.clone(), token.clone(), accepted(text)?);
        work.push(async move { invitations.accept(&token, &password, now).await });
    }
    let answers: Result<Vec<Option<Invitation>>, _> =
        all_at_once(work).await?.into_iter().collect();
    let winners: Vec<usize> =
        answers?.iter().enumerate().filter_map(|(number, it)| it.map(|_| number)).collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(check(&passwords, alice(), &texts[winners[0]]).await?, Right);
    Ok(())
}

pub(crate) async fn an_invitation_ends_after_a_day(there: There) -> Result {
    let passwords = there.passwords().await?;
    let invitations = passwords.invitations();
    let token = invite(&there, &invitations, alice()).await?;
    assert_eq!(Invitations::LIFETIME, Seconds::hours(24));
    there.clock.advance(Seconds(86_399));
    assert!(invitations.find(&token, there.now()).await?.is_some());
    there.clock.advance(Seconds(1));
    assert!(is_void(&there, &invitations, &token).await?);
    assert!(!passwords.has_password(tenant(), alice()).await?);
    // Another can be issued.
    let token = invite(&there, &invitations, alice()).await?;
    assert!(invitations.accept(&token, &accepted(RIGHT)?, there.now()).await?.is_some());
    Ok(())
}

pub(crate) async fn a_newer_invitation_voids_the_older_one_of_that_account(there: There) -> Result {
    let passwords = there.passwords().await?;
    let invitations = passwords.invitations();
    let of_bob = invite(&there, &invitations, bob()).await?;
    let older = invite(&there, &invitations, alice()).await?;
    there.clock.advance(Seconds::hours(23));
    let newer = invite(&there, &invitations, alice()).await?;
    assert!(is_void(&there, &invitations, &older).await?);
    assert!(invitations.find(&of_bob, there.now()).await?.is_some());
    let found = invitations.find(&newer, there.now()).await?.ok_or("it lives")?;
    assert_eq!(found.ends_at, there.now() + Seconds::hours(24));
    // Of many that are issued at once, one is left.
    let (now, work) = (there.now(), invitations.clone());
    let issued = all_at_once((0..16).map(|_| {
        let invitations = work.clone();
        async move { invitations.issue(tenant(), alice(), now).await }
    }));
    let issued: Result<Vec<_>, _> = issued.await?.into_iter().collect();
    let mut live = 0;
    for token in issued?.into_iter().flatten() {
        live += usize::from(invitations.find(&token, now).await?.is_some());
    }
    assert_eq!(live, 1);
    Ok(())
}

pub(crate) async fn who_has_a_password_is_not_invited(there: There) -> Result {
    let passwords = there.passwords().await?;
    let invitations = passwords.invitations();
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    assert!(invitations.issue(tenant(), alice(), there.now()).await?.is_none());
    // An account of the same id elsewhere is another one.
    let elsewhere = "ten_01h455vb4pex5vsknk084sn0zz".parse()?;
    assert!(invitations.issue(elsewhere, alice(), there.now()).await?.is_some());
    Ok(())
}

pub(crate) async fn a_password_that_was_set_otherwise_voids_the_invitation(there: There) -> Result {
    let passwords = there.passwords().await?;
    let invitations = passwords.invitations();
    let token = invite(&there, &invitations, alice()).await?;
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    assert!(is_void(&there, &invitations, &token).await?);
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Right);
    // And it does not come to life again when there is none.
    assert!(passwords.remove_password(tenant(), alice()).await?);
    assert!(is_void(&there, &invitations, &token).await?);
    let token = invite(&there, &invitations, alice()).await?;
    assert!(!passwords.remove_password(tenant(), alice()).await?);
    assert!(is_void(&there, &invitations, &token).await?, "whoever is removed is not invited");
    Ok(())
}

pub(crate) async fn setting_and_accepting_at_once_leave_what_was_set(there: There) -> Result {
    let passwords = there.passwords().await?;
    let invitations = passwords.invitations();
    for number in 0..8 {
        let token = invite(&there, &invitations, account(number)).await?;
        let set = set_or_accept(&there, &passwords, None, account(number));
        let accept = set_or_accept(&there, &passwords, Some(token), account(number));
        for done in all_at_once([set?, accept?]).await? {
            done?;
        }
        // Whoever sets a password overrules the invitation, before or after.
        assert_eq!(check(&passwords, account(number), RIGHT).await?, Right, "{number}");
        assert_eq!(check(&passwords, account(number), WRONG).await?, Wrong, "{number}");
    }
    Ok(())
}

/// Sets the right password, or accepts an invitation with another.
fn set_or_accept(
    there: &There,
    passwords: &PasswordTable,
    token: Option<InvitationToken>,
    of: AccountId,
) -> Result<impl Future<Output = Result<(), PasswordFailure>> + Send + use<>> {
    let (passwords, now) = (passwords.clone(), there.now());
    let password = accepted(if token.is_some() { WRONG } else { RIGHT })?;
    Ok(async move {
        match token {
            Some(token) => passwords.invitations().accept(&token, &password, now).await.map(drop),
            None => passwords.set_password(tenant(), of, &password, now).await,
        }
    })
}

pub(crate) async fn an_accepted_invitation_ends_the_wait(there: There) -> Result {
    let passwords = there.passwords().await?;
    let invitations = passwords.invitations();
    for _ in 0..10 {
        assert_eq!(check(&passwords, alice(), WRONG).await?, Wrong);
    }
    let token = invite(&there, &invitations, alice()).await?;
    assert!(invitations.accept(&token, &accepted(RIGHT)?, there.now()).await?.is_some());
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Right);
    Ok(())
}

pub(crate) async fn sweeping_deletes_ended_invitations_a_batch_at_a_time(there: There) -> Result {
    let invitations = there.passwords().await?.invitations();
    let many = usize::try_from(SWEPT_AT_ONCE)? + 7;
    for number in 0..many {
        invite(&there, &invitations, account(number)).await?;
    }
    there.clock.advance(Seconds(1));
    let live = invite(&there, &invitations, alice()).await?;
    there.clock.advance(Seconds(86_398));
    assert_eq!(invitations.sweep(there.now()).await?, 0);
    there.clock.advance(Seconds(1));
    assert_eq!(invitations.sweep(there.now()).await?, SWEPT_AT_ONCE);
    assert_eq!(invitations.sweep(there.now()).await?, 7);
    assert_eq!(invitations.sweep(there.now()).await?, 0);
    assert!(invitations.find(&live, there.now()).await?.is_some());
    Ok(())
}

pub(crate) async fn only_the_digest_of_an_invitation_is_kept(there: There) -> Result {
    let invitations = there.passwords().await?.invitations();
    let token = invite(&there, &invitations, alice()).await?;
    let rows = there.sql("SELECT * FROM invitations")?;
    let text = token.expose();
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    assert!(rows.contains(&digest), "{rows}");
    assert!(!rows.contains(&text[4..20]), "{rows}");
    let found = invitations.find(&token, there.now()).await?;
    assert!(!format!("{token:?} {invitations:?} {found:?}").contains(&text[4..20]));
    Ok(())
}

pub(crate) async fn what_ended_is_swept_while_it_is_served(there: There) -> Result {
    let database = there.open().await?;
    let passwords = there.passwords_of(&database);
    invite(&there, &passwords.invitations(), alice()).await?;
    there.clock.advance(Seconds::hours(24));
    let sweeping = tokio::spawn(database.sweep_now_and_then(passwords));
    while there.sql("SELECT count(*) FROM invitations")?.trim() != "0" {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    sweeping.abort();
    Ok(())
}

pub(crate) async fn a_database_from_before_invitations_keeps_its_rows(there: There) -> Result {
    let database = there.open().await?;
    let passwords = there.passwords_of(&database);
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    let session = sessions_of(&database).begin(session_of(alice()), there.now()).await?;
    database.close().await;
    there.sql("DROP TABLE invitations")?;
    there.sql("UPDATE settings SET value = '1' WHERE name = 'schema_version'")?;
    let database = there.open().await?;
    let passwords = there.passwords_of(&database);
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Right);
    assert!(sessions_of(&database).find(&session, there.now()).await?.is_some());
    let token = invite(&there, &passwords.invitations(), bob()).await?;
    assert!(passwords.invitations().find(&token, there.now()).await?.is_some());
    Ok(())
}

async fn invite(
    there: &There,
    invitations: &Invitations,
    account: AccountId,
) -> Result<InvitationToken> {
    let token = invitations.issue(tenant(), account, there.now()).await?;
    Ok(token.ok_or("there is a password")?)
}

/// It neither shows anything nor sets a password.
async fn is_void(
    there: &There,
    invitations: &Invitations,
    token: &InvitationToken,
) -> Result<bool> {
    let found = invitations.find(token, there.now()).await?;
    let done = invitations.accept(token, &accepted("a taken over one")?, there.now()).await?;
    Ok(found.is_none() && done.is_none())
}
