//! The web database: passwords, invitations, sessions, the last use of keys.
//!
//! | file | what it holds |
//! |---|---|
//! | `there.rs` | a place for a database, and short ways to use it |
//! | `passwords.rs` | what the built-in password check does |
//! | `sessions.rs` | what sessions do |
//! | `invitations.rs` | what invitations do |
//! | `key_uses.rs` | when keys were last used |
//! | `opening.rs` | files and schemas that are ours, and those that are not |
//!
//! Each behaviour stands on an empty database of its own: in a file, in memory, and on a server.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a behaviour is a test in all but its attribute"
)]

mod invitations;
mod key_uses;
mod opening;
mod passwords;
mod sessions;
mod there;

use std::future::Future;
use std::pin::Pin;

use readmit_tests::Result;
use readmit_tests::postgres::Server;

use crate::there::There;

type Behaviour = fn(There) -> Pin<Box<dyn Future<Output = Result> + Send>>;

macro_rules! behaviours {
    (
        everywhere { $($file:ident::$name:ident,)* }
        where_others_can_look { $($shared_file:ident::$shared:ident,)* }
    ) => {
        mod in_a_file {
            use super::*;
            $(behaviours!(test $file::$name, There::in_a_file()?);)*
            $(behaviours!(test $shared_file::$shared, There::in_a_file()?);)*
        }

        mod in_memory {
            use super::*;
            $(behaviours!(test $file::$name, There::in_memory());)*
        }

        /// A server takes a second to start, so those of one file share one.
        const ON_A_SERVER: &[(&str, &str, Behaviour)] = &[
            $((stringify!($file), stringify!($name), |there| Box::pin($file::$name(there))),)*
            $((stringify!($shared_file), stringify!($shared), |there| Box::pin($shared_file::$shared(there))),)*
        ];
    };
    (test $file:ident::$name:ident, $there:expr) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() -> Result {
            $file::$name($there).await
        }
    };
}

behaviours! {
    everywhere {
        passwords::only_the_right_password_of_the_account_is_right,
        passwords::a_removed_password_is_gone,
        passwords::who_has_no_password_is_answered_after_the_same_work,
        passwords::ten_wrong_ones_make_the_next_wait_and_waits_double,
        passwords::the_right_one_begins_the_count_anew,
        passwords::setting_a_password_ends_the_wait,
        passwords::sixty_four_wrong_ones_at_once_are_ten_comparisons,
        passwords::too_many_at_once_are_turned_away_uncounted,
        passwords::a_login_that_nobody_has_has_to_wait_like_any_other,
        passwords::a_pause_of_a_day_does_not_tell_which_logins_somebody_has,
        passwords::nothing_that_is_shown_holds_the_password,
        sessions::a_session_is_found_by_its_token_alone,
        sessions::a_session_ends_after_twelve_hours_of_use,
        sessions::a_session_ends_after_half_an_hour_without_use,
        sessions::use_is_noted_once_a_minute,
        sessions::raising_gives_a_new_token_and_the_old_one_is_dead,
        sessions::a_session_is_raised_once,
        sessions::a_dead_session_is_not_raised,
        sessions::rotating_gives_a_new_token_to_the_same_session,
        sessions::a_session_is_rotated_once,
        sessions::ending_the_others_leaves_one,
        sessions::signing_out_ends_one_session_and_ending_all_ends_the_rest,
        sessions::forgetting_an_account_leaves_nothing_of_it,
        sessions::the_twenty_first_session_ends_the_oldest,
        sessions::sweeping_deletes_what_has_ended_a_batch_at_a_time,
        invitations::an_invitation_sets_the_first_password_once,
        invitations::of_sixteen_who_accept_at_once_one_does,
        invitations::an_invitation_ends_after_a_day,
        invitations::a_newer_invitation_voids_the_older_one_of_that_account,
        invitations::who_has_a_password_is_not_invited,
        invitations::a_password_that_was_set_otherwise_voids_the_invitation,
        invitations::setting_and_accepting_at_once_leave_what_was_set,
        invitations::an_accepted_invitation_ends_the_wait,
        invitations::sweeping_deletes_ended_invitations_a_batch_at_a_time,
        key_uses::the_latest_use_of_a_key_is_told,
    }
    where_others_can_look {
        passwords::a_password_is_kept_as_an_argon2id_digest_and_survives,
        passwords::a_digest_of_other_parameters_is_made_anew,
        passwords::a_damaged_digest_is_told_without_it,
        sessions::only_the_digest_of_a_token_is_kept,
        sessions::nodes_see_each_others_sessions,
        sessions::sessions_survive_reopening,
        invitations::only_the_digest_of_an_invitation_is_kept,
        invitations::what_ended_is_swept_while_it_is_served,
        invitations::a_database_from_before_invitations_keeps_its_rows,
        key_uses::a_use_is_written_once_a_minute_and_at_the_end,
        opening::tables_of_a_newer_version_are_left_alone,
        opening::nodes_that_open_it_at_once_make_it_once,
    }
}

mod on_a_server {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_behaviour_of_passwords_holds() -> Result {
        hold_on_a_server("passwords").await
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_behaviour_of_sessions_holds() -> Result {
        hold_on_a_server("sessions").await
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_behaviour_of_invitations_holds() -> Result {
        hold_on_a_server("invitations").await
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_behaviour_of_keys_and_opening_holds() -> Result {
        hold_on_a_server("key_uses").await?;
        hold_on_a_server("opening").await
    }
}

async fn hold_on_a_server(of: &str) -> Result {
    let server = Server::start().await?;
    let mut failed = Vec::new();
    let behaviours = ON_A_SERVER.iter().filter(|(file, ..)| *file == of);
    for (number, (_, name, behaviour)) in behaviours.enumerate() {
        let there = There::on_a_server(&server.database(&format!("behaviour_{number}"))?)?;
        match tokio::spawn(behaviour(there)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => failed.push(format!("{name}: {error}")),
            Err(panicked) => failed.push(format!("{name}: {panicked}")),
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    Ok(())
}
