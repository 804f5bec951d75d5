//! What a child process tells its parent, a line at a time, as soon as it is true.
//!
//! Whoever kills the child reads what it had written: a line without its end was cut short.

use std::fmt;
use std::io::Write as _;
use std::str::FromStr;

use readmit::{CommandId, CustomerId, DeviceId, TenantName};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A command was acknowledged.
    Acknowledged {
        /// Whose.
        tenant: TenantName,
        /// Which.
        command: CommandId,
        /// Where its first event stands; not known of a "no" that leaves a trace.
        position: Option<u64>,
        /// The names of its events, in order.
        events: Vec<String>,
    },
    /// A device is being set up, or is active.
    Phone {
        /// Whose.
        tenant: TenantName,
        /// The customer's.
        customer: CustomerId,
        /// Which.
        device: DeviceId,
        /// Its secret in base32.
        secret: String,
    },
    /// The kind of an answer, in a race.
    Answer(String),
    /// Ready to begin.
    Ready,
    /// Something happened that must not.
    Broken(String),
}

impl Line {
    /// Writes the line to the standard output, in one piece and at once.
    pub fn tell(&self) -> std::io::Result<()> {
        let line = format!("{self}\n");
        let mut out = std::io::stdout().lock();
        out.write_all(line.as_bytes())?;
        out.flush()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledged { tenant, command, position, events } => {
                let (tenant, events) = (tenant.as_str(), events.join(","));
                match position {
                    Some(position) => write!(f, "done {tenant} {command} {position} {events}"),
                    None => write!(f, "done {tenant} {command} - {events}"),
                }
            }
            Self::Phone { tenant, customer, device, secret } => {
                write!(f, "phone {} {customer} {device} {secret}", tenant.as_str())
            }
            Self::Answer(kind) => write!(f, "answer {kind}"),
            Self::Ready => f.write_str("ready"),
            Self::Broken(why) => write!(f, "broken {}", why.replace('\n', " ")),
        }
    }
}

impl FromStr for Line {
    type Err = Box<dyn std::error::Error + Send + Sync>;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
        let words: Vec<&str> = rest.split(' ').collect();
        Ok(match (what, words.as_slice()) {
            ("done", [tenant, command, position, events]) => Self::Acknowledged {
                tenant: tenant.parse()?,
                command: command.parse()?,
                position: if *position == "-" { None } else { Some(position.parse()?) },
                events: events.split(',').map(str::to_owned).collect(),
            },
            ("phone", [tenant, customer, device, secret]) => Self::Phone {
                tenant: tenant.parse()?,
                customer: customer.parse()?,
                device: device.parse()?,
                secret: (*secret).to_owned(),
            },
            ("answer", _) => Self::Answer(rest.to_owned()),
            ("ready", _) => Self::Ready,
            ("broken", _) => Self::Broken(rest.to_owned()),
            _ => return Err(format!("not a line of a child: {line}").into()),
        })
    }
}

/// Every whole line of what a child wrote; the last one may have been cut short by its end.
pub fn lines(written: &str) -> Result<Vec<Line>, Box<dyn std::error::Error + Send + Sync>> {
    let whole = written.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    whole.map(str::parse).collect()
}
