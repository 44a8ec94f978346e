//! A line for every answer.

use std::process::{Command, Output};
use std::sync::Mutex;
use std::time::Duration;

use crate::client::{ask, request, say};
use crate::site::{NAME, NUMBER, PROGRAM, Site, application, entry};

fn check(site: &Site, further: &[&str]) -> Output {
    Command::new(PROGRAM).args(["audit", "check"]).arg(site.path("audit.log")).args(further).output().unwrap()
}

fn lines(site: &Site) -> Vec<serde_json::Value> {
    site.read("audit.log").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_line_says_who_was_answered_what_when_and_by_which_rule() {
    let site = Site::new();
    let service = site.start();
    let heard = service.screen(Some(&site.bank), &application(NAME, NUMBER, "loan"));
    assert_eq!(service.screen(Some(&site.bank), &application(NAME, NUMBER, "g_train")).status, 403);
    assert_eq!(service.screen(None, &application(NAME, NUMBER, "loan")).status, 401);
    assert!(service.stop().success());
    let (lines, answer) = (lines(&site), heard.json());
    let what: Vec<_> = lines.iter().map(|line| (line["what"].as_str().unwrap(), line["status"].as_u64())).collect();
    assert_eq!(what, [("start", None), ("answer", Some(200)), ("answer", Some(403)), ("stop", None)]);
    let line = &lines[1];
    assert_eq!(
        (&line["partner"], &line["path"], &line["activity"]),
        (&"bank".into(), &"/screen".into(), &"loan".into())
    );
    assert_eq!((&line["outcome"], &line["edition"], &line["on"]), (&"match".into(), &1.into(), &"2026-01-06".into()));
    assert_eq!(line["rules"][0], answer["restrictions"][0]["rule"]);
    assert_eq!(line["answer_digest"], answer["receipt"]["answer"]);
    assert_eq!(line["edition_digest"], answer["edition"]["digest"]);
    let at = line["at"].as_str().unwrap();
    assert!(at.len() == 24 && at.ends_with('Z') && at.starts_with("20"), "{at}");
    // What the partner keeps holds the file to it.
    let mark = &heard.fields["audit-line"];
    assert!(mark.starts_with("2 ") && check(&site, &["--holds", mark]).status.success());
    assert!(!check(&site, &["--holds", &mark.replace("2 ", "3 ")]).status.success());
}

#[test]
fn a_broken_chain_is_named_and_nothing_starts_on_it() {
    let site = Site::new();
    let service = site.start();
    for _ in 0..4 {
        service.screen(Some(&site.bank), &application(NAME, NUMBER, "loan"));
    }
    service.stop();
    assert!(String::from_utf8(check(&site, &[]).stdout).unwrap().contains("6 lines, the chain is whole"));
    let whole = site.read("audit.log");
    let third = whole.lines().nth(2).unwrap().to_owned();
    site.replace("audit.log", &third, &third.replace("match", "clear"));
    let found = check(&site, &[]);
    assert_eq!(found.status.code(), Some(2));
    assert!(String::from_utf8(found.stderr).unwrap().contains("line 3 is broken: it is not what its digest says"));
    assert!(site.refusal().contains("line 3 is broken"));
    site.write("audit.log", &whole, 0o600);
    assert_eq!(site.start().screen(Some(&site.bank), &application(NAME, NUMBER, "loan")).status, 200);
}

#[test]
fn what_cannot_be_written_down_is_not_answered() {
    let site = Site::new();
    let mut limited = Command::new("bash");
    // A file may grow to 2 KiB; what goes beyond fails, as on a full disk.
    limited.args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$0\" serve \"$1\"", PROGRAM]).arg(site.path("service.toml"));
    let service = site.run(limited);
    let asked = || service.screen(Some(&site.bank), &application(NAME, NUMBER, "loan"));
    let statuses: Vec<u16> = (0..12).map(|_| asked().status).collect();
    let given = statuses.iter().filter(|status| **status == 200).count();
    assert!(given > 0 && statuses[given..].iter().all(|status| *status == 503), "{statuses:?}");
    assert!(asked().body.len() < 30, "no answer is in the refusal");
    let health = ask(service.admin, "GET", "/health", None, "");
    assert_eq!((health.status, health.json()["status"].as_str()), (503, Some("no audit")));
    drop(service);
    // Every answer has its line, no line has none, and once there is room it goes on.
    let written = String::from_utf8(check(&site, &[]).stdout).unwrap();
    assert!(written.contains(&format!("{} lines, the chain is whole", given + 1)), "{written}");
    assert_eq!(site.start().screen(Some(&site.bank), &application(NAME, NUMBER, "loan")).status, 200);
}

#[test]
fn whatever_was_answered_before_a_kill_is_written_down_and_stands() {
    let site = Site::new();
    for round in 0..8u64 {
        let service = site.start();
        let (public, marks) = (service.public, Mutex::new(Vec::new()));
        let mut last = serde_json::Value::Null;
        std::thread::scope(|threads| {
            for _ in 0..3 {
                threads.spawn(|| {
                    let asked = request("POST", "/screen", Some(&site.bank), &application(NAME, NUMBER, "loan"));
                    while let Some(heard) = say(public, asked.as_bytes()) {
                        marks.lock().unwrap().push(heard.fields["audit-line"].clone());
                    }
                });
            }
            let changing = threads.spawn(|| {
                let (mut last, mut number) = (serde_json::Value::Null, 0);
                loop {
                    let added = entry(&format!("{round} {number}"), "李四", "320205197005050058");
                    let body = format!(r#"["2026-01-06",[{{"add":{added}}}]]"#);
                    match say(public, request("POST", "/changes", Some(&site.owner), &body).as_bytes()) {
                        Some(heard) if heard.status == 200 => last = heard.json(),
                        Some(_) => {}
                        None => return last,
                    }
                    number += 1;
                }
            });
            std::thread::sleep(Duration::from_millis(60 + round * 37));
            drop(service); // SIGKILL
            last = changing.join().unwrap();
        });
        let (written, marks) = (site.read("audit.log"), marks.into_inner().unwrap());
        for mark in &marks {
            assert!(written.contains(mark.split(' ').nth(1).unwrap()), "round {round}: {mark}");
        }
        let service = site.start();
        let now = ask(service.public, "GET", "/edition", Some(&site.bank), "").json();
        let is_next = now["number"].as_u64() > last["number"].as_u64();
        assert!(last.is_null() || is_next || now == last, "round {round}: {now} {last}");
    }
    let checked = String::from_utf8(check(&site, &[]).stdout).unwrap();
    assert!(checked.contains("the chain is whole"), "{checked}");
}
