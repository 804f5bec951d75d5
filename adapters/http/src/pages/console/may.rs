//! What an admin may do about a case. The rules have the last word; a page offers nothing that they
//! refuse anyway.

use readmit::{AccountId, Role, Stage, TenantState, Who};

use super::{APPROVES, GRANTS, OWNS};
use crate::pages::visitor::Admin;

/// A case, as far as it says who may do what.
#[derive(Clone, Copy)]
pub(super) struct About<'c> {
    pub(super) account: AccountId,
    pub(super) stage: Stage,
    /// Who asked for it, if somebody had to.
    pub(super) asked_by: Option<&'c Who>,
}

impl<'c> About<'c> {
    pub(super) fn row(row: &'c readmit::RecoveryRow) -> Self {
        let asked_by = row.record.requested.as_ref().map(|step| &step.who);
        Self { account: row.record.account, stage: row.record.stage, asked_by }
    }

    pub(super) fn case(account: AccountId, case: &'c readmit::Case) -> Self {
        let asked_by = match &case.progress {
            readmit::Progress::Awaiting { requested_by, .. } => Some(requested_by),
            readmit::Progress::Open(_) => None,
        };
        Self { account, stage: case.stage(), asked_by }
    }
}

/// Whether an admin asked for it.
pub(super) fn asked(admin: &Admin, about: About<'_>) -> bool {
    about.asked_by.and_then(Who::account) == Some(admin.id.into())
}

/// Whether an admin may take it back: whoever revokes, and whoever asked for it while it waits.
pub(super) fn revoke(admin: &Admin, about: About<'_>) -> bool {
    let waits = about.stage == Stage::AwaitingApproval;
    let own = about.account == admin.id.into();
    let withdraws = waits && asked(admin, about) && admin.holds(&[Role::Helpdesk]);
    about.stage != Stage::DeviceEnrolled && (own || withdraws || admin.holds(&GRANTS))
}

/// Whether an admin may approve or deny it: nobody does so for themselves or for what they asked for,
/// and for an admin's account an owner stands on one side.
pub(super) fn answer(admin: &Admin, state: &TenantState, about: About<'_>) -> bool {
    let own = about.account == admin.id.into() || asked(admin, about);
    let by_owner = about.asked_by.is_some_and(|who| match who {
        Who::Admin { id, .. } => state.is_owner(*id) && about.account != (*id).into(),
        Who::Customer { .. } | Who::Service { .. } | Who::System => false,
    });
    let owner_stands_by = !about.account.is_admin() || admin.holds(&OWNS) || by_owner;
    about.stage == Stage::AwaitingApproval && !own && owner_stands_by && admin.holds(&APPROVES)
}
