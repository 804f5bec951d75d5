//! What people put on paper: their codes, and an auditor's report.

use readmit_tests::Result;

use crate::chromium::Chromium;
use crate::site::Site;
use crate::story::{second_factor, sign_in, sign_in_whole};
use crate::window::{Hands, Window};

/// What is on a page, printed: what it says, without what is not.
async fn on_paper(window: &Window, name: &str) -> Result<String> {
    window.look_as_printed().await?;
    window.picture(&format!("{name}-printed")).await?;
    window.says().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_printed_with_what_they_are_of_and_nothing_to_press() -> Result {
    let (site, chromium) = (Site::open().await?, Chromium::start().await?);
    let alice = chromium.open(&site.address, Hands::Mouse).await?;
    sign_in_whole(&alice, &site, &site.alice).await?;
    alice.headed("Your account").await?;
    alice.press("Devices, codes and password").await?;
    alice.press("Generate New Codes").await?;
    alice.headed("Save your recovery codes").await?;
    let paper = on_paper(&alice, "codes").await?;
    assert!(paper.contains("alice@example.com · acme-msp · "), "{paper}");
    assert_eq!(
        alice.text_at("#codes").await?.lines().filter(|line| line.contains('-')).count(),
        10
    );
    for not in ["Download", "Print", "I saved them", "Sign out"] {
        assert!(!paper.contains(not), "{not}: {paper}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_printed_whole_with_room_to_sign() -> Result {
    let (site, chromium) = (Site::open().await?, Chromium::start().await?);
    let audrey = chromium.open(&site.address, Hands::Mouse).await?;
    audrey.open("/audit/report").await?;
    sign_in(&audrey, &site.audrey.login).await?;
    second_factor(&audrey, &site, &site.audrey.phone).await?;
    audrey.headed("Report of recoveries").await?;
    // It is being checked while the first page is shown.
    audrey.sees_in_the_end("Verified").await?;
    let paper = on_paper(&audrey, "report").await?;
    for part in ["Verified", "Register of exceptions", "Signature", "audrey@acme.example"] {
        assert!(paper.contains(part), "{part}: {paper}");
    }
    for not in ["Show", "CSV", "Print"] {
        assert!(!paper.lines().any(|line| line.trim() == not), "{not}: {paper}");
    }
    Ok(())
}
