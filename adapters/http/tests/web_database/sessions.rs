//! What sessions do.

use std::time::{Duration, Instant};

use readmit::{Seconds, Timestamp};
use readmit_http::web_database::{
    NewSession, SWEPT_AT_ONCE, SessionLevel, SessionToken, Sessions, WebDatabase,
};
use readmit_tests::{Result, all_at_once};
use sha2::{Digest as _, Sha256};

use crate::there::{RIGHT, There, accepted, account, alice, bob, session_of, sessions_of, tenant};

pub(crate) async fn a_session_is_found_by_its_token_alone(there: There) -> Result {
    let sessions = there.sessions().await?;
    let now = there.now();
    let level = SessionLevel::SecondFactor { at: now - Seconds(5) };
    let of_bob = NewSession { level, ..session_of(bob()) };
    let (first, second) =
        (sessions.begin(session_of(alice()), now).await?, sessions.begin(of_bob, now).await?);
    let found = sessions.find(&first, now).await?.ok_or("it lives")?;
    assert_eq!((found.tenant, found.account, found.epoch), (tenant(), alice(), 3));
    assert_eq!((found.created_at, found.ends_at), (now, now + Seconds::hours(12)));
    assert_eq!(found.level.second_factor_at(), None);
    let found = sessions.find(&second, now).await?.ok_or("it lives")?;
    assert_eq!((found.account, found.level.second_factor_at()), (bob(), Some(now - Seconds(5))));
    let elsewhere = There::in_memory().sessions().await?.begin(session_of(alice()), now).await?;
    assert_eq!(sessions.find(&elsewhere, now).await?, None);
    let text = first.expose();
    assert!(text.starts_with("rms_"));
    let read: SessionToken = text.parse()?;
    assert!(sessions.find(&read, now).await?.is_some());
    Ok(())
}

pub(crate) async fn a_session_ends_after_twelve_hours_of_use(there: There) -> Result {
    let sessions = there.sessions().await?;
    let began = there.now();
    let token = sessions.begin(session_of(alice()), began).await?;
    for minutes in (20..720).step_by(20) {
        let now = began + Seconds::minutes(minutes);
        assert!(sessions.find(&token, now).await?.is_some(), "{minutes}");
        noted(&sessions, &token, now).await?;
    }
    assert!(sessions.find(&token, began + Seconds(12 * 3600 - 1)).await?.is_some());
    assert_eq!(sessions.find(&token, began + Seconds::hours(12)).await?, None);
    Ok(())
}

pub(crate) async fn a_session_ends_after_half_an_hour_without_use(there: There) -> Result {
    let sessions = there.sessions().await?;
    let began = there.now();
    let token = sessions.begin(session_of(alice()), began).await?;
    assert_eq!(sessions.find(&token, began + Seconds(1800)).await?, None);
    assert!(sessions.find(&token, began + Seconds(1799)).await?.is_some());
    noted(&sessions, &token, began + Seconds(1799)).await?;
    assert!(sessions.find(&token, began + Seconds(1800)).await?.is_some());
    Ok(())
}

pub(crate) async fn use_is_noted_once_a_minute(there: There) -> Result {
    let sessions = there.sessions().await?;
    let began = there.now();
    let token = sessions.begin(session_of(alice()), began).await?;
    for seconds in [10, 59] {
        sessions.find(&token, began + Seconds(seconds)).await?;
        tokio::time::sleep(Duration::from_millis(30)).await;
        let found = sessions.find(&token, began + Seconds(seconds)).await?;
        assert_eq!(found.ok_or("it lives")?.used_at, began);
    }
    sessions.find(&token, began + Seconds(60)).await?;
    noted(&sessions, &token, began + Seconds(60)).await
}

