//! Bounds on everything that comes from outside.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::{ask, connect, hear, request, say};
use crate::site::{NAME, NUMBER, Site, application};

#[test]
fn who_asks_too_fast_is_told_when_to_come_again() {
    let site = Site::new();
    let service = site.start();
    let edition = || ask(service.public, "GET", "/edition", Some(&site.owner), "");
    let heard: Vec<_> = (0..40).map(|_| edition()).collect();
    let early: Vec<_> = heard.iter().filter(|heard| heard.status == 429).collect();
    assert!(!early.is_empty() && heard[..20].iter().all(|heard| heard.status == 200), "{}", early.len());
    assert_eq!(early[0].fields["retry-after"], "1");
    assert_eq!(
        ask(service.public, "GET", "/edition", Some(&site.bank), "").status,
        200,
        "another partner is not held back"
    );
    sleep(Duration::from_secs(1));
    assert_eq!(edition().status, 200);
}

#[test]
fn bodies_and_texts_have_a_size() {
    let site = Site::with("", "body_bytes = 200000");
    let service = site.start();
    let begun = Instant::now();
    let long = application(&"张".repeat(60_000), NUMBER, "loan");
    let heard = service.screen(Some(&site.bank), &long);
    assert_eq!((heard.status, heard.json()["error"].as_str()), (422, Some("name: more than 256 characters")));
    let many = application(NAME, &vec![NUMBER; 17].join("\",\""), "loan");
    assert_eq!(service.screen(Some(&site.bank), &many).json()["error"], "identifiers: more than 16");
    assert_eq!(service.screen(Some(&site.bank), &application(NAME, &"1".repeat(257), "loan")).status, 422);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());

    // Without a larger limit such a body is not even read: the refusal comes before it is sent.
    drop(service);
    site.replace("service.toml", "body_bytes = 200000", "");
    let service = site.start();
    let head = request("POST", "/screen", Some(&site.bank), &long);
    let (head, _) = head.split_once("\r\n\r\n").unwrap();
    assert_eq!(say(service.public, format!("{head}\r\n\r\n").as_bytes()).unwrap().status, 413);
    assert_eq!(service.screen(Some(&site.bank), &long).status, 413);
}

#[test]
fn heads_have_a_size() {
    let site = Site::new();
    let service = site.start();
    let long = format!("GET /edition HTTP/1.1\r\nhost: a\r\nx: {}", "1".repeat(9000));
    assert_eq!(say(service.public, long.as_bytes()).unwrap().status, 431);
    assert_eq!(say(service.public, format!("GET /{} ", "1".repeat(9000)).as_bytes()).unwrap().status, 431);
    let many = format!("GET /edition HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: 1\r\n".repeat(40));
    assert_eq!(say(service.public, many.as_bytes()).unwrap().status, 431);
}

/// Sends a byte at a time and says what came back and how long it took until the end.
fn drip(to: SocketAddr, text: &str) -> (Option<u16>, Duration) {
    let (mut stream, begun) = (connect(to), Instant::now());
    for byte in text.bytes().cycle() {
        if stream.write_all(&[byte]).is_err() || begun.elapsed() > Duration::from_secs(15) {
            break;
        }
        sleep(Duration::from_millis(100));
        stream.set_nonblocking(true).unwrap();
        let is_heard = !matches!(stream.peek(&mut [0]), Err(fault) if fault.kind() == std::io::ErrorKind::WouldBlock);
        stream.set_nonblocking(false).unwrap();
        if is_heard {
            break;
        }
    }
    (hear(&stream).map(|heard| heard.status), begun.elapsed())
}

#[test]
fn slow_clients_are_cut_off() {
    let site = Site::with("", "head_seconds = 1\nbody_seconds = 1\nidle_seconds = 1");
    let service = site.start();
    let (status, took) = drip(service.public, "GET /edition HTTP/1.1\r\nx: 1");
    assert!(status == Some(408) && took < Duration::from_secs(4), "a slow head: {status:?} {took:?}");

    let head = request("POST", "/screen", Some(&site.bank), &application(NAME, NUMBER, "loan"));
    let (mut stream, begun) = (connect(service.public), Instant::now());
    stream.write_all(&head.as_bytes()[..head.len() - 10]).unwrap();
    let status = hear(&stream).map(|heard| heard.status);
    assert!(status == Some(408) && begun.elapsed() < Duration::from_secs(4), "a slow body: {status:?}");

    for first in ["", &request("GET", "/edition", Some(&site.bank), "")] {
        let (mut stream, begun) = (connect(service.public), Instant::now());
        stream.write_all(first.as_bytes()).unwrap();
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(4), "silence behind {first:?}: {:?}", begun.elapsed());
        assert_eq!(rest.is_empty(), first.is_empty());
    }
    assert_eq!(service.screen(Some(&site.bank), &application(NAME, NUMBER, "loan")).status, 200);
}

