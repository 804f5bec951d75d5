//! One flat JSON document on each line of the log.
//!
//! The fields of the spans that an event happened in stand beside its own: so `trace_id`, which
//! only the span of the request has, is on every line, wherever in the engine it was logged.

use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// Formats events; the fields of spans must be formatted as JSON.
pub(super) struct FlatJson {
    clock: SystemTime,
}

impl FlatJson {
    pub(super) const fn new() -> Self {
        Self { clock: SystemTime }
    }
}

impl<S, N> FormatEvent<S, N> for FlatJson
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Line(Map::new());
        let spans = context.event_scope().into_iter().flat_map(Scope::from_root);
        for span in spans {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<N>>();
            line.add_formatted(fields.map_or("", |fields| fields.fields.as_str()));
        }
        event.record(&mut line);
        let mut time = String::new();
        self.clock.format_time(&mut Writer::new(&mut time))?;
        // Last: no field can pretend to be one of these.
        line.set("timestamp", time);
        line.set("level", event.metadata().level().as_str());
        line.set("target", event.metadata().target());
        writeln!(writer, "{}", Value::Object(line.0))
    }
}

/// A line that is being put together. An inner field replaces an outer one of the same name.
struct Line(Map<String, Value>);

impl Line {
    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    fn add_formatted(&mut self, fields: &str) {
        if let Ok(fields) = serde_json::from_str::<Map<String, Value>>(fields) {
            self.0.extend(fields);
        }
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field.name(), value);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::format::JsonFields;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that are logged meanwhile.
    fn logged(what: impl FnOnce()) -> Vec<Value> {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = tracing_subscriber::fmt()
            .fmt_fields(JsonFields::new())
            .event_format(FlatJson::new())
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, what);
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn every_line_has_the_trace_id_of_its_request() {
        let lines = logged(|| {
            tracing::info!("before");
            let request =
                tracing::info_span!("request", trace_id = "4bf9", status = tracing::field::Empty);
            request.in_scope(|| {
                tracing::info!(count = 3, "outside");
                tracing::info_span!("execute", command = "GrantBypass")
                    .in_scope(|| tracing::warn!(why = %"no \"line\"\nbreak", ok = false, "deep"));
                request.record("status", 200);
                tracing::info!("after");
            });
        });
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0]["message"], "before");
        assert_eq!(lines[0].get("trace_id"), None);
        assert_eq!((&lines[1]["trace_id"], &lines[1]["count"]), (&"4bf9".into(), &3.into()));
        assert_eq!(lines[2]["trace_id"], "4bf9");
        assert_eq!(lines[2]["command"], "GrantBypass");
        assert_eq!(lines[2]["why"], "no \"line\"\nbreak");
        assert_eq!(lines[2]["level"], "WARN");
        assert_eq!((&lines[3]["trace_id"], &lines[3]["status"]), (&"4bf9".into(), &200.into()));
        for line in &lines {
            assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
            assert!(line["target"].is_string());
        }
    }

    #[test]
    fn no_field_pretends_to_be_the_level() {
        let lines = logged(|| tracing::error!(level = "TRACE", target = "elsewhere", "real"));
        assert_eq!(lines[0]["level"], "ERROR");
        assert_ne!(lines[0]["target"], "elsewhere");
    }
}
