//! One case, event by event.

use readmit::{Actor, Clock as _, EraseCustomer, Role, Seconds};
use readmit_tests::Result;

use super::{NOTE, alice, audrey, recovered};

#[tokio::test]
async fn a_case_is_replayed_event_by_event() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    let path = format!("/audit/recoveries/{recovery}");
    let last = audrey.open(&path).await.expect(200, &path);
    let steps: usize = last.attribute("#step", "max").ok_or("no slider")?.parse()?;
    assert_eq!(last.all(".timeline li").len(), steps);
    assert_eq!(last.all("svg a circle").len(), steps);
    let names = last.all("svg a .label");
    assert_eq!((names[0].as_str(), names[2].as_str()), ("BypassGranted", "MfaDisabled"));

    let off = audrey.open(&format!("{path}?step=3")).await;
    let changed = off.all(".changed").join("; ");
    assert!(changed.contains("MFAwas On Off"), "{changed}");
    assert!(changed.contains("Deviceswas 1 0"), "{changed}");
    assert!(changed.contains("Recoverywas Signed in MFA off"), "{changed}");
    assert_eq!(off.all("svg a.past").len(), 2);
    assert_eq!(off.link("Next"), Some("?step=4".to_owned()));
    // Beyond both ends there is nothing; the slider stays at the end.
    let first = audrey.open(&format!("{path}?step=0")).await;
    assert_eq!(
        (first.link("Previous"), first.attribute("#step", "value")),
        (None, Some("1".into()))
    );
    let beyond = audrey.open(&format!("{path}?step=99")).await;
    assert_eq!(beyond.link("Next"), None);
    audrey
        .open("/audit/recoveries/rec_01h455vb4pex5vsknk084sn02q")
        .await
        .expect(404, "/audit/recoveries/rec_01h455vb4pex5vsknk084sn02q");
    Ok(())
}

#[tokio::test]
async fn the_slider_alone_moves_without_a_trace_and_only_where_the_case_was_opened() -> Result {
    let (office, recovery) = recovered().await?;
    let path = format!("/audit/recoveries/{recovery}?step=2");
    let script = vec![("sec-fetch-dest", "empty"), ("sec-fetch-site", "same-origin")];
    let audrey = audrey(&office).await.with(script);
    let before = office.size().await;
    audrey.open(&path).await.expect(200, &path);
    assert_eq!(office.size().await, before + 1, "nobody had opened it");
    audrey.open(&path).await;
    audrey.open(&path).await;
    assert_eq!(office.size().await, before + 1);
    let audrey = audrey.with(vec![("sec-fetch-dest", "document")]);
    audrey.open(&path).await;
    assert_eq!(office.size().await, before + 2);
    Ok(())
}

#[tokio::test]
async fn the_desk_speaks_german() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    audrey.set_cookie("language", "de");
    let screen = audrey.open(&format!("/audit/recoveries/{recovery}?step=1")).await;
    assert!(screen.main().contains("Eine Freigabe wurde erteilt"), "{}", screen.main());
    assert!(screen.main().contains("Das Konto nach diesem Ereignis"), "{}", screen.main());
    office.clock.advance(Seconds(1));
    assert!(office.clock.now() > office.tenant.head().await?.at);
    Ok(())
}

#[tokio::test]
async fn what_was_noted_with_a_grant_is_shown_until_the_customer_is_erased() -> Result {
    let (office, recovery) = recovered().await?;
    let audrey = audrey(&office).await;
    let path = format!("/audit/recoveries/{recovery}");
    let terms = async || {
        let screen = audrey.open(&path).await.expect(200, &path);
        screen.all("section[aria-labelledby=terms-h]").join(" ")
    };
    let told = terms().await;
    assert!(told.contains(&format!("Note{NOTE}")), "{told}");
    let owner = Actor::admin(office.staff[&Role::Owner].id);
    let owner = owner.vouched_second_factor(office.engine.now());
    office.tenant.execute(&owner, EraseCustomer::new(alice(&office).await?)).await?;
    let told = terms().await;
    assert!(!told.contains("Note"), "{told}");
    Ok(())
}

#[tokio::test]
async fn the_lanes_name_their_zone_and_the_list_that_says_the_same() -> Result {
    let (office, recovery) = recovered().await?;
    let screen = audrey(&office).await.open(&format!("/audit/recoveries/{recovery}?step=2")).await;
    assert_eq!(screen.all(".lanes svg > text[translate=no]"), ["UTC"]);
    let spoken = screen.attribute("#step", "aria-valuetext").ok_or("nothing is said")?;
    assert!(spoken.ends_with(" UTC"), "{spoken}");
    let twin = screen.attribute(".lanes svg", "aria-describedby").ok_or("no twin")?;
    let steps = screen.all("svg a circle").len();
    assert_eq!(screen.all(&format!("#{twin} > li")).len(), steps);
    Ok(())
}
