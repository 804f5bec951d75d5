//! Every page of the demonstration, looked at in every way; the pictures are kept.

use readmit_tests::Result;
use thirtyfour::By;

use crate::chromium::Chromium;
use crate::demo::Demo;
use crate::window::{Hands, Window};

/// Pages by who looks at them, under which name, and where.
const OWNER: [(&str, &str); 10] = [
    ("customers", "/console/customers"),
    ("customers-found", "/console/customers?q=quarry&status=on"),
    ("customers-none", "/console/customers?q=nobody-like-that"),
    ("customer-new", "/console/customers/new"),
    ("bypasses", "/console/bypasses"),
    ("admins", "/console/admins"),
    ("admin-new", "/console/admins/new"),
    ("keys", "/console/keys"),
    ("policy", "/console/policy"),
    ("nothing-here", "/nowhere"),
];
/// Customers whose states differ, by their names.
const CUSTOMERS: [(&str, &str); 4] = [
    ("frozen", "Oscar Blom"),
    ("locked", "Yara Haidar"),
    ("open", "Zoe Martin"),
    ("on", "Alice Moreau"),
];
const OWN: [(&str, &str); 3] = [
    ("security", "/security"),
    ("password", "/security/password"),
    ("my-account-none", "/my-account"),
];
const AUDITOR: [(&str, &str); 6] = [
    ("ledger", "/audit"),
    ("register", "/audit/recoveries"),
    ("register-revoked", "/audit/recoveries?ended=revoked"),
    ("report", "/audit/report"),
    ("sample", "/audit/sample?seed=1729&count=5"),
    ("policy-read", "/console/policy"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_the_demonstration_can_be_used_by_everybody() -> Result {
    let demo = Demo::start()?;
    let chromium = Chromium::start().await?;
    let window = chromium.open(&demo.address, Hands::Mouse).await?;
    window.tour("demo", "/demo").await?;
    window.tour("sign-in-company", "/sign-in").await?;
    owner(&demo, &chromium).await?;
    grants(&demo, &chromium).await?;
    auditor(&demo, &chromium).await?;
    customers(&demo, &chromium).await
}

/// Everything that an owner sees.
async fn owner(demo: &Demo, chromium: &Chromium) -> Result {
    let window = chromium.open(&demo.address, Hands::Mouse).await?;
    signed_in(demo, &window, "olga@acme.example", "Customers").await?;
    for (name, path) in OWNER.into_iter().chain(OWN) {
        window.tour(name, path).await?;
    }
    for (name, person) in CUSTOMERS {
        let search = person.split(' ').next().unwrap_or_default();
        window.open(&format!("/console/customers?q={search}")).await?;
        window.press(person).await?;
        window.headed(person).await?;
        window.tour(&format!("customer-{name}"), &window.path().await?).await?;
    }
    window.open("/console/admins").await?;
    window.press("Actions for bob@acme.example").await?;
    window.press("Change").await?;
    window.headed("bob@acme.example").await?;
    window.tour("admin", &window.path().await?).await
}

/// What the others of the console see: an opened menu, a form to grant, one to ask, what waits for them.
async fn grants(demo: &Demo, chromium: &Chromium) -> Result {
    let window = chromium.open(&demo.address, Hands::Mouse).await?;
    signed_in(demo, &window, "nadia@acme.example", "Customers").await?;
    window.press("Actions for Carol Jensen").await?;
    // Only its picture: what lies beneath an open menu is hidden in part.
    window.picture("customers-menu").await?;
    window.press("Disable Multi-Factor Authentication").await?;
    window.headed("Disable Multi-Factor Authentication").await?;
    let form = window.path().await?;
    window.tour("grant-form", &form).await?;
    // Something is missing.
    window.choose("Lost device").await?;
    window.choose("Video").await?;
    window.type_into("Ticket", "with spaces").await?;
    window.press_at("form.card .btn-danger").await?;
    window.shown(By::Css("[aria-invalid=true]".to_owned())).await?;
    window.examine("grant-form-wrong").await?;

    let window = chromium.open(&demo.address, Hands::Mouse).await?;
    signed_in(demo, &window, "henry@acme.example", "Customers").await?;
    window.tour("ask-form", &form).await?;
    let window = chromium.open(&demo.address, Hands::Mouse).await?;
    signed_in(demo, &window, "petra@acme.example", "Customers").await?;
    window.tour("approvals", "/console/bypasses").await
}

/// Everything that an auditor sees.
async fn auditor(demo: &Demo, chromium: &Chromium) -> Result {
    let window = chromium.open(&demo.address, Hands::Mouse).await?;
    demo.sign_in(&window, "iris@acme.example").await?;
    demo.second_factor(&window, "iris@acme.example").await?;
    window.headed("Ledger of acme-msp").await?;
    // It is being checked while the first page is shown.
    window.sees_in_the_end("Verified").await?;
    for (name, path) in AUDITOR {
        window.tour(name, path).await?;
    }
    window.open("/audit/recoveries?ended=completed").await?;
    window.press_at("table.cards tbody th a").await?;
    window.sees("Replay").await?;
    let case = window.path().await?;
    let case = case.split('?').next().unwrap_or_default();
    window.tour("case", &format!("{case}?step=4")).await
}

/// What customers see before and outside of their recovery.
async fn customers(demo: &Demo, chromium: &Chromium) -> Result {
    let window = chromium.open(&demo.address, Hands::Mouse).await?;
    demo.sign_in(&window, "viggo@mill.example").await?;
    window.headed("My Account").await?;
    for (name, path) in
        [("first", "/my-account"), ("first-mfa", "/my-account/mfa"), ("first-portal", "/portal")]
    {
        window.tour(name, path).await?;
    }
    let window = chromium.open(&demo.address, Hands::Mouse).await?;
    demo.sign_in(&window, "jorunn@glacier.example").await?;
    window.sees("Code that you were told").await?;
    window.tour("bypass-with-code", "/sign-in/recovery").await?;
    let window = chromium.open(&demo.address, Hands::Mouse).await?;
    demo.sign_in(&window, "zoe@quarry.example").await?;
    window.press("Continue").await?;
    window.headed("Your account").await?;
    window.tour("my-account-open", "/my-account").await
}

async fn signed_in(demo: &Demo, window: &Window, login: &str, heading: &str) -> Result {
    demo.sign_in(window, login).await?;
    window.headed("Confirm that it is you").await?;
    demo.second_factor(window, login).await?;
    window.headed(heading).await
}
