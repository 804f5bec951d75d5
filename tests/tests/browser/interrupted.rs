//! What comes in between: time that runs out, a second tab, the back button, two clicks for one, and
//! somebody who did not ask for any of it.

use readmit::{Actor, GrantBypass, Reason, Seconds};
use readmit_tests::Result;

use crate::chromium::Chromium;
use crate::others::oathtool;
use crate::site::Site;
use crate::story::{scanned, second_factor, sign_in, sign_in_whole};
use crate::window::{Hands, Window};

/// A minute longer than a bypass lasts.
const OVER: Seconds = Seconds::minutes(61);
const MFA_PAGE: &str = "/my-account/mfa";

/// Alice after Bob let her in, at a page of her own.
struct Scene {
    site: Site,
    chromium: Chromium,
    alice: Window,
}

impl Scene {
    /// With the bypass offered to her.
    async fn at_the_door() -> Result<Self> {
        let (site, chromium) = (Site::open().await?, Chromium::start().await?);
        grant(&site).await?;
        let alice = chromium.open(&site.address, Hands::Mouse).await?;
        alice.open("/").await?;
        sign_in(&alice, &site.alice.login).await?;
        alice.sees("You may set up a new device until").await?;
        Ok(Self { site, chromium, alice })
    }

    /// In the recovery, before anything is changed.
    async fn let_in() -> Result<Self> {
        let scene = Self::at_the_door().await?;
        scene.alice.press("Continue").await?;
        scene.alice.headed("Your account").await?;
        scene.alice.open(MFA_PAGE).await?;
        scene.alice.sees("MFA Modes").await?;
        Ok(scene)
    }

    /// With a new device, before new codes.
    async fn with_a_new_device() -> Result<Self> {
        let scene = Self::let_in().await?;
        let Self { site, alice, .. } = &scene;
        alice.press_at("[role=switch]").await?;
        alice.press("Set up Now").await?;
        alice.headed("Set up a device").await?;
        let code = oathtool(&scanned(alice).await?, site.engine.now())?;
        alice.type_into("Six-digit code", &code).await?;
        alice.press("Confirm").await?;
        alice.sees("On, with your new device.").await?;
        Ok(scene)
    }
}

