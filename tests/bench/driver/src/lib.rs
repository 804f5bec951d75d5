//! What all that is measured has in common, in this process and in that of the peers.
//!
//! | module | what it holds |
//! |---|---|
//! | `drive` | the one driver of all subjects; percentiles, medians |
//! | `shape` | what the peers store |

mod drive;
pub mod shape;

pub use drive::{Answer, Figures, Load, Subject, drive, figures, median, medians};

pub type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Memory of this process that is in use, in MiB; unknown outside of Linux.
pub fn memory_mib() -> f64 {
    memory_mib_of("self")
}

/// Memory that the process with this id uses, in MiB; unknown outside of Linux.
pub fn memory_mib_of(process: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}