/// Waits until the use of a session at this time is stored.
async fn noted(sessions: &Sessions, token: &SessionToken, at: Timestamp) -> Result {
    let started = Instant::now();
    while sessions.find(token, at).await?.ok_or("it lives")?.used_at != at {
        assert!(started.elapsed() < Duration::from_secs(10), "the use at {at} was not noted");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

pub(crate) async fn raising_gives_a_new_token_and_the_old_one_is_dead(there: There) -> Result {
    let sessions = there.sessions().await?;
    let began = there.now();
    let old = sessions.begin(session_of(alice()), began).await?;
    let (shown, now) = (began + Seconds(299), began + Seconds(300));
    let new = sessions.raise(&old, shown, now).await?.ok_or("it lives")?;
    assert_eq!(sessions.find(&old, now).await?, None);
    let found = sessions.find(&new, now).await?.ok_or("it lives")?;
    assert_eq!(found.level, SessionLevel::SecondFactor { at: shown });
    assert_eq!((found.account, found.epoch), (alice(), 3));
    assert_eq!(
        (found.created_at, found.used_at, found.ends_at),
        (began, now, began + Seconds::hours(12))
    );
    // A fresh factor later raises it again.
    let newer = sessions.raise(&new, now, now).await?.ok_or("it lives")?;
    assert!(sessions.find(&newer, now).await?.is_some());
    Ok(())
}

pub(crate) async fn a_session_is_raised_once(there: There) -> Result {
    let sessions = there.sessions().await?;
    let now = there.now();
    let token = sessions.begin(session_of(alice()), now).await?;
    let work = (0..16).map(|_| {
        let (sessions, token) = (sessions.clone(), token.clone());
        async move { sessions.raise(&token, now, now).await }
    });
    let raised: Result<Vec<_>, _> = all_at_once(work).await?.into_iter().collect();
    assert_eq!(raised?.into_iter().flatten().count(), 1);
    Ok(())
}

pub(crate) async fn a_dead_session_is_not_raised(there: There) -> Result {
    let sessions = there.sessions().await?;
    let began = there.now();
    let token = sessions.begin(session_of(alice()), began).await?;
    for late in [Seconds::minutes(30), Seconds::hours(12)] {
        assert!(sessions.raise(&token, began, began + late).await?.is_none(), "{late}");
    }
    sessions.end(&token).await?;
    assert!(sessions.raise(&token, began, began).await?.is_none());
    Ok(())
}

pub(crate) async fn rotating_gives_a_new_token_to_the_same_session(there: There) -> Result {
    let sessions = there.sessions().await?;
    let began = there.now();
    let level = SessionLevel::SecondFactor { at: began };
    let old = sessions.begin(NewSession { level, ..session_of(alice()) }, began).await?;
    let now = began + Seconds(300);
    let new = sessions.rotate(&old, now).await?.ok_or("it lives")?;
    assert_eq!(sessions.find(&old, now).await?, None);
    assert!(sessions.rotate(&old, now).await?.is_none());
    let found = sessions.find(&new, now).await?.ok_or("it lives")?;
    assert_eq!((found.account, found.epoch, found.level), (alice(), 3, level));
    assert_eq!(
        (found.created_at, found.used_at, found.ends_at),
        (began, now, began + Seconds::hours(12))
    );
    let late = now + Seconds::minutes(30);
    assert!(sessions.rotate(&new, late).await?.is_none(), "a dead session stays dead");
    Ok(())
}

pub(crate) async fn a_session_is_rotated_once(there: There) -> Result {
    let sessions = there.sessions().await?;
    let now = there.now();
    let token = sessions.begin(session_of(alice()), now).await?;
    let work = (0..16).map(|number| {
        let (sessions, token) = (sessions.clone(), token.clone());
        async move {
            // Whether it is raised or rotated first, it is one session.
            if number % 2 == 0 {
                sessions.rotate(&token, now).await
            } else {
                sessions.raise(&token, now, now).await
            }
        }
    });
    let rotated: Result<Vec<_>, _> = all_at_once(work).await?.into_iter().collect();
    assert_eq!(rotated?.into_iter().flatten().count(), 1);
    Ok(())
}

pub(crate) async fn ending_the_others_leaves_one(there: There) -> Result {
    let sessions = there.sessions().await?;
    let now = there.now();
    let mut of_alice = Vec::new();
    for _ in 0..3 {
        of_alice.push(sessions.begin(session_of(alice()), now).await?);
    }
    let of_bob = sessions.begin(session_of(bob()), now).await?;
    let elsewhere = "ten_01h455vb4pex5vsknk084sn0zz".parse()?;
    assert_eq!(sessions.end_others(elsewhere, alice(), &of_alice[1]).await?, 0);
    assert_eq!(sessions.end_others(tenant(), alice(), &of_alice[1]).await?, 2);
    assert_eq!(sessions.find(&of_alice[0], now).await?, None);
    assert!(sessions.find(&of_alice[1], now).await?.is_some());
    assert!(sessions.find(&of_bob, now).await?.is_some());
    assert_eq!(sessions.end_others(tenant(), alice(), &of_bob).await?, 1, "it is not alice's");
    assert!(sessions.find(&of_bob, now).await?.is_some());
    Ok(())
}

pub(crate) async fn signing_out_ends_one_session_and_ending_all_ends_the_rest(
    there: There,
) -> Result {
    let sessions = there.sessions().await?;
    let now = there.now();
    let mut of_alice = Vec::new();
    for _ in 0..3 {
        of_alice.push(sessions.begin(session_of(alice()), now).await?);
    }
    let of_bob = sessions.begin(session_of(bob()), now).await?;
    sessions.end(&of_alice[0]).await?;
    sessions.end(&of_alice[0]).await?;
    assert_eq!(sessions.find(&of_alice[0], now).await?, None);
    assert!(sessions.find(&of_alice[1], now).await?.is_some());
    assert_eq!(sessions.end_all(tenant(), alice()).await?, 2);
    assert_eq!(sessions.find(&of_alice[1], now).await?, None);
    assert!(sessions.find(&of_bob, now).await?.is_some());
    Ok(())
}

pub(crate) async fn forgetting_an_account_leaves_nothing_of_it(there: There) -> Result {
    let (database, now) = (there.open().await?, there.now());
    let (sessions, passwords) = (sessions_of(&database), there.passwords_of(&database));
    let hers = sessions.begin(session_of(alice()), now).await?;
    let his = sessions.begin(session_of(bob()), now).await?;
    passwords.set_password(tenant(), alice(), &accepted(RIGHT)?, now).await?;
    passwords.set_password(tenant(), bob(), &accepted(RIGHT)?, now).await?;
    let invited = account(1);
    let invitation = passwords.invitations().issue(tenant(), invited, now).await?.ok_or("none")?;
    for forgotten in [alice(), invited, account(2), alice()] {
        database.forget(tenant(), forgotten).await?;
    }
    assert_eq!(sessions.find(&hers, now).await?, None);
    assert!(!passwords.has_password(tenant(), alice()).await?);
    assert_eq!(passwords.invitations().find(&invitation, now).await?, None);
    assert!(sessions.find(&his, now).await?.is_some());
    assert!(passwords.has_password(tenant(), bob()).await?);
    Ok(())
}

pub(crate) async fn the_twenty_first_session_ends_the_oldest(there: There) -> Result {
    let sessions = there.sessions().await?;
    let now = there.now();
    let of_bob = sessions.begin(session_of(bob()), now).await?;
    let mut tokens = Vec::new();
    for second in 0..21 {
        tokens.push(sessions.begin(session_of(alice()), now + Seconds(second)).await?);
    }
    let then = now + Seconds(30);
    assert_eq!(sessions.find(&tokens[0], then).await?, None);
    for token in tokens.iter().skip(1).chain([&of_bob]) {
        assert!(sessions.find(token, then).await?.is_some());
    }
    Ok(())
}

pub(crate) async fn sweeping_deletes_what_has_ended_a_batch_at_a_time(there: There) -> Result {
    let sessions = there.sessions().await?;
    let began = there.now();
    let many = usize::try_from(SWEPT_AT_ONCE)? + 7;
    for number in 0..many {
        sessions.begin(session_of(account(number)), began).await?;
    }
    let live = sessions.begin(session_of(alice()), began + Seconds(1)).await?;
    assert_eq!(sessions.sweep(began + Seconds(1799)).await?, 0);
    let then = began + Seconds(1800);
    assert_eq!(sessions.sweep(then).await?, SWEPT_AT_ONCE);
    assert_eq!(sessions.sweep(then).await?, 7);
    assert_eq!(sessions.sweep(then).await?, 0);
    assert!(sessions.find(&live, then).await?.is_some());
    Ok(())
}

pub(crate) async fn only_the_digest_of_a_token_is_kept(there: There) -> Result {
    let sessions = there.sessions().await?;
    let token = sessions.begin(session_of(alice()), there.now()).await?;
    let rows = there.sql("SELECT * FROM sessions")?;
    let text = token.expose();
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    assert!(rows.starts_with(&digest), "{rows}");
    assert!(!rows.contains(&text[4..20]), "{rows}");
    assert!(!format!("{token:?} {sessions:?}").contains(&text[4..20]));
    Ok(())
}

pub(crate) async fn nodes_see_each_others_sessions(there: There) -> Result {
    let (one, other) = (there.sessions().await?, there.sessions().await?);
    let now = there.now();
    let token = one.begin(session_of(alice()), now).await?;
    assert!(other.find(&token, now).await?.is_some());
    let raised = other.raise(&token, now, now).await?.ok_or("it lives")?;
    assert_eq!(one.find(&token, now).await?, None);
    one.end(&raised).await?;
    assert_eq!(other.find(&raised, now).await?, None);
    Ok(())
}

pub(crate) async fn sessions_survive_reopening(there: There) -> Result {
    let database = there.open().await?;
    let began = there.now();
    let sessions = sessions_of(&database);
    let token = sessions.begin(session_of(alice()), began).await?;
    // What is only noted when it is closed is written first.
    let then = began + Seconds(1799);
    assert!(sessions.find(&token, then).await?.is_some());
    database.close().await;
    let database: WebDatabase = there.open().await?;
    let found = sessions_of(&database).find(&token, then).await?;
    assert_eq!(found.ok_or("it lives")?.used_at, then);
    Ok(())
}
