//! What callers cannot do.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures_util::stream;

use super::running::{in_time, router, settings, start};
use crate::settings::{Limits, Settings};

fn limited(change: impl FnOnce(&mut Limits)) -> Settings {
    let mut settings = settings();
    change(&mut settings.limits);
    settings
}

#[tokio::test]
async fn handlers_learn_who_is_at_the_other_end() {
    let running = start(settings(), router()).await;
    let mut caller = running.caller().await;
    let own = caller.0.local_addr().unwrap().to_string();
    caller.get("/peer").await;
    let answer = caller.answer().await;
    assert!(answer.ends_with(&own), "{answer}");
}

#[tokio::test]
async fn headers_that_trickle_in_are_cut_off() {
    let running = start(limited(|limits| limits.header_seconds = 1), router()).await;
    let mut caller = running.caller().await;
    let started = Instant::now();
    caller.send("GET /peer HTTP/1.1\r\n").await;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        caller.send("x-slow: 1\r\n").await;
    }
    let rest = caller.rest().await;
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 408"), "{rest}");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_connection_may_not_be_idle_for_ever() {
    let running = start(limited(|limits| limits.header_seconds = 1), router()).await;
    let mut silent = running.caller().await;
    let mut once = running.caller().await;
    once.get("/peer").await;
    assert!(once.answer().await.starts_with("HTTP/1.1 200"));
    let started = Instant::now();
    silent.rest().await;
    once.rest().await;
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[tokio::test]
async fn headers_that_are_too_long_are_refused() {
    let running = start(limited(|limits| limits.header_bytes = 8192), router()).await;
    let header = |length| format!("GET /peer HTTP/1.1\r\nx-long: {}\r\n\r\n", "a".repeat(length));
    let mut caller = running.caller().await;
    caller.send(&header(7000)).await;
    assert!(caller.answer().await.starts_with("HTTP/1.1 200"));
    caller.send(&header(9000)).await;
    let answer = caller.rest().await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn one_connection_too_many_waits_until_another_is_closed() {
    let running = start(limited(|limits| limits.connections = 2), router()).await;
    let (mut one, two) = (running.caller().await, running.caller().await);
    one.get("/peer").await;
    one.answer().await;
    let mut third = running.caller().await;
    third.get("/peer").await;
    let waits = tokio::time::timeout(Duration::from_millis(400), third.answer()).await;
    assert!(waits.is_err(), "{waits:?}");
    drop(two);
    assert!(third.answer().await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn callers_who_come_at_once_all_find_room_to_wait() {
    let running = start(limited(|limits| limits.connections = 1), router()).await;
    // One that found none would try again after a second, and again without an end.
    let mut waiting = Vec::new();
    for _ in 0..500 {
        waiting.push(running.caller().await);
    }
    let mut last = waiting.pop().unwrap();
    drop(waiting);
    last.get("/peer").await;
    assert!(last.answer().await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_answer_that_is_not_read_is_given_up() {
    let written = Arc::new(());
    let held = Arc::clone(&written);
    let flood = async move || {
        let parts = stream::repeat_with(move || {
            let size = Arc::strong_count(&held).min(1) * (64 << 10);
            Ok::<_, Infallible>(vec![b'x'; size])
        });
        Body::from_stream(parts)
    };
    let router = Router::new().route("/flood", get(flood));
    let running = start(limited(|limits| limits.request_seconds = 1), router).await;
    let mut caller = running.caller().await;
    caller.get("/flood").await;
    let given_up = async {
        // The router holds one, this test another; the answer holds more.
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if Arc::strong_count(&written) > 2 {
                break;
            }
        }
        while Arc::strong_count(&written) > 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    in_time(given_up).await;
}
