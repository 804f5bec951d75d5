//! The end of a service.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Extension;
use axum::routing::get;
use futures_util::stream;
use tokio::net::TcpStream;

use super::running::{in_time, router, settings, start};
use crate::server::{ServeError, Stopping};
use crate::settings::Settings;

#[tokio::test]
async fn a_request_under_way_is_finished_and_no_new_connection_is_taken() {
    let running = start(settings(), router()).await;
    let address = running.ready.address;
    let mut slow = running.caller().await;
    let mut idle = running.caller().await;
    idle.get("/peer").await;
    assert!(idle.answer().await.starts_with("HTTP/1.1 200"));
    slow.get("/slow").await;
    tokio::time::sleep(Duration::from_millis(200)).await;

    let served = running.stop();
    tokio::time::sleep(Duration::from_millis(100)).await;
    TcpStream::connect(address).await.unwrap_err();
    assert_eq!(idle.rest().await, "", "an idle connection is closed");
    let answer = slow.rest().await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
    in_time(served).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_cut() {
    let running = start(Settings { shutdown_seconds: 1, ..settings() }, router()).await;
    let mut caller = running.caller().await;
    caller.get("/never").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    in_time(running.stop()).await.unwrap().unwrap();
    assert!(started.elapsed() >= Duration::from_millis(900), "{:?}", started.elapsed());
    assert_eq!(caller.rest().await, "");
}

#[tokio::test]
async fn an_endless_answer_ends_by_itself_when_it_is_told() {
    let endless = async |Extension(stopping): Extension<Stopping>| {
        let parts = stream::unfold((stopping, true), async |(stopping, first)| {
            if !first {
                stopping.told().await;
                return None;
            }
            Some((Ok::<_, Infallible>("event"), (stopping, false)))
        });
        Body::from_stream(parts)
    };
    let running = start(settings(), Router::new().route("/events", get(endless))).await;
    let mut caller = running.caller().await;
    caller.get("/events").await;
    assert!(caller.answer().await.starts_with("HTTP/1.1 200"));
    let started = Instant::now();
    in_time(running.stop()).await.unwrap().unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
    // The end of a chunked body: nothing was cut.
    assert!(caller.rest().await.ends_with("0\r\n\r\n"));
}

#[tokio::test]
async fn an_address_that_is_taken_is_named_with_its_setting() {
    let running = start(settings(), router()).await;
    let listen = running.ready.address;
    for (field, settings) in [
        ("listen", Settings { listen, ..settings() }),
        ("metrics_listen", Settings { metrics_listen: Some(listen), ..settings() }),
    ] {
        let never = std::future::pending();
        let served = crate::server::serve(router(), &settings, |_| panic!("not ready"), never);
        match in_time(served).await {
            Err(error @ ServeError::Listen { .. }) => {
                assert!(error.to_string().starts_with(field), "{error}");
            }
            other => panic!("{other:?}"),
        }
    }
}
