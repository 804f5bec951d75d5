//! What an admin can do for a customer now. The rules have the last word.

use readmit::{BypassId, CommandId, CustomerRow, Mfa, Timestamp};

use super::invitations;
use crate::pages::console::{GRANTS, OWNS, may};
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

/// A form of one button.
pub(super) struct Offer {
    /// As addresses name it.
    pub(super) act: &'static str,
    /// The messages that say what it is and what it does.
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) command: CommandId,
}

/// What can be done, each with the id of its command.
pub(super) struct Offers {
    pub(super) plain: Vec<Offer>,
    pub(super) unfreeze: Option<CommandId>,
    pub(super) revoke: Option<(BypassId, CommandId)>,
    pub(super) erase: Option<CommandId>,
    pub(super) invite: Option<CommandId>,
}

impl Offers {
    pub(super) async fn of(
        visitor: &Visitor,
        admin: &Admin,
        row: &CustomerRow,
        hold: bool,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let draw = || visitor.app.engine.draw_command_id().map_err(Problem::from);
        let (account, owns) = (&row.account, admin.holds(&OWNS));
        let mut plain = Vec::new();
        let mut offer = |act, name, what| -> Result<(), Problem> {
            plain.push(Offer { act, name, what, command: draw()? });
            Ok(())
        };
        if admin.holds(&GRANTS) && !account.erased && account.lock_at(now).is_some() {
            offer("unlock", "customer-unlock", "customer-unlock-what")?;
        }
        if owns && hold {
            offer("lift-hold", "customer-lift-hold", "customer-lift-hold-what")?;
        } else if owns && !account.erased {
            offer("place-hold", "customer-place-hold", "customer-place-hold-what")?;
        }
        let case = account.case.as_ref().filter(|case| now < case.due());
        let revocable = case.filter(|case| may::revoke(admin, may::About::case(account.id, case)));
        let revoke = match revocable {
            Some(case) => Some((case.bypass, draw()?)),
            None => None,
        };
        let only_if = |offered: bool| if offered { draw().map(Some) } else { Ok(None) };
        Ok(Self {
            revoke,
            unfreeze: only_if(owns && account.frozen && !account.erased)?,
            erase: only_if(owns && !account.erased && !hold)?,
            // Whoever has shown a device once had a password.
            invite: only_if(
                owns && !account.erased
                    && matches!(account.mfa, Mfa::NotSetUp)
                    && invitations::can_be_invited(&visitor.app, admin, row.customer.into())
                        .await?,
            )?,
            plain,
        })
    }
}
