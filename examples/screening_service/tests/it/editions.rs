//! Editions come and stay.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use crate::client::{ask, connect, hear, request};
use crate::site::{NAME, NUMBER, Running, Site, application, entry, record};

const OTHER: &str = "320205197005050058";

fn add(site: &Site, service: &Running, id: &str) {
    let body = format!(r#"["2026-01-06",[{{"add":{}}}]]"#, entry(id, "李四", OTHER));
    assert_eq!(ask(service.public, "POST", "/changes", Some(&site.owner), &body).status, 200);
}

fn outcome(site: &Site, service: &Running) -> String {
    service.screen(Some(&site.bank), &application("李四", OTHER, "loan")).json()["outcome"].as_str().unwrap().to_owned()
}

fn edition(site: &Site, service: &Running) -> serde_json::Value {
    ask(service.public, "GET", "/edition", Some(&site.bank), "").json()
}

fn wait(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_killed_service_goes_on_with_the_edition_it_had() {
    let site = Site::new();
    let service = site.start();
    assert_eq!(outcome(&site, &service), "clear");
    add(&site, &service, "8");
    let body = r#"["2026-01-07",[{"remove":{"entry_id":"7","on":"2026-01-06"}}]]"#;
    assert_eq!(ask(service.public, "POST", "/changes", Some(&site.owner), body).json()["number"], 3);
    let had = edition(&site, &service);
    drop(service); // SIGKILL
    let service = site.start();
    assert_eq!((edition(&site, &service), outcome(&site, &service).as_str()), (had, "match"));
    assert_eq!(service.screen(Some(&site.bank), &application(NAME, NUMBER, "loan")).json()["outcome"], "clear");
    drop(service);
    let folder = std::fs::read_dir(site.path("editions")).unwrap().next().unwrap().unwrap().path();
    let modes = [&site.path("editions"), &folder, &folder.join("00000002.json")];
    let modes = modes.map(|path| path.metadata().unwrap().permissions().mode() & 0o777);
    assert_eq!(modes, [0o700, 0o700, 0o600]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "nothing unfinished is left");
}

#[test]
fn changes_that_do_not_come_to_their_edition_stop_the_start() {
    let site = Site::new();
    let service = site.start();
    add(&site, &service, "8");
    drop(service);
    let folder = std::fs::read_dir(site.path("editions")).unwrap().next().unwrap().unwrap().path();
    let kept = folder.join("00000002.json");
    let text = std::fs::read_to_string(&kept).unwrap();
    std::fs::write(&kept, text.replace("李四", "李五")).unwrap();
    assert!(site.refusal().contains("00000002.json: it does not come to the edition that it was"));
    std::fs::write(&kept, &text[..text.len() / 2]).unwrap();
    assert!(site.refusal().contains("00000002.json: no edition is kept in it"));
}

#[test]
fn a_missing_edition_stops_the_start() {
    let site = Site::new();
    let service = site.start();
    add(&site, &service, "8");
    add(&site, &service, "9");
    drop(service);
    let folder = std::fs::read_dir(site.path("editions")).unwrap().next().unwrap().unwrap().path();
    let away = site.path("away");
    // A gap shows in the folder, a missing end in the audit.
    for name in ["00000002.json", "00000003.json"] {
        std::fs::rename(folder.join(name), &away).unwrap();
        let said = site.refusal();
        assert!(said.contains(&format!("{name}: it is missing, and edition 3 was made")), "{said}");
        std::fs::rename(&away, folder.join(name)).unwrap();
    }
    std::fs::rename(site.path("editions"), &away).unwrap();
    assert!(site.refusal().contains("00000002.json: it is missing, and edition 3 was made"));
    std::fs::remove_dir_all(site.path("editions")).unwrap();
    std::fs::rename(&away, site.path("editions")).unwrap();
    let service = site.start();
    assert_eq!(edition(&site, &service)["number"], 3);
    // Nor does a signal go back to an older one.
    std::fs::remove_file(folder.join("00000003.json")).unwrap();
    service.signal("HUP");
    wait("the fault is told", || site.read("stderr").contains("all stays as it was"));
    assert_eq!(edition(&site, &service)["number"], 3);
}

#[test]
fn a_kill_between_the_line_and_its_edition_loses_neither() {
    let site = Site::new();
    let service = site.start();
    add(&site, &service, "8");
    let had = edition(&site, &service);
    drop(service); // SIGKILL
    let folder = std::fs::read_dir(site.path("editions")).unwrap().next().unwrap().unwrap().path();
    let (place, written) = (folder.join("00000002.json"), folder.join("00000002.new"));
    std::fs::rename(&place, &written).unwrap();
    let text = std::fs::read_to_string(&written).unwrap();
    std::fs::write(&written, text.replace(had["digest"].as_str().unwrap(), "another")).unwrap();
    assert!(site.refusal().contains("00000002.json: it is missing"), "what the audit does not name does not stand");
    std::fs::write(&written, text).unwrap();
    assert_eq!(edition(&site, &site.start()), had);
    assert!(place.exists() && !written.exists());
}

#[test]
fn a_signal_brings_in_a_new_list_and_new_partners_without_a_stop() {
    let site = Site::new();
    let service = site.start();
    let mut waiting = connect(service.public); // keeps its connection over the change
    site.write("list.ndjson", &(record("7", NAME, NUMBER) + &record("8", "李四", OTHER)), 0o600);
    let (fresh, hash) = site.key();
    let tender = format!(
        "[[partners]]\nname = \"tender\"\nkey_hash = \"{hash}\"\nactivities = [\"loan\"]\nper_second = 9\nat_once = 9\n\n"
    );
    let settings = site.read("service.toml").replace("[limits]", "[limits]\nidle_seconds = 9");
    site.write("service.toml", &format!("{settings}\n{tender}"), 0o644);
    assert_eq!(outcome(&site, &service), "clear");
    service.signal("HUP");
    wait("the new list is answered from", || outcome(&site, &service) == "match");
    wait("the rest is named", || site.read("stderr").contains("changed, but not before a restart: limits\n"));
    assert_eq!(service.screen(Some(&fresh), &application(NAME, NUMBER, "loan")).status, 200);
    waiting.write_all(request("GET", "/edition", Some(&site.bank), "").as_bytes()).unwrap();
    assert_eq!(hear(&waiting).unwrap().status, 200);

    // What cannot be used changes nothing.
    site.replace("service.toml", "name = \"tender\"", "nmae = \"tender\"");
    service.signal("HUP");
    wait("the fault is told", || site.read("stderr").contains("unknown field `nmae`"));
    assert_eq!((outcome(&site, &service).as_str(), service.screen(Some(&fresh), "{").status), ("match", 400));
    assert!(site.read("audit.log").matches("\"what\":\"reload\"").count() == 1);
}

#[test]
fn a_stop_waits_for_what_is_under_way() {
    let site = Site::new();
    let service = site.start();
    let whole = request("POST", "/screen", Some(&site.bank), &application(NAME, NUMBER, "loan"));
    let (first, rest) = whole.split_at(whole.len() - 20);
    let mut stream = connect(service.public);
    stream.write_all(first.as_bytes()).unwrap();
    let mut kept = connect(service.public);
    kept.write_all(request("GET", "/edition", Some(&site.bank), "").as_bytes()).unwrap();
    assert_eq!(hear(&kept).unwrap().status, 200);
    std::thread::sleep(Duration::from_millis(300));
    service.signal("TERM");
    let begun = Instant::now();
    assert!(hear(&kept).is_none() && begun.elapsed() < Duration::from_secs(2), "an idle connection leaves at once");
    std::thread::sleep(Duration::from_millis(300));
    assert!(std::net::TcpStream::connect(service.public).is_err(), "nobody is let in any more");
    stream.write_all(rest.as_bytes()).unwrap();
    let heard = hear(&stream).unwrap();
    assert_eq!((heard.status, heard.fields["connection"].as_str()), (200, "close"));
    assert!(service.stop().success());
    assert!(site.read("audit.log").lines().last().unwrap().contains("\"what\":\"stop\""));
}

#[test]
fn without_list_key_or_private_files_nothing_starts() {
    let site = Site::new();
    let (settings, key) = (site.read("service.toml"), site.read("list.key"));
    site.write("list.key", "\n", 0o600);
    assert!(site.refusal().contains("list.key: 0 bytes, expected a secret of at least 16"));
    site.write("list.key", &key, 0o644);
    assert!(site.refusal().contains("list.key: its mode is 0644, expected 0600"));
    site.write("list.key", &key, 0o600);
    site.replace("service.toml", "list.ndjson", "nothing.ndjson");
    assert!(site.refusal().contains("nothing.ndjson"));
    site.write("service.toml", &settings.replace("file = \"list.key\"", "env = \"NO_SUCH_KEY\""), 0o600);
    assert!(site.refusal().contains("NO_SUCH_KEY: not in the environment"));
    site.write("service.toml", &settings.replace("127.0.0.1:0\"\naudit", "0.0.0.0:0\"\naudit"), 0o600);
    assert!(site.refusal().contains("no loopback address"));
    let mut command = site.command();
    site.write("service.toml", &settings.replace("file = \"list.key\"", "env = \"LIST_KEY\""), 0o600);
    command.env("LIST_KEY", key.trim_end());
    assert_eq!(outcome(&site, &site.run(command)), "clear");
}
