//! Bad input, generated from the document: every field of every body, every part of every path,
//! every parameter and header. Each is answered with a problem that names it; nothing is stored.

mod address;
mod body;
mod field;
mod headers;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Request, header};
use readmit::Role;
use readmit_tests::Result;
use serde_json::json;

use crate::bodies::{body_of, query_of};
use crate::office::{Office, Reply};
use crate::operations::Operation;

/// An office, and a credential for each operation that lets its caller reach the parsing.
struct Attack {
    office: Office,
    owner: String,
    approver: String,
    session: String,
    /// All codes that a problem can have.
    codes: BTreeSet<String>,
    /// Events in the ledger before it began.
    size: u64,
}

impl Attack {
    async fn begin() -> Result<Self> {
        let office = Office::open().await?;
        let alice = office.customer("alice@example.com").await?;
        let bob = office.sign_in(Role::RecoveryAdmin).await;
        office.grant(&alice.id, &bob).await.expect(201);
        let redeem = format!("/api/v1/customers/{}/bypass-redemptions", alice.id);
        let session = office.post(&redeem, &office.service, json!({})).await.expect(201);
        let session = session.text_of("token");
        let (owner, approver) =
            (office.sign_in(Role::Owner).await, office.sign_in(Role::Approver).await);
        let (codes, size) = (catalogue(&office).await, office.size().await);
        Ok(Self { office, owner, approver, session, codes, size })
    }

    /// A credential that is admitted.
    fn token(&self, operation: &Operation) -> &str {
        let Some(demands) = operation.demands() else { return "" };
        let roles = |scheme: &str| demands.get(scheme).cloned().unwrap_or_default();
        if demands.contains_key("recovery_session") {
            &self.session
        } else if roles("session").iter().any(|role| role == "owner")
            || demands.contains_key("signing_in")
        {
            &self.owner
        } else if roles("session").iter().any(|role| role == "approver") {
            &self.approver
        } else if roles("api_key").iter().any(|role| role == "service") {
            &self.office.service
        } else {
            &self.office.monitor
        }
    }

    /// An address of the right form; what it names is not there.
    fn path(operation: &Operation) -> String {
        let id = |prefix: &str| format!("{prefix}_01h455vb4pex5vsknk084sn02q");
        operation.filled(|before, name| match (before, name) {
            (_, "device") | ("devices", _) => id("dev"),
            ("customers", _) => id("cus"),
            ("bypasses", _) => id("byp"),
            ("recoveries", _) => id("rec"),
            ("admins", _) => id("adm"),
            ("api-keys", _) => id("key"),
            ("tile", _) => "0/000.p/1".to_owned(),
            _ => "0".to_owned(),
        })
    }

    /// A request of an operation that would be right, but for its body.
    fn begun(&self, operation: &Operation) -> Builder {
        Request::builder()
            .method(operation.method.clone())
            .uri(Self::path(operation) + query_of(&operation.name))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token(operation)))
    }

    /// A body that is right.
    fn right_body(operation: &Operation) -> Body {
        if operation.takes_body() {
            Body::from(body_of(&operation.name).to_string())
        } else {
            Body::empty()
        }
    }

    /// Sends a body as it is.
    async fn send(&self, operation: &Operation, kind: &str, body: Vec<u8>) -> Reply {
        let request = self.begun(operation).header(header::CONTENT_TYPE, kind);
        self.office.send(request.body(Body::from(body)).unwrap()).await
    }

    /// The answer is a problem of the catalogue, and no failure.
    #[track_caller]
    fn is_a_problem(&self, reply: &Reply, what: &str) {
        assert!((400..500).contains(&reply.status), "{what}: {} {}", reply.status, reply.text());
        assert_eq!(reply.header("content-type"), "application/problem+json", "{what}");
        assert!(self.codes.contains(&reply.code()), "{what}: {}", reply.text());
    }

    /// Nothing of all that was stored.
    async fn left_nothing(&self) {
        assert_eq!(self.office.size().await, self.size, "something was stored");
    }
}

/// The codes that have a page.
async fn catalogue(office: &Office) -> BTreeSet<String> {
    let table = office.get("/problems", "").await.expect(200).text();
    let pages = table.split("/problems/").skip(1);
    pages.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
}

/// What was sent, in short.
fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}
