//! Paths and queries.

use axum::http::Method;
use readmit_tests::Result;

use super::Attack;
use crate::bodies::body_of;
use crate::office::{Office, Reply, request};
use crate::operations::{document, operations};

#[tokio::test]
async fn each_part_of_each_path_is_refused_by_name() -> Result {
    let attack = Attack::begin().await?;
    let garbage = [
        "x",
        "0",
        "-1",
        "%00",
        "%ff%fe",
        "%E2%80%AE",
        "..%2f..%2fetc",
        "%2e%2e",
        "cus_",
        "%F0%9F%92%A3",
        "rec_01h455vb4pex5vsknk084sn02q%0a",
        "CUS_01H455VB4PEX5VSKNK084SN02Q",
        "18446744073709551616",
    ];
    for operation in operations(&document()).iter().filter(|it| it.path.contains('{')) {
        let names: Vec<&str> = operation
            .path
            .split('/')
            .filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        for (index, name) in names.iter().enumerate() {
            for bad in
                garbage.iter().map(|it| (*it).to_owned()).chain([format!("{}x", "a".repeat(3_000))])
            {
                if *name == "position" && bad == "0" {
                    continue;
                }
                let mut at = 0;
                let right = Attack::path(operation);
                let mut right = right.split('/').skip(1);
                let mut path = String::new();
                for part in operation.path.split('/').skip(1) {
                    let right = right.next().unwrap_or_default();
                    let here = part.starts_with('{');
                    path.push('/');
                    path.push_str(if here && at == index { &bad } else { right });
                    at += usize::from(here);
                }
                let what = format!("{} at {path}", operation.name);
                let body = operation.takes_body().then(|| body_of(&operation.name));
                let request =
                    request(operation.method.clone(), &path, attack.token(operation), body, &[]);
                let reply = attack.office.send(request).await;
                attack.is_a_problem(&reply, &what);
                assert_eq!(
                    (reply.status, reply.field().as_str()),
                    (400, *name),
                    "{what}: {}",
                    reply.text()
                );
            }
        }
    }
    attack.left_nothing().await;
    Ok(())
}

#[tokio::test]
async fn each_parameter_of_each_query_is_refused_by_name() -> Result {
    let attack = Attack::begin().await?;
    let long = "x".repeat(10_000);
    let mut asked = 0;
    for operation in operations(&document()) {
        let parameters = operation.described["parameters"].as_array().cloned().unwrap_or_default();
        let in_query = parameters.iter().filter(|it| it["in"] == "query");
        let names: Vec<&str> = in_query.filter_map(|it| it["name"].as_str()).collect();
        if names.is_empty() {
            continue;
        }
        let path = Attack::path(&operation);
        for name in names.iter().copied().chain(["moon"]) {
            for value in [
                "%ff",
                "%00",
                "&",
                "=1&",
                "%F0%9F%92%A3%E2%80%AE",
                "-1",
                "1e9",
                "18446744073709551616",
                "[]",
                "x,y",
                &long,
            ] {
                // A text may be searched for that is a number of something else.
                if name == "q" && !["%ff", "%00", &long].contains(&value) {
                    continue;
                }
                let query = match value {
                    "&" => format!("{name}=1&{name}=2"),
                    "=1&" => name.to_owned(),
                    value => format!("{name}={value}"),
                };
                let what = format!("{} ?{query}", operation.name);
                let token = attack.token(&operation);
                let reply = attack
                    .office
                    .get_with(&operation.method, &format!("{path}?{query}"), token)
                    .await;
                attack.is_a_problem(&reply, &what);
                assert_eq!(
                    (reply.status, reply.code().as_str()),
                    (400, "invalid_query"),
                    "{what}: {}",
                    reply.text()
                );
                // A parameter that is missing may be told first.
                let missing =
                    reply.json()["detail"].as_str().is_some_and(|it| it.contains("missing"));
                assert!(reply.field() == name || missing, "{what}: {}", reply.text());
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "{asked}");
    attack.left_nothing().await;
    Ok(())
}

/// Numbers that are of the right form, and so large that no database has them.
#[tokio::test]
async fn the_largest_numbers_are_no_failure() -> Result {
    let attack = Attack::begin().await?;
    let numbers = ["18446744073709551615", "9223372036854775808", "9223372036854775807"];
    for operation in operations(&document()) {
        let parameters = operation.described["parameters"].as_array().cloned().unwrap_or_default();
        let token = attack.token(&operation);
        for parameter in parameters.iter().filter(|it| it["schema"]["type"] == "integer") {
            let name = parameter["name"].as_str().unwrap();
            for number in numbers {
                let right = Attack::path(&operation);
                let (path, headers) = match (parameter["in"].as_str().unwrap(), name) {
                    ("path", _) => (operation.filled(|_, _| number.to_owned()), Vec::new()),
                    ("query", "old") => (format!("{right}?old={number}&new={number}"), Vec::new()),
                    ("query", "new") => (format!("{right}?old=1&new={number}"), Vec::new()),
                    ("query", name) => (format!("{right}?{name}={number}"), Vec::new()),
                    (_, name) => (right, vec![(name, number)]),
                };
                let request = request(operation.method.clone(), &path, token, None, &headers);
                let reply = attack.office.send(request).await;
                assert!(reply.status < 500, "{} {path}: {}", operation.name, reply.text());
            }
        }
    }
    Ok(())
}

impl Office {
    async fn get_with(&self, method: &Method, path: &str, token: &str) -> Reply {
        self.send(request(method.clone(), path, token, None, &[])).await
    }
}