async fn grant(site: &Site) -> Result {
    let readmit::AccountId::Admin(bob) = site.bob.id else { return Err("bob is no admin".into()) };
    let bob = Actor::admin(bob).vouched_second_factor(site.engine.now());
    let grant = GrantBypass::new(site.alice.id).for_minutes(60).reason(Reason::LostDevice);
    site.tenant.execute(&bob, grant).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bypass_that_has_expired_lets_nobody_in_and_says_so() -> Result {
    let Scene { site, chromium, alice } = Scene::at_the_door().await?;
    site.clock.advance(OVER);
    alice.press("Continue").await?;
    alice.sees("This recovery has ended").await?;
    assert_eq!(site.count(&site.alice, "BypassUsed").await?, 0);
    // Her old device works as before.
    alice.open("/sign-in").await?;
    sign_in(&alice, &site.alice.login).await?;
    second_factor(&alice, &site, &site.alice.phone).await?;
    alice.headed("Your account").await?;
    alice.open("/my-account").await?;
    alice.headed("My Account is not open now").await?;
    alice.sees("The time of yours is over.").await?;

    let bob = chromium.open(&site.address, Hands::Mouse).await?;
    sign_in_whole(&bob, &site, &site.bob).await?;
    bob.headed("Customers").await?;
    bob.press("Bypasses").await?;
    bob.sees("Expired").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recovery_that_expires_under_way_changes_nothing_more_and_says_so() -> Result {
    let Scene { site, alice, chromium: _chromium } = Scene::let_in().await?;
    site.clock.advance(OVER);
    alice.press_at("[role=switch]").await?;
    alice.headed("Sign in").await?;
    alice.sees("The time for your recovery is over.").await?;
    assert_eq!(site.count(&site.alice, "MfaDisabled").await?, 0);
    sign_in(&alice, &site.alice.login).await?;
    second_factor(&alice, &site, &site.alice.phone).await?;
    alice.headed("Your account").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_that_is_left_is_told_and_its_end_too() -> Result {
    let (site, chromium) = (Site::open().await?, Chromium::start().await?);
    grant(&site).await?;
    let ends = site.engine.now() + Seconds::minutes(60);
    let alice = chromium.open(&site.address, Hands::Mouse).await?;
    let announced = async |words: &str| {
        alice.until(words, async || Ok(alice.ask::<String>(LIVE).await?.contains(words))).await
    };
    // The countdown goes by the server's clock: most of an hour is over in a moment.
    let goes_on_until = async |left: u32| -> Result {
        site.clock.advance(Seconds(ends.since(site.engine.now()).0.saturating_sub(left)));
        alice.open("/sign-in").await?;
        sign_in(&alice, &site.alice.login).await?;
        alice.sees("You may set up a new device until").await?;
        site.clock.advance(Seconds(ends.since(site.engine.now()).0.saturating_sub(left - 30)));
        Ok(alice.driver.refresh().await?)
    };
    goes_on_until(10 * 60 + 35).await?;
    announced("10 minutes left").await?;
    goes_on_until(35).await?;
    alice.sees("Time is over").await?;
    announced("Time is over").await
}

/// What a screen reader is told.
const LIVE: &str = "return document.querySelector('[data-live]').textContent";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_second_tab_a_step_that_is_done_is_told_and_the_next_goes_on() -> Result {
    let Scene { site, alice, chromium: _chromium } = Scene::let_in().await?;
    let first = alice.driver.window().await?;
    let second = alice.driver.new_tab().await?;
    alice.driver.switch_to_window(second.clone()).await?;
    alice.open(MFA_PAGE).await?;
    alice.press_at("[role=switch]").await?;
    alice.sees("Your old device does not work any more.").await?;

    // The first tab shows still what is not so any more.
    alice.driver.switch_to_window(first.clone()).await?;
    alice.press_at("[role=switch]").await?;
    alice.sees("Your old device does not work any more.").await?;
    assert_eq!(site.count(&site.alice, "MfaDisabled").await?, 1);
    alice.press("Set up Now").await?;
    alice.headed("Set up a device").await?;
    let superseded = scanned(&alice).await?;
    alice.driver.switch_to_window(second).await?;
    alice.press("Set up Now").await?;
    alice.headed("Set up a device").await?;
    let secret = scanned(&alice).await?;

    // A code of the set-up that has ended: the first tab says so, and shows the one that counts.
    alice.driver.switch_to_window(first).await?;
    alice.type_into("Six-digit code", &oathtool(&superseded, site.engine.now())?).await?;
    alice.press("Confirm").await?;
    alice.sees("This set-up has ended.").await?;
    assert_eq!(scanned(&alice).await?, secret);
    alice.type_into("Six-digit code", &oathtool(&secret, site.engine.now())?).await?;
    alice.press("Confirm").await?;
    alice.sees("On, with your new device.").await?;
    assert_eq!(site.count(&site.alice, "DeviceEnrolled").await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_back_button_shows_no_codes_again_and_does_nothing_again() -> Result {
    let Scene { site, alice, chromium: _chromium } = Scene::with_a_new_device().await?;
    alice.press("Generate New Codes").await?;
    alice.headed("Save your recovery codes").await?;
    let codes = alice.text_at("#codes").await?;
    let one = codes.split_whitespace().find(|word| word.contains('-')).ok_or("no code")?.to_owned();
    alice.choose("They are in a safe place").await?;
    alice.press("I saved them").await?;
    alice.headed("You are back").await?;
    let events = site.events(&site.alice, 0).await?.len();

    alice.driver.back().await?;
    alice.sees("these cannot be shown again").await?;
    assert!(!alice.driver.source().await?.contains(&one));
    for _ in 0..3 {
        alice.driver.back().await?;
    }
    for _ in 0..4 {
        alice.driver.forward().await?;
    }
    alice.headed("You are back").await?;
    assert_eq!(site.events(&site.alice, 0).await?.len(), events);

    alice.press("Sign in with the new device").await?;
    alice.headed("Sign in").await?;
    alice.driver.back().await?;
    alice.headed("Sign in").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clicks_are_one() -> Result {
    let Scene { site, chromium, alice } = Scene::with_a_new_device().await?;
    alice.press_twice("Generate New Codes").await?;
    alice.headed("Save your recovery codes").await?;
    assert_eq!(
        alice.text_at("#codes").await?.lines().filter(|line| line.contains('-')).count(),
        10
    );
    assert_eq!(site.count(&site.alice, "RecoveryCompleted").await?, 1);
    // Once when she was made a customer, and once now.
    assert_eq!(site.count(&site.alice, "CodesRegenerated").await?, 2);

    let carol = site.another_customer("carol@example.com").await?;
    let bob = chromium.open(&site.address, Hands::Mouse).await?;
    sign_in_whole(&bob, &site, &site.bob).await?;
    bob.headed("Customers").await?;
    bob.press("Actions for carol@example.com").await?;
    bob.press("Disable Multi-Factor Authentication").await?;
    bob.choose("Lost device").await?;
    bob.choose("Video").await?;
    bob.press_twice("Disable Multi-Factor Authentication").await?;
    bob.sees("What to tell").await?;
    assert_eq!(site.count(&carol, "BypassGranted").await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clicks_are_one_without_scripts_too() -> Result {
    let (site, chromium) = (Site::open().await?, Chromium::start().await?);
    let bob = chromium.open_without_scripts(&site.address).await?;
    sign_in_whole(&bob, &site, &site.bob).await?;
    bob.headed("Customers").await?;
    bob.press("Actions for alice@example.com").await?;
    bob.press("Disable Multi-Factor Authentication").await?;
    bob.choose("Lost device").await?;
    bob.choose("Video").await?;
    bob.press_twice("Disable Multi-Factor Authentication").await?;
    bob.sees("What to tell").await?;
    assert_eq!(site.count(&site.alice, "BypassGranted").await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn this_was_not_me_stops_everything_at_once() -> Result {
    let Scene { site, chromium, alice: thief } = Scene::let_in().await?;
    let alice = chromium.open(&site.address, Hands::Mouse).await?;
    alice.open("/").await?;
    sign_in(&alice, &site.alice.login).await?;
    alice.sees("Somebody may set up a new device for your account").await?;
    alice.press("Did not ask for this?").await?;
    alice.sees("freezes the account at once").await?;
    alice.press("This wasn’t me").await?;
    alice.sees("The account is frozen").await?;

    // Who was in with her password is out, and nobody gets in again.
    thief.press_at("[role=switch]").await?;
    thief.until("no way on", async || Ok(!thief.says().await?.contains("MFA Modes"))).await?;
    assert_eq!(site.count(&site.alice, "MfaDisabled").await?, 0);
    thief.open("/sign-in").await?;
    sign_in(&thief, &site.alice.login).await?;
    thief.sees("This account is frozen").await?;

    let olga = chromium.open(&site.address, Hands::Mouse).await?;
    sign_in_whole(&olga, &site, &site.olga).await?;
    olga.headed("Customers").await?;
    olga.press("alice@example.com").await?;
    olga.sees("Frozen").await?;
    olga.press("Unfreeze the account").await?;
    olga.sees("no recovery is open").await
}
