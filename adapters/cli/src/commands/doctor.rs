//! `doctor`: is everything in order?

use std::fmt;
use std::path::Path;

use readmit::{Engine, Seconds, Tenant, Timestamp, VerifyError};
use serde::Serialize;

use crate::context::{Context, MASTER_KEY};
use crate::error::{CliError, Exit};
use crate::words;

#[derive(Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Check {
    what: String,
    ok: bool,
    detail: String,
    #[serde(skip)]
    exit: Exit,
}

impl Check {
    fn fine(what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { what: what.into(), ok: true, detail: detail.into(), exit: Exit::Ok }
    }

    fn wrong(what: impl Into<String>, detail: impl Into<String>, exit: Exit) -> Self {
        Self { what: what.into(), ok: false, detail: detail.into(), exit }
    }

    fn failed(what: impl Into<String>, error: &CliError) -> Self {
        let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
        Self::wrong(what, format!("{error}{hint}"), error.verdict().0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.checks.iter().try_for_each(|check| {
            let mark = if check.ok { "ok   " } else { "WRONG" };
            writeln!(f, "{mark}  {:<20} {}", check.what, check.detail)
        })
    }
}

pub(crate) async fn run(context: &Context) -> Result<(), CliError> {
    let checks = match context.engine().await {
        Ok(engine) => examine(context, engine).await?,
        Err(error) => vec![Check::failed("database and key", &error)],
    };
    let wrong: Vec<Exit> = checks.iter().filter(|it| !it.ok).map(|it| it.exit).collect();
    context.output.answer(&Report { ok: wrong.is_empty(), checks })?;
    match wrong.first() {
        None => Ok(()),
        Some(exit) => {
            let message = format!("{} thing(s) are not in order", wrong.len());
            Err(CliError::NotInOrder { message, exit: *exit })
        }
    }
}

async fn examine(context: &Context, engine: &Engine) -> Result<Vec<Check>, CliError> {
    let mut checks = vec![Check::fine("database", context.place()?)];
    let facts = engine.describe().await?;
    let file = facts.iter().find(|(name, _)| name == "file").map(|(_, place)| place.clone());
    checks.extend(facts.into_iter().map(|(name, fact)| Check::fine(format!("  {name}"), fact)));

    // An engine that opened has found the key that the database was made with.
    let key = context.builder()?.key_path()?;
    let place = key
        .as_ref()
        .map_or_else(|| format!("the one in {MASTER_KEY}"), |path| path.display().to_string());
    checks.push(Check::fine("master key", format!("{place}: the right one")));
    checks.extend(data_keys(engine).await?);
    checks.extend(file.as_deref().map(|path| private("database file", Path::new(path))));
    checks.extend(key.as_deref().map(|path| private("key file", path)));
    for tenant in engine.tenants().await? {
        checks.push(ledger(&tenant).await);
        checks.extend(clock(&tenant, engine.now()).await);
    }
    Ok(checks)
}

/// Data keys under a master key that is not in use: to be wrapped anew, or out of reach.
async fn data_keys(engine: &Engine) -> Result<Vec<Check>, CliError> {
    let used = engine.key_use().await?;
    let old = used.keys.into_iter().filter(|key| key.id != used.in_use && key.wraps > 0);
    let told = old.map(|key| {
        let (what, wraps) = (format!("data keys of {}", key.id), key.wraps);
        if key.at_hand {
            Check::fine(what, format!("{wraps} wrapped under an old key: run readmit key rewrap"))
        } else {
            let detail =
                format!("{wraps} cannot be read: put this master key back into the key file");
            Check::wrong(what, detail, Exit::Failure)
        }
    });
    Ok(told.collect())
}

async fn ledger(tenant: &Tenant) -> Check {
    let what = format!("tenant {}", tenant.name());
    match tenant.verify().await {
        Ok(verified) => {
            Check::fine(what, format!("{} events verified, root {}", verified.size, verified.root))
        }
        Err(error @ VerifyError::Broken(_)) => {
            Check::wrong(what, error.to_string(), Exit::Verification)
        }
        Err(error) => Check::failed(what, &error.into()),
    }
}

/// A ledger further ahead of the clock lets nobody in until the clock has caught up.
const AHEAD_MOST: Seconds = Seconds::minutes(2);

/// Whether the ledger was written by a clock ahead of this one; none if it was not.
async fn clock(tenant: &Tenant, now: Timestamp) -> Option<Check> {
    let what = format!("clock of {}", tenant.name());
    match tenant.head().await {
        Ok(head) if head.at > now + AHEAD_MOST => {
            let detail = format!(
                "the last event is of {}, {} ahead of this machine's clock ({}): bypasses are \
                 neither granted nor redeemed until the clock has caught up",
                words::moment(head.at),
                head.at.since(now),
                words::moment(now),
            );
            Some(Check::wrong(what, detail, Exit::Failure))
        }
        Ok(_) => None,
        Err(error) => Some(Check::failed(what, &error.into())),
    }
}

/// Whether only its owner may read a file.
#[cfg(unix)]
fn private(what: &str, path: &Path) -> Check {
    use std::os::unix::fs::PermissionsExt as _;
    match std::fs::metadata(path).map(|metadata| metadata.permissions().mode() & 0o777) {
        Ok(mode) if mode | 0o700 == 0o700 => Check::fine(what, format!("mode {mode:03o}")),
        Ok(mode) => {
            let path = path.display();
            let detail = format!("others can read it (mode {mode:03o}): run chmod 600 {path}");
            Check::wrong(what, detail, Exit::Failure)
        }
        Err(error) => Check::wrong(what, error.to_string(), Exit::Failure),
    }
}

#[cfg(not(unix))]
fn private(what: &str, path: &Path) -> Check {
    Check::fine(what, path.display().to_string())
}
