//! What the built-in password check does.

use std::time::{Duration, Instant};

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use readmit::{AccountId, Seconds};
use readmit_http::password::PasswordAnswer::{Right, Wait, Wrong};
use readmit_http::password::{Password, PasswordAnswer, PasswordCheck as _, PasswordFailure};
use readmit_http::web_database::{PasswordTable, stand_in};
use readmit_tests::{Result, all_at_once};

use crate::there::{RIGHT, There, WRONG, accepted, account, alice, bob, check, login, tenant};

pub(crate) async fn only_the_right_password_of_the_account_is_right(there: There) -> Result {
    let passwords = there.passwords().await?;
    let now = there.now();
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, now).await?;
    passwords.set_password(tenant(), bob(), &accepted("another long one")?, now).await?;
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Right);
    for wrong in [WRONG, "", "another long one", "tulip window seven ", "Tulip window seven"] {
        assert_eq!(check(&passwords, alice(), wrong).await?, Wrong, "{wrong:?}");
    }
    let elsewhere = "ten_01h455vb4pex5vsknk084sn0zz".parse()?;
    let right = Password::new(RIGHT.to_owned());
    assert_eq!(passwords.check(elsewhere, alice(), &right).await?, Wrong);
    passwords.set_password(tenant(), alice(), &accepted("a new long one")?, now).await?;
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Wrong);
    assert_eq!(check(&passwords, alice(), "a new long one").await?, Right);
    Ok(())
}

pub(crate) async fn a_removed_password_is_gone(there: There) -> Result {
    let passwords = there.passwords().await?;
    assert!(!passwords.has_password(tenant(), alice()).await?);
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    assert!(passwords.has_password(tenant(), alice()).await?);
    assert!(passwords.remove_password(tenant(), alice()).await?);
    assert!(!passwords.remove_password(tenant(), alice()).await?);
    assert!(!passwords.has_password(tenant(), alice()).await?);
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Wrong);
    Ok(())
}

pub(crate) async fn who_has_no_password_is_answered_after_the_same_work(there: There) -> Result {
    let passwords = there.passwords().await?;
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    // The least of several: whatever else the machine does only adds to it.
    let (mut with, mut without) = (Duration::MAX, Duration::MAX);
    for _ in 0..8 {
        with = with.min(time_of_a_wrong_one(&passwords, alice()).await?);
        without = without.min(time_of_a_wrong_one(&passwords, bob()).await?);
    }
    // Without the work it would be a tenth; twice as long it is when others need the cores.
    assert!(without > with / 3, "{with:?} with a password, {without:?} without");
    Ok(())
}

async fn time_of_a_wrong_one(passwords: &PasswordTable, account: AccountId) -> Result<Duration> {
    let started = Instant::now();
    assert_eq!(check(passwords, account, WRONG).await?, Wrong);
    Ok(started.elapsed())
}

pub(crate) async fn ten_wrong_ones_make_the_next_wait_and_waits_double(there: There) -> Result {
    let passwords = there.passwords().await?;
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    be_wrong(&passwords, 10).await?;
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        let until = there.now() + Seconds::minutes(minutes);
        // Not even the right one is compared.
        assert_eq!(check(&passwords, alice(), RIGHT).await?, Wait { until });
        there.clock.advance(Seconds(minutes * 60 - 1));
        assert_eq!(check(&passwords, alice(), WRONG).await?, Wait { until });
        there.clock.advance(Seconds(1));
        assert_eq!(check(&passwords, alice(), WRONG).await?, Wrong);
    }
    assert_eq!(check(&passwords, bob(), WRONG).await?, Wrong);
    there.clock.advance(Seconds::hours(1));
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Right);
    Ok(())
}

pub(crate) async fn the_right_one_begins_the_count_anew(there: There) -> Result {
    let passwords = there.passwords().await?;
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    for _ in 0..2 {
        be_wrong(&passwords, 9).await?;
        assert_eq!(check(&passwords, alice(), RIGHT).await?, Right);
    }
    Ok(())
}

pub(crate) async fn setting_a_password_ends_the_wait(there: There) -> Result {
    let passwords = there.passwords().await?;
    be_wrong(&passwords, 10).await?;
    assert!(matches!(check(&passwords, alice(), RIGHT).await?, Wait { .. }));
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Right);
    Ok(())
}

pub(crate) async fn sixty_four_wrong_ones_at_once_are_ten_comparisons(there: There) -> Result {
    let passwords = there.passwords().await?;
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    let answers = all_at_once((0..64).map(|_| patiently(passwords.clone(), alice(), WRONG)));
    let answers: Result<Vec<PasswordAnswer>> = answers.await?.into_iter().collect();
    let until = there.now() + Seconds::minutes(1);
    let (wrong, waiting): (Vec<_>, Vec<_>) = answers?.into_iter().partition(|it| *it == Wrong);
    assert_eq!((wrong.len(), waiting.len()), (10, 54));
    assert!(waiting.iter().all(|answer| *answer == Wait { until }), "{waiting:?}");
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Wait { until });
    Ok(())
}

/// Tries again as long as there is too much to do.
async fn patiently(
    passwords: PasswordTable,
    account: AccountId,
    text: &'static str,
) -> Result<PasswordAnswer> {
    let password = Password::new(text.to_owned());
    loop {
        match passwords.check(tenant(), account, &password).await {
            Err(PasswordFailure::Busy) => tokio::time::sleep(Duration::from_millis(20)).await,
            answer => return Ok(answer?),
        }
    }
}

