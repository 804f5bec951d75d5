//! The service, as whoever operates it meets it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::desk::Desk;

/// A service that runs. What it logs is JSON.
pub(crate) struct Service {
    child: Child,
    log: BufReader<ChildStderr>,
    /// All that was logged so far.
    said: String,
}

impl Service {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        Self { child, log, said: String::new() }
    }

    /// The first line to come with these words.
    pub(crate) fn says(&mut self, words: &str) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.log.read_line(&mut line).unwrap() > 0, "{words}: {}", self.said);
            self.said += &line;
            if line.contains(words) {
                return serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: {line}"));
            }
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for the end: its exit code, and all that it said.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        self.log.read_to_string(&mut self.said).unwrap();
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        assert_eq!(stdout, "", "nothing is data");
        (self.child.wait().unwrap().code(), self.said)
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn serve(desk: &Desk) -> Command {
    let mut command = desk.command(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    command.args(["--metrics-listen", "127.0.0.1:0"]);
    command
}

#[test]
fn it_answers_tells_systemd_and_ends_well_on_sigterm() {
    let desk = Desk::open();
    let systemd = UnixDatagram::bind(desk.path("notify")).unwrap();
    systemd.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let told = || {
        let mut bytes = [0; 256];
        let read = systemd.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..read].to_vec()).unwrap()
    };
    let mut command = serve(&desk);
    command.env("NOTIFY_SOCKET", desk.path("notify")).env("WATCHDOG_USEC", "200000");
    let mut service = Service::start(command);

    let open = service.says("the database is open");
    assert_eq!(open["database"], "sqlite://readmit.db");
    assert_eq!(open["tenants"], 1);
    assert_eq!(open["version"], env!("CARGO_PKG_VERSION"));
    let ready = service.says("answering requests");
    assert_eq!((&ready["level"], &ready["tls"]), (&"INFO".into(), &false.into()));
    assert!(told().contains("READY=1"));
    assert!(told().contains("WATCHDOG=1"));

    let address = ready["address"].as_str().unwrap();
    assert!(get(address, "/livez").starts_with("HTTP/1.1 200"));
    assert!(get(address, "/metrics").starts_with("HTTP/1.1 404"));
    let metrics = ready["metrics"].as_str().unwrap();
    let place = metrics.trim_start_matches("http://").trim_end_matches("/metrics");
    let text = get(place, "/metrics");
    assert!(text.contains("# TYPE readmit_lane_waiting gauge"), "{text}");
    assert!(text.contains("readmit_commit_seconds_count"), "{text}");
    // Told once the read models have looked at the ledger.
    let lag = || get(place, "/metrics").contains("readmit_projection_lag_events{");
    assert!((0..100).any(|_| lag() || {
        std::thread::sleep(Duration::from_millis(100));
        false
    }));

    // SIGHUP ends nothing, even where there is no certificate.
    service.signal("HUP");
    service.says("TLS is not in use");
    service.signal("TERM");
    assert!(std::iter::repeat_with(told).any(|word| word.contains("STOPPING=1")));
    let (code, said) = service.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("closing the database"), "{said}");
    assert!(!said.contains("ERROR") && !said.contains("WARN"), "{said}");
    desk.run(["audit", "verify", "--no-anchor"]).ok();
}

#[test]
fn a_second_interrupt_does_not_wait() {
    let desk = Desk::open();
    let mut service = Service::start(serve(&desk));
    let ready = service.says("answering requests");
    // A request that never ends keeps it from ending.
    let mut stream = TcpStream::connect(ready["address"].as_str().unwrap()).unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    service.signal("INT");
    service.says("told to stop");
    std::thread::sleep(Duration::from_millis(100));
    service.signal("INT");
    let (code, said) = service.end();
    // Headers that are not there yet are no request under way: it may have ended by itself.
    assert!(matches!(code, Some(0 | 130)), "{code:?} {said}");
}

#[test]
fn an_open_address_in_plain_http_is_warned_of() {
    let desk = Desk::open();
    let command = desk.command(["serve", "--listen", "0.0.0.0:0", "--log-format", "json"]);
    let mut service = Service::start(command);
    assert_eq!(service.says("trusted_proxies")["level"], "WARN");
    service.says("answering requests");
    service.signal("TERM");
    assert_eq!(service.end().0, Some(0));
}

#[test]
fn what_keeps_it_from_starting_is_said() {
    let desk = Desk::empty();
    desk.run(["serve"]).failed(1, "readmit init");
    let desk = Desk::open();
    desk.run(["serve", "--listen", "localhost"]).failed(2, "--listen");
    desk.run(["serve", "--tls-key", "key.pem"]).failed(2, "--tls-certificate");
    desk.run(["serve", "--config", "missing.toml"]).failed(3, "missing.toml");
    let tls = ["serve", "--tls-key", "key.pem", "--tls-certificate", "cert.pem"];
    desk.run(tls).failed(2, "tls.certificate");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    desk.run(["serve", "--listen", &address]).failed(1, "cannot be listened to");
}
