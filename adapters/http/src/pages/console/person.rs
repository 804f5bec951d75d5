//! Whom a page is about, and what is the matter with them.

use readmit::{AccountId, CustomerId, CustomerRow, CustomerStatus, Stage, Timestamp, Views};

use crate::pages::names::{self, Admins};
use crate::pages::words::Words;
use crate::problem::Problem;

/// Somebody, as pages call them.
#[derive(Clone)]
pub(super) struct Person {
    /// Where their page is; admins have none.
    pub(super) page: Option<String>,
    /// What they are called; none once erased.
    pub(super) name: Option<String>,
    /// What they sign in with; empty once erased.
    pub(super) login: String,
}

/// A state with its icon and word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chip {
    /// As the style sheet names it.
    pub(super) class: &'static str,
    /// The message that says it.
    pub(super) word: &'static str,
}

impl Person {
    pub(super) fn of(row: &CustomerRow) -> Self {
        let login = row.login.as_ref().map(readmit::Login::as_str).unwrap_or_default();
        let name = row.name.as_ref().map(readmit::PersonName::as_str);
        let name = name.or_else(|| Some(login).filter(|login| !login.is_empty()));
        Self {
            page: Some(format!("/console/customers/{}", row.customer)),
            name: name.map(str::to_owned),
            login: login.to_owned(),
        }
    }

    /// The owner of an account that a case is about.
    pub(super) async fn find(
        views: &Views,
        admins: &Admins,
        account: AccountId,
    ) -> Result<Self, Problem> {
        match account {
            AccountId::Admin(id) => {
                let login = names::admin(admins, id);
                Ok(Self { page: None, name: Some(login.clone()), login })
            }
            AccountId::Customer(id) => match views.customer(id).await? {
                Some(row) => Ok(Self::of(&row)),
                // The list of customers may be behind that of cases for a moment.
                None => Ok(Self::by_id(id)),
            },
        }
    }

    /// A customer of whom nothing else is known yet.
    fn by_id(id: CustomerId) -> Self {
        let page = Some(format!("/console/customers/{id}"));
        Self { page, name: Some(id.to_string()), login: id.to_string() }
    }

    /// The name, or that there is none any more.
    pub(super) fn called(&self, words: &Words) -> String {
        self.name.clone().unwrap_or_else(|| words.say("console-erased-customer").to_string())
    }

    /// Whether the login says more than the name does.
    pub(super) fn has_other_login(&self) -> bool {
        self.name.as_ref().is_some_and(|name| *name != self.login)
    }
}

/// A customer, also one who was registered a moment ago.
pub(super) async fn customer(views: &Views, id: CustomerId) -> Result<CustomerRow, Problem> {
    if let Some(row) = views.customer(id).await? {
        return Ok(row);
    }
    views.caught_up().await?;
    views.customer(id).await?.ok_or_else(Problem::not_found)
}

impl Chip {
    /// What matters most of a customer: a guard, else an open recovery, else their MFA.
    pub(super) fn of(row: &CustomerRow, now: Timestamp) -> Self {
        match (row.status(now), row.stage(now)) {
            (CustomerStatus::Erased, _) => Self::new("chip-erased", "console-status-erased"),
            (CustomerStatus::Frozen, _) => Self::new("chip-frozen", "console-status-frozen"),
            (CustomerStatus::Locked, _) => Self::new("chip-locked", "console-status-locked"),
            (_, Some(Stage::AwaitingApproval)) => {
                Self::new("chip-wait", "console-stage-awaiting_approval")
            }
            (_, Some(_)) => Self::new("chip-open", "console-recovery-open"),
            (status, None) => Self::of_mfa(status),
        }
    }

    /// Whether MFA is on.
    const fn of_mfa(status: CustomerStatus) -> Self {
        match status {
            CustomerStatus::On => Self::new("chip-on", "console-status-on"),
            CustomerStatus::Off => Self::new("chip-off", "console-status-off"),
            _ => Self::new("chip-unset", "console-status-not_set_up"),
        }
    }

    pub(super) const fn new(class: &'static str, word: &'static str) -> Self {
        Self { class, word }
    }
}

/// The message that names a stage.
pub(super) const fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::AwaitingApproval => "console-stage-awaiting_approval",
        Stage::Granted => "console-stage-granted",
        Stage::SignedIn => "console-stage-signed_in",
        Stage::MfaDisabled => "console-stage-mfa_disabled",
        Stage::DeviceEnrolled => "console-stage-device_enrolled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_whose_row_is_not_there_yet_is_called_by_their_id() {
        let id = "cus_01h455vb4pex5vsknk084sn02q";
        let person = Person::by_id(id.parse().unwrap());
        assert_eq!(person.name.as_deref(), Some(id));
        assert_eq!(
            person.page.as_deref(),
            Some("/console/customers/cus_01h455vb4pex5vsknk084sn02q")
        );
        assert!(!person.has_other_login());
    }
}
