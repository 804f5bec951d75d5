//! The fold: what each event adds to what is known, and which alerts it raises.

use readmit_domain::event::RecoveryCodeUsed;
use readmit_domain::{AccountId, AdminId, Event, Stage, StreamId, Who};
use readmit_runtime::Envelope;

use super::alert::Alert;
use super::days::{days, hour};
use super::rules::{
    CODES_FEW, FAR_ABOVE_WINDOW, Rule, SAME_PAIR_GRANTS, SAME_PAIR_WINDOW, UNUSED_GRANTS,
};
use super::team::Team;
use super::watched::Watched;

/// Whether any rule looks at this event: if not, nothing need be loaded for it.
///
/// Of ordinary sign-ins only those of admins are looked at, since they tell when somebody works;
/// those of customers, which are most of a ledger, are not.
pub(crate) fn concerns(event: &Envelope) -> bool {
    match (event.stream, &event.event) {
        (StreamId::Tenant(_), _) => false,
        (StreamId::Account(account), Event::SecondFactorVerified(_)) => account.is_admin(),
        (StreamId::Account(_), event) => matches!(
            event,
            Event::BypassRequested(_)
                | Event::BypassGranted(_)
                | Event::BypassDenied(_)
                | Event::BypassRevoked(_)
                | Event::BypassUsed(_)
                | Event::BypassExpired(_)
                | Event::RecoveryCompleted(_)
                | Event::MfaDisabled(_)
                | Event::DeviceEnrolled(_)
                | Event::DeviceRemoved(_)
                | Event::CodesRegenerated(_)
                | Event::RecoveryCodeUsed(_)
                | Event::AccountUnlocked(_)
                | Event::AccountUnfrozen(_)
        ),
    }
}

/// Takes in an event of this account, and answers the alerts it raises.
///
/// Time is the event's own. The same events give the same states and alerts, always.
pub(crate) fn watch(team: &mut Team, account: &mut Watched, event: &Envelope) -> Vec<Alert> {
    let StreamId::Account(id) = event.stream else { return Vec::new() };
    if !concerns(event) {
        return Vec::new();
    }
    team.watch(event.at);
    let alerts = match &event.event {
        Event::BypassRequested(_) => {
            let admin = admin(event);
            account.request(admin);
            admin.and_then(|admin| off_hours(team, admin, event)).into_iter().collect()
        }
        Event::BypassGranted(_) => granted(team, account, event),
        Event::BypassUsed(_) => {
            account.redeem();
            Vec::new()
        }
        Event::BypassExpired(data) => {
            ended(team, account, event, data.stage == Stage::Granted).into_iter().collect()
        }
        Event::BypassDenied(_) | Event::BypassRevoked(_) | Event::RecoveryCompleted(_) => {
            ended(team, account, event, false).into_iter().collect()
        }
        Event::MfaDisabled(data) => {
            account.remove_devices();
            let outside = event.recovery.is_none();
            outside
                .then(|| mfa_off(account, id, event, data.devices.len()))
                .flatten()
                .into_iter()
                .collect()
        }
        Event::DeviceRemoved(data) => {
            let last = account.remove_device(data.device);
            last.then(|| mfa_off(account, id, event, 1)).flatten().into_iter().collect()
        }
        Event::DeviceEnrolled(data) => {
            account.add_device(data.device);
            Vec::new()
        }
        Event::CodesRegenerated(_) => {
            account.end_quiet(Rule::CodesRunningOut, id);
            Vec::new()
        }
        Event::RecoveryCodeUsed(data) => codes(account, id, event, data).into_iter().collect(),
        Event::AccountUnfrozen(_) => {
            account.unfreeze(admin(event), event.at);
            Vec::new()
        }
        _ => Vec::new(),
    };
    if let Some(admin) = admin(event) {
        team.at_work(admin, event.at).hours.learn(event.at);
    }
    alerts
}

/// The admin who acted, if an admin did.
const fn admin(event: &Envelope) -> Option<AdminId> {
    match event.who {
        Who::Admin { id, .. } => Some(id),
        Who::Customer { .. } | Who::Service { .. } | Who::System => None,
    }
}

