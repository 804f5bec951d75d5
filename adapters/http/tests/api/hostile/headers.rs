//! Headers: those of commands, and credentials.

use axum::http::{HeaderValue, header};
use readmit_tests::Result;

use super::Attack;
use crate::operations::{Operation, document, operations};

/// The names of the headers that an operation reads.
fn headers_of(operation: &Operation) -> Vec<String> {
    let parameters = operation.described["parameters"].as_array().cloned().unwrap_or_default();
    let headers = parameters.iter().filter(|it| it["in"] == "header");
    headers.filter_map(|it| it["name"].as_str().map(str::to_lowercase)).collect()
}

#[tokio::test]
async fn each_header_of_an_operation_is_refused_by_name() -> Result {
    let attack = Attack::begin().await?;
    let mut asked = 0;
    for operation in operations(&document()) {
        for name in headers_of(&operation) {
            let long = [b'9'; 4_000];
            let twice = match name.as_str() {
                "idempotency-key" => "8e03978e-40d5-43dd-bc93-6894a57f9324",
                "if-match" => "\"7\"",
                _ => "7",
            };
            let once: [&[u8]; 9] = [
                b"",
                b"x",
                b"\"",
                b"\xff\xfe",
                b"-1",
                b"\"1\", \"2\"",
                b"18446744073709551616",
                b"cus_01h455vb4pex5vsknk084sn02q",
                &long,
            ];
            let once = once.into_iter().map(|value| vec![value]);
            for values in once.chain([vec![twice.as_bytes(), twice.as_bytes()]]) {
                let mut request = attack.begun(&operation);
                request = request.header(header::CONTENT_TYPE, "application/json");
                for value in &values {
                    request = request.header(&name, HeaderValue::from_bytes(value)?);
                }
                let text = String::from_utf8_lossy(values[0]);
                let what = format!("{} {name}: {} times {text}", operation.name, values.len());
                let reply = attack.office.send(request.body(Attack::right_body(&operation))?).await;
                attack.is_a_problem(&reply, &what);
                let told = (reply.code(), reply.field());
                assert_eq!(told, ("invalid_header".to_owned(), name.clone()), "{what}");
                asked += 1;
            }
        }
    }
    assert!(asked > 400, "{asked}");
    attack.left_nothing().await;
    Ok(())
}

#[tokio::test]
async fn a_credential_that_is_none_is_refused_everywhere() -> Result {
    let attack = Attack::begin().await?;
    let long = format!("Bearer rmk_{}", "0".repeat(8_000));
    for operation in operations(&document()).iter().filter(|it| it.demands().is_some()) {
        let token = attack.token(operation);
        let (right, basic) = (format!("Bearer {token}"), format!("Basic {token}"));
        let (cut, more) = (&right[..right.len() - 1], format!("{right}0"));
        let (again, other) = (format!("{right} {token}"), format!("{right}\u{301}"));
        let once: [&[u8]; 12] = [
            b"",
            b"Bearer",
            b"Bearer ",
            b"Bearer \xff\xfe",
            b"Bearer null",
            token.as_bytes(),
            basic.as_bytes(),
            cut.as_bytes(),
            more.as_bytes(),
            again.as_bytes(),
            other.as_bytes(),
            long.as_bytes(),
        ];
        let once = once.into_iter().map(|value| vec![value]);
        for values in once.chain([vec![right.as_bytes(), right.as_bytes()]]) {
            let mut request = attack.begun(operation);
            request.headers_mut().unwrap().remove(header::AUTHORIZATION);
            for value in &values {
                request = request.header(header::AUTHORIZATION, HeaderValue::from_bytes(value)?);
            }
            request = request.header(header::CONTENT_TYPE, "application/json");
            let text = String::from_utf8_lossy(values[0]);
            let what = format!("{}: {} times {text}", operation.name, values.len());
            let reply = attack.office.send(request.body(Attack::right_body(operation))?).await;
            attack.is_a_problem(&reply, &what);
            assert_eq!((reply.status, reply.code().as_str()), (401, "unauthorised"), "{what}");
        }
    }
    attack.left_nothing().await;
    Ok(())
}
