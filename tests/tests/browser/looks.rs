//! What holds of every page, however it is looked at: axe-core finds nothing, nothing has to be scrolled
//! sideways, nothing jumps while it loads. And its pictures, for people to look at.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use readmit_tests::Result;
use serde_json::{Value, json};

use crate::window::Window;

/// `tests/run` installs it, in a folder of the target directory.
const AXE: &str = "axe-core-4.14.1/node_modules/axe-core/axe.min.js";

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    name: &'static str,
    width: u32,
    height: u32,
    dark: bool,
    phone: bool,
}

const DESK: Look = Look { name: "", width: 1280, height: 900, dark: false, phone: false };
const PHONE: Look = Look { name: "phone", width: 360, height: 740, dark: false, phone: true };

pub(crate) const DESK_LIGHT: Look = Look { name: "desk", ..DESK };
pub(crate) const DESK_DARK: Look = Look { name: "desk-dark", dark: true, ..DESK };
pub(crate) const PHONE_LIGHT: Look = PHONE;
pub(crate) const PHONE_DARK: Look = Look { name: "phone-dark", dark: true, ..PHONE };

/// Rules of WCAG 2.2 A and AA, and what axe-core calls best practice.
const JUDGED: &str = "const done = arguments[arguments.length - 1];
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
      .then(({ violations }) => done(violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`)));";
/// How far things have jumped since the page began to load, but for what the visitor did.
const SHIFTED: &str = "const done = arguments[arguments.length - 1];
    let sum = 0;
    const add = (list) => list.getEntries().forEach((it) => { if (!it.hadRecentInput) sum += it.value; });
    new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => setTimeout(() => done(sum), 50));";
/// Less than anybody sees, by the measure of Chromium: the part of the window that moved, by how far.
const SHIFT_MOST: f64 = 0.001;
const TOO_WIDE: &str = "const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth";

impl Window {
    /// From now on, pages are looked at like this.
    pub(crate) async fn look_as(&self, look: Look) -> Result {
        let theme = if look.dark { "dark" } else { "light" };
        let scheme = json!({"name": "prefers-color-scheme", "value": theme});
        let media = json!({ "media": "screen", "features": [scheme] });
        self.emulate("setEmulatedMedia", media).await?;
        let size = json!({
            "width": look.width,
            "height": look.height,
            "deviceScaleFactor": 1,
            "mobile": look.phone,
        });
        self.emulate("setDeviceMetricsOverride", size).await
    }

    /// From now on, pages are looked at as they would be printed.
    pub(crate) async fn look_as_printed(&self) -> Result {
        self.emulate("setEmulatedMedia", json!({ "media": "print" })).await
    }

    async fn emulate(&self, what: &str, how: Value) -> Result {
        self.driver.cdp().send_raw(&format!("Emulation.{what}"), how).await?;
        Ok(())
    }

    /// Looks at the page that is shown in every way, and keeps pictures under this name.
    pub(crate) async fn examine(&self, name: &str) -> Result {
        self.jumps_not().await?;
        for look in [PHONE_DARK, PHONE_LIGHT, DESK_DARK, DESK_LIGHT] {
            self.look_as(look).await?;
            self.holds_for(name, look).await?;
        }
        Ok(())
    }

    /// Opens a page at both widths, looks at it in every way, and keeps pictures.
    pub(crate) async fn tour(&self, name: &str, path: &str) -> Result {
        for (light, dark) in [(PHONE_LIGHT, PHONE_DARK), (DESK_LIGHT, DESK_DARK)] {
            self.look_as(light).await?;
            self.open(path).await?;
            self.jumps_not().await?;
            self.holds_for(name, light).await?;
            self.look_as(dark).await?;
            self.holds_for(name, dark).await?;
        }
        self.look_as(DESK_LIGHT).await
    }

    async fn holds_for(&self, name: &str, look: Look) -> Result {
        let picture = self.picture(&format!("{name}-{}", look.name)).await?;
        let too_wide: f64 = self.ask(TOO_WIDE).await?;
        let found = self.judged_by_axe().await?;
        if too_wide > 0.0 || !found.is_empty() {
            let picture = picture.display();
            return Err(format!("{picture}: {too_wide} px too wide; {found:#?}").into());
        }
        Ok(())
    }

    async fn judged_by_axe(&self) -> Result<Vec<String>> {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(AXE);
        let axe = std::fs::read_to_string(&file)
            .map_err(|error| format!("{}: {error}: tests/run installs it", file.display()))?;
        self.driver.execute(axe, Vec::new()).await?;
        Ok(self.driver.execute_async(JUDGED, Vec::new()).await?.convert()?)
    }

    async fn jumps_not(&self) -> Result {
        let shifted: f64 = self.driver.execute_async(SHIFTED, Vec::new()).await?.convert()?;
        if shifted > SHIFT_MOST {
            return Err(format!("{} jumps by {shifted} while it loads", self.path().await?).into());
        }
        Ok(())
    }

    /// Keeps a picture of the whole page under this name; answers where.
    pub(crate) async fn picture(&self, name: &str) -> Result<PathBuf> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
        std::fs::create_dir_all(&folder)?;
        let whole = json!({ "format": "png", "captureBeyondViewport": true });
        let taken = self.driver.cdp().send_raw("Page.captureScreenshot", whole).await?;
        let picture = STANDARD.decode(taken["data"].as_str().ok_or("no picture")?)?;
        let file = folder.join(format!("{name}.png"));
        std::fs::write(&file, picture)?;
        Ok(file)
    }
}

/// A name for a picture that other tests take too.
pub(crate) fn of_this_test(what: &str) -> String {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("unnamed").rsplit("::").next().unwrap_or_default();
    format!("{what}-{test}")
}