pub(crate) async fn too_many_at_once_are_turned_away_uncounted(there: There) -> Result {
    let passwords = there.passwords().await?;
    let cores = std::thread::available_parallelism()?.get();
    // Each account is tried once, so nobody waits for a lock.
    let checks = (0..4 * (cores + 32)).map(|number| {
        let passwords = passwords.clone();
        let password = Password::new(WRONG.to_owned());
        async move { passwords.check(tenant(), account(number), &password).await }
    });
    let answers = all_at_once(checks).await?;
    let busy = answers.iter().filter(|answer| matches!(answer, Err(PasswordFailure::Busy)));
    let wrong = answers.iter().filter(|answer| matches!(answer, Ok(Wrong)));
    let (busy, wrong) = (busy.count(), wrong.count());
    assert!(busy > 0 && wrong >= cores + 32 && busy + wrong == answers.len(), "{busy} {wrong}");
    // What was counted is forgotten a day later: exactly those that were compared.
    let counted = passwords.sweep(there.now() + Seconds::days(1)).await?;
    assert_eq!(usize::try_from(counted)?, wrong);
    Ok(())
}

pub(crate) async fn a_login_that_nobody_has_has_to_wait_like_any_other(there: There) -> Result {
    let passwords = there.passwords().await?;
    let nobody = stand_in(tenant(), &login())?;
    assert_eq!(stand_in(tenant(), &"ALICE@example.com".parse()?)?, nobody);
    assert_ne!(stand_in(tenant(), &"alise@example.com".parse()?)?, nobody);
    for _ in 0..10 {
        assert_eq!(check(&passwords, nobody, WRONG).await?, Wrong);
    }
    let until = there.now() + Seconds::minutes(1);
    assert_eq!(check(&passwords, nobody, WRONG).await?, Wait { until });
    Ok(())
}

pub(crate) async fn a_pause_of_a_day_does_not_tell_which_logins_somebody_has(
    there: There,
) -> Result {
    let passwords = there.passwords().await?;
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    let both = [alice(), stand_in(tenant(), &"nobody@example.com".parse()?)?];
    for account in both {
        for _ in 0..10 {
            assert_eq!(check(&passwords, account, WRONG).await?, Wrong);
        }
    }
    assert_eq!(passwords.sweep(there.now() + Seconds(86_399)).await?, 0);
    there.clock.advance(Seconds::days(1));
    assert_eq!(passwords.sweep(there.now()).await?, 2);
    for account in both {
        // The count begins anew: ten more before anybody has to wait.
        for _ in 0..10 {
            assert_eq!(check(&passwords, account, WRONG).await?, Wrong);
        }
        let until = there.now() + Seconds::minutes(1);
        assert_eq!(check(&passwords, account, WRONG).await?, Wait { until });
    }
    Ok(())
}

pub(crate) async fn nothing_that_is_shown_holds_the_password(there: There) -> Result {
    let database = there.open().await?;
    let passwords = there.passwords_of(&database);
    let accepted = accepted(RIGHT)?;
    let before = format!("{database:?} {passwords:?} {accepted:?} {:?}", there.place);
    database.close().await;
    let set = passwords.set_password(tenant(), alice(), &accepted, there.now()).await;
    let checked = check(&passwords, alice(), RIGHT).await;
    let shown = format!("{before} {set:?} {checked:?} {}", set.as_ref().unwrap_err());
    assert!(!shown.contains("tulip") && !shown.contains(readmit_tests::postgres::PASSWORD));
    Ok(())
}

pub(crate) async fn a_password_is_kept_as_an_argon2id_digest_and_survives(there: There) -> Result {
    let database = there.open().await?;
    let passwords = there.passwords_of(&database);
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    passwords.set_password(tenant(), bob(), &accepted(RIGHT)?, there.now()).await?;
    database.close().await;
    let rows = there.sql("SELECT tenant, account, digest, changed_at FROM passwords")?;
    assert_eq!(rows.matches("$argon2id$v=19$m=19456,t=2,p=1$").count(), 2, "{rows}");
    assert!(!rows.contains("tulip"), "{rows}");
    let different = there.sql("SELECT count(DISTINCT digest) FROM passwords")?;
    assert_eq!(different.trim(), "2");
    assert_eq!(check(&there.passwords().await?, alice(), RIGHT).await?, Right);
    Ok(())
}

pub(crate) async fn a_digest_of_other_parameters_is_made_anew(there: There) -> Result {
    let passwords = there.passwords().await?;
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    let params = Params::new(1024, 1, 1, Some(32))?;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let weak = weak.hash_password_with_salt(RIGHT.as_bytes(), &[7; 16])?;
    there.sql(&format!("UPDATE passwords SET digest = '{weak}'"))?;
    let stored = || there.sql("SELECT digest FROM passwords");
    assert_eq!(check(&passwords, alice(), WRONG).await?, Wrong);
    assert_eq!(stored()?.trim(), weak.to_string());
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Right);
    assert!(stored()?.contains("m=19456,t=2,p=1"), "{}", stored()?);
    assert_eq!(check(&passwords, alice(), RIGHT).await?, Right);
    Ok(())
}

pub(crate) async fn a_damaged_digest_is_told_without_it(there: There) -> Result {
    let passwords = there.passwords().await?;
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, there.now()).await?;
    there.sql("UPDATE passwords SET digest = '$argon2id$hunter2'")?;
    let error = check(&passwords, alice(), RIGHT).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("damaged"), "{shown}");
    assert!(!shown.contains("hunter2") && !shown.contains("tulip"), "{shown}");
    Ok(())
}

async fn be_wrong(passwords: &PasswordTable, times: usize) -> Result {
    for _ in 0..times {
        assert_eq!(check(passwords, alice(), WRONG).await?, Wrong);
    }
    Ok(())
}
