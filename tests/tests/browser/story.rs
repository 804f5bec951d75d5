//! The whole story, as it was told to us: Alice has lost her phone; Bob lets her, and nobody else, back in.
//!
//! It is told by mouse, by keyboard alone, and in browsers that run no scripts.

use readmit_tests::Result;

use crate::chromium::Chromium;
use crate::looks::of_this_test;
use crate::others::{oathtool, zbarimg};
use crate::site::{PASSWORD, Person, Site};
use crate::window::{Hands, Window};

const DISABLE: &str = "Disable Multi-Factor Authentication";
/// The events of a recovery, in order.
const RECOVERY: [&str; 7] = [
    "BypassGranted",
    "BypassUsed",
    "MfaDisabled",
    "EnrolmentStarted",
    "DeviceEnrolled",
    "CodesRegenerated",
    "RecoveryCompleted",
];

/// How the story is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    By(Hands),
    WithoutScripts,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_story_by_mouse() -> Result {
    told(Told::By(Hands::Mouse)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_story_by_keyboard_alone() -> Result {
    told(Told::By(Hands::Keyboard)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_story_without_scripts() -> Result {
    told(Told::WithoutScripts).await
}

async fn told(how: Told) -> Result {
    let site = Site::open().await?;
    let chromium = Chromium::start().await?;
    let before = site.events(&site.alice, 0).await?.len();
    let stage = Stage { site: &site, chromium: &chromium, how };
    stage.bob_grants().await?;
    let phone = stage.alice_recovers().await?;
    let codes = stage.alice_signs_in(&phone).await?;
    assert_eq!(codes, 10);
    stage.audrey_replays().await?;

    let events = site.events(&site.alice, before).await?;
    assert_eq!(events.get(..RECOVERY.len()), Some(&RECOVERY[..]), "{events:?}");
    site.tenant.verify().await?;
    Ok(())
}

/// Where the story is told, and how.
struct Stage<'a> {
    site: &'a Site,
    chromium: &'a Chromium,
    how: Told,
}

impl Stage<'_> {
    /// A browser that nobody has used before.
    async fn window(&self) -> Result<Window> {
        match self.how {
            Told::By(hands) => self.chromium.open(&self.site.address, hands).await,
            Told::WithoutScripts => self.chromium.open_without_scripts(&self.site.address).await,
        }
    }

    /// Looks at the page in every way, once: in the telling by mouse.
    async fn examine(&self, window: &Window, name: &str) -> Result {
        if self.how == Told::By(Hands::Mouse) { window.examine(name).await } else { Ok(()) }
    }

    /// Admin › Customers › ⋮ › *Disable Multi-Factor Authentication*.
    async fn bob_grants(&self) -> Result {
        let window = self.window().await?;
        window.open("/").await?;
        self.examine(&window, "sign-in").await?;
        sign_in(&window, &self.site.bob.login).await?;
        self.examine(&window, "second-factor").await?;
        second_factor(&window, self.site, &self.site.bob.phone).await?;
        window.headed("Customers").await?;
        assert_eq!(window.path().await?, "/console/customers");
        window.press("Actions for alice@example.com").await?;
        window.press(DISABLE).await?;
        window.headed(DISABLE).await?;
        window.choose("Lost device").await?;
        window.type_into("Ticket", "INC-4711").await?;
        window.choose("Call-back").await?;
        self.examine(&window, "grant").await?;
        window.press_at("form.card .btn-danger").await?;
        window.sees("What to tell").await?;
        window.sees("UTC").await?;
        assert!(window.offers("Undo: revoke it now").await?, "{}", window.says().await?);
        self.examine(&window, "granted").await
    }

    /// Portal › profile › *My Account* › *Enable Multi-Factor Authentication* › *MFA Modes* › *Set up Now* ›
    /// *MFA Recovery Options* › *Generate New Codes*. Answers the secret in her new phone.
    async fn alice_recovers(&self) -> Result<String> {
        let window = self.window().await?;
        window.open("/").await?;
        sign_in(&window, &self.site.alice.login).await?;
        window.sees("You may set up a new device until").await?;
        self.examine(&window, "bypass").await?;
        window.press("Continue").await?;
        window.headed("Your account").await?;
        self.examine(&window, "portal-in-recovery").await?;
        window.press("Profile: alice").await?;
        window.press("My Account").await?;
        window.headed("My Account").await?;
        self.examine(&window, "my-account").await?;
        window.press("Enable Multi-Factor Authentication").await?;
        window.headed("Multi-Factor Authentication").await?;
        window.sees("MFA Modes").await?;
        self.examine(&window, "mfa-on").await?;
        window.press_at("[role=switch]").await?;
        window.sees("Your old device does not work any more.").await?;
        self.examine(&window, "mfa-off").await?;
        window.press("Set up Now").await?;
        window.headed("Set up a device").await?;
        self.examine(&window, "device").await?;
        let phone = scanned(&window).await?;
        window.type_into("Six-digit code", &oathtool(&phone, self.site.engine.now())?).await?;
        window.press("Confirm").await?;
        window.sees("MFA Recovery Options").await?;
        self.examine(&window, "mfa-new").await?;
        window.press("Generate New Codes").await?;
        window.headed("Save your recovery codes").await?;
        self.examine(&window, "codes").await?;
        self.codes_are_saved(&window).await?;
        window.headed("You are back").await?;
        self.examine(&window, "finished").await?;
        window.press("Sign in with the new device").await?;
        window.headed("Sign in").await?;
        Ok(phone)
    }

    async fn codes_are_saved(&self, window: &Window) -> Result {
        window.press("Download").await?;
        let (name, text) = window.downloaded(self.chromium.downloads()).await?;
        let shown = window.text_at("#codes").await?;
        let shown: Vec<&str> =
            shown.lines().map(str::trim).filter(|line| line.contains('-')).collect();
        assert_eq!(shown.len(), 10, "{shown:?}");
        for code in shown {
            assert!(text.contains(code), "{code}: {text}");
        }
        for about in ["alice@example.com", "acme-msp"] {
            assert!(text.contains(about) && name.contains(about), "{name}: {text}");
        }
        window.choose("They are in a safe place").await?;
        window.press("I saved them").await
    }

    /// She signs in with her new phone; My Account is not there any more. Answers how many codes she has.
    async fn alice_signs_in(&self, phone: &str) -> Result<usize> {
        let window = self.window().await?;
        window.open("/").await?;
        sign_in(&window, &self.site.alice.login).await?;
        // Who found the old phone has no chance.
        second_factor(&window, self.site, &self.site.alice.phone).await?;
        window.sees("The code is wrong.").await?;
        second_factor(&window, self.site, phone).await?;
        window.headed("Your account").await?;
        self.examine(&window, "portal").await?;
        window.press("Profile: alice").await?;
        assert!(window.offers("Security").await? && !window.offers("My Account").await?);
        let says = window.says().await?;
        let left = says.split(" are left").next().and_then(|text| text.split_whitespace().last());
        let left = left.ok_or("no codes")?.parse()?;

        window.open("/my-account").await?;
        window.headed("My Account is not open now").await?;
        window.sees("Yours ended when you set up your new device.").await?;
        self.examine(&window, "my-account-closed").await?;
        Ok(left)
    }

    /// The auditor sees that everything is verified, and what happened, event by event.
    async fn audrey_replays(&self) -> Result {
        let window = self.window().await?;
        window.open("/audit").await?;
        sign_in(&window, &self.site.audrey.login).await?;
        second_factor(&window, self.site, &self.site.audrey.phone).await?;
        window.headed("Ledger of acme-msp").await?;
        window.sees_in_the_end("Verified").await?;
        window.press("Recoveries").await?;
        window.press("alice@example.com").await?;
        window.sees("alice@example.com").await?;
        assert!(window.sees("of 7:").await.is_ok(), "{}", window.says().await?);
        self.slide_to_the_first(&window).await?;
        window.sees("1 of 7: A bypass was granted").await?;
        window.press("Next").await?;
        window.sees("2 of 7: ").await?;
        window.press("Next").await?;
        window.sees("3 of 7: ").await?;
        // What changed by that event, and what was before.
        let changed = window.text_at(".changed").await?;
        assert!(changed.contains("MFA") && changed.contains("Off"), "{changed}");
        self.examine(&window, "replay").await
    }

    /// By the slider where there is one hand for it, by a link without scripts.
    async fn slide_to_the_first(&self, window: &Window) -> Result {
        if self.how == Told::By(Hands::Keyboard) {
            window.tab_to_at("input[type=range]").await?;
            return window.keys(thirtyfour::Key::Home).await;
        }
        let site = window.path().await?;
        let path = site.split('?').next().ok_or("no path")?;
        window.open(&format!("{path}?step=1")).await
    }
}

/// Types login and password.
pub(crate) async fn sign_in(window: &Window, login: &str) -> Result {
    window.headed("Sign in").await?;
    window.type_into("Login", login).await?;
    window.type_into("Password", PASSWORD).await?;
    window.press("Sign in").await
}

/// Types what the phone shows.
pub(crate) async fn second_factor(window: &Window, site: &Site, phone: &str) -> Result {
    window.headed("Confirm that it is you").await?;
    window.type_into("Code from your authenticator app", &site.next_code(phone)?).await?;
    window.press("Continue").await
}

/// Signs somebody in whole.
pub(crate) async fn sign_in_whole(window: &Window, site: &Site, person: &Person) -> Result {
    window.open("/sign-in").await?;
    sign_in(window, &person.login).await?;
    second_factor(window, site, &person.phone).await
}

/// The secret in the QR code, as a camera reads it off the screen; it must be the one that can be typed.
pub(crate) async fn scanned(window: &Window) -> Result<String> {
    let read = zbarimg(&window.picture(&of_this_test("qr")).await?)?;
    let secret = read.split("secret=").nth(1).and_then(|rest| rest.split('&').next());
    let secret = secret.ok_or("there is no secret in the QR code")?.to_owned();
    for part in ["otpauth://totp/", "acme-msp", "alice%40example.com"] {
        assert!(read.contains(part), "{part}");
    }
    let typed = window.text_at("#secret").await?.split_whitespace().collect::<String>();
    assert_eq!(typed, secret);
    Ok(secret)
}
