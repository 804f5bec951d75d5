//! One window: what is seen in it, what is pressed and typed.
//!
//! Things are named as people name them: a button by what stands on it, a field by its label. With
//! [`Hands::Keyboard`] nothing is touched by the mouse: each thing is reached by the Tab key, and must
//! be seen to be reached.

use std::path::{Path, PathBuf};
use std::time::Duration;

use readmit_tests::Result;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thirtyfour::{By, Key, WebDriver, WebElement};

use crate::looks::of_this_test;

/// Two cores may have much else to do.
const PATIENCE: Duration = Duration::from_secs(15);
const A_MOMENT: Duration = Duration::from_millis(40);
/// More than there are on any page of the tests.
const TABS: usize = 200;

/// How somebody uses a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hands {
    Mouse,
    Keyboard,
}

/// A window of a browser, on one site.
pub(crate) struct Window {
    pub(crate) driver: WebDriver,
    pub(crate) hands: Hands,
    site: String,
}

impl Window {
    pub(crate) async fn new(driver: WebDriver, site: &str, hands: Hands) -> Result<Self> {
        let window = Self { driver, hands, site: site.to_owned() };
        window.look_as(crate::looks::DESK_LIGHT).await?;
        Ok(window)
    }

    /// Opens an address of the site.
    pub(crate) async fn open(&self, path: &str) -> Result {
        Ok(self.driver.goto(format!("{}{path}", self.site)).await?)
    }

    /// The path and the query of the page that is shown.
    pub(crate) async fn path(&self) -> Result<String> {
        let address = self.driver.current_url().await?;
        let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
        Ok(format!("{}{query}", address.path()))
    }

    /// What the page says in its middle.
    pub(crate) async fn says(&self) -> Result<String> {
        Ok(self.driver.find(By::Css("main")).await?.text().await?)
    }

    /// Waits until the page has this heading.
    pub(crate) async fn headed(&self, heading: &str) -> Result {
        self.until(&format!("the heading {heading:?}"), async || {
            let Ok(found) = self.driver.find(By::Css("h1")).await else { return Ok(false) };
            Ok(found.text().await.is_ok_and(|text| text.replace('\n', " ") == heading))
        })
        .await
    }

    /// Waits until the page says this.
    pub(crate) async fn sees(&self, words: &str) -> Result {
        self.until(&format!("{words:?}"), async || {
            Ok(self.says().await.is_ok_and(|text| text.contains(words)))
        })
        .await
    }

    /// Loads the page again until it says this.
    pub(crate) async fn sees_in_the_end(&self, words: &str) -> Result {
        self.until(&format!("{words:?} in the end"), async || {
            self.driver.refresh().await?;
            Ok(self.says().await?.contains(words))
        })
        .await
    }

    /// Waits for this; the picture of what was seen instead is kept.
    pub(crate) async fn until(&self, what: &str, holds: impl AsyncFn() -> Result<bool>) -> Result {
        let waiting = async {
            while !holds().await? {
                tokio::time::sleep(A_MOMENT).await;
            }
            Ok(())
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(ended) => ended,
            Err(_) => Err(self.seen_instead(what).await),
        }
    }

    /// Presses what has these words on it: a link, a button, what opens a menu.
    pub(crate) async fn press(&self, words: &str) -> Result {
        let pressed = self.pressable(words).await?;
        self.press_it(&pressed).await
    }

    /// Presses what is found so.
    pub(crate) async fn press_at(&self, selector: &str) -> Result {
        let pressed = self.shown(By::Css(selector.to_owned())).await?;
        self.press_it(&pressed).await
    }

