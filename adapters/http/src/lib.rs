//! The REST API and the web pages of Readmit: one router on the public crate [`readmit`].
//!
//! | module | what it holds |
//! |---|---|
//! | `router`, `document` | every route with what is done around it; the OpenAPI document |
//! | `api` | one file for each route: parse, execute, render |
//! | `pages` | the web pages: where people sign in, portal, console, auditor's desk |
//! | `sign_in` | from login and password to an account: for the API and the pages |
//! | `extract` | bodies, queries, paths, command headers: parsed at the edge, refused by field |
//! | `identify` | who asks: API keys, admins' sessions, recovery sessions; who may call what |
//! | `layers` | trace, admission, authorisation: what is done for every request |
//! | `limits` | how often somebody may ask |
//! | `problem` | every "no", as problem details with a stable code |
//! | `view`, `answer` | the shapes of what is answered |
//! | `web_database` | passwords and sessions: the only SQL here |
//! | `settings`, `server`, `metrics` | how it is run |
//!
//! **Invariant: who may call a route stands in its documentation**, and what stands there is what
//! is enforced. A route that says nothing keeps the server from starting.
//!
//! **Invariant: the rules decide.** Roles are looked at here so that nobody learns what they may not;
//! whether a command is carried out, the engine alone decides.
//!
//! **Invariant: every answer of 400 and above is a problem** with a code of the catalogue.
//!
//! **Invariant: no secret and nothing personal is logged.** A log line names the route, not the
//! path; never a query, a header or a body.

mod answer;
mod api;
mod app;
mod document;
mod extract;
mod identify;
mod layers;
mod limits;
pub mod metrics;
mod pages;
pub mod password;
mod problem;
mod router;
pub mod server;
pub mod settings;
mod sign_in;
mod view;
pub mod web_database;

pub use pages::{DemoPeople, DemoPerson};
pub use router::{RouterError, demo_router, openapi, router};
pub use settings::Settings;
