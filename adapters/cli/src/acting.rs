//! An admin acts: they show their own second factor, and the engine checks it.

use clap::Args;
use readmit::{Actor, AdminId, CheckSecondFactor, Done, Error, Execute, Refusal, SignIn, Tenant};

use crate::args::AccountName;
use crate::context::Context;
use crate::error::CliError;
use crate::people::People;
use crate::prompt;

/// Which admin acts.
#[derive(Debug, Args)]
pub(crate) struct As {
    /// The admin who acts, by login or id. They are asked for the code that their authenticator
    /// app shows now (or give it as one line of standard input)
    #[arg(long = "as", value_name = "ADMIN")]
    pub(crate) admin: AccountName,
}

/// An admin who can show a second factor.
pub(crate) struct Acting {
    tenant: Tenant,
    admin: AdminId,
    question: String,
}

impl Acting {
    /// Finds the admin, and sees that they have a second factor to show.
    pub(crate) async fn new(
        tenant: &Tenant,
        people: &mut People,
        name: &AccountName,
    ) -> Result<Self, CliError> {
        let admin = people.admin(name).await?;
        let person = people.person(admin).await?;
        match tenant.sign_in(admin).await? {
            SignIn::Refused(why) => return Err(Error::from(why).into()),
            SignIn::EnrolmentOnly | SignIn::Allowed => {
                return Err(CliError::NoDevice(format!(
                    "the admin {person} has no authenticator app yet: run `readmit admin enrol {person}`"
                )));
            }
            _ => {}
        }
        let question = format!("Code of {person}'s authenticator app");
        Ok(Self { tenant: tenant.clone(), admin, question })
    }

    /// Carries out a command whose rule demands a fresh second factor.
    ///
    /// Such a rule looks at the second factor last. So it is asked without one
    /// first: it says what else is missing, and no code, good for half a
    /// minute and for one time only, is wasted on that.
    pub(crate) async fn carry_out_fresh<C: Execute + Clone + 'static>(
        &self,
        context: &Context,
        command: C,
    ) -> Result<Done<C::Outcome>, CliError> {
        match self.tenant.execute(&Actor::admin(self.admin), command.clone()).await {
            Err(Error::Refused(Refusal::SecondFactorNotFresh { .. })) => {}
            answer => return Ok(answer?),
        }
        self.carry_out(context, command).await
    }

    /// Carries out a command as the admin, who shows a code for it.
    pub(crate) async fn carry_out<C: Execute + 'static>(
        &self,
        context: &Context,
        command: C,
    ) -> Result<Done<C::Outcome>, CliError> {
        let actor = self.show_code(context).await?;
        Ok(self.tenant.execute(&actor, command).await?)
    }

    /// The admin, once a code of theirs was right. A person may try again, as
    /// often as the lockout allows.
    pub(crate) async fn show_code(&self, context: &Context) -> Result<Actor, CliError> {
        let actor = Actor::admin(self.admin);
        loop {
            let code = prompt::totp_code(&self.question)?;
            let check = CheckSecondFactor::totp(self.admin, code);
            match self.tenant.execute(&actor, check).await {
                Ok(done) => return Ok(actor.with_second_factor(done.at)),
                Err(Error::Refused(why @ (Refusal::CodeWrong { .. } | Refusal::CodeReplayed)))
                    if prompt::is_answered_by_a_person() =>
                {
                    context.output.talk(why);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
