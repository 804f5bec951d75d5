//! The acts of a recovery.

use readmit::{
    ApproveBypass, DenyBypass, DisableMfa, Done, Error, ExpireBypass, Grant, GrantBypass,
    GrantState, IdentityCheck, IssuedCode, Proof, RedeemBypass, RequestBypass, RevokeBypass, Role,
};

use super::office::Office;
use super::plan::Case;
use super::schedule::{Act, LIFETIME};
use crate::demo::DemoError;

impl Office {
    pub(super) async fn recovery(&mut self, who: &str, act: Act) -> Result<(), DemoError> {
        match act {
            Act::Ask(number) => self.ask(number, false).await,
            Act::Replace(number) => self.ask(number, true).await,
            Act::Approve => self.approve(who).await,
            Act::Deny => self.deny(who).await,
            Act::Withdraw(number) => {
                let by = self.case(number)?.by;
                let by = self.actor(by)?;
                self.revoke(who, &by).await
            }
            Act::TakeBack => {
                let customer = self.actor(who)?;
                self.revoke(who, &customer).await
            }
            Act::StopBySystem => self.revoke(who, &readmit::Actor::system()).await,
            Act::Redeem => self.redeem(who).await,
            Act::GuessIssuedCode => self.guess_issued_code(who).await,
            Act::TurnOff => self.turn_off(who).await,
            _ => self.expire(who).await,
        }
    }

    fn case(&self, number: usize) -> Result<&'static Case, DemoError> {
        self.plan.cases.get(number).ok_or_else(|| "no such case".into())
    }

    /// A recovery admin grants, help desk requests.
    async fn ask(&mut self, number: usize, replace: bool) -> Result<(), DemoError> {
        let case = self.case(number)?;
        let (id, tenant) = (self.customer(case.customer)?, self.tenant.clone());
        // Who does not ask who calls, does not open a ticket for it either.
        let ticket = (case.check != IdentityCheck::None)
            .then(|| self.plan.first_ticket + u32::try_from(number).unwrap_or_default())
            .map(|number| format!("INC-{number}"));
        let asked: Done<Grant> = if self.plan.role(case.by) == Some(Role::Helpdesk) {
            let by = self.actor(case.by)?;
            let request = RequestBypass::new(id).reason(case.reason).lifetime(LIFETIME);
            let request = request.identity_check(case.check);
            let request = match &ticket {
                Some(ticket) => request.ticket(ticket.as_str()),
                None => request,
            };
            tenant.execute(&by, request).await?
        } else {
            let by = self.fresh(case.by).await?;
            tenant.execute(&by, grant(case, id, ticket.as_deref(), replace)).await?
        };
        self.recoveries.insert(number, asked.recovery);
        self.granted(case.customer, asked.outcome)
    }

    fn granted(&mut self, who: &str, grant: Grant) -> Result<(), DemoError> {
        let person = self.person(who)?;
        person.recovery = Some(grant.recovery);
        person.has_lost_phone = true;
        if matches!(grant.state, GrantState::Open { .. }) {
            person.issued_code = grant.issued_code;
        }
        Ok(())
    }

    async fn approve(&mut self, who: &str) -> Result<(), DemoError> {
        let approver = self.fresh(self.plan.with_role(Role::Approver)).await?;
        let (tenant, person) = (self.tenant.clone(), self.person(who)?);
        let recovery = person.recovery.ok_or("nothing was asked for")?;
        let granted = tenant.execute(&approver, ApproveBypass::new(person.id, recovery)).await?;
        self.granted(who, granted.outcome)
    }

    async fn deny(&mut self, who: &str) -> Result<(), DemoError> {
        let approver = self.fresh(self.plan.with_role(Role::Approver)).await?;
        let (tenant, person) = (self.tenant.clone(), self.person(who)?);
        let recovery = person.recovery.ok_or("nothing was asked for")?;
        tenant.execute(&approver, DenyBypass::new(person.id, recovery)).await?;
        self.ended(who)
    }

    async fn revoke(&mut self, who: &str, by: &readmit::Actor) -> Result<(), DemoError> {
        let id = self.person(who)?.id;
        self.tenant.execute(by, RevokeBypass::new(id)).await?;
        self.ended(who)
    }

    /// After the password, the bypass, with its code if it has one.
    async fn redeem(&mut self, who: &str) -> Result<(), DemoError> {
        let (actor, tenant, person) = (self.actor(who)?, self.tenant.clone(), self.person(who)?);
        let redeem = RedeemBypass::new(person.id);
        let redeem = match person.issued_code.clone() {
            Some(code) => redeem.code(code),
            None => redeem,
        };
        person.session = Some(tenant.execute(&actor, redeem).await?.session);
        Ok(())
    }

    async fn guess_issued_code(&mut self, who: &str) -> Result<(), DemoError> {
        let (actor, id) = (self.actor(who)?, self.person(who)?.id);
        let guess = RedeemBypass::new(id).code(IssuedCode::from_bytes([0x5a; 5]));
        match self.tenant.execute(&actor, guess).await {
            Err(Error::Refused(refusal)) if refusal.kind() == "issued_code_wrong" => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => {
                Err(DemoError::otherwise("somebody guesses", "issued_code_wrong", "no refusal"))
            }
        }
    }

    async fn turn_off(&mut self, who: &str) -> Result<(), DemoError> {
        let (actor, tenant, person) = (self.actor(who)?, self.tenant.clone(), self.person(who)?);
        tenant.execute(&actor, DisableMfa::new(person.id)).await?;
        person.phone = None;
        person.codes.clear();
        Ok(())
    }

    /// Time is over. The engine's own timer may have been faster.
    async fn expire(&mut self, who: &str) -> Result<(), DemoError> {
        let id = self.person(who)?.id;
        match self.tenant.execute(&readmit::Actor::system(), ExpireBypass::new(id)).await {
            Ok(_) => self.ended(who),
            Err(Error::Refused(refusal)) if refusal.kind() == "no_open_case" => self.ended(who),
            Err(error) => Err(error.into()),
        }
    }

    fn ended(&mut self, who: &str) -> Result<(), DemoError> {
        let person = self.person(who)?;
        // Who did not need the bypass has found the phone.
        (person.session, person.issued_code, person.has_lost_phone) = (None, None, false);
        Ok(())
    }
}

fn grant(
    case: &Case,
    customer: readmit::CustomerId,
    ticket: Option<&str>,
    replace: bool,
) -> GrantBypass {
    let mut grant = GrantBypass::new(customer)
        .reason(case.reason)
        .identity_check(case.check)
        .lifetime(LIFETIME)
        .uses(case.uses);
    if case.with_code {
        grant = grant.proof(Proof::PasswordAndIssuedCode);
    }
    if let Some(ticket) = ticket {
        grant = grant.ticket(ticket);
    }
    if let Some(note) = case.note {
        grant = grant.note(note);
    }
    if replace { grant.replacing() } else { grant }
}
