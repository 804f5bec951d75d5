//! What a store can do wrong, and the one rule that each mistake breaks.

macro_rules! mistakes {
    ($($(#[$what:meta])* $mistake:ident breaks $rule:ident,)*) => {
        /// What a store does wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Mistake { $($(#[$what])* $mistake,)* }

        /// Every mistake, with the one rule that it breaks.
        pub(crate) const MISTAKES: &[(Mistake, &str)] =
            &[$((Mistake::$mistake, stringify!($rule)),)*];
    };
}

mistakes! {
    /// Events are answered last first.
    Backwards breaks events_come_in_order_of_position,
    /// Positions are made to fit.
    Renumbers breaks a_batch_with_a_gap_is_refused_whole,
    /// Of a ledger that a batch names twice, the second part is dropped.
    DropsDoubles breaks a_ledger_twice_in_a_batch_is_refused,
    /// A size ahead of the stored one is taken for it.
    ForgivesAhead breaks a_stale_size_commits_nothing,
    /// The fence is not looked at.
    NoFence breaks a_stale_fence_commits_nothing,
    /// One stale ledger takes all others with it.
    AllOrNone breaks a_stale_ledger_fails_alone,
    /// Each ledger is a transaction of its own.
    OneByOne breaks a_bad_part_undoes_the_whole_batch,
    /// The guard is compared before the transaction.
    LooksThenWrites breaks of_two_commits_at_once_one_wins,
    /// Heads lose their frontier.
    NoFrontier breaks a_head_is_as_the_last_commit_left_it,
    /// A taken ledger name is said to be given.
    GivesLedgerAgain breaks a_ledger_name_is_given_once,
    /// A command is said to stand one further on.
    CommandElsewhere breaks a_command_is_found_where_it_was_recorded,
    /// A command that is recorded already is passed over.
    PassesCommandOver breaks a_command_is_recorded_once,
    /// A load does not look for names.
    LoadsNoNames breaks a_taken_name_is_found,
    /// A name that is taken already is passed over.
    PassesNameOver breaks a_name_is_taken_once,
    /// A key that is there already is passed over.
    PassesKeyOver breaks a_key_is_given_once,
    /// Private data loses its last byte.
    CutsPrivate breaks private_data_stands_with_its_event,
    /// A stale commit leaves its names.
    KeepsStaleNames breaks a_stale_commit_keeps_nothing_beside_its_events,
    /// Secrets never end.
    EndlessSecrets breaks a_secret_is_replaced_and_ends,
    /// Timers never end.
    EndlessTimers breaks a_timer_is_moved_and_ends,
    /// The latest timer comes first.
    LatestFirst breaks timers_come_earliest_first,
    /// All timers come, whatever the limit.
    AllDue breaks what_is_due_is_limited,
    /// An erased stream keeps a timer.
    ErasesNoTimer breaks an_erasure_leaves_only_the_events,
    /// A page is one event too long.
    LongPages breaks a_page_ends_where_asked_and_the_next_goes_on,
    /// A load brings no heads.
    LoadsNoHeads breaks a_load_answers_what_is_asked_in_that_order,
    /// Of very many streams, a load brings the first thousand.
    LoadsAThousand breaks a_load_takes_thousands_of_keys,
    /// A load never says that there is more.
    NeverMore breaks a_load_stops_at_the_limit_and_goes_on,
    /// While a commit is under way, a page lacks its first event.
    SkipsMeanwhile breaks a_follower_sees_every_event_once,
    /// A setting is said to be what was asked.
    EchoesSetting breaks a_setting_is_kept_once,
    /// Long bodies are cut.
    CutsBodies breaks a_body_may_be_any_bytes_up_to_the_longest,
    /// Parts without events are passed over.
    PassesEmptyOver breaks batches_of_all_sizes_leave_no_gap,
    /// The writes of a part come last first.
    WritesBackwards breaks a_batch_means_its_writes_one_by_one,
    /// A setting is replaced whatever it is.
    ReplacesAnySetting breaks a_setting_is_replaced_if_it_is_the_expected_one,
    /// A master key is passed over.
    Miscounts breaks keys_are_counted_by_master_key,
    /// All keys are listed, whichever master key wraps them.
    ListsAllKeys breaks keys_under_others_come_in_order_page_by_page,
    /// A key is replaced whatever it is.
    RewrapsAnyKey breaks a_key_is_rewrapped_if_it_is_still_the_old_one,
    /// A key that is gone is put back.
    BringsKeysBack breaks an_erased_key_does_not_come_back,
    /// A retired master key goes on being used.
    TakesRetired breaks a_retired_master_key_gets_no_more_keys,
    /// Nothing is done about commits that are on their way.
    RetiresAtOnce breaks what_was_begun_before_a_master_key_was_retired_comes_too_late,
    /// A stale commit leaves its tiles.
    KeepsStaleTiles breaks tiles_stand_with_their_events,
    /// Tiles never grow.
    StuntedTiles breaks a_tile_that_grew_takes_the_place_of_the_smaller_one,
    /// Tiles come by index, whatever their level.
    TilesByIndex breaks tiles_come_in_order_of_level_and_index,
    /// A later checkpoint of a size takes the place of the first.
    SignsAnew breaks a_checkpoint_is_kept_once,
    /// All checkpoints come, whatever the limit.
    AllCheckpoints breaks checkpoints_are_found_by_their_size,
    /// A note is replaced by whoever asks.
    ReplacesAnyNote breaks a_note_is_replaced_only_by_who_knows_it,
    /// A time stamp of no checkpoint is said to be kept.
    StampsNothing breaks a_time_stamp_stands_beside_its_checkpoint,
    /// The last private data comes first.
    PrivateBackwards breaks private_data_comes_in_order_of_position,
    /// Of a large batch, the end is dropped.
    DropsTheEnd breaks a_batch_may_hold_many_ledgers,
}
