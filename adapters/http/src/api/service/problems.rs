//! `GET /problems`, `GET /problems/{code}`: what `type` of a problem leads to.

use std::fmt::Write as _;

use axum::extract::Path;
use axum::response::Html;

use crate::problem::{CATALOGUE, Entry, Problem, entry};

/// Every problem that this API answers, in a table.
pub(crate) async fn table() -> Html<String> {
    let mut rows = String::new();
    for Entry { code, status, title, explanation, .. } in CATALOGUE {
        let status = status.as_u16();
        let title = text(title);
        let explanation = text(explanation);
        // Writing to a text does not fail.
        let _ = writeln!(
            rows,
            "<tr><td><a href=\"/problems/{code}\"><code>{code}</code></a></td><td>{status}</td>\
             <td>{title}</td><td>{explanation}</td></tr>"
        );
    }
    page(
        "Problems",
        &format!(
            "<table><thead><tr><th>code</th><th>status</th><th>title</th><th>what to do</th></tr>\
         </thead><tbody>\n{rows}</tbody></table>"
        ),
    )
}

/// One kind of problem.
pub(crate) async fn one(Path(code): Path<String>) -> Result<Html<String>, Problem> {
    let Entry { code, status, title, explanation, .. } =
        entry(&code).ok_or_else(|| Problem::new("no_such_route", "There is no such problem."))?;
    let (status, title, explanation) = (status.as_u16(), text(title), text(explanation));
    Ok(page(
        &title,
        &format!(
            "<p><code>{code}</code>, status {status}</p><p>{explanation}</p>\
         <p><a href=\"/problems\">All problems</a></p>"
        ),
    ))
}

/// Our own words, but with signs in them that mean something in HTML.
fn text(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;")
}

fn page(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} – Readmit</title>\
         <h1>{title}</h1>{body}</html>\n"
    ))
}