    /// Presses it twice, as fast as people do who take links for icons.
    pub(crate) async fn press_twice(&self, words: &str) -> Result {
        let pressed = self.pressable(words).await?;
        let chain = self.driver.action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO));
        Ok(chain.double_click_element(&pressed).perform().await?)
    }

    /// Types into the field with this label, in the place of what it holds.
    pub(crate) async fn type_into(&self, label: &str, text: &str) -> Result {
        let field = self.field(label).await?;
        match self.hands {
            Hands::Mouse => {
                field.click().await?;
                field.clear().await?;
            }
            Hands::Keyboard => {
                self.tab_to(&field).await?;
                let all =
                    self.driver.action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO));
                all.key_down(Key::Control).send_keys("a").key_up(Key::Control).perform().await?;
            }
        }
        self.keys(text).await
    }

    /// Chooses what has this label: one of several, or a box to tick.
    pub(crate) async fn choose(&self, label: &str) -> Result {
        let path = format!("//label[.//input and starts-with(normalize-space(.), {label:?})]");
        let label = self.shown(By::XPath(path)).await?;
        let input = label.find(By::Css("input")).await?;
        match self.hands {
            Hands::Mouse => label.click().await?,
            Hands::Keyboard => self.choose_by_keys(&input).await?,
        }
        if input.is_selected().await? { Ok(()) } else { Err("it is not chosen".into()) }
    }

    /// Sends keys to what has the focus.
    pub(crate) async fn keys(&self, keys: impl Into<thirtyfour::TypingData>) -> Result {
        Ok(self
            .driver
            .action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO))
            .send_keys(keys.into())
            .perform()
            .await?)
    }

    /// What a script answers.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        Ok(self.driver.execute(script.to_owned(), Vec::<Value>::new()).await?.convert()?)
    }

    /// Waits for a file to be downloaded whole, into this folder; answers its name and text.
    pub(crate) async fn downloaded(&self, folder: &Path) -> Result<(String, String)> {
        self.until("a file", async || Ok(only_file(folder)?.is_some())).await?;
        let file = only_file(folder)?.ok_or("no file")?;
        let name = file.file_name().and_then(|name| name.to_str()).ok_or("no name")?.to_owned();
        let text = std::fs::read_to_string(&file)?;
        std::fs::remove_file(&file)?;
        Ok((name, text))
    }

    /// Whether something with these words can be pressed now.
    pub(crate) async fn offers(&self, words: &str) -> Result<bool> {
        Ok(first_shown(self.driver.find_all(By::XPath(pressable(words))).await?).await?.is_some())
    }

    /// What the first element says that is found so, and shown.
    pub(crate) async fn text_at(&self, selector: &str) -> Result<String> {
        Ok(self.shown(By::Css(selector.to_owned())).await?.text().await?)
    }

    /// The first element that is found so and shown, once there is one.
    pub(crate) async fn shown(&self, by: By) -> Result<WebElement> {
        self.until(&format!("{by:?}"), async || {
            // The page may change under our eyes.
            Ok(match self.driver.find_all(by.clone()).await {
                Ok(found) => first_shown(found).await.is_ok_and(|found| found.is_some()),
                Err(_) => false,
            })
        })
        .await?;
        let found = first_shown(self.driver.find_all(by).await?).await?;
        found.ok_or_else(|| "it is gone".into())
    }

    /// The field with this label.
    pub(crate) async fn field(&self, label: &str) -> Result<WebElement> {
        let path = format!("//label[starts-with(normalize-space(.), {label:?})]");
        let label = self.shown(By::XPath(path)).await?;
        let field = label.attr("for").await?.ok_or("the label is of no field")?;
        Ok(self.driver.find(By::Id(field)).await?)
    }

    async fn pressable(&self, words: &str) -> Result<WebElement> {
        self.shown(By::XPath(pressable(words))).await
    }

    async fn press_it(&self, pressed: &WebElement) -> Result {
        match self.hands {
            Hands::Mouse => Ok(pressed.click().await?),
            Hands::Keyboard => {
                self.tab_to(pressed).await?;
                self.keys(Key::Enter).await
            }
        }
    }

    async fn choose_by_keys(&self, input: &WebElement) -> Result {
        if input.attr("type").await?.as_deref() != Some("radio") {
            self.tab_to(input).await?;
            return self.keys(Key::Space).await;
        }
        // One of several is reached by Tab, the others from there by the arrows.
        let name = input.attr("name").await?;
        let mut here =
            self.tab_until(async |focused| Ok(focused.attr("name").await? == name)).await?;
        for _ in 0..TABS {
            if here.element_id() == input.element_id() {
                break;
            }
            self.keys(Key::Down).await?;
            here = self.driver.active_element().await?;
        }
        if input.is_selected().await? { Ok(()) } else { self.keys(Key::Space).await }
    }

    /// Reaches what is found so by the Tab key.
    pub(crate) async fn tab_to_at(&self, selector: &str) -> Result {
        let wanted = self.shown(By::Css(selector.to_owned())).await?;
        self.tab_to(&wanted).await
    }

    async fn tab_to(&self, wanted: &WebElement) -> Result {
        let id = wanted.element_id();
        let reached = self.tab_until(async |focused| Ok(focused.element_id() == id)).await?;
        let ring = "const style = getComputedStyle(document.activeElement);
            return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2";
        if self.ask::<bool>(ring).await? {
            return Ok(());
        }
        Err(format!("nobody sees that this has the focus: {}", reached.outer_html().await?).into())
    }

    async fn tab_until(
        &self,
        wanted: impl AsyncFn(&WebElement) -> Result<bool>,
    ) -> Result<WebElement> {
        for _ in 0..TABS {
            let focused = self.driver.active_element().await?;
            if wanted(&focused).await? {
                return Ok(focused);
            }
            self.keys(Key::Tab).await?;
        }
        Err(self.seen_instead("what the Tab key reaches").await)
    }

    async fn seen_instead(&self, what: &str) -> Box<dyn std::error::Error + Send + Sync> {
        let picture = self
            .picture(&of_this_test("failed"))
            .await
            .unwrap_or_else(|_| PathBuf::from("no picture"));
        let path = self.path().await.unwrap_or_default();
        let text = self.says().await.unwrap_or_default();
        format!("waited for {what}, but {path} says (see {}): {text}", picture.display()).into()
    }
}

/// Where what has these words on it stands in a page.
fn pressable(words: &str) -> String {
    let named = format!("[normalize-space(.) = {words:?} or @aria-label = {words:?}]");
    format!("//a{named} | //button{named} | //summary{named}")
}

async fn first_shown(found: Vec<WebElement>) -> Result<Option<WebElement>> {
    for element in found {
        if element.is_displayed().await? {
            return Ok(Some(element));
        }
    }
    Ok(None)
}

/// The only file in a folder, if it is whole.
fn only_file(folder: &Path) -> Result<Option<PathBuf>> {
    let files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    let whole = |file: &PathBuf| {
        file.extension().is_none_or(|end| end != "crdownload")
            && !file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
    };
    match files.as_slice() {
        [file] if whole(file) => Ok(Some(file.clone())),
        _ => Ok(None),
    }
}
