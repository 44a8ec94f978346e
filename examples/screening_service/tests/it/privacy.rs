//! No identifier, name or key in what is written beside the answers.

use crate::client::{ask, request, say};
use crate::site::{NAME, NUMBER, Site, application, entry};

const PLANTED: [&str; 6] = [NUMBER, "320205197005050058", "110105491231002", NAME, "欧阳若兮", "13912345678"];

#[test]
fn nothing_planted_is_in_log_audit_or_metrics() {
    let site = Site::new();
    let service = site.start();
    let mut sent = 0;
    for planted in PLANTED {
        let ticket = application(planted, planted, "loan").replace("ticket", planted);
        let bodies = [
            ticket.clone(),
            ticket.replace("\"loan\"", &format!("\"{planted}\"")),
            ticket.replace("\"on\"", &format!("\"{planted}\":1,\"on\"")),
            ticket.replace("2026-01-06", planted),
            ticket.replace(&format!("[\"{planted}\"]"), &format!("{{\"{planted}\":[]}}")),
            ticket.replace("{\"appl", &format!("{planted} {{\"appl")),
            format!("[\"{planted}\"]"),
            planted.to_owned(),
        ];
        for body in &bodies {
            for (path, key) in [("/screen", &site.bank), ("/changes", &site.bank), ("/screen", &planted.to_owned())] {
                let heard = say(service.public, request("POST", path, Some(key), body).as_bytes());
                sent += u32::from(heard.is_some_and(|heard| heard.status == 200 || !heard.body.contains(planted)));
            }
        }
        let lines = [format!("GET /{planted} HTTP/1.1\r\nhost: {planted}\r\n\r\n"), format!("{planted}\r\n\r\n")];
        sent += lines.iter().filter(|line| say(service.public, line.as_bytes()).is_some()).count() as u32;
        let added = format!(r#"["2026-01-06",[{{"add":{}}}]]"#, entry(planted, planted, planted));
        assert_eq!(ask(service.public, "POST", "/changes", Some(&site.owner), &added).status, 200);
        let misfit = ask(service.public, "POST", "/changes", Some(&site.owner), &added);
        assert!(misfit.status == 409 && !misfit.body.contains(planted), "{}", misfit.body);
    }
    assert_eq!(sent, 6 * (8 * 3 + 2), "a refusal repeats nothing");
    let metrics = service.metrics();
    service.signal("HUP");
    service.stop();
    for (name, text) in [("audit", site.read("audit.log")), ("log", site.read("stderr")), ("metrics", metrics)] {
        assert!(text.len() > 100, "{name}: {text}");
        for planted in PLANTED.iter().copied().chain([
            site.bank.as_str(),
            site.owner.as_str(),
            "secret of court",
            "behind the hashes",
        ]) {
            assert!(!text.contains(planted), "{planted} in the {name}");
        }
    }
}