fn granted(team: &mut Team, account: &mut Watched, event: &Envelope) -> Vec<Alert> {
    let granter = admin(event);
    let mut alerts = Vec::new();
    alerts.extend(granter.and_then(|granter| off_hours(team, granter, event)));
    alerts.extend(granter.and_then(|granter| after_freeze(account, granter, event)));
    if let Some(by) = account.grant(granter, event.at) {
        team.at_work(by, event.at).grant(event.at);
        alerts.extend(far_above(team, by, event));
        alerts.extend(same_pair(account, by, event));
    }
    alerts
}

fn off_hours(team: &mut Team, admin: AdminId, event: &Envelope) -> Option<Alert> {
    let colleague = team.at_work(admin, event.at);
    let unusual = colleague.hours.unusual(event.at)?;
    let (grants, window) = colleague.grant_off_hours(event.at)?;
    colleague.quiet.speak(Rule::OffHours, event.at).then(|| {
        Alert::new(Rule::OffHours, event, admin)
            .fact("grants", grants)
            .fact("days", days(window))
            .fact("hour", hour(event.at))
            .fact("habit", unusual.habit)
            .fact("known", unusual.known)
    })
}

fn after_freeze(account: &mut Watched, granter: AdminId, event: &Envelope) -> Option<Alert> {
    let rule = Rule::GrantedAfterFreeze;
    let (since, lifted_by) = account.after_freeze(event.at)?;
    account.speak(rule, granter.into(), event.at).then(|| {
        Alert::new(rule, event, granter)
            .fact("minutes", since.0 / 60)
            .fact("same_admin", lifted_by == Some(granter))
    })
}

fn far_above(team: &mut Team, admin: AdminId, event: &Envelope) -> Option<Alert> {
    let found = team.far_above(admin, event.at)?;
    team.colleague(admin)?.quiet.speak(Rule::FarAbovePeers, event.at).then(|| {
        Alert::new(Rule::FarAbovePeers, event, admin)
            .fact("grants", found.grants)
            .fact("days", days(FAR_ABOVE_WINDOW))
            .fact("peers", found.peers)
            .fact("median", found.median)
            .fact("usual", found.usual)
    })
}

fn same_pair(account: &mut Watched, admin: AdminId, event: &Envelope) -> Option<Alert> {
    let rule = Rule::SamePairAgain;
    let grants = account.grants_by(admin);
    let again = grants >= SAME_PAIR_GRANTS && account.speak(rule, admin.into(), event.at);
    again.then(|| {
        Alert::new(rule, event, admin).fact("grants", grants).fact("days", days(SAME_PAIR_WINDOW))
    })
}

/// A case ended. Only a bypass that ran out counts as unused: whoever takes one back, or has it
/// taken back, closed the door.
fn ended(team: &mut Team, account: &mut Watched, event: &Envelope, ran_out: bool) -> Option<Alert> {
    let open = account.end_case().filter(|open| open.granted && (open.used || ran_out))?;
    let by = open.by?;
    let colleague = team.colleague(by)?;
    let (unused, ended) = colleague.end(event.at, open.used);
    let often = !open.used && unused >= UNUSED_GRANTS;
    (often && colleague.quiet.speak(Rule::UnusedGrants, event.at)).then(|| {
        Alert::new(Rule::UnusedGrants, event, by).fact("unused", unused).fact("ended", ended)
    })
}

fn mfa_off(
    account: &mut Watched,
    id: AccountId,
    event: &Envelope,
    devices: usize,
) -> Option<Alert> {
    let rule = Rule::MfaOffWithoutCase;
    account.speak(rule, id, event.at).then(|| Alert::new(rule, event, id).fact("devices", devices))
}

fn codes(
    account: &mut Watched,
    id: AccountId,
    event: &Envelope,
    data: &RecoveryCodeUsed,
) -> Option<Alert> {
    let rule = Rule::CodesRunningOut;
    (data.left <= CODES_FEW && account.speak(rule, id, event.at))
        .then(|| Alert::new(rule, event, id).fact("left", data.left))
}