#[test]
fn few_connections_of_one_address_are_let_in() {
    let site = Site::with("", "connections_per_address = 3");
    let service = site.start();
    let held: Vec<_> = (0..3).map(|_| connect(service.public)).collect();
    sleep(Duration::from_millis(200));
    assert!(say(service.public, request("GET", "/edition", Some(&site.bank), "").as_bytes()).is_none());
    assert!(service.metrics().contains(r#"screening_turned_away_total{why="full for its address"} 1"#));
    drop(held);
    sleep(Duration::from_millis(200));
    assert_eq!(ask(service.public, "GET", "/edition", Some(&site.bank), "").status, 200);
}

#[test]
fn a_thousand_malformed_requests_change_nothing() {
    let site = Site::with("", "head_seconds = 1\nbody_seconds = 1");
    let service = site.start();
    let whole = request("POST", "/screen", Some(&site.bank), &application(NAME, NUMBER, "loan"));
    let wanted = say(service.public, whole.as_bytes()).unwrap().json()["receipt"]["answer"].clone();
    let (mut state, mut refused) = (7u64, 0);
    let mut next = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    };
    for round in 0..1000 {
        let mut bytes = whole.clone().into_bytes();
        match round % 4 {
            0 => bytes.truncate(next(bytes.len())),
            1 => (0..=next(8)).for_each(|_| bytes[next(whole.len())] = next(256) as u8),
            2 => bytes = (0..next(600)).map(|_| next(256) as u8).collect(),
            _ => drop(bytes.splice(next(100)..next(50) + 100, *b"\r\n\r\n\0")),
        }
        let mut stream = connect(service.public);
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        match hear(&stream) {
            // A changed byte of a value may still be a question.
            Some(heard) => {
                let is_refusal = (400..=499).contains(&heard.status) || [501, 505].contains(&heard.status);
                refused += u32::from(is_refusal);
            }
            None => refused += 1,
        }
    }
    assert!(refused > 700, "{refused}");
    let again = say(service.public, whole.as_bytes()).unwrap();
    assert_eq!((again.status, &again.json()["receipt"]["answer"]), (200, &wanted));
    assert_eq!(ask(service.admin, "GET", "/health", None, "").status, 200);
}

#[test]
fn requests_behind_one_another_are_answered_in_turn() {
    let site = Site::new();
    let service = site.start();
    let body = application(NAME, NUMBER, "loan");
    let (first, second) =
        (request("POST", "/screen", Some(&site.bank), &body), request("GET", "/edition", Some(&site.bank), ""));
    let mut stream = connect(service.public);
    stream.write_all(format!("{first}{second}GET /nothing HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    let statuses: Vec<&str> = all.split("HTTP/1.1 ").skip(1).map(|reply| &reply[..3]).collect();
    assert_eq!(statuses, ["200", "200", "404"]);
}

#[test]
fn a_body_that_waits_to_be_asked_for_is_asked_for_once_it_may_come() {
    let site = Site::new();
    let service = site.start();
    let body = application(NAME, NUMBER, "loan");
    let whole = request("POST", "/screen", Some(&site.bank), &body).replace("host:", "expect: 100-continue\r\nhost:");
    let (head, _) = whole.split_once("\r\n\r\n").unwrap();
    let mut stream = connect(service.public);
    stream.write_all(format!("{head}\r\n\r\n").as_bytes()).unwrap();
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).unwrap();
    assert_eq!(hear(&stream).unwrap().status, 200);
    let unknown = head.replace(&site.bank, "x");
    assert_eq!(say(service.public, format!("{unknown}\r\n\r\n").as_bytes()).unwrap().status, 401);
}
