//! Many tasks of this process try the same at once, while another process does so too.

use readmit::{
    Actor, CheckSecondFactor, CommandId, CustomerId, Reason, RedeemBypass, RequestBypass, Tenant,
};
use readmit_tests::report::Line;
use readmit_tests::{Result, all_at_once, kind};

pub(crate) async fn run(
    tenant: Tenant,
    actor: Actor,
    customer: CustomerId,
    tasks: usize,
    what: &[&str],
) -> Result {
    // Whatever is read at first use is read before the start.
    tenant.sign_in(customer).await?;
    Line::Ready.tell()?;
    std::io::stdin().read_line(&mut String::new())?;
    let mut id: Option<CommandId> = None;
    let check = match what {
        ["redeem"] => None,
        ["command", given] => {
            id = Some(given.parse()?);
            None
        }
        ["totp", code] => Some(CheckSecondFactor::totp(customer, code.parse()?)),
        ["code", code] => Some(CheckSecondFactor::recovery_code(customer, code.parse()?)),
        _ => return Err(format!("not a race: {what:?}").into()),
    };
    let answers = all_at_once((0..tasks).map(|_| {
        let (tenant, actor, check) = (tenant.clone(), actor.clone(), check.clone());
        async move {
            if let Some(id) = id {
                let request = RequestBypass::new(customer).reason(Reason::LostDevice);
                return kind(&tenant.execute(&actor, request).with_id(id).await);
            }
            match check {
                Some(check) => kind(&tenant.execute(&actor, check).await),
                None => kind(&tenant.execute(&actor, RedeemBypass::new(customer)).await),
            }
        }
    }));
    for answer in answers.await? {
        Line::Answer(answer).tell()?;
    }
    Ok(())
}
