//! A browser of one's own: a driver process, and browsers that know nothing of one another.

use std::path::Path;
use std::process::Stdio;

use readmit_tests::Result;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::{DesiredCapabilities, WebDriver};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::window::{Hands, Window};

/// No sandbox, since tests may run as root; nothing is looked up or fetched that is not ours.
const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
];
/// Chromium's word for "forbidden".
const FORBIDDEN: u8 = 2;

/// Starts browsers. What they download goes into a folder of its own.
pub(crate) struct Chromium {
    driver: Driver,
    folder: TempDir,
}

/// The driver's process, ended with the test.
struct Driver {
    _process: tokio::process::Child,
    address: String,
}

impl Chromium {
    pub(crate) async fn start() -> Result<Self> {
        Ok(Self { driver: Driver::start().await?, folder: tempfile::tempdir()? })
    }

    /// A browser on a desk, used in this way. It has no cookie of any other.
    pub(crate) async fn open(&self, site: &str, hands: Hands) -> Result<Window> {
        self.browser(site, hands, true).await
    }

    /// A browser that runs no scripts.
    pub(crate) async fn open_without_scripts(&self, site: &str) -> Result<Window> {
        self.browser(site, Hands::Mouse, false).await
    }

    async fn browser(&self, site: &str, hands: Hands, scripts: bool) -> Result<Window> {
        let mut wanted = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            wanted.add_arg(argument)?;
        }
        wanted.add_arg("--lang=en-US")?;
        let scripts = if scripts { 1 } else { FORBIDDEN };
        wanted.add_experimental_option(
            "prefs",
            json!({
                "download.default_directory": self.downloads(),
                "profile.managed_default_content_settings.javascript": scripts,
                "intl.accept_languages": "en-US,en",
            }),
        )?;
        let driver = WebDriver::new(&self.driver.address, wanted).await?;
        Window::new(driver, site, hands).await
    }

    /// Where downloads go.
    pub(crate) fn downloads(&self) -> &Path {
        self.folder.path()
    }
}

impl Driver {
    async fn start() -> Result<Self> {
        let mut process = tokio::process::Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("chromedriver: {error}: tests/run installs it"))?;
        let said = process.stdout.take().ok_or("it says nothing")?;
        let mut lines = BufReader::new(said).lines();
        while let Some(line) = lines.next_line().await? {
            let port = line
                .split("started successfully on port ")
                .nth(1)
                .map(|rest| rest.trim_end_matches('.'));
            if let Some(port) = port.and_then(|port| port.parse::<u16>().ok()) {
                // Whatever else it says must be read, or it would wait for ever.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                let address = format!("http://127.0.0.1:{port}");
                return Ok(Self { _process: process, address });
            }
        }
        Err("chromedriver ended before it said on which port it listens".into())
    }
}
