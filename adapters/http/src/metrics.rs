//! What is measured, and how it is read.
//!
//! [`METRICS`] is the one table: what stands in it is described to whoever reads, and dashboards
//! name nothing else. The engine and the read models count through the facade `metrics`, which
//! costs next to nothing until [`install`] was called.
//!
//! **Invariant: no label says who.** Labels are names from our own code: of commands, outcomes,
//! refusals, routes. So there is nothing personal in them, and few enough series.

mod http;

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use ::metrics::Unit;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

pub use http::record;

/// One metric.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it counts.
    pub kind: MetricKind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it counts in.
    pub unit: Unit,
    /// What it says.
    pub help: &'static str,
}

/// How a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricKind {
    /// Only ever more.
    Counter,
    /// As much as there is now.
    Gauge,
    /// How often it was how much.
    Histogram,
}

use MetricKind::{Counter, Gauge, Histogram};

/// Every metric.
pub const METRICS: &[Metric] = &[
    metric(
        "readmit_commands_total",
        Counter,
        &["command", "outcome"],
        Unit::Count,
        "Commands that were asked for. Outcomes: done, already (carried out before under the same \
         id), refused (a rule says no), busy (too much waits), changed (not the version that was \
         expected), unknown (the connection was lost during the commit), failed.",
    ),
    metric(
        "readmit_refusals_total",
        Counter,
        &["kind"],
        Unit::Count,
        "Commands that a rule refused, by the stable kind of the refusal.",
    ),
    metric(
        "readmit_lockouts_total",
        Counter,
        &[],
        Unit::Count,
        "Accounts that were locked after too many wrong codes.",
    ),
    metric(
        "readmit_commit_seconds",
        Histogram,
        &[],
        Unit::Seconds,
        "How long the database took for the commit of a batch.",
    ),
    metric(
        "readmit_batch_commands",
        Histogram,
        &[],
        Unit::Count,
        "Commands that were decided together, for one commit.",
    ),
    metric(
        "readmit_lane_waiting",
        Gauge,
        &[],
        Unit::Count,
        "Commands that are waiting or being carried out.",
    ),
    metric(
        "readmit_projection_events_total",
        Counter,
        &[],
        Unit::Count,
        "Events that were folded into read models.",
    ),
    metric(
        "readmit_projection_lag_events",
        Gauge,
        &["projection"],
        Unit::Count,
        "Events that a read model has not seen yet. Only the node that keeps the read models up \
         to date knows.",
    ),
    metric(
        "readmit_http_requests_total",
        Counter,
        &["method", "route", "status"],
        Unit::Count,
        "Requests that were answered. The route is the pattern, not the path; none if there is none.",
    ),
    metric(
        "readmit_http_request_seconds",
        Histogram,
        &["method", "route"],
        Unit::Seconds,
        "How long a request took, until its answer began.",
    ),
    metric(
        "readmit_http_in_flight",
        Gauge,
        &[],
        Unit::Count,
        "Requests whose answer has not begun.",
    ),
];

const fn metric(
    name: &'static str,
    kind: MetricKind,
    labels: &'static [&'static str],
    unit: Unit,
    help: &'static str,
) -> Metric {
    Metric { name, kind, labels, unit, help }
}

/// From a command on an idle machine, well under a millisecond, to the longest request.
const SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// A lane takes 512 commands at most.
const COMMANDS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// How often what was measured is summed up while nobody reads it.
const UPKEEP: Duration = Duration::from_secs(5);

/// Why nothing is recorded.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be recorded: {0}")]
pub struct InstallError(#[from] BuildError);

/// Begins to record what is measured in this process; answers how to read it.
///
/// To be called before an engine is opened, which would otherwise count into nothing. Once is
/// enough; who calls again gets the same.
pub fn install() -> Result<PrometheusHandle, InstallError> {
    static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_commands".to_owned()), COMMANDS)?
        .install_recorder()?;
    METRICS.iter().for_each(describe);
    http::may_be_kept();
    Ok(installed.insert(handle).clone())
}

fn describe(metric: &Metric) {
    let Metric { name, unit, help, .. } = *metric;
    match metric.kind {
        Counter => ::metrics::describe_counter!(name, unit, help),
        Gauge => ::metrics::describe_gauge!(name, unit, help),
        Histogram => ::metrics::describe_histogram!(name, unit, help),
    }
}

/// What Prometheus reads: `GET /metrics`.
pub(crate) fn router(handle: PrometheusHandle) -> Router {
    let read = async move || {
        ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render())
    };
    Router::new().route("/metrics", get(read))
}

/// Sums up what was measured, for ever: each value is kept until then.
pub(crate) async fn keep_small(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_follow_the_conventions_of_prometheus() {
        let names: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), METRICS.len());
        for metric in METRICS {
            assert!(metric.name.starts_with("readmit_"), "{}", metric.name);
            assert_eq!(metric.name.ends_with("_total"), metric.kind == Counter, "{}", metric.name);
        }
    }

    /// The names of metrics in a query, without what Prometheus appends for histograms.
    fn named(query: &str) -> impl Iterator<Item = &str> {
        let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.filter(|word| word.starts_with("readmit_"))
    }

    fn queries(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    match value.as_str().filter(|_| name == "expr" || name == "query") {
                        Some(query) => found.push(query.to_owned()),
                        None => queries(value, found),
                    }
                }
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| queries(item, found)),
            _ => {}
        }
    }

    #[test]
    fn the_dashboard_shows_every_metric_and_no_other() {
        let dashboard = serde_json::from_str(include_str!("../ops/grafana.json")).unwrap();
        let mut found = Vec::new();
        queries(&dashboard, &mut found);
        let mut shown = BTreeSet::new();
        for name in found.iter().flat_map(|query| named(query)) {
            let suffixed = |metric: &&Metric| match metric.kind {
                Histogram => ["_bucket", "_sum", "_count"]
                    .iter()
                    .any(|suffix| name.strip_suffix(suffix) == Some(metric.name)),
                Counter | Gauge => name == metric.name,
            };
            let metric = METRICS.iter().find(suffixed);
            shown.insert(metric.unwrap_or_else(|| panic!("no such metric: {name}")).name);
        }
        let missing: Vec<_> =
            METRICS.iter().filter(|metric| !shown.contains(metric.name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
