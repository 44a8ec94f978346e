//! The program with its files, in a folder of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::{Value, json};

use crate::client::{self, Heard};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_screening-service");
pub(crate) const NUMBER: &str = "11010519491231002X";
pub(crate) const NAME: &str = "张三丰";

/// Settings and files, before the program runs.
pub(crate) struct Site {
    pub(crate) folder: tempfile::TempDir,
    /// Keys of the bank, which may ask about loans, and of the list's owner.
    pub(crate) bank: String,
    pub(crate) owner: String,
}

/// The program running.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) public: SocketAddr,
    pub(crate) admin: SocketAddr,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::with("", "")
    }

    /// With settings of its own at the top and limits.
    pub(crate) fn with(top: &str, limits: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = Self { folder, bank: String::new(), owner: String::new() };
        site.write("list.ndjson", &record("7", NAME, NUMBER), 0o600);
        site.write("list.key", "the secret of court and partners\n", 0o600);
        site.write("pepper", "the secret behind the hashes of keys\n", 0o600);
        let ((bank, bank_hash), (owner, owner_hash)) = (site.key(), site.key());
        let listen = if top.contains("listen") { "" } else { "listen = \"127.0.0.1:0\"" };
        let settings = format!(
            r#"{listen}
metrics = "127.0.0.1:0"
audit = "audit.log"
editions = "editions"
pepper = {{ file = "pepper" }}
{top}

[list]
file = "list.ndjson"
day = "2026-01-05"
key = {{ file = "list.key" }}

[limits]
{limits}

[[partners]]
name = "bank"
key_hash = "{bank_hash}"
activities = ["loan"]
per_second = 2000
at_once = 2000

[[partners]]
name = "court"
key_hash = "{owner_hash}"
activities = ["g_train"]
owns_list = true
per_second = 2
at_once = 20
"#
        );
        site.write("service.toml", &settings, 0o644);
        Self { bank, owner, ..site }
    }

    /// A new key and its hash.
    pub(crate) fn key(&self) -> (String, String) {
        let made = Command::new(PROGRAM).arg("key").arg(self.path("pepper")).output().unwrap();
        let text = String::from_utf8(made.stdout).unwrap();
        let (key, hash) = text.trim_end().split_once('\n').unwrap();
        (key.to_owned(), hash.to_owned())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str, mode: u32) {
        std::fs::write(self.path(name), text).unwrap();
        std::fs::set_permissions(self.path(name), PermissionsExt::from_mode(mode)).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{from}");
        let mode = self.path(name).metadata().unwrap().permissions().mode();
        self.write(name, &text.replace(from, to), mode);
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("serve").arg(self.path("service.toml"));
        command
    }

    pub(crate) fn start(&self) -> Running {
        self.run(self.command())
    }

    pub(crate) fn run(&self, mut command: Command) -> Running {
        let log = std::fs::File::options().append(true).create(true).open(self.path("stderr")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut addresses = line.trim_end().split("://").skip(1).map(|rest| {
            let end = rest.find(',').unwrap_or(rest.len());
            rest[..end].parse::<SocketAddr>().unwrap()
        });
        let mut next = || addresses.next().unwrap_or_else(|| panic!("{line}{}", self.read("stderr")));
        Running { public: next(), admin: next(), child }
    }

    /// What it says when it refuses to start.
    pub(crate) fn refusal(&self) -> String {
        let ended = self.command().output().unwrap();
        assert_eq!(ended.status.code(), Some(2), "{}", String::from_utf8_lossy(&ended.stdout));
        String::from_utf8(ended.stderr).unwrap()
    }
}

impl Running {
    pub(crate) fn screen(&self, key: Option<&str>, body: &str) -> Heard {
        client::ask(self.public, "POST", "/screen", key, body)
    }

    pub(crate) fn metrics(&self) -> String {
        client::ask(self.admin, "GET", "/metrics", None, "").body
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A record of the list.
pub(crate) fn record(id: &str, name: &str, number: &str) -> String {
    let record = json!({
        "id": id, "iname": name, "cardNum": number, "caseCode": "（2024）苏0213执123号",
        "courtName": "无锡市梁溪区人民法院", "publishDate": "2025-01-10", "partyTypeName": "自然人"
    });
    format!("{record}\n")
}

/// An application.
pub(crate) fn application(name: &str, number: &str, activity: &str) -> String {
    format!(r#"{{"application_id":"ticket","name":"{name}","identifiers":["{number}"],"activity":"{activity}","#)
        + r#""on":"2026-01-06"}"#
}

/// An entry that a change may bring.
pub(crate) fn entry(id: &str, name: &str, number: &str) -> String {
    let nothing = Value::Null;
    let listing = json!({
        "entry_id": id, "kind": "person", "name": name, "masked_number": nothing, "is_tagged": true,
        "representative": nothing, "case_no": "（2024）苏0213执124号", "court": "无锡市梁溪区人民法院", "area": nothing,
        "title_no": nothing, "title_unit": nothing, "duty": nothing, "performance": nothing, "circumstance": nothing,
        "filed_on": nothing, "listed_on": "2025-01-10", "expires_on": nothing, "removed_on": nothing
    });
    json!({ "listing": listing, "identifiers": [number] }).to_string()
}
