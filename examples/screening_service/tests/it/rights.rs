//! Who may do what.

use crate::client::{ask, request, say};
use crate::site::{NAME, NUMBER, Site, application, entry};

#[test]
fn without_a_known_key_nothing_is_answered() {
    let site = Site::new();
    let service = site.start();
    let body = application(NAME, NUMBER, "loan");
    for key in [None, Some(""), Some("x"), Some(&site.bank[1..]), Some(&*format!("{}0", site.bank))] {
        for (way, path, body) in
            [("POST", "/screen", body.as_str()), ("POST", "/changes", "[]"), ("GET", "/edition", "")]
        {
            let heard = ask(service.public, way, path, key, body);
            assert_eq!((heard.status, heard.body.as_str()), (401, r#"{"error":"not allowed"}"#), "{path} {key:?}");
        }
    }
    let basic = request("GET", "/edition", Some(&site.bank), "").replace("Bearer", "Basic");
    assert_eq!(say(service.public, basic.as_bytes()).unwrap().status, 401);
    assert_eq!(ask(service.public, "GET", "/edition", Some(&site.bank), "").json()["number"], 1);
}

#[test]
fn a_partner_asks_about_its_activities_alone() {
    let site = Site::new();
    let service = site.start();
    let asked = |key: &str, activity: &str| service.screen(Some(key), &application(NAME, NUMBER, activity));
    let heard = asked(&site.bank, "loan");
    assert_eq!((heard.status, heard.json()["outcome"].as_str()), (200, Some("match")));
    for activity in ["g_train", "nothing there", ""] {
        let heard = asked(&site.bank, activity);
        assert_eq!((heard.status, heard.body.as_str()), (403, r#"{"error":"not allowed"}"#), "{activity}");
    }
    let of_all = application(NAME, NUMBER, "loan").replace("\"activity\":\"loan\",", "");
    assert_eq!(service.screen(Some(&site.bank), &of_all).status, 422, "a question about all of them");
    assert_eq!((asked(&site.owner, "g_train").status, asked(&site.owner, "loan").status), (200, 403));
}

#[test]
fn the_lists_owner_alone_changes_it() {
    let site = Site::new();
    let service = site.start();
    let body = format!(r#"["2026-01-06",[{{"add":{}}}]]"#, entry("8", "李四", "320205197005050058"));
    assert_eq!(ask(service.public, "POST", "/changes", Some(&site.bank), &body).status, 403);
    // Nobody else's body is waited for, whatever its size.
    for length in ["4000000", "9000000"] {
        let head =
            request("POST", "/changes", Some(&site.bank), "{}").replace("length: 2", &format!("length: {length}"));
        let heard = say(service.public, head.trim_end_matches("{}").as_bytes()).unwrap();
        assert!(heard.status == 403 && heard.fields.contains_key("audit-line"), "{heard:?}");
    }
    assert_eq!(ask(service.public, "GET", "/edition", Some(&site.bank), "").json()["number"], 1);
    assert_eq!(ask(service.public, "POST", "/changes", Some(&site.owner), &body).json()["number"], 2);
    let twice = ask(service.public, "POST", "/changes", Some(&site.owner), &body);
    assert_eq!(
        (twice.status, ask(service.public, "GET", "/edition", Some(&site.bank), "").json()["number"].as_u64()),
        (409, Some(2))
    );
}

#[test]
fn what_cannot_stand_in_a_list_does_not_come_in() {
    let site = Site::new();
    let service = site.start();
    let whole = entry("8", "李四", "320205197005050058");
    for (from, to, field) in [
        ("\"8\"", "\"\"", "entry_id: nothing"),
        ("李四", " ", "name: nothing"),
        ("\"circumstance\":null", "\"circumstance\":7", "circumstance"),
        ("\"masked_number\":null", "\"masked_number\":\"320205197005050058\"", "masked_number: nothing is hidden"),
    ] {
        assert!(whole.contains(from), "{from}");
        let body = format!(r#"["2026-01-06",[{{"add":{}}}]]"#, whole.replace(from, to));
        let heard = ask(service.public, "POST", "/changes", Some(&site.owner), &body);
        assert!(heard.status == 422 && heard.body.contains(&format!("change 1: {field}")), "{}", heard.body);
    }
    assert_eq!(ask(service.public, "GET", "/edition", Some(&site.bank), "").json()["number"], 1);
}

#[test]
fn what_the_admin_address_shows_is_not_shown_to_the_public() {
    let site = Site::new();
    let service = site.start();
    for path in ["/health", "/metrics", "/", "/screen/", "/edition/../metrics"] {
        assert_eq!(ask(service.public, "GET", path, Some(&site.bank), "").status, 404, "{path}");
    }
    assert_eq!(ask(service.admin, "GET", "/edition", Some(&site.bank), "").status, 404);
    assert_eq!(ask(service.admin, "GET", "/health", None, "").body, r#"{"edition":1,"status":"well"}"#);
    let heard = ask(service.public, "GET", "/screen", Some(&site.bank), "");
    assert_eq!((heard.status, heard.fields["allow"].as_str()), (405, "POST"));
}

#[test]
fn counts_are_kept_by_outcome_status_and_edition() {
    let site = Site::new();
    let service = site.start();
    service.screen(Some(&site.bank), &application(NAME, NUMBER, "loan"));
    service.screen(Some(&site.bank), &application("王五", "320205197005050058", "loan"));
    service.screen(Some(&site.bank), &application(NAME, NUMBER, "g_train"));
    service.screen(None, &application(NAME, NUMBER, "loan"));
    let metrics = service.metrics();
    for line in [
        r#"screening_outcomes_total{outcome="match"} 1"#,
        r#"screening_outcomes_total{outcome="clear"} 1"#,
        r#"screening_replies_total{path="/screen",status="200"} 2"#,
        r#"screening_replies_total{path="/screen",status="403"} 1"#,
        r#"screening_replies_total{path="",status="401"} 1"#,
        r#"screening_delay_seconds_count{path="/screen"} 3"#,
        r#"screening_connections{listener="admin"} 1"#,
        "screening_edition 1",
        "screening_entries 1",
        "screening_audit_lines 4",
    ] {
        assert!(metrics.contains(&format!("{line}\n")), "{line}: {metrics}");
    }
    assert!(!metrics.contains("silent"), "who was answered and goes was not turned away: {metrics}");
}
