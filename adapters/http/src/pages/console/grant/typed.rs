//! What the form brings, as it was typed, and the command that it means.

use readmit::{
    CommandId, CustomerId, GrantBypass, IdentityCheck, Note, Policy, Proof, Reason, RequestBypass,
    Seconds, Ticket,
};
use serde::Deserialize;

use crate::pages::console::wrong::invalid;
use crate::pages::form;
use crate::problem::Problem;

/// As it was typed, to be shown again if something is wrong with it.
#[derive(Clone, Deserialize)]
pub(in crate::pages::console) struct Typed {
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) note: String,
    #[serde(default)]
    pub(super) ticket: String,
    #[serde(default)]
    pub(super) identity_check: String,
    /// In seconds.
    #[serde(default)]
    pub(super) lifetime: String,
    #[serde(default)]
    pub(super) proof: String,
    #[serde(default)]
    pub(super) replace: Option<String>,
    #[serde(default)]
    pub(super) totp: String,
    #[serde(deserialize_with = "form::command_id")]
    pub(super) command: CommandId,
}

/// The same fields of both commands.
macro_rules! filled_in {
    ($command:expr, $typed:expr) => {{
        let (mut command, typed) = ($command, $typed);
        if let Some(reason) = given::<Reason>(&typed.reason, "reason")? {
            command = command.reason(reason);
        }
        if let Some(ticket) = given::<Ticket>(&typed.ticket, "ticket")? {
            command = command.ticket(ticket);
        }
        if let Some(check) = given::<IdentityCheck>(&typed.identity_check, "identity_check")? {
            command = command.identity_check(check);
        }
        if let Some(note) = given::<Note>(&typed.note, "note")? {
            command = command.note(note);
        }
        if let Some(seconds) = given::<u32>(&typed.lifetime, "lifetime")? {
            command = command.lifetime(Seconds(seconds));
        }
        command
    }};
}

impl Typed {
    /// Before anything was typed. Why, and how somebody's identity was checked, is for the admin
    /// to say.
    pub(super) fn new(command: CommandId, policy: &Policy) -> Self {
        Self {
            reason: String::new(),
            note: String::new(),
            ticket: String::new(),
            identity_check: String::new(),
            lifetime: policy.lifetime.default_seconds.0.to_string(),
            proof: policy.proof.name().to_owned(),
            replace: None,
            totp: String::new(),
            command,
        }
    }

    pub(super) fn grant(&self, customer: CustomerId) -> Result<GrantBypass, Problem> {
        let mut grant = filled_in!(GrantBypass::new(customer), self);
        if let Some(proof) = given::<Proof>(&self.proof, "proof")? {
            grant = grant.proof(proof);
        }
        Ok(if self.replace.is_some() { grant.replacing() } else { grant })
    }

    pub(super) fn request(&self, customer: CustomerId) -> Result<RequestBypass, Problem> {
        Ok(filled_in!(RequestBypass::new(customer), self))
    }
}

/// What was typed, if anything.
fn given<T>(text: &str, field: &str) -> Result<Option<T>, Problem>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|why: T::Err| invalid(field, &why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        let command = "cmd_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        Typed::new(command, &Policy::standard())
    }

    fn customer() -> CustomerId {
        "cus_01h455vb4pex5vsknk084sn02q".parse().unwrap()
    }

    #[test]
    fn what_is_left_empty_is_left_to_the_rules() {
        let command = typed().grant(customer()).unwrap();
        let expected =
            GrantBypass::new(customer()).lifetime(Seconds::hours(1)).proof(Proof::Password);
        assert_eq!(command, expected);
    }

    #[test]
    fn all_that_is_typed_stands_in_the_command() {
        let typed = Typed {
            reason: "lost_device".to_owned(),
            note: " on a train ".to_owned(),
            ticket: "INC-4711".to_owned(),
            identity_check: "video".to_owned(),
            lifetime: "900".to_owned(),
            replace: Some("on".to_owned()),
            ..typed()
        };
        let expected = GrantBypass::new(customer())
            .reason(Reason::LostDevice)
            .ticket("INC-4711")
            .identity_check(IdentityCheck::Video)
            .note("on a train")
            .for_minutes(15)
            .proof(Proof::Password)
            .replacing();
        assert_eq!(typed.grant(customer()).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_at_its_field() {
        let ticket = Typed { ticket: "a sentence".to_owned(), ..typed() };
        assert_eq!(ticket.request(customer()).unwrap_err().field(), Some("ticket"));
        let lifetime = Typed { lifetime: "long".to_owned(), ..typed() };
        assert_eq!(lifetime.grant(customer()).unwrap_err().field(), Some("lifetime"));
    }
}
